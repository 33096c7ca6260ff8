"""Recordings with the glitches that real ones have."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.simulator.recording import Recording, read
from street.clock import as_us
from street.errors import ConfigError


def recorded(tmp_path: Path, text: str, *, name: str = "x.csv", **how: str) -> Recording:
    """Write a file and read it."""
    path = tmp_path / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return read(path, **how)


def utc(text: str) -> int:
    """An instant [µs]."""
    return as_us(datetime.fromisoformat(text).replace(tzinfo=UTC))


@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz"])
def test_rows_are_read_plain_or_zipped(tmp_path: Path, name: str) -> None:
    """In their order, each with its device."""
    got = recorded(tmp_path, "time,device,count\n2016-01-01T00:00Z,Bourke St,21\n2016-01-01T01:00Z,QV,0\n", name=name)

    assert [(row.at_us, row.device, row.values) for row in got.rows] == [
        (utc("2016-01-01T00:00"), "Bourke St", {"people_count": 21.0}),
        (utc("2016-01-01T01:00"), "QV", {"people_count": 0.0}),
    ]


@pytest.mark.parametrize(
    ("local", "expected", "odd"),
    [
        pytest.param("2016-07-01 12:00", "2016-07-01T17:00", {}, id="summer"),
        pytest.param("2016-12-01 12:00", "2016-12-01T18:00", {}, id="winter"),
        pytest.param("2016-11-06 01:30", "2016-11-06T06:30", {"ambiguous": 1}, id="twice: the earlier"),
        pytest.param("2017-03-12 02:30", "2017-03-12T08:30", {"nonexistent": 1}, id="never: as if the clock stood"),
    ],
)
def test_local_times_are_honoured_and_clock_changes_counted(
    tmp_path: Path, local: str, expected: str, odd: dict[str, int]
) -> None:
    """Chicago, where the i94 counter stands."""
    got = recorded(tmp_path, f"time_local,device,count\n{local},a,1\n", zone="America/Chicago")

    assert got.rows[0].at_us == utc(expected)
    assert dict(got.odd) == odd


def test_minutes_count_from_nothing(tmp_path: Path) -> None:
    """A recorder without a clock; replay gives it one."""
    got = recorded(tmp_path, "minute,device,power,voltage\n0,line,0,222.6\n61,line,5300.5,221\n")

    assert [row.at_us for row in got.rows] == [0, 61 * 60_000_000]
    assert got.rows[1].values == {"power": 5300.5, "voltage": 221.0}


@pytest.mark.parametrize("cell", ["", " ", "NA", "NaN", "null", "None", "-"])
def test_a_blank_is_a_gap_and_no_zero(tmp_path: Path, cell: str) -> None:
    """None, whatever word the recorder has for it; not even worth counting as odd."""
    got = recorded(tmp_path, f"time,device,PM2.5,PM10\n2017-01-01T00:00Z,a,{cell},0\n")

    assert got.rows[0].values == {"pm25": None, "pm10": 0.0}
    assert got.odd == {}


@pytest.mark.parametrize("cell", ["12,5", "inf", "1e999", "twelve", "0x10"])
def test_what_is_no_number_is_counted(tmp_path: Path, cell: str) -> None:
    """And left out."""
    got = recorded(tmp_path, f'time,device,count\n2017-01-01T00:00Z,a,"{cell}"\n')

    assert (got.rows[0].values, dict(got.odd)) == ({"people_count": None}, {"bad number": 1})


@pytest.mark.parametrize("value", ["9831.3", "-8", "18.8", "99999"])
def test_absurd_values_stay(tmp_path: Path, value: str) -> None:
    """Negative occupancy, metres of rain, a dead microphone: the pipeline must cope, so it must get them."""
    got = recorded(tmp_path, f"time,device,occupancy\n2017-01-01T00:00Z,a,{value}\n2017-01-01T00:00Z,a,{value}\n")

    assert [row.values["occupied"] for row in got.rows] == [float(value)] * 2


def test_a_row_without_time_is_counted_and_left_out(tmp_path: Path) -> None:
    """The others stay."""
    got = recorded(tmp_path, "time,device,count\nyesterday,a,1\n,a,2\n2017-01-01T00:00Z,a,3\n")

    assert ([row.values["people_count"] for row in got.rows], dict(got.odd)) == ([3.0], {"bad time": 2})


def test_long_rows_carry_their_quantity_and_unit(tmp_path: Path) -> None:
    """Gauges of two kinds in one file; centimetres become metres, an unknown quantity stays."""
    got = recorded(
        tmp_path,
        "time,device,metric,value,unit,quality\n"
        "2025-09-11T00:00:00Z,Todmorden,water_level,-0.02,m,Unchecked\n"
        "2025-09-11T00:00:00Z,Hebden,rain,0.4,mm,Unchecked\n"
        "2025-09-11T00:15:00Z,Todmorden,water_level,142,cm,Unchecked\n"
        "2025-09-11T00:15:00Z,Hebden,mood,3,,Unchecked\n",
    )

    assert got.devices == {"Todmorden": ["water_level"], "Hebden": ["rain", "mood"]}
    assert [list(row.values.values()) for row in got.rows] == [[-0.02], [0.4], [1.42], [3.0]]


@pytest.mark.parametrize(("level", "full_at", "expected"), [("2", "6", 33.3), ("8", "8", 100.0), ("9", "8", 112.5)])
def test_steps_of_a_bin_become_its_share(tmp_path: Path, level: str, full_at: str, expected: float) -> None:
    """Full at the threshold is 100 %; a heap is more."""
    got = recorded(tmp_path, f"time_local,device,fill_level,fill_threshold\n2021-08-21T13:39,1,{level},{full_at}\n")

    assert got.rows[0].values == {"fill_level": expected}


@pytest.mark.parametrize("full_at", ["", "0"])
def test_steps_without_a_threshold_say_nothing(tmp_path: Path, full_at: str) -> None:
    """Two of nobody knows how many is no percentage."""
    got = recorded(tmp_path, f"time_local,device,fill_level,fill_threshold\n2021-08-21T13:39,1,2,{full_at}\n")

    assert got.rows[0].values == {"fill_level": None}


def test_one_device_can_be_chosen(tmp_path: Path) -> None:
    """By its name as recorded."""
    got = recorded(tmp_path, "time,device,count\n2017-01-01T00:00Z,a,1\n2017-01-01T00:00Z,b b,2\n", device="b b")

    assert [row.values["people_count"] for row in got.rows] == [2.0]


def test_a_file_without_devices_is_one(tmp_path: Path) -> None:
    """Named after the file; so is a row that leaves its device blank."""
    assert recorded(tmp_path, "time,count\n2017-01-01T00:00Z,1\n", name="mill.csv").rows[0].device == "mill"
    assert recorded(tmp_path, "time,device,count\n2017-01-01T00:00Z,,1\n", name="mill.csv").rows[0].device == "mill"


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("x.csv", b"time,device,count\n", "holds no row"),
        ("x.csv", b"", "no column of time"),
        ("x.csv", b"time,count\n\xff\xfe,1\n", "cannot be read as CSV"),
        ("x.csv.gz", b"time,count\n", "cannot be read as CSV"),
        ("x.csv.gz", gzip.compress(b"time,count\n2017-01-01T00:00Z,1\n" * 99, mtime=0)[:-20], "cannot be read as CSV"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str, content: bytes, complaint: str) -> None:
    """With its name, and nothing is sent."""
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(ConfigError, match=complaint):
        read(path)


def test_a_missing_file_and_a_missing_device_are_told(tmp_path: Path) -> None:
    """The two most likely slips on the command line."""
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path / "none.csv")
    with pytest.raises(ConfigError, match="holds no row of device 'z'"):
        recorded(tmp_path, "time,device,count\n2017-01-01T00:00Z,a,1\n", device="z")
