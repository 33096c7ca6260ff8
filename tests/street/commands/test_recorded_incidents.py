"""Recorded files of other cities: read in three forms, and judged as the city judged."""

import gzip
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from street.clock import DAY_US, HOUR_US, SECOND_US
from street.commands.recorded_incidents import Recorded, judged, read_recorded
from street.errors import ConfigError

BOSTON = ZoneInfo("America/New_York")
SHARED = Path(__file__).parents[4] / "shared/data/cases"
is_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data/cases is not beside this checkout")

SAMPLE = """\
case_enquiry_id,open_dt,target_dt,closed_dt,ontime,type
1,2011-08-20 00:19:25,2011-08-24 00:19:22,2011-08-22 06:30:26,ONTIME,closed two days before its target
2,2011-08-20 00:19:25,2011-08-24 00:19:22,2011-08-24 00:19:23,OVERDUE,closed a second after it
3,2011-08-20 00:19:25,2011-08-24 00:19:22,2011-08-24 00:19:22,ONTIME,closed at the very second
4,2011-08-20 00:19:25,2011-08-24 00:19:22,,OVERDUE,still open
5,2011-08-20 00:19:25,2059-12-31 19:00:00,,ONTIME,still open with a target far ahead
6,2011-08-20 00:19:25,,2012-09-01 10:00:00,ONTIME,without a target
7,2011-08-20 00:19:25,,,ONTIME,without a target and still open
8,2011-11-05 10:00:00,2011-11-07 09:00:00,2011-11-07 08:59:59,ONTIME,over the end of summer time
9,2011-08-20 00:19:25,2011-08-24 00:19:22,2011-08-25 00:00:00,,the city says neither
"""


def sampled(tmp_path: Path, text: str, name: str = "sample.csv") -> list[Recorded]:
    """Return the rows of a file with this text."""
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return read_recorded(path, BOSTON)


@pytest.mark.parametrize("name", ["sample.csv", "sample.csv.gz"])
def test_our_deadlines_find_the_citys_own_word(tmp_path: Path, name: str) -> None:
    """Eight rows that differ in how they were late or not, and one of which the city says nothing."""
    found = judged(sampled(tmp_path, SAMPLE, name))

    assert (found.alike, found.on_time, found.overdue, found.unsaid) == (8, 6, 2, 1)
    assert found.unlike == []


@pytest.mark.parametrize("row", [1, 2, 4, 6])
def test_a_wrong_word_is_found(tmp_path: Path, row: int) -> None:
    """The check can fail: each flag turned round is the row that is told."""
    lines = SAMPLE.splitlines(keepends=True)
    turned = {"ONTIME": "OVERDUE", "OVERDUE": "ONTIME"}
    word = next(it for it in turned if f",{it}," in lines[row])
    lines[row] = lines[row].replace(f",{word},", f",{turned[word]},")

    found = judged(sampled(tmp_path, "".join(lines)))

    assert found.unlike == [row]
    assert found.alike == 7


@is_shared
def test_boston_agrees_in_every_row_that_has_a_flag() -> None:
    """All 9,684: 7,262 on time, 2,422 overdue; 36 rows say neither."""
    found = judged(read_recorded(SHARED / "boston_311_2011.csv.gz", BOSTON))

    assert len(found.facts) == 9_720
    assert (found.alike, found.unlike) == (9_684, [])
    assert (found.on_time, found.overdue, found.unsaid) == (7_262, 2_422, 36)


@is_shared
@pytest.mark.parametrize(
    ("name", "rows", "still_open"), [("nyc_311_api_2024", 1_000, 323), ("nyc_311_export_2025", 235, 34)]
)
def test_new_york_is_read_in_both_its_forms(name: str, rows: int, still_open: int) -> None:
    """The API's and the export's."""
    found = read_recorded(SHARED / f"{name}.csv.gz", BOSTON)

    assert len(found) == rows
    assert sum(row.closed_us is None for row in found) == still_open
    assert {row.said for row in found} == {None}
    assert max(row.opened_us for row in found) - min(row.opened_us for row in found) < 2 * DAY_US


def test_times_come_in_three_forms_and_are_local(tmp_path: Path) -> None:
    """The same evening, in New York's summer time: 03:33:07 UTC of the next day."""
    forms = ("2025-03-24 23:33:07", "2025-03-24T23:33:07.000", "03/24/2025 11:33:07 PM", "2025-03-25T03:33:07Z")
    rows = sampled(tmp_path, "Created Date,Closed Date\n" + "".join(f"{form},{form}\n" for form in forms))

    assert {row.opened_us for row in rows} == {1_742_873_587 * SECOND_US}
    assert {row.closed_us for row in rows} == {1_742_873_587 * SECOND_US}


def test_summer_time_ends_within_a_limit() -> None:
    """47 hours on the wall are 48 on an urgent clock; the deadline is the target all the same."""
    opened_us, target_us = 0, 48 * HOUR_US
    found = judged(
        [Recorded(opened_us, target_us, target_us + 1, False), Recorded(opened_us, target_us, target_us, True)]
    )

    assert found.unlike == []
    assert found.facts[0].close_due_us == target_us


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,b\n1,2\n", "sample.csv:1: expected columns like open_dt"),
        ("", "sample.csv:1: expected columns like open_dt"),
        ("open_dt,closed_dt\n2011-08-20 00:19:25,\nyesterday,\n", "sample.csv:3: expected a time like"),
        ("open_dt,closed_dt\n,2011-08-20 00:19:25\n", "sample.csv:2: expected a time of opening"),
    ],
)
def test_what_is_no_such_file_is_told_by_its_line(tmp_path: Path, text: str, told: str) -> None:
    """With what was expected."""
    with pytest.raises(ConfigError, match=told):
        sampled(tmp_path, text)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", gzip.compress(b"open_dt,closed_dt\n" * 99, mtime=0)[:-20]], ids=["text", "gzip"]
)
def test_a_damaged_file_is_told(tmp_path: Path, content: bytes) -> None:
    """Cut off, or no text at all."""
    (tmp_path / "a.csv").write_bytes(content)

    with pytest.raises(ConfigError, match=r"a\.csv: cannot be read"):
        read_recorded(tmp_path / "a.csv", BOSTON)
    with pytest.raises(ConfigError, match=r"b\.csv: cannot be read"):
        read_recorded(tmp_path / "b.csv", BOSTON)
