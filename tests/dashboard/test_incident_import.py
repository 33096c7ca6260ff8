"""The hotline's list over HTTP: all or nothing, with a report by row."""

from collections.abc import Iterator
from typing import Any

import pytest

from dashboard.bodies import XLSX
from street.clock import STREET_ZONE, as_datetime, now_us
from tests.dashboard.acting import Crew
from tests.dashboard.cameras import staged
from tests.street.test_incident_sheet import a_book, a_csv, changed

IMPORT = "/api/incidents/import"


@pytest.fixture(scope="module")
def crews(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """A dashboard, and people of the whole subdistrict."""
    with staged(tmp_path_factory.mktemp("import")) as stage:
        made = Crew(stage)
        for name in ("operator", "officer"):
            made.who(name, "370202007")
        yield made


@pytest.fixture
def crew(crews: Crew) -> Crew:
    """The people, each test with numbers of its own."""
    return crews.turn()


def row(crew: Crew, number: str, **cells: object) -> tuple[object, ...]:
    """Return a good row of today under a number of this test."""
    today = as_datetime(now_us()).astimezone(STREET_ZONE).strftime("%Y-%m-%d 00:00")
    return changed(**({"c0": f"T{crew.taps}-{number}", "c1": today} | cells))


def take(crew: Crew, content: bytes, name: str = "operator", kind: str = XLSX, query: str = "") -> tuple[int, Any]:
    """Import *content*."""
    answer = crew.post(name, IMPORT + query, content, headers={"content-type": kind})
    return answer.status_code, answer.json()


@pytest.mark.parametrize("kind", [XLSX, "text/csv; charset=gb18030"])
def test_a_list_is_taken_in_whole_and_what_is_known_stays(crew: Crew, kind: str) -> None:
    """Twice the same file is once the same incidents; each is reported, and in the audit."""
    make = a_book if kind == XLSX else a_csv
    content = make(row(crew, "1"), row(crew, "2"))

    first, again = take(crew, content, kind=kind), take(crew, content, kind=kind)

    assert first[0] == again[0] == 200
    assert first[1]["counts"] == {"incidents": 2, "added": 2, "known": 0}
    assert again[1]["counts"] == {"incidents": 2, "added": 0, "known": 2}
    told = crew.get("operator", f"/api/incidents/hotline/T{crew.taps}-1").json()
    assert (told["stage"], told["source"], told["matter"]) == ("reported", "hotline", "06010")
    thing = f"incident/hotline/T{crew.taps}-1"
    assert len(crew.stage.audited(crew.who("operator"), object=thing)) == 1


def test_one_faulty_row_keeps_all_out_and_is_told_in_a_sentence(crew: Crew) -> None:
    """By row and column, with what to do."""
    status, told = take(crew, a_book(row(crew, "1"), row(crew, "2", c5="99999"), row(crew, "3", c7=121.5, c8=31.2)))

    assert (status, told["ok"], told["counts"]) == (422, False, {"faults": 2})
    assert [(it["row"], it["column"], it["code"]) for it in told["faults"]] == [
        (3, "matter", "matter"), (4, "lon", "outside"),
    ]  # fmt: skip
    assert all(it["say"].endswith("。") for it in told["faults"])
    assert crew.get("operator", f"/api/incidents/hotline/T{crew.taps}-1").status_code == 404


def test_a_trial_writes_nothing(crew: Crew) -> None:
    """It says that it could be."""
    assert take(crew, a_book(row(crew, "1")), query="?dry=1")[1]["counts"] == {"incidents": 1}
    assert crew.get("operator", f"/api/incidents/hotline/T{crew.taps}-1").status_code == 404


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b"\xff\x00", b"{}"])
def test_a_broken_file_is_told_so(crew: Crew, content: bytes) -> None:
    """Never an error of ours."""
    status, told = take(crew, content)

    assert (status, told["error"]) == (422, "rows")
    assert told["faults"][0]["say"].endswith("。")


def test_only_whoever_may_import_here_does(crew: Crew) -> None:
    """An officer finds no such address; an operator of one grid cell brings nothing of another's."""
    crew.who("operator-cell", "370202007001001")

    assert take(crew, a_book(row(crew, "1")), "officer")[0] == 404
    status, told = take(crew, a_book(row(crew, "1", c7=None, c8=None)), "operator-cell")
    assert (status, told["faults"][0]["code"]) == (422, "refused")
