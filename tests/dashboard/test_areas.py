"""Key areas over HTTP: how each stands and by what, for those whose area it is."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from street.alarms import Alarm, AlarmState
from street.asset_sheet import Known, read_assets
from street.assets import Asset
from street.clock import HOUR_US, MINUTE_US, iso, now_us
from street.incidents import Act, Order, Stage
from street.key_areas import Stay
from street.people import Role
from street.places import Place, load_places
from street.scenarios import load_scenarios
from street.store import Visit
from tests.dashboard.conftest import SUBDISTRICT, TESTER, Serving, Signed, Written, an_incident

GEO = Path(__file__).resolve().parents[2] / "street" / "geo"
HERE, ELSEWHERE = (120.3235, 36.0656), (120.3281, 36.0679)
MOST_MS = 500.0


def square(place_id: str, lon: float, lat: float, **changes: Any) -> Place:
    """Return a key area of about 100 m."""
    west, east, south, north = lon - 0.0006, lon + 0.0006, lat - 0.0005, lat + 0.0005
    corners = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    told: dict[str, Any] = {"kind": "key_area", "name": place_id, "name_en": place_id, "is_key_area": True}
    return Place(place_id=place_id, outline=f"POLYGON (({corners}))", **told | changes)


class Quarter:
    """A dashboard over two key areas, in communities of their own."""

    def __init__(self, street: Written, serving: Serving) -> None:
        self.street, self.serving = street, serving
        street.store.register([], [square("K-1", *HERE), square("K-2", *ELSEWHERE)])
        self.squad = street.sign_in(Role.SQUAD_LEADER, SUBDISTRICT)

    def told(self, who: Signed | None = None) -> list[dict[str, Any]]:
        """Return the areas as somebody sees them."""
        said = self.serving.browser(who or self.squad).get("/api/areas")
        assert said.status_code == 200, said.text
        assert said.headers["cache-control"] == "no-store"
        areas: list[dict[str, Any]] = said.json()["areas"]
        return areas

    def one(self, place_id: str = "K-1") -> dict[str, Any]:
        """Return one of them."""
        return next(it for it in self.told() if it["place_id"] == place_id)

    def equip(self, *names: str, interval_s: float | None = 60.0) -> None:
        """Put water levels into the first area."""
        self.street.store.register_assets([
            Asset(asset_id=it, kind="water_level", name=it, lon=HERE[0], lat=HERE[1], interval_s=interval_s)
            for it in names
        ])  # fmt: skip

    def alarm(self, asset_id: str, rule_id: str = "deep", severity: int = 3) -> None:
        """Raise an alarm, with its incident where it is grave."""
        at_us = now_us()
        incident_id = f"sensing/{asset_id}" if severity <= 2 else None
        batch = self.street.writer.begin(at_us)
        if incident_id:
            batch.report_incident(an_incident(incident_id, source="sensing", asset_id=asset_id))
        batch.raise_alarm(
            Alarm(
                alarm_id=f"{asset_id}/{rule_id}", asset_id=asset_id, rule_id=rule_id, quantity="water_level",
                severity=severity, state=AlarmState.ACTIVE, value=1.0, raised_us=at_us,
                incident_id=incident_id,
            )
        )  # fmt: skip
        batch.commit()

    def patrol(self, minutes_ago: float, minutes: float = 5, *, left: bool = True) -> None:
        """Let an officer have been in the first area."""
        who = self.street.sign_in(Role.OFFICER, SUBDISTRICT).person.person_id
        seen_us = now_us() - int(minutes_ago * MINUTE_US)
        entered_us, book = seen_us - int(minutes * MINUTE_US), self.street.store.visits()
        for left_us in (None, seen_us) if left else (None,):
            book.keep([Visit("K-1", who, Stay(entered_us, seen_us, left_us))])


@pytest.fixture
def quarter(street: Written, serve: Callable[..., Serving]) -> Quarter:
    """Two key areas in which nothing has happened."""
    return Quarter(street, serve(street.config))


def test_an_area_where_all_is_well_lacks_only_a_patrol(quarter: Quarter) -> None:
    """Eighty of a hundred, with what that is made of; its outline is ready to be drawn."""
    one = quarter.one()

    assert (one["points"], one["parts"]) == (80, {"alarms": 25, "incidents": 35, "devices": 20, "patrol": 0})
    assert one["facts"] == {
        "open_alarms": 0, "grave_alarms": 0, "open_incidents": 0, "overdue_incidents": 0, "devices": 0,
        "devices_well": 0, "last_patrol": None,
    }  # fmt: skip
    assert one["inside"] == 0
    assert [len(ring) for rings in one["polygons"] for ring in rings] == [5]


def test_open_alarms_count_where_their_assets_are(quarter: Quarter) -> None:
    """A grave one more than a light one; those elsewhere nothing."""
    quarter.equip("W-1", "W-2")
    quarter.alarm("W-1", severity=2)
    quarter.alarm("W-2", severity=4)
    quarter.alarm("NM-01")

    one, other = quarter.one(), quarter.one("K-2")

    assert (one["facts"]["open_alarms"], one["facts"]["grave_alarms"], one["parts"]["alarms"]) == (2, 1, 10)
    assert other["facts"]["open_alarms"] == 0


def test_incidents_count_where_they_lie_or_where_their_asset_is(quarter: Quarter) -> None:
    """Closed ones, drills and those elsewhere do not."""
    quarter.equip("W-1")
    reports: list[dict[str, Any]] = [
        {"lon": HERE[0], "lat": HERE[1]},
        {"asset_id": "W-1"},
        {"lon": ELSEWHERE[0], "lat": ELSEWHERE[1], "asset_id": "W-1"},
        {"lon": HERE[0], "lat": HERE[1], "stage": Stage.CLOSED},
        {"lon": HERE[0], "lat": HERE[1], "is_drill": True},
        {"asset_id": ""},
    ]
    for number, changes in enumerate(reports):
        quarter.street.report(an_incident(f"native/{number}", **changes))

    assert [quarter.one(it)["facts"]["open_incidents"] for it in ("K-1", "K-2")] == [2, 1]


def test_overdue_incidents_cost_more(quarter: Quarter) -> None:
    """What waits for a month is late; one whose clock stands still is not."""
    long_ago_us = now_us() - 60 * 24 * HOUR_US
    for number in range(2):
        old = {"reported_us": long_ago_us, "lon": HERE[0], "lat": HERE[1], "matter": "06011"}
        quarter.street.report(an_incident(f"native/{number}", **old))
    assert quarter.one()["facts"]["overdue_incidents"] == 2

    acts, officer = quarter.street.store.acts(), quarter.street.sign_in(Role.OFFICER, SUBDISTRICT).person.person_id
    for act, said in (
        (Act.FILE, {}), (Act.DISPATCH, {"officer_id": officer}), (Act.ACCEPT, {}), (Act.SUSPEND, {}),
    ):  # fmt: skip
        order = Order(
            action_id=f"t-{act}", incident_id="native/0", act=act, at_us=long_ago_us, reason="rain",
            until_us=now_us() + HOUR_US if act is Act.SUSPEND else None, **said,
        )  # fmt: skip
        acts.act(order, by=TESTER, now_us=long_ago_us)

    one = quarter.one()
    assert (one["facts"]["open_incidents"], one["facts"]["overdue_incidents"], one["parts"]["incidents"]) == (2, 1, 20)


def test_the_health_of_devices_is_of_those_that_should_speak(quarter: Quarter) -> None:
    """Silent ones and those that say they are offline are ill; a tree is no device."""
    quarter.equip("W-1", "W-2", "W-3", "W-4")
    quarter.street.store.register_assets([Asset(asset_id="T-1", kind="tree", name="oak", lon=HERE[0], lat=HERE[1])])
    quarter.alarm("W-1", "silent", 4)
    batch = quarter.street.writer.begin(now_us())
    batch.set_availability("W-2", False, now_us())
    batch.commit()

    facts, parts = quarter.one()["facts"], quarter.one()["parts"]

    assert (facts["devices"], facts["devices_well"], parts["devices"]) == (4, 2, 10)


def test_the_last_patrol_is_told_and_ages(quarter: Quarter) -> None:
    """Also when it was days ago; a drive through is none."""
    quarter.patrol(16 * 60)
    quarter.patrol(1, minutes=0.5)
    before = quarter.one()

    quarter.patrol(5, left=False)

    after = quarter.one()
    assert (before["parts"]["patrol"], before["inside"]) == (10, 0)
    assert (after["parts"]["patrol"], after["inside"]) == (20, 1)
    assert before["facts"]["last_patrol"] < after["facts"]["last_patrol"] <= iso(now_us())


def test_the_worst_comes_first(quarter: Quarter) -> None:
    """Whoever looks at one looks at that."""
    quarter.street.report(an_incident(lon=ELSEWHERE[0], lat=ELSEWHERE[1]))

    assert [it["place_id"] for it in quarter.told()] == ["K-2", "K-1"]


def test_who_is_there_is_never_told(quarter: Quarter) -> None:
    """How many, and when somebody was: no names."""
    quarter.patrol(5, left=False)
    officer = next(it for it in quarter.street.store.people().all() if it.login.startswith("officer"))

    said = str(quarter.told())

    assert officer.person_id not in said
    assert officer.login not in said


# ------------------------------------------------------------------------------------------------ who may


@pytest.mark.parametrize(
    ("area_id", "expected"),
    [
        pytest.param("370202", ["K-1", "K-2"], id="the district"),
        pytest.param(SUBDISTRICT, ["K-1", "K-2"], id="the subdistrict"),
        pytest.param("370202007007", ["K-1"], id="the community of one"),
        pytest.param("370202007004", ["K-2"], id="the community of the other"),
        pytest.param("370202007001", [], id="another community"),
    ],
)
def test_everybody_sees_her_own(quarter: Quarter, area_id: str, expected: list[str]) -> None:
    """By where the middle of an area lies; another's is not there at all."""
    who = quarter.street.sign_in(Role.OPERATOR, area_id)

    assert sorted(it["place_id"] for it in quarter.told(who)) == expected


