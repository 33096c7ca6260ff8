"""Incidents for one reader: masked until revealed, exported masked always, from the asker's areas only."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard import incident_page
from dashboard.incident_page import COLUMNS, range_of
from street.clock import DAY_US, STREET_ZONE, as_datetime, iso, now_us
from street.csv_cells import BOM
from street.people import Grant, Role
from tests.dashboard.cameras import HERE, PHONE, PLATE, Stage, staged
from tests.dashboard.conftest import TESTER, Signed, an_incident

NOON_US = 1_795_492_800_000_000  # 2026-11-24 12:00 in Asia/Shanghai


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A dashboard over two incidents."""
    with staged(tmp_path) as made:
        yield made


def table(text: str) -> list[list[str]]:
    """Return an export's rows as a spreadsheet reads them."""
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))


@pytest.mark.parametrize("role", [Role.WALL, Role.GRID_WORKER, Role.LEADER, Role.SQUAD_LEADER])
def test_texts_are_masked_whoever_reads(stage: Stage, role: Role) -> None:
    """Also for who may reveal them, until she does."""
    answer = stage.get(stage.sign_in(role), "/api/incidents/hotline/0")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["title"] == "来电138****5678"
    assert answer.json()["description"] == "=车辆鲁B***占道"
    assert answer.json()["revealed_until"] is None


def test_who_revealed_reads_the_texts_and_nobody_else_does(stage: Stage) -> None:
    """One incident, one person."""
    leader, other = stage.sign_in(Role.SQUAD_LEADER), stage.sign_in(Role.SQUAD_LEADER)
    until = stage.reveal(leader, "incident", "hotline/0").json()["until"]

    hers = stage.get(leader, "/api/incidents/hotline/0").json()
    others = stage.get(other, "/api/incidents/hotline/0").json()

    assert (hers["title"], hers["description"]) == (f"来电{PHONE}", f"=车辆{PLATE}占道")
    assert hers["revealed_until"] == until
    assert PHONE not in str(others)


def test_a_reveal_ends_with_the_right_to_it(stage: Stage) -> None:
    """Whoever is no squad leader any more reads what a grid worker reads, at once."""
    people, sessions = stage.street.store.people(), stage.street.store.sessions()
    leader = stage.sign_in(Role.SQUAD_LEADER)
    stage.reveal(leader, "incident", "hotline/0")
    changed = people.change(replace(leader.person, grants=(Grant(Role.GRID_WORKER, HERE),)), by=TESTER)
    begun = sessions.begin(changed.person_id, kind="person", address="127.0.0.1", name="test", by=TESTER)
    again = Signed(*begun, changed)

    answer = stage.get(again, "/api/incidents/hotline/0")

    assert answer.status_code == 200
    assert PHONE not in answer.text


@pytest.mark.parametrize(
    "incident_id",
    ["hotline/1", "hotline/9", "hotline", "9223372036854775808", "-1", "hotline/0%20", "hotline/0%00", "%"],
)
def test_everything_else_is_one_answer(stage: Stage, incident_id: str) -> None:
    """TRUST B74: another cell's, deleted, negative, 2⁶³, with a blank behind."""
    worker = stage.sign_in(Role.GRID_WORKER)

    answer, unknown = stage.get(worker, f"/api/incidents/{incident_id}"), stage.get(worker, "/api/no-such-thing")

    assert (answer.status_code, answer.content) == (404, unknown.content)


def test_an_export_holds_the_askers_area_masked(stage: Stage) -> None:
    """Formulas are literal, numbers are numbers, and the file says who took it."""
    leader = stage.sign_in(Role.SQUAD_LEADER)

    answer = stage.get(leader, "/api/incidents.csv")
    head, *rows, mark = table(answer.text)

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="incidents_')
    assert answer.content.startswith(BOM.encode())
    assert tuple(head) == COLUMNS
    assert [row[COLUMNS.index("incident_id")] for row in rows] == ["hotline/0"]
    assert rows[0][COLUMNS.index("description")] == "'=车辆鲁B***占道"
    assert rows[0][COLUMNS.index("severity")] == "2"
    assert mark[0].startswith(f"exported by {leader.person.login} 20")


