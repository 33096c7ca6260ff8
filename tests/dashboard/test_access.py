"""The table of addresses: nothing is served that it does not name."""

from collections.abc import Iterator, Mapping

import pytest
from starlette.routing import BaseRoute, Match

from dashboard.access import CALLBACK, CALLBACK_RULES, READ, RULES, Rule, callback_prefix, rule_of
from dashboard.bodies import KINDS
from street.policy import TABLE, Action
from tests.dashboard.conftest import Serving

# Dash serves every page by its catch-all: only addresses that have a rule get that far.
CATCH_ALLS = {"{path:path}", "/{path:path}", "/desk/{rest:path}"}


def addresses(routes: list[BaseRoute]) -> Iterator[str]:
    """Yield an address for every route that the server really has."""
    for route in routes:
        path = str(getattr(route, "path", ""))
        if path in CATCH_ALLS:
            continue
        yield "".join(
            part.partition("}")[2] if at else part for at, part in enumerate(path.replace("}", "}x").split("{"))
        )


def test_every_route_has_a_rule(served: Serving) -> None:
    """Whoever adds a route must say who may ask it; Dash's own are no exception."""
    found = set(addresses(served.app.server.router.routes))
    mounts = {"/assets"}

    assert {"/stream", "/_dash-layout", "/_dash-ws-callback", "/assets/x", "/wall", "/login", "/desk/people"} <= found
    assert {path for path in found - mounts if rule_of(path) is None} == set()


def test_every_route_of_the_second_dash_app_has_a_rule(served: Serving) -> None:
    """It brings the same addresses once more, under its prefix."""
    desk = served.app.office.pages["/desk"].server.router.routes
    found = {path for path in addresses(desk) if path.startswith("/desk/")}
    mounts = {"/desk/assets"}

    assert "/desk/_dash-layout" in found
    assert {path for path in found - mounts if rule_of(path) is None and path != "/desk/"} == set()


def test_a_route_without_a_rule_would_be_found() -> None:
    """The negative control of the two above."""
    assert rule_of("/api/forgotten") is None


def test_every_rule_has_a_route(served: Serving) -> None:
    """A rule for what is not there would hide that it moved."""
    servers = [pages.server for pages in served.app.office.pages.values()]
    routes = [it for server in servers for it in server.router.routes if getattr(it, "path", "") not in CATCH_ALLS]

    def is_served(rule: Rule) -> bool:
        asked = {"type": "http", "method": "GET", "path": rule.pattern.replace("*", "x"), "root_path": ""}
        return any(route.matches(asked)[0] is not Match.NONE for route in routes)

    assert [rule.pattern for rule in RULES if rule.action is not None and not is_served(rule)] == []


@pytest.mark.parametrize("prefix", ["", "/desk"])
def test_every_callback_has_a_rule_and_every_rule_a_callback(served: Serving, prefix: str) -> None:
    """By their outputs, for each Dash app; what runs in the browser alone has none: asking it here breaks Dash."""
    callbacks: Mapping[str, Mapping[str, object]] = served.app.office.pages[prefix].callback_map

    assert {output for output, it in callbacks.items() if "callback" in it} == set(CALLBACK_RULES[prefix])


def test_every_dash_app_has_its_door(served: Serving) -> None:
    """One whose callbacks nobody checks would be open."""
    assert set(served.app.office.pages) == set(CALLBACK_RULES)
    assert all(rule_of(f"{prefix}{CALLBACK}") for prefix in CALLBACK_RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.pattern)
def test_a_rule_names_an_action_or_says_why_nobody_may(rule: Rule) -> None:
    """What changes something is asked by POST, with a body of a known kind; what is read carries none."""
    assert rule.action in TABLE or rule.why
    assert (rule.body != "none") is ("POST" in rule.methods)
    assert rule.body in KINDS
    assert rule.methods <= READ | {"POST"}


def test_only_what_leads_in_is_open() -> None:
    """The list is short, and stands here once more so that it does not grow by accident."""
    assert sorted(rule.pattern for rule in RULES if rule.action is Action.OPEN) == [
        "/",
        "/assets/sign_in/*",
        "/assets/tokens.css",
        "/healthz",
        "/login",
        "/login/code",
        "/login/enrol",
        "/login/oidc",
        "/login/oidc/back",
        "/login/password",
        "/metrics",
        "/pair",
        "/pair/wait",
    ]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.action is None], ids=lambda rule: rule.pattern)
def test_what_is_shut_is_served_to_nobody(served: Serving, rule: Rule) -> None:
    """Dash brings addresses that we do not want."""
    assert served.client.get(rule.pattern).status_code == 404
    assert served.stranger.get(rule.pattern).status_code == 401


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/wall", "/wall"),
        ("/wall/", None),
        ("/Wall", None),
        ("/assets/wall.css", "/assets/*"),
        ("/assets/sign_in/sign_in.css", "/assets/sign_in/*"),
        ("/assets/", None),
        ("/assetsx", None),
        ("", None),
        ("/api/stills/CAM-1", "/api/stills/*"),
        ("/api/stills/CAM-1/sharp", "/api/stills/*/sharp"),
        ("/api/stills//sharp", "/api/stills/*"),
        ("/api/incidents/native/1", "/api/incidents/*"),
        ("/api/incidents.csv", "/api/incidents.csv"),
        ("/desk/audit.csv", "/desk/audit.csv"),
        ("/wall\n", None),
        ("/assets/a\nb", "/assets/*"),
    ],
)
def test_an_address_is_matched_as_a_whole(path: str, pattern: str | None) -> None:
    """Nearly right is wrong, and the closest pattern counts: a sharp picture is no coarse one."""
    rule = rule_of(path)

    assert (rule.pattern if rule else None) == pattern


@pytest.mark.parametrize(
    ("path", "prefix"), [(CALLBACK, ""), (f"/desk{CALLBACK}", "/desk"), ("/wall", None), (f"{CALLBACK}/", None)]
)
def test_callbacks_are_asked_at_one_address_of_each_app(path: str, prefix: str | None) -> None:
    """By it the guard knows whose callbacks are meant."""
    assert callback_prefix(path) == prefix
