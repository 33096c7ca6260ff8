"""The table of addresses: nothing is served that it does not name."""

from collections.abc import Iterator

import pytest
from starlette.routing import BaseRoute

from dashboard.access import CALLBACK_RULES, RULES, Access, rule_of
from tests.dashboard.conftest import Serving

# Dash serves every page by its catch-all: only addresses that have a rule get that far.
CATCH_ALL = "{path:path}"


def addresses(routes: list[BaseRoute]) -> Iterator[str]:
    """Yield an address for every route that the server really has."""
    for route in routes:
        path = str(getattr(route, "path", ""))
        yield path if path == CATCH_ALL else path.partition("{")[0] + ("x" if "{" in path else "")


def test_every_route_has_a_rule(served: Serving) -> None:
    """Whoever adds a route must say who may ask it; Dash's own are no exception."""
    found = {path for path in addresses(served.app.server.router.routes) if path != CATCH_ALL}
    mounts = {"/assets"}

    assert {"/stream", "/_dash-layout", "/_dash-ws-callback", "/assets/x"} <= found
    assert {path for path in found - mounts if rule_of(path) is None} == set()


def test_every_callback_has_a_rule(served: Serving) -> None:
    """The same for callbacks, by their output."""
    assert set(served.app.pages.callback_map) == set(CALLBACK_RULES)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.access is Access.SHUT], ids=lambda rule: rule.pattern)
def test_what_is_shut_says_why_and_is_not_served(served: Serving, rule: object) -> None:
    """Dash brings addresses that we do not want."""
    assert rule.why  # type: ignore[attr-defined]  # parametrize hides the type
    assert served.client.get(rule.pattern).status_code == 404  # type: ignore[attr-defined]  # as above


@pytest.mark.parametrize(
    ("path", "exists"),
    [
        ("/wall", True),
        ("/wall/", False),
        ("/Wall", False),
        ("/assets/wall.css", True),
        ("/assets/", False),
        ("/assetsx", False),
        ("", False),
    ],
)
def test_an_address_is_matched_as_a_whole(path: str, exists: bool) -> None:
    """Nearly right is wrong."""
    assert (rule_of(path) is not None) is exists


def test_only_callbacks_are_asked_by_post() -> None:
    """One door, which the guard watches closely."""
    assert [rule.pattern for rule in RULES if "POST" in rule.methods] == ["/_dash-update-component"]
