"""Fields of a JSON body that people's programs send: each judged, the first fault told by its field and a code."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import orjson

from street.clock import as_us
from street.errors import FieldError

LONGEST_ID: Final = 300
LONGEST_TEXT: Final = 2_000
LONGEST_LINE: Final = 200
_ACTION_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class Form:
    """One body. Every reader raises FieldError (field, code) where the field is not what it must be.

    Args:
        body: as it came.
        names: which fields there are; another one is refused, since it may be one that was misspelt.
    """

    def __init__(self, body: bytes, names: frozenset[str]) -> None:
        try:
            said = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise FieldError(field="body", code="form") from error
        if not isinstance(said, dict):
            raise FieldError(field="body", code="form")
        for name in said:
            if name not in names:
                raise FieldError(field=str(name)[:40], code="unknown-field")
        self._said: Mapping[str, Any] = said

    def text(self, name: str, longest: int = LONGEST_TEXT, *, needed: bool = False) -> str:
        """Return a text, "" where there is none."""
        value = self._said.get(name)
        if value is None or value == "":
            if needed:
                raise FieldError(field=name, code="missing")
            return ""
        return _checked(name, value, longest)

    def action_id(self) -> str:
        """Return the id that the asker made for what she wants done."""
        value = self.text("action_id", LONGEST_ID, needed=True)
        if not _ACTION_ID.fullmatch(value):
            raise FieldError(field="action_id", code="characters")
        return value

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        """Return a list of texts."""
        values = self._said.get(name)
        if values is None:
            return ()
        if not isinstance(values, list):
            raise FieldError(field=name, code="form")
        if len(values) > most:
            raise FieldError(field=name, code="too-many")
        return tuple(dict.fromkeys(_checked(name, value, LONGEST_ID) for value in values))

    def whole(self, name: str, low: int, high: int) -> int | None:
        """Return a whole number between *low* and *high*."""
        value = self._said.get(name)
        if value is None:
            return None
        if type(value) is not int or not low <= value <= high:
            raise FieldError(field=name, code="range")
        return value

    def number(self, name: str, low: float, high: float) -> float | None:
        """Return a number between *low* and *high*."""
        value = self._said.get(name)
        if value is None:
            return None
        if type(value) not in {int, float} or not low <= value <= high:
            raise FieldError(field=name, code="range")
        return float(value)

    def thing(self, name: str) -> Mapping[str, Any] | None:
        """Return an object, whose fields the caller judges."""
        value = self._said.get(name)
        if value is not None and not isinstance(value, dict):
            raise FieldError(field=name, code="form")
        return value

    def truth(self, name: str) -> bool:
        """Return true or false; false where nothing is said."""
        value = self._said.get(name)
        if not isinstance(value, bool | None):
            raise FieldError(field=name, code="form")
        return bool(value)

    def instant_us(self, name: str, *, needed: bool = False) -> int | None:
        """Return an instant that is written as RFC 3339 with its offset."""
        text = self.text(name, 40, needed=needed)
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text)
            return as_us(at) if at.tzinfo else _refuse_instant(name)
        except (ValueError, OverflowError) as error:
            raise FieldError(field=name, code="instant") from error


def _refuse_instant(name: str) -> int:
    raise FieldError(field=name, code="instant")


def _checked(name: str, value: object, longest: int) -> str:
    if not isinstance(value, str):
        raise FieldError(field=name, code="form")
    if len(value) > longest:
        raise FieldError(field=name, code="too-long")
    if not value.replace("\n", " ").isprintable():
        raise FieldError(field=name, code="characters")
    return value
