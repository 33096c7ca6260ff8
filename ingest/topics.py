"""MQTT topics: which filter takes them, and which cannot be believed. docs/topics.md lists the forms we know."""

from typing import Final

from ingest.refusals import TOPIC_MALFORMED, RefusedError
from ingest.texts import is_sound_name

TOPIC_CHARACTERS: Final = 256


def matches(topic_filter: str, topic: str) -> bool:
    """Return whether *topic_filter* (with `+` and `#`) takes *topic*; a leading wildcard never takes a `$` topic."""
    wanted, levels = topic_filter.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] in {"+", "#"}:
        return False
    for position, want in enumerate(wanted):
        if want == "#":
            return True
        if position >= len(levels) or want not in {"+", levels[position]}:
            return False
    return len(wanted) == len(levels)


def covers(wide: str, narrow: str) -> bool:
    """Return whether the filter *wide* takes every topic that the filter *narrow* takes."""
    wanted, levels = wide.split("/"), narrow.split("/")
    if narrow.startswith("$") and wanted[0] in {"+", "#"}:
        return False
    for position, want in enumerate(wanted):
        if want == "#":
            return True
        if position >= len(levels) or levels[position] == "#" or want not in {"+", levels[position]}:
            return False
    return len(wanted) == len(levels)


def meet(one: str, other: str) -> bool:
    """Return whether there is a topic that both filters take."""
    levels, others = one.split("/"), other.split("/")
    firsts = {levels[0], others[0]}
    if firsts & {"+", "#"} and any(first.startswith("$") for first in firsts):
        return False
    for level, against in zip(levels, others, strict=False):
        if "#" in {level, against}:
            return True
        if level != against and "+" not in {level, against}:
            return False
    short, long = sorted((levels, others), key=len)
    return len(short) == len(long) or long[len(short)] == "#"


def is_filter(text: str) -> bool:
    """Return whether *text* is a legal topic filter: wildcards fill whole levels, `#` only the last."""
    levels = text.split("/")
    if not text or "\0" in text or "#" in levels[:-1]:
        return False
    return all(level in {"+", "#"} or ("+" not in level and "#" not in level) for level in levels)


def literal_root(topic_filter: str) -> str:
    """Return the levels of *topic_filter* before its first wildcard: `a/b/+/c` gives `a/b`."""
    levels = topic_filter.split("/")
    cut = next((position for position, level in enumerate(levels) if level in {"+", "#"}), len(levels))
    return "/".join(levels[:cut])


def check(topic: str) -> None:
    """Check what holds for every dialect.

    Raises:
        RefusedError: longer than 256 characters, an empty level, a wildcard, a `$` topic, blanks at an end, or
            characters that hide or reorder.
    """
    if (
        not 0 < len(topic) <= TOPIC_CHARACTERS
        or topic[0] == "$"
        or topic.strip() != topic
        or "+" in topic
        or "#" in topic
        or "//" in topic
        or topic[0] == "/"
        or topic[-1] == "/"
        or not is_sound_name(topic)
    ):
        raise RefusedError(TOPIC_MALFORMED)


def below(root: str, topic: str) -> list[str]:
    """Return the levels of *topic* under *root*, which it must start with."""
    rest = topic[len(root) :].lstrip("/") if root else topic
    return rest.split("/")
