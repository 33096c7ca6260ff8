"""Indicators by HTTP: of the asker's areas, with the sentence of what each counts."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.exceptions import HTTPException

from dashboard.indicators import answered
from layouts.wording import desk_words_in
from street.clock import DAY_US, as_datetime, now_us
from street.config import Config
from street.indicators import IDS
from street.people import Role
from tests.dashboard.conftest import COMMUNITY, DISTRICT, SUBDISTRICT, Serving, Written, an_incident
from tests.dashboard.desk_office import Desk, asked_by

OTHER = "370202008"
NOON_US = 1_795_492_800_000_000  # 2026-11-24 12:00 in Asia/Shanghai


@pytest.fixture
def desk(street: Written) -> Iterator[Desk]:
    """Give an office over three incidents of noon: two of the subdistrict, one of another."""
    for number, community_id in enumerate((COMMUNITY, "370202007002", "370202008001")):
        street.report(an_incident(f"native/{number}", reported_us=NOON_US, community_id=community_id, asset_id=""))
    made = Desk(street)
    made.office.now_us = lambda: NOON_US + DAY_US
    yield made
    made.close()


def filed(desk: Desk, role: Role = Role.LEADER, area_id: str = SUBDISTRICT, **query: str) -> tuple[int, int]:
    """Return how many were filed, and of how many, as somebody of this role in this area is told."""
    with asked_by(desk.street.sign_in(role, area_id)):
        told = answered(desk.office, query, desk_words_in("zh"))
    found = next(it for it in told["indicators"] if it["id"] == "filed")
    return found["numerator"], found["denominator"]


def test_each_indicator_says_what_it_counts(desk: Desk) -> None:
    """In the reader's language; a share of nothing is null."""
    with asked_by(desk.street.sign_in(Role.LEADER)):
        zh, en = (answered(desk.office, {}, desk_words_in(lang)) for lang in ("zh", "en"))

    closed = next(it for it in zh["indicators"] if it["id"] == "closed")
    assert [it["id"] for it in zh["indicators"]] == list(IDS)
    assert (closed["name"], closed["share"], closed["denominator"]) == ("结案率", None, 0)
    assert closed["basis"].startswith("应结案的案件中")
    assert next(it for it in en["indicators"] if it["id"] == "closed")["name"] == "Closed"


@pytest.mark.parametrize(
    ("asker", "query", "reported"),
    [
        (DISTRICT, {}, 3),
        (SUBDISTRICT, {}, 2),
        (COMMUNITY, {}, 1),
        (OTHER, {}, 1),
        (DISTRICT, {"area": SUBDISTRICT}, 2),
        (SUBDISTRICT, {"area": COMMUNITY}, 1),
        (SUBDISTRICT, {"from": "2026-11-24", "to": "2026-11-24"}, 2),
        (SUBDISTRICT, {"from": "2026-11-25", "to": "2026-11-25"}, 0),
        (SUBDISTRICT, {"to": "2026-10-31"}, 0),
    ],
)
def test_an_asker_is_told_of_her_own_areas(desk: Desk, asker: str, query: dict[str, str], reported: int) -> None:
    """This month's, where she names no days."""
    assert filed(desk, area_id=asker, **query)[1] == reported


@pytest.mark.parametrize("area_id", [OTHER, DISTRICT, "370202008001"])
def test_anothers_area_does_not_exist(desk: Desk, area_id: str) -> None:
    """Forbidden and unknown look the same; a wider one is another's too."""
    with pytest.raises(HTTPException, match="404"):
        filed(desk, area=area_id)


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-11-30", "to": "2026-11-01"},
        {"from": "1999-01-01", "to": "2026-11-01"},
        {"from": "yesterday"},
        {"to": "2026-02-30"},
        {"to": "9999-12-31"},
        {"area": "37"},
        {"area": "somewhere"},
    ],
)
def test_what_is_no_day_or_area_is_told(desk: Desk, query: dict[str, str]) -> None:
    """With a sentence that says what would be one."""
    with pytest.raises(HTTPException, match=r"422: .*(2026-09-01|区划代码)"):
        filed(desk, **query)


def test_a_period_that_is_not_over_ends_now(desk: Desk) -> None:
    """What is due this evening is not missed at noon."""
    with asked_by(desk.street.sign_in(Role.LEADER)):
        told = answered(desk.office, {"from": "2026-11-01", "to": "2026-11-30"}, desk_words_in("zh"))

    assert told["from"] == "2026-10-31T16:00:00Z"
    assert datetime.fromisoformat(told["to"]) == as_datetime(NOON_US + DAY_US).astimezone(UTC)


def test_it_is_asked_over_http(serve: Callable[[Config], Serving], street: Written) -> None:
    """A leader is answered, an officer is not, a stranger is asked to sign in."""
    street.report(an_incident(reported_us=now_us()))
    serving = serve(street.config)

    def asked(role: Role | None) -> httpx.Response:
        who = street.sign_in(role) if role else None
        return serving.browser(who).get("/api/indicators", params={"lang": "zh"})

    leader: Any = asked(Role.LEADER)
    assert leader.status_code == 200
    assert leader.headers["cache-control"] == "no-store"
    assert leader.json()["indicators"][0]["denominator"] == 1
    assert [asked(role).status_code for role in (Role.OFFICER, Role.ADMIN, None)] == [404, 404, 401]


def test_what_lies_nowhere_in_particular_is_the_subdistricts(street: Written) -> None:
    """And the district's, which holds it; no other's."""
    street.report(an_incident(asset_id=""))
    made = Desk(street)

    found = filed(made, area_id=DISTRICT), filed(made), filed(made, area_id=OTHER)

    made.close()
    assert [denominator for _, denominator in found] == [1, 1, 0]