def test_a_grid_worker_sees_the_area_of_her_cell(quarter: Quarter) -> None:
    """The smallest area that somebody answers for."""
    cell = load_places(GEO).grid_cell_of(*HERE)
    assert cell is not None
    mine = quarter.street.sign_in(Role.GRID_WORKER, cell.grid_cell_id)
    other = next(it for it in load_places(GEO).grid_cells.values() if it.grid_cell_id != cell.grid_cell_id)
    neighbours = quarter.street.sign_in(Role.GRID_WORKER, other.grid_cell_id)

    assert [it["place_id"] for it in quarter.told(mine)] == ["K-1"]
    assert quarter.told(neighbours) == []


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR, Role.DEPARTMENT])
def test_some_roles_see_none(quarter: Quarter, role: Role) -> None:
    """It is not theirs to know."""
    who = quarter.street.sign_in(role, SUBDISTRICT)

    assert quarter.serving.browser(who).get("/api/areas").status_code in {403, 404}


def test_a_street_without_key_areas_has_none(street: Written, serve: Callable[..., Serving]) -> None:
    """An empty list, and places that are none are not among them."""
    street.store.register([], [square("P-1", *HERE, is_key_area=False)])
    browser = serve(street.config).browser(street.sign_in(Role.SQUAD_LEADER, SUBDISTRICT))

    assert browser.get("/api/areas").json() == {"areas": []}


