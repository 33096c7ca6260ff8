"""What a configuration value may be: each rule says what it expects, and turns what fits into the value to use."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of value.

    `expected` ends the sentence "expected …"; `fits` says whether a YAML value will do; `use` turns it into ours.
    """

    expected: str
    fits: Callable[[Any], bool]
    use: Callable[[Any], Any] = lambda value: value

    def take(self, value: object) -> Any:  # noqa: ANN401 - the rule decides
        """Return the value to use; raise ValueError, which says what was expected, where *value* does not fit."""
        if not self.fits(value):
            raise ValueError(self.expected)
        return self.use(value)


def whole(low: int, high: int) -> Rule:
    """Take a whole number from *low* to *high*; true is not 1."""
    return Rule(f"a whole number from {low} to {high}", lambda value: type(value) is int and low <= value <= high)


def number(low: float, high: float) -> Rule:
    """Take a number from *low* to *high*, whole or not; NaN is in no range."""
    return Rule(
        f"a number from {low:g} to {high:g}",
        lambda value: type(value) in {int, float} and low <= value <= high,
        float,
    )


def text(pattern: str, expected: str) -> Rule:
    """Take a text that matches *pattern* as a whole."""
    return Rule(expected, lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None)


def choice(*words: str) -> Rule:
    """Take one of a few words."""
    return Rule(f"one of {', '.join(words)}", lambda value: isinstance(value, str) and value in words)


def mqtt_version() -> Rule:
    """Take a version of MQTT; 5 is a number to YAML, 3.1.1 is not."""
    return Rule("3.1.1 or 5", lambda value: value == "3.1.1" or (type(value) is int and value == 5))


def switch() -> Rule:
    """Take true or false."""
    return Rule("true or false", lambda value: isinstance(value, bool))


def place() -> Rule:
    """Take a path; the loader lays it on the folder of the configuration file."""
    return Rule(
        "a path", lambda value: isinstance(value, str) and bool(re.fullmatch(r"[^\x00-\x1f]{1,4096}", value)), Path
    )


def routes() -> Rule:
    """Take dialect → list of MQTT topic filters; what is kept is (filter, dialect) pairs in the file's order."""
    return Rule("dialects with lists of MQTT topic filters, as in `native: [street/#]`", _are_routes, _pairs)


def _are_routes(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and bool(value)
        and all(re.fullmatch(r"[a-z][a-z0-9_]{0,31}", dialect) for dialect in value)
        and all(isinstance(filters, list) and filters for filters in value.values())
        and all(_is_topic_filter(item) for filters in value.values() for item in filters)
    )


def _pairs(value: Mapping[str, list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((item, dialect) for dialect, filters in value.items() for item in filters)


def _is_topic_filter(value: object) -> bool:
    """MQTT 3.1.1 §4.7.1: `#` only as the last level, `+` only as a whole level."""
    if not isinstance(value, str) or not value or "\x00" in value or len(value.encode()) > 65_535:
        return False
    levels = value.split("/")
    return all(
        (level in {"+", "#"} or not set(level) & {"+", "#"}) and (level != "#" or index == len(levels) - 1)
        for index, level in enumerate(levels)
    )
