"""Home Assistant's value templates, as far as they are a path and a few filters. Nothing from a broker is evaluated.

{{ value }}    {{ value_json.a['b'][0] | float | round(1) | default('x') }}
"""

import math
import re
from dataclasses import dataclass
from typing import Any, Final

from ingest.bare_text import is_number

_LONGEST: Final = 256
_FORM: Final = re.compile(
    r"\s*\{\{-?\s*(value_json|value)\b((?:(?:\.[A-Za-z_]\w{0,63}|\[(?:'[^'\]]{1,64}'|\"[^\"\]]{1,64}\"|\d{1,3})\]))*)"
    r"((?:\s*\|\s*[a-z_]{1,16}(?:\(\s*(?:-?\d{1,6}(?:\.\d{1,6})?|'[^'()]{0,64}'|\"[^\"()]{0,64}\"|true|false|none)?\s*\))?)*)"
    r"\s*-?\}\}\s*",
    re.ASCII | re.IGNORECASE,
)
_STEP: Final = re.compile(r"\.([A-Za-z_]\w*)|\['([^']+)'\]|\[\"([^\"]+)\"\]|\[(\d+)\]", re.ASCII)
_FILTER: Final = re.compile(r"\|\s*([a-z_]+)(?:\(\s*(.*?)\s*\))?(?=\s*(?:\||$))", re.ASCII)
_KNOWN: Final = frozenset({"float", "int", "round", "default", "d"})
ABSENT: Final = object()  # the path leads nowhere, and no default stands in


@dataclass(frozen=True, slots=True)
class Template:
    """One path into a payload and the filters behind it; `path` None takes the payload as text."""

    path: tuple[str | int, ...] | None
    filters: tuple[tuple[str, str], ...]

    def value(self, document: Any) -> Any:  # noqa: ANN401 - any JSON
        """Return what the template makes of *document* (a text where `path` is None), or `ABSENT`."""
        found = document if self.path is None else _walk(document, self.path)
        for name, argument in self.filters:
            found = _filtered(found, name, argument)
        return found


PLAIN: Final = Template(None, ())  # the payload as it is


def parse_template(text: str) -> Template | None:
    """Return the template in *text*, or None where it is more than a path with known filters."""
    match = _FORM.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    root, steps, filters = match.groups()
    found = tuple((name, argument or "") for name, argument in _FILTER.findall(filters or ""))
    if any(name not in _KNOWN for name, _ in found):
        return None
    if root == "value":
        return Template(None, found) if not steps else None
    path = tuple(int(place) if place else a or b or c for a, b, c, place in _STEP.findall(steps))
    return Template(path, found) if path else None


def _walk(document: Any, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - any JSON
    for step in path:
        has_step = step < len(document) if type(document) is list and type(step) is int else type(document) is dict
        if not has_step or (type(document) is dict and step not in document):
            return ABSENT
        document = document[step]
    return document


def _filtered(found: Any, name: str, argument: str) -> Any:  # noqa: ANN401 - any JSON
    if name in {"default", "d"}:
        return _literal(argument) if found is ABSENT else found
    if found is ABSENT or found is None or type(found) is bool:
        return found
    if type(found) is str:
        if not is_number(found):
            return _literal(argument) if name in {"float", "int"} and argument else found
        found = float(found)
    if type(found) not in (int, float) or not math.isfinite(found):
        return found
    if name == "float":
        return float(found)
    if name == "int":
        return int(found)
    digits = int(argument) if argument.isdigit() else 0
    return round(float(found), min(digits, 12)) if digits else round(float(found))


def _literal(text: str) -> Any:  # noqa: ANN401 - a literal
    if text[:1] in {"'", '"'}:
        return text[1:-1]
    if is_number(text):
        return int(text) if text.lstrip("+-").isdigit() else float(text)
    return {"true": True, "false": False}.get(text.lower())
