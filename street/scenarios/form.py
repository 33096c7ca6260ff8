"""The form of one scenario file, and how strictly it is read."""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

from street import strict_yaml
from street.errors import ConfigError
from street.readings import UNITS


class Stillness(NamedTuple):
    """What no true value does: stay within `spread` (in the quantity's unit) for `over_s`."""

    spread: float
    over_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What an asset of this kind measures.

    A reading outside `low`…`high` (both included), or above the asset's own `at_most` quantity, is implausible; one of
    a series that shows a `stuck` stillness is stuck; one that is `jump` or more from the last is jumping. `interval_s`
    is set where it is heard less often than the asset. `is_telling` marks a quantity by which the kind of an unknown
    recording is recognised.
    """

    name: str
    unit: str | None
    low: float
    high: float
    is_telling: bool = False
    interval_s: float | None = None
    stuck: tuple[Stillness, ...] = ()
    jump: float = math.inf
    at_most: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One limit of one quantity, with hysteresis and delays.

    Exactly one of `raise_above` and `raise_below` is set; reaching it is a breach, reaching `clear_at` ends it, and
    between the two nothing changes. `hours` are minutes of the local day (from, to), to may be less than from; outside
    them nothing is a breach. `is_momentary`: a breach is over at once, as the press of a button, so that one which
    arrives after newer readings still raises. `cause` names what can break this limit at many assets at once: with most
    of a circuit in breach, the circuit alone is told.
    """

    rule_id: str
    kind: str
    quantity: str
    severity: int
    matter: str
    title: str
    title_en: str
    clear_at: float
    raise_above: float | None = None
    raise_below: float | None = None
    on_delay_s: float = 0.0
    off_delay_s: float = 0.0
    hours: tuple[int, int] | None = None
    is_momentary: bool = False
    cause: str = ""

    def is_breach(self, value: float) -> bool:
        """Return whether *value* reaches the limit."""
        if self.raise_above is not None:
            return value >= self.raise_above
        return self.raise_below is not None and value <= self.raise_below

    def is_over(self, value: float) -> bool:
        """Return whether *value* is back on the good side of `clear_at`."""
        return value <= self.clear_at if self.raise_above is not None else value >= self.clear_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One kind of asset: its names, quantities and rules. `icon` names a picture, not a file.

    `silent_severity` is that of the alarm when such an asset is not heard any more.
    """

    kind: str
    name: str
    name_en: str
    icon: str
    interval_s: float
    quantities: dict[str, Quantity]
    rules: tuple[Rule, ...]
    silent_severity: int = 4


_REQUIRED: Final = object()
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_RULE_ID: Final = re.compile(r"[a-z][a-z0-9-]*")
MILD: Final = (3, 4)  # the severities that open no incident
CAUSES: Final = ("", "circuit")
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class _Part:
    """One mapping of the file, from which each key is taken exactly once."""

    def __init__(self, path: Path, keys: Any, where: str, line: int) -> None:  # noqa: ANN401 - as read
        self.path, self.where, self.line = path, where, line
        self.keys = keys if isinstance(keys, strict_yaml.Mapping) else strict_yaml.Mapping()
        self.left = set(self.keys)
        if not isinstance(keys, strict_yaml.Mapping):
            self.refuse("", "a mapping of keys", keys)

    def refuse(self, key: str, expected: str, got: Any) -> NoReturn:  # noqa: ANN401 - as read
        """Say what is wrong with *key*, with file and line."""
        line = self.keys.lines.get(key, self.line) if key else self.line
        name = ".".join(part for part in (self.where, key) if part)
        msg = f"{self.path}:{line}: {name}: expected {expected}, got {got!r}"
        raise ConfigError(msg)

    def take(self, key: str, default: Any = _REQUIRED) -> Any:  # noqa: ANN401 - as read
        """Return the value of *key*, *default* when it is absent."""
        self.left.discard(key)
        if key not in self.keys and default is _REQUIRED:
            line = f"{self.path}:{self.line}: {self.where}".rstrip(": ")
            msg = f"{line}: {key}: missing"
            raise ConfigError(msg)
        return self.keys.get(key, default)

    def part(self, key: str) -> "_Part":
        """Return the mapping under *key*."""
        line = self.keys.lines.get(key, self.line)
        return _Part(self.path, self.take(key), f"{self.where}.{key}".lstrip("."), line)

    def parts(self, key: str) -> "dict[str, _Part]":
        """Return the mappings that *key* holds by name, none when it is absent."""
        if self.take(key, None) is None:
            return {}
        group = self.part(key)
        return {name: group.part(name) for name in group.keys}

    def text(self, key: str, pattern: re.Pattern[str] | None = None) -> str:
        """Return the text of *key*, which is not blank and fits *pattern*."""
        value = self.take(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, "text", value)
        if pattern and not pattern.fullmatch(value):
            self.refuse(key, f"text like {pattern.pattern}", value)
        return value

    def number(self, key: str, default: Any = _REQUIRED, *, least: float = -math.inf) -> Any:  # noqa: ANN401 - None stays
        """Return the finite number of *key*, at least *least*; *default* when it is absent."""
        value = self.take(key, default)
        if key not in self.keys:
            return value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.refuse(key, "a number", value)
        if value < least:
            self.refuse(key, f"at least {least:g}", value)
        return float(value)

    def close(self) -> None:
        """Refuse what nobody took."""
        for key in sorted(self.left):
            msg = f"{self.path}:{self.keys.lines[key]}: {'.'.join(filter(None, (self.where, key)))}: unknown key"
            raise ConfigError(msg)


def scenario_in(path: Path) -> Scenario:
    """Return the scenario that *path* describes.

    Raises:
        ConfigError: the file breaks the form; the message begins with `file:line: key`.
    """
    whole = _Part(path, strict_yaml.read(path), "", 1)
    kind = whole.text("kind", _NAME)
    name, name_en = _words(whole.part("name"))
    icon = whole.text("icon", _RULE_ID)
    interval_s = whole.number("interval_s", least=1)
    silent_severity = whole.take("silent_severity", 4)
    if silent_severity not in MILD or isinstance(silent_severity, bool | float):
        whole.refuse("silent_severity", "3 or 4: silence opens no incident", silent_severity)
    quantities = {name: _quantity(name, part) for name, part in whole.parts("quantities").items()}
    rules = tuple(_rule(rule_id, part, kind, quantities) for rule_id, part in whole.parts("rules").items())
    whole.close()
    if not quantities:
        whole.refuse("quantities", "at least one quantity", {})
    for quantity in quantities.values():
        if quantity.at_most and quantity.at_most not in quantities:
            whole.refuse("quantities", f"at_most to be one of {', '.join(quantities)}", quantity.at_most)
    return Scenario(
        kind=kind, name=name, name_en=name_en, icon=icon, interval_s=interval_s, quantities=quantities, rules=rules,
        silent_severity=silent_severity,
    )  # fmt: skip


def _words(part: _Part) -> tuple[str, str]:
    zh, en = part.text("zh"), part.text("en")
    part.close()
    return zh, en


def _quantity(name: str, part: _Part) -> Quantity:
    if not _NAME.fullmatch(name):
        part.refuse("", f"a name like {_NAME.pattern}", name)
    unit = part.take("unit", UNITS.get(name))
    if name in UNITS and unit != UNITS[name]:
        part.refuse("unit", f"{UNITS[name]!r}, the unit of {name}", unit)
    is_telling = part.take("telling", default=False)
    if not isinstance(is_telling, bool):
        part.refuse("telling", "true or false", is_telling)
    limits, stuck = part.take("plausible"), part.take("stuck", [])
    if not _are_pairs([limits]) or not limits[0] < limits[1]:
        part.refuse("plausible", "[low, high] with low below high", limits)
    if not isinstance(stuck, list) or not _are_pairs(stuck) or not all(0 <= it[0] < it[1] for it in stuck):
        part.refuse("stuck", "[[spread, seconds], …] like [[0.2, 1800]]", stuck)
    quantity = Quantity(
        name=name, unit=unit, low=float(limits[0]), high=float(limits[1]), is_telling=is_telling,
        interval_s=part.number("interval_s", None, least=1), jump=part.number("jump", math.inf, least=0.001),
        at_most=part.text("at_most") if "at_most" in part.keys else "",
        stuck=tuple(Stillness(float(spread), float(over_s)) for spread, over_s in stuck),
    )  # fmt: skip
    part.close()
    return quantity


def _are_pairs(found: list[Any]) -> bool:
    """Return whether *found* holds nothing but pairs of numbers."""
    return all(isinstance(it, list) and len(it) == 2 and {type(it[0]), type(it[1])} <= {int, float} for it in found)


def _rule(rule_id: str, part: _Part, kind: str, quantities: dict[str, Quantity]) -> Rule:
    if not _RULE_ID.fullmatch(rule_id):
        part.refuse("", f"a name like {_RULE_ID.pattern}", rule_id)
    quantity = part.text("quantity")
    if quantity not in quantities:
        part.refuse("quantity", f"one of {', '.join(quantities)}", quantity)
    raise_above, raise_below, clear_at = _limits(part, quantities[quantity])
    severity = part.take("severity")
    if type(severity) is not int or severity not in (1, 2, 3, 4):
        part.refuse("severity", "1, 2, 3 or 4", severity)
    matter = part.take("matter", "")
    if not isinstance(matter, str) or not re.fullmatch(r"(\d{5})?", matter):
        part.refuse("matter", 'five digits in quotes, or ""', matter)
    title, title_en = _words(part.part("title"))
    on_delay_s = part.number("on_delay_s", 0.0, least=0)
    rule = Rule(
        rule_id=rule_id, kind=kind, quantity=quantity, severity=severity, matter=matter, title=title, title_en=title_en,
        clear_at=clear_at, raise_above=raise_above, raise_below=raise_below, hours=_hours(part),
        on_delay_s=on_delay_s, off_delay_s=part.number("off_delay_s", 0.0, least=0),
        is_momentary=_momentary(part, on_delay_s), cause=_cause(part, severity),
    )  # fmt: skip
    part.close()
    return rule


def _cause(part: _Part, severity: int) -> str:
    cause = part.take("cause", "")
    if cause not in CAUSES or (cause and severity not in MILD):
        part.refuse("cause", "circuit, beside severity 3 or 4", cause)
    return str(cause)


def _momentary(part: _Part, on_delay_s: float) -> bool:
    is_momentary = part.take("momentary", default=False)
    if not isinstance(is_momentary, bool):
        part.refuse("momentary", "true or false", is_momentary)
    if is_momentary and on_delay_s:
        part.refuse("momentary", "false beside on_delay_s: what must last is not momentary", is_momentary)
    return is_momentary


def _limits(part: _Part, quantity: Quantity) -> tuple[float | None, float | None, float]:
    above = part.number("raise_above", None)
    below = part.number("raise_below", None)
    clear_at = part.number("clear_at")
    if (above is None) == (below is None):
        part.refuse("raise_above", "either raise_above or raise_below", [above, below])
    if above is not None and not clear_at < above:
        part.refuse("clear_at", f"less than raise_above ({above:g})", clear_at)
    if below is not None and not clear_at > below:
        part.refuse("clear_at", f"more than raise_below ({below:g})", clear_at)
    limit = above if above is not None else below
    if not quantity.low <= limit <= quantity.high:
        key = "raise_above" if above is not None else "raise_below"
        part.refuse(key, f"a limit inside the plausible {quantity.low:g}…{quantity.high:g}", limit)
    return above, below, clear_at


def _hours(part: _Part) -> tuple[int, int] | None:
    hours = part.take("hours", None)
    if hours is None:
        return None
    clocks = [_CLOCK.fullmatch(x) if isinstance(x, str) else None for x in hours] if isinstance(hours, list) else []
    minutes = [int(clock[1]) * 60 + int(clock[2]) for clock in clocks if clock]
    if len(clocks) != 2 or len(minutes) != 2 or minutes[0] == minutes[1]:
        part.refuse("hours", 'two different local times like ["22:00", "06:00"]', hours)
    return minutes[0], minutes[1]