def test_the_demo_has_key_areas_and_one_is_a_corridor(street: Written, serve: Callable[..., Serving]) -> None:
    """As `make demo` registers them: in our communities, with names in both languages."""
    known = Known.of([], [], load_places(GEO), load_scenarios())
    sheet = read_assets((GEO / "demo_areas.csv").read_bytes(), known)
    assert sheet.faults == ()
    street.store.register(list(sheet.assets), list(sheet.places))
    browser = serve(street.config).browser(street.sign_in(Role.SQUAD_LEADER, SUBDISTRICT))

    areas = {it["place_id"]: it for it in browser.get("/api/areas").json()["areas"]}

    assert len(areas) == 4
    assert all(it["name"] and it["name_en"] and it["department"] for it in areas.values())
    assert "KA-JIANGSU-RD" in areas


def test_a_thousand_incidents_and_two_thousand_assets_are_counted_in_time(quarter: Quarter) -> None:
    """Two areas; the quickest of five answers, since the machine is shared."""
    quarter.street.store.register_assets([
        Asset(asset_id=f"W-{n}", kind="water_level", name="w", lon=120.32 + n * 5e-6, lat=36.0656) for n in range(2_000)
    ])  # fmt: skip
    batch = quarter.street.writer.begin(now_us())
    for number in range(1_000):
        batch.report_incident(an_incident(f"native/{number}", lon=120.32 + number * 1e-5, lat=36.0656))
    batch.commit()
    taken = []

    for _ in range(5):
        began = time.perf_counter()
        told = quarter.told()
        taken.append((time.perf_counter() - began) * 1_000)

    assert told[0]["facts"]["open_incidents"] > 0
    assert min(taken) < MOST_MS, taken
