"""Whom to send, over HTTP: the best with reasons, old positions behind and marked, and quickly."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest

from street.assets import Asset
from street.clock import MINUTE_US, SECOND_US, now_us
from street.dispatching import Position
from street.escalation import Ladder
from street.people import Grant, Person, Role, Shift
from tests.dashboard.conftest import SUBDISTRICT, TESTER, Serving, Written, an_incident

COMMUNITY, CELL = "370202007001", "370202007001001"
HERE = (120.325, 36.066)
DEGREE_M = 90_000.0  # of longitude, at this latitude
MOST_MS = 200.0


def officer(street: Written, name: str, *, way_m: float | None = None, age_min: float = 1, on_duty: bool = True) -> str:
    """Add an officer so far east of the incident; return her id."""
    who = street.sign_in(Role.OFFICER, SUBDISTRICT, name=name).person
    at_us = now_us()
    if on_duty:
        shift = Shift(person_id=who.person_id, starts_us=at_us - 60 * MINUTE_US, ends_us=at_us + 60 * MINUTE_US)
        street.store.roster().put([shift], by=TESTER)
    if way_m is not None:
        position = Position(HERE[0] + way_m / DEGREE_M, HERE[1], at_us - int(age_min * MINUTE_US))
        assert street.store.dispatch().put_position(who.person_id, position, at_us)
    return who.person_id


def asked(serving: Serving, street: Written, limit: int | None = None) -> dict[str, Any]:
    """Ask as a squad leader; return the answer."""
    browser = serving.browser(street.sign_in(Role.SQUAD_LEADER, SUBDISTRICT))
    said = browser.get("/api/incidents/native/1/candidates", params={} if limit is None else {"limit": limit})
    assert said.status_code == 200, said.text
    told: dict[str, Any] = said.json()
    return told


@pytest.fixture
def fire(street: Written) -> Written:
    """An incident at a known place."""
    street.report(an_incident(lon=HERE[0], lat=HERE[1], community_id=COMMUNITY, grid_cell_id=CELL))
    return street


def test_the_nearest_three_with_reasons(fire: Written, serve: Callable[..., Serving]) -> None:
    """Way and age of the position are said, the position is not."""
    for name, way_m in (("far", 1_500), ("near", 100), ("middle", 600), ("farthest", 1_900)):
        officer(fire, name, way_m=way_m)

    told = asked(serve(fire.config), fire)

    assert [it["name"] for it in told["candidates"]] == ["near", "middle", "far"]
    reasons = {it["code"]: it["value"] for it in told["candidates"][0]["reasons"]}
    assert 95 <= reasons["distance"] <= 105
    assert 60 <= reasons["position_age"] <= 75
    assert "120.3" not in str(told)


def test_an_old_position_ranks_last_and_can_still_be_chosen(fire: Written, serve: Callable[..., Serving]) -> None:
    """An hour ago she stood beside it: nobody knows where she is now."""
    stale = officer(fire, "stale", way_m=10, age_min=59)
    unknown = officer(fire, "unknown")
    officer(fire, "fresh", way_m=1_900)
    off = officer(fire, "off", on_duty=False)

    told = asked(serve(fire.config), fire, limit=10)["candidates"]

    warned = {it.get("person_id"): it["warnings"] for it in told}
    assert told[0]["name"] == "fresh"
    assert warned[stale] == ["position_stale"]
    assert warned[unknown] == ["position_unknown"]
    assert [told[-1]["person_id"], warned[off]] == [off, ["off_duty"]]


def test_the_owner_of_the_asset_comes_first(fire: Written, serve: Callable[..., Serving]) -> None:
    """The owner table before the way: a street lamp is the works' department's, who may claim it."""
    fire.store.register_assets([Asset(asset_id="NM-01", kind="noise_meter", name="gate", department="Works")])
    officer(fire, "near", way_m=1_800)

    told = asked(serve(fire.config), fire)

    assert told["owner"] == "Works"
    assert told["candidates"][0]["department_id"] == "Works"
    assert {"code": "owner", "value": "Works"} in told["candidates"][0]["reasons"]


def test_the_countdown_is_told(fire: Written, serve: Callable[..., Serving]) -> None:
    """Whoever chooses sees how long there is before it goes up by itself."""
    ladder = Ladder(levels={2: (5, 15, 30)}, no_progress_min={}, claim_min=30)
    fire.store.escalations().arm(ladder, SUBDISTRICT, now_us())

    countdown = asked(serve(fire.config), fire)["countdown"]

    assert (countdown["why"], countdown["level"]) == ("unanswered", 1)


@pytest.mark.parametrize(
    ("role", "area_id"),
    [
        pytest.param(Role.OFFICER, SUBDISTRICT, id="a role that never may"),
        pytest.param(Role.SQUAD_LEADER, "370202007002", id="another community's"),
    ],
)
def test_who_may_not_send_anybody_hears_of_nobody(
    fire: Written, serve: Callable[..., Serving], role: Role, area_id: str
) -> None:
    """Where colleagues are is nobody's business but the dispatcher's."""
    officer(fire, "near", way_m=100)
    browser = serve(fire.config).browser(fire.sign_in(role, area_id))

    assert browser.get("/api/incidents/native/1/candidates").status_code == 404


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "³", "99999999999999999999"])
def test_a_limit_that_is_none_is_told(fire: Written, serve: Callable[..., Serving], limit: str) -> None:
    """One sentence, no trace."""
    browser = serve(fire.config).browser(fire.sign_in(Role.SQUAD_LEADER, SUBDISTRICT))

    said = browser.get("/api/incidents/native/1/candidates", params={"limit": limit})

    assert (said.status_code, said.json()["error"]) == (422, "limit")


def test_two_hundred_officers_take_less_than_the_limit(fire: Written, serve: Callable[..., Serving]) -> None:
    """Each with a position and a shift; the median of ten answers."""
    for number in range(200):
        person = fire.store.people().add(_person(number), password_hash=None, by=TESTER)
        at_us = now_us()
        shift = Shift(person_id=person.person_id, starts_us=at_us - SECOND_US, ends_us=at_us + 60 * MINUTE_US)
        fire.store.roster().put([shift], by=TESTER)
        fire.store.dispatch().put_position(person.person_id, Position(HERE[0], HERE[1], at_us), at_us)
    browser = serve(fire.config).browser(fire.sign_in(Role.SQUAD_LEADER, SUBDISTRICT))
    taken = []

    for _ in range(10):
        began = time.perf_counter()
        said = browser.get("/api/incidents/native/1/candidates", params={"limit": 200})
        taken.append((time.perf_counter() - began) * 1_000)

    assert len(said.json()["candidates"]) == 200
    assert statistics.median(taken) < MOST_MS, taken


def _person(number: int) -> Person:
    """Return one of many officers."""
    return Person(person_id="", login=f"officer{number}", name=f"N{number}", grants=(Grant(Role.OFFICER, SUBDISTRICT),))