def test_an_export_is_in_the_audit(stage: Stage) -> None:
    """Who took which days, before the first byte left."""
    leader = stage.sign_in(Role.LEADER)

    stage.get(leader, "/api/incidents.csv?from=2026-11-01&to=2026-11-24")

    assert [stored.entry.object for stored in stage.audited(leader, action="incidents.export")] == [
        "incidents/2026-11-01_2026-11-24"
    ]


def test_an_incident_that_lies_nowhere_is_the_subdistricts(stage: Stage) -> None:
    """Or where its asset lies, if that is known."""
    stage.street.report(an_incident("hotline/nowhere", asset_id="NO-SUCH"))
    stage.street.report(an_incident("hotline/asset", asset_id="CAM-1"))
    everywhere, cell = stage.sign_in(Role.LEADER, "370202007"), stage.sign_in(Role.LEADER, HERE)

    seen = [{row[1] for row in table(stage.get(who, "/api/incidents.csv").text)[1:-1]} for who in (everywhere, cell)]

    assert seen == [{"hotline/0", "hotline/1", "hotline/nowhere", "hotline/asset"}, {"hotline/0", "hotline/asset"}]
    assert stage.get(cell, "/api/incidents/hotline/nowhere").status_code == 404
    assert stage.get(cell, "/api/incidents/hotline/asset").status_code == 200


@pytest.mark.parametrize("role", [Role.WALL, Role.GRID_WORKER, Role.OPERATOR, Role.ADMIN, Role.AUDITOR])
def test_others_export_nothing(stage: Stage, role: Role) -> None:
    """As if there were no such address."""
    answer = stage.get(stage.sign_in(role), "/api/incidents.csv")

    assert answer.status_code in {404, 303}
    assert "hotline" not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("from=2026-11-24&to=2026-11-23", id="backwards"),
        pytest.param("from=1926-11-24&to=2026-11-24", id="a hundred years"),
        pytest.param("from=9999-12-31&to=9999-12-31", id="the last day there is"),
        pytest.param("from=yesterday", id="a word"),
        pytest.param("from=2026-02-30", id="no day"),
        pytest.param("to=" + "9" * 1000, id="a number"),
    ],
)
def test_a_range_that_is_none_is_refused(stage: Stage, query: str) -> None:
    """TRUST B100: 422."""
    answer = stage.get(stage.sign_in(Role.LEADER), f"/api/incidents.csv?{query}")

    assert (answer.status_code, answer.json()) == (422, {"error": "range"})


@pytest.mark.parametrize("query", ["from=2020-01-01&to=2020-01-02", "from=0001-01-01&to=0001-01-02"])
def test_an_empty_range_is_a_head_and_a_mark(stage: Stage, query: str) -> None:
    """Nothing happened is an answer."""
    answer = stage.get(stage.sign_in(Role.LEADER), f"/api/incidents.csv?{query}")

    assert len(table(answer.text)) == 2


def test_a_range_is_whole_local_days() -> None:
    """In Asia/Shanghai, both days included; without days the last thirty."""
    one = range_of("2026-11-24", "2026-11-24", NOON_US)
    usual = range_of("", "", NOON_US)

    assert one is not None
    assert (iso(one.from_us), iso(one.to_us)) == ("2026-11-23T16:00:00Z", "2026-11-24T16:00:00Z")
    assert usual is not None
    assert (usual.name, (usual.to_us - usual.from_us) // DAY_US) == ("2026-10-26_2026-11-24", 30)


def test_an_export_is_capped_and_says_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """TRUST B100: what is left out is said; lots are smaller than the cap and than what there is."""
    monkeypatch.setattr(incident_page, "MOST_ROWS", 5)
    monkeypatch.setattr(incident_page, "LOT", 2)
    day_us = now_us() - 20 * DAY_US
    for number in range(7):
        stage.street.report(
            an_incident(f"many/{number}", reported_us=day_us + number, community_id=HERE[:12], grid_cell_id=HERE)
        )
    day = as_datetime(day_us).astimezone(STREET_ZONE).date()

    answer = stage.get(stage.sign_in(Role.LEADER), f"/api/incidents.csv?from={day}&to={day}")
    rows = table(answer.text)[1:]

    assert [row[1] for row in rows[:-1]] == [f"many/{number}" for number in range(5)]
    assert rows[-1][0].endswith("; only the first 5 rows")
