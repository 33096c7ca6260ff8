"""The matrix: every role at every address, every callback, and things of its own area and of another's.

Generated from `street.policy.TABLE` and `dashboard.access`: a new action, address or callback is in it by itself. What
is asked goes over HTTP to the real server, never to buttons. A POST carries no CSRF text: who is let through by the
policy is stopped there (403) before anything is changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from dashboard.access import CALLBACK, CALLBACK_RULES, RULES, Rule
from dashboard.acts import RIGHTS
from dashboard.bodies import KINDS
from street.clock import HOUR_US, now_us
from street.people import Role, Shift
from street.policy import TABLE, Action, Reach
from tests.dashboard.cameras import HERE, equip
from tests.dashboard.conftest import SUBDISTRICT, TESTER, Serving, Signed, started, written_at

# An address that exists for each pattern; a pattern without one fails its cells.
EXAMPLES = {
    "/assets/*": "/assets/wall.css",
    "/assets/sign_in/*": "/assets/sign_in/sign_in.css",
    "/geo/*": "/geo/style.json",
    "/vendor/maplibre-gl/*": "/vendor/maplibre-gl/maplibre-gl.mjs",
    "/_dash-component-suites/*": "/_dash-component-suites/dash/dash-renderer/build/dash_renderer.min.js",
    "/desk/_dash-component-suites/*": "/desk/_dash-component-suites/dash/dash-renderer/build/dash_renderer.min.js",
    "/system/assets/*": "/system/assets/WX-01",
    "/desk/assets/*": "/desk/assets/tokens.css",
    "/api/incidents/*": "/api/incidents/hotline/0",
    "/api/incidents/*/candidates": "/api/incidents/hotline/0/candidates",
    "/api/incidents/*/timeline": "/api/incidents/hotline/0/timeline",
    "/api/incidents/*/same": "/api/incidents/hotline/0/same",
    "/api/stills/*": "/api/stills/CAM-1",
    "/api/stills/*/sharp": "/api/stills/CAM-1/sharp",
}
DUTIES = (False, True)
# Who asks: a role and whether she is on duty; None: nobody signed in.
ASKERS: list[tuple[Role | None, bool]] = [(None, False), *((role, duty) for role in Role for duty in DUTIES)]
OPTIONAL = {"/login/oidc", "/login/oidc/back"}  # 404 where no provider is configured
SHARED = [rule for rule in RULES if rule.action is not None]
OUTPUTS = [(prefix, output) for prefix, rules in CALLBACK_RULES.items() for output in rules]
THINGS = {  # action -> a thing of our grid cell and one of another community's, by its address
    Action.SEE_STILL: ("/api/stills/CAM-1", "/api/stills/CAM-2"),
    Action.SEE_INCIDENT: ("/api/incidents/hotline/0", "/api/incidents/hotline/1"),
    Action.REVEAL: ("still CAM-1", "still CAM-2"),
}


def is_expected(role: Role | None, action: Action, *, on_duty: bool, is_ours: bool = True) -> bool:
    """Return what the table says, read independently of `policy.may`."""
    if action is Action.OPEN:
        return True
    right = TABLE[action].get(role) if role else None
    if right is None or (right.on_duty and not on_duty):
        return False
    return is_ours or right.reach is Reach.EVERYWHERE


def named(value: Any) -> str:
    """Return how a case is called."""
    if isinstance(value, Rule):
        return value.pattern
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], bool):
        return f"{value[0] or 'nobody'}{'-on-duty' if value[1] else ''}"
    return str(value)


@dataclass
class World:
    """A street, a server, and a person of each kind, signed in."""

    serving: Serving
    signed: dict[tuple[Role | None, bool, str], Signed] = field(default_factory=dict)
    browsers: dict[tuple[Role | None, bool, str], httpx.Client] = field(default_factory=dict)

    def browser(self, asker: tuple[Role | None, bool], area_id: str = SUBDISTRICT) -> httpx.Client:
        """Return the browser of a person of this kind."""
        key = (*asker, area_id)
        if key not in self.browsers:
            self.browsers[key] = self.serving.browser(self.signed.get(key))
        return self.browsers[key]

    def csrf(self, asker: tuple[Role | None, bool], area_id: str = SUBDISTRICT) -> dict[str, str]:
        """Return the header that a person's own pages send."""
        who = self.signed.get((*asker, area_id))
        return who.csrf if who else {}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everybody there is: each role, off duty and on, in the whole subdistrict and in one grid cell."""
    street = written_at(tmp_path_factory.mktemp("matrix"))
    equip(street)
    world = World(started(street.config))
    at_us = now_us()
    shifts = []
    for role, on_duty in ASKERS[1:]:
        for area_id in (SUBDISTRICT, HERE):
            who = street.sign_in(role, area_id)
            world.signed[role, on_duty, area_id] = who
            if on_duty:
                person_id = who.person.person_id
                shifts.append(Shift(person_id=person_id, starts_us=at_us - HOUR_US, ends_us=at_us + HOUR_US))
    street.store.roster().put(shifts, by=TESTER)
    yield world
    world.serving.stop()
    street.close()


def ask(browser: httpx.Client, rule: Rule) -> int:
    """Ask at an address of *rule* and go as soon as the answer begins; return its status."""
    address = EXAMPLES.get(rule.pattern, rule.pattern)
    assert "*" not in address, f"EXAMPLES has none for {rule.pattern}"
    if "GET" in rule.methods:
        with browser.stream("GET", address) as answer:
            return answer.status_code
    media_type = KINDS[rule.body].media_type
    return browser.post(address, content=b"{}", headers={"content-type": media_type}).status_code


@pytest.mark.parametrize("asker", ASKERS, ids=named)
@pytest.mark.parametrize("rule", SHARED, ids=named)
def test_an_address_answers_exactly_those_whom_the_table_names(
    world: World, rule: Rule, asker: tuple[Role | None, bool]
) -> None:
    """Strangers are asked to sign in; to everybody else what she may not do does not exist."""
    role, on_duty = asker
    assert rule.action is not None
    status = ask(world.browser(asker), rule)

    if not is_expected(role, rule.action, on_duty=on_duty):
        assert status == (404 if role else 401)
    elif "GET" not in rule.methods:
        assert status == 403
    elif rule.pattern == "/api/stills/*/sharp":
        assert status == 404  # nothing is revealed here; the cells of things below do that
    elif rule.pattern in OPTIONAL:
        assert status in {303, 400, 404}
    else:
        assert status in {200, 303, 422}


@pytest.mark.parametrize("asker", ASKERS, ids=named)
@pytest.mark.parametrize(("prefix", "output"), OUTPUTS, ids=named)
def test_a_callback_answers_exactly_those_whom_the_table_names(
    world: World, prefix: str, output: str, asker: tuple[Role | None, bool]
) -> None:
    """Who may ask is told that this was no proper question (400); to others there is no such callback."""
    role, on_duty = asker
    door = next(rule for rule in RULES if rule.pattern == f"{prefix}{CALLBACK}")
    actions = (door.action, CALLBACK_RULES[prefix][output])
    answer = world.browser(asker).post(door.pattern, json={"output": output}, headers=world.csrf(asker))

    if all(is_expected(role, action, on_duty=on_duty) for action in actions if action is not None):
        assert answer.status_code == 400
    else:
        assert answer.status_code == (404 if role else 401)


@pytest.mark.parametrize("is_ours", [True, False], ids=["ours", "theirs"])
@pytest.mark.parametrize("asker", ASKERS, ids=named)
@pytest.mark.parametrize("action", THINGS, ids=named)
def test_a_thing_is_shown_exactly_to_those_of_its_area(
    world: World, action: Action, asker: tuple[Role | None, bool], *, is_ours: bool
) -> None:
    """A person of one grid cell: what lies in another's looks like what is not there."""
    role, on_duty = asker
    browser, csrf = world.browser(asker, HERE), world.csrf(asker, HERE)
    thing = THINGS[action][0 if is_ours else 1]
    if action is Action.REVEAL:
        kind, _, name = thing.partition(" ")
        reveal = {"kind": kind, "id": name, "reason": "matrix"}
        status = browser.post("/api/reveals", json=reveal, headers=csrf).status_code
        sharp = browser.get(f"/api/stills/{name}/sharp").status_code
    else:
        status, sharp = browser.get(thing).status_code, None

    if is_expected(role, action, on_duty=on_duty, is_ours=is_ours):
        assert (status, sharp) in {(200, None), (201, 200)}
    else:
        assert status == (404 if role else 401)
        assert sharp in {None, status}


def test_the_matrix_is_large_and_says_both() -> None:
    """At least three hundred cells, and neither yes nor no is rare: a table that refuses all would look safe."""
    actions = [rule.action for rule in SHARED if rule.action] + [CALLBACK_RULES[prefix][out] for prefix, out in OUTPUTS]
    cells = [is_expected(role, action, on_duty=on_duty) for action in actions for role, on_duty in ASKERS]

    assert len(cells) + len(THINGS) * len(ASKERS) * 2 >= 300
    assert 0.2 < sum(cells) / len(cells) < 0.8


def test_every_action_of_the_policy_is_asked_for_somewhere() -> None:
    """An action that no address and no callback names would be a right to nothing, or a door without a rule."""
    of_callbacks = {action for rules in CALLBACK_RULES.values() for action in rules.values()}

    of_acts = set(RIGHTS.values())  # one address does many things, and asks for each

    assert set(Action) == {rule.action for rule in RULES if rule.action} | of_callbacks | of_acts
