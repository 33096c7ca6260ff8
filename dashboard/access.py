"""Who may ask what: the one table of addresses. What it does not name does not exist.

Until people and roles exist everything here is open and nothing here writes. A route or a callback that this table
does not name fails a test, so that nothing is ever served by accident.
"""

from enum import StrEnum
from typing import Final, NamedTuple


class Access(StrEnum):
    """What a person must be to ask."""

    OPEN = "open, read-only"
    SHUT = "never served"


class Rule(NamedTuple):
    """One address, or with a closing `*` all addresses under it."""

    pattern: str
    access: Access = Access.OPEN
    methods: frozenset[str] = frozenset({"GET", "HEAD"})
    why: str = ""


CALLBACK_PATH: Final = "/_dash-update-component"
RULES: Final = (
    Rule("/"),
    Rule("/wall"),
    Rule("/stream", methods=frozenset({"GET"}), why="a HEAD would never end"),
    Rule("/api/snapshot"),
    Rule("/healthz"),
    Rule("/assets/*"),
    Rule("/geo/*"),
    Rule("/vendor/maplibre-gl/*"),
    Rule("/_dash-component-suites/*"),
    Rule("/_dash-layout"),
    Rule("/_dash-dependencies"),
    Rule("/_favicon.ico"),
    Rule(CALLBACK_PATH, methods=frozenset({"POST"}), why="Dash asks callbacks so; each needs a rule of its own"),
    Rule("/_dash-ws-callback", Access.SHUT, why="the feed is /stream; callbacks over sockets give up after 3 min"),
    Rule("/_reload-hash", Access.SHUT, why="for developers' hot reload only"),
)
CALLBACK_RULES: Final[dict[str, Access]] = {}  # output of a callback -> who may ask it

_EXACT: Final = {rule.pattern: rule for rule in RULES if not rule.pattern.endswith("*")}
_UNDER: Final = tuple(rule for rule in RULES if rule.pattern.endswith("*"))


def rule_of(path: str) -> Rule | None:
    """Return the rule for *path*, or None for an address that does not exist."""
    exact = _EXACT.get(path)
    if exact is not None:
        return exact
    return next((rule for rule in _UNDER if path.startswith(rule.pattern[:-1]) and path != rule.pattern[:-1]), None)
