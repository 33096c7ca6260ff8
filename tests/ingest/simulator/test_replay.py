"""A recording played as if it were now."""

import json
from argparse import Namespace
from datetime import datetime
from pathlib import Path

import pytest

import street
from ingest.decode import Decoder, Kind, Message
from ingest.register import ASSET_ID
from ingest.simulator.play import Player
from ingest.simulator.replay import Replay, assets_of
from ingest.simulator.roster import read_roster
from ingest.texts import is_id
from street.clock import HOUR_US, as_us
from street.config import Config
from street.config.sections import RegisterConfig
from street.errors import ConfigError
from street.scenarios import load_scenarios
from tests.ingest.simulator.test_play import NOW_US, Desk
from tests.ingest.simulator.test_recording import recorded

CSV = Path(street.__file__).parent / "geo" / "demo_assets.csv"
PEOPLE = "time,device,count\n" + "".join(
    f"2016-01-01T{hour:02d}:00Z,Bourke Street Mall (North),{100 + hour}\n2016-01-01T{hour:02d}:00Z,QV,{hour}\n"
    for hour in range(24)
)


def a_replay(tmp_path: Path, text: str, **options: object) -> Replay:
    """The replay that the command line would make of this file."""
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    told = {"file": path, "speed": 0.0, "limit": None, "device": None, "zone": None, "nulls": False} | options
    return Replay.of(Config(register=RegisterConfig(assets_file=CSV)), Namespace(**told))


def played(replay: Replay) -> list[tuple[int, str, dict[str, object]]]:
    """Play on a desk; return when each message went, its topic and its payload."""
    desk = Desk()
    replay.play(Player(desk, now_us=desk.now_us), NOW_US)
    return [(went_us, topic, json.loads(payload)) for went_us, topic, payload in desk.went]


def test_the_last_row_is_now(tmp_path: Path) -> None:
    """And the first as long ago as it was; ten years of shift, to the millisecond."""
    went = played(a_replay(tmp_path, PEOPLE))

    assert (went[0][2]["ts"], went[-1][2]["ts"]) == ("2026-11-23T05:00:00Z", "2026-11-24T04:00:00Z")
    assert [fields["people_count"] for _, topic, fields in went if topic == "street/QV/telemetry"] == list(range(24))


def test_ingest_understands_every_row(tmp_path: Path) -> None:
    """Same device, same quantity, same number."""
    decoder = Decoder([("street/#", "native")])
    replay = a_replay(tmp_path, PEOPLE)

    for posting in replay.postings(0):
        _, decoded = decoder.decode(Message(posting.topic, posting.payload, False, NOW_US))
        assert decoded.kind is Kind.TELEMETRY
        assert decoded.device_id in {asset.asset_id for asset in replay.assets}


@pytest.mark.parametrize("speed", [1.0, 3600.0, 1e9])
def test_at_any_speed_nothing_is_stamped_in_the_future(tmp_path: Path, speed: float) -> None:
    """The last row goes out at the instant it is stamped with, all others no sooner than theirs."""
    went = played(a_replay(tmp_path, PEOPLE, speed=speed))
    ahead_us = [as_us(datetime.fromisoformat(str(fields["ts"]))) - went_us for went_us, _, fields in went]

    assert max(ahead_us) <= 0
    assert ahead_us[-1] >= -2000
    assert went[-1][0] - NOW_US == pytest.approx(23 * HOUR_US / speed, abs=2000)


@pytest.mark.parametrize("speed", [0.5, -1, float("inf"), float("nan")])
def test_a_speed_that_would_lie_is_refused(tmp_path: Path, speed: float) -> None:
    """Slower than it was, its stamps would run ahead of the clock."""
    with pytest.raises(ConfigError, match="--speed"):
        a_replay(tmp_path, PEOPLE, speed=speed)


def test_a_limit_keeps_the_newest_rows(tmp_path: Path) -> None:
    """They are what now looks like."""
    went = played(a_replay(tmp_path, PEOPLE, limit=3))

    assert [fields["people_count"] for _, _, fields in went] == [22, 123, 23]


def test_blanks_are_left_out_or_sent_as_null(tmp_path: Path) -> None:
    """A row with nothing left makes no message, but is counted."""
    text = "time,device,PM2.5,PM10\n2017-01-01T00:00Z,a,,9\n2017-01-01T01:00Z,a,,\n"
    replay = a_replay(tmp_path, text)
    went = played(replay)
    with_nulls = played(a_replay(tmp_path, text, nulls=True))

    assert [set(fields) for _, _, fields in went] == [{"ts", "pm10"}]
    assert [fields["pm25"] for _, _, fields in with_nulls] == [None, None]
    assert replay.summary() == "blanks 3, empty rows 1, rows 2\n"


def test_repeats_and_absurd_values_are_sent_as_they_are(tmp_path: Path) -> None:
    """The pipeline is what is tried here."""
    text = "time,device,rain_1h\n2016-07-11T17:00Z,a,9831.3\n2016-07-11T17:00Z,a,9831.3\n2016-07-11T18:00Z,a,-1\n"
    went = played(a_replay(tmp_path, text))

    assert [fields["rain"] for _, _, fields in went] == [9831.3, 9831.3, -1]


@pytest.mark.parametrize(
    ("header", "row", "kind"),
    [
        ("time,device,count", "64", "people_counter"),
        ("time,device,laeq", "53.6", "noise_meter"),
        ("time,device,PM2.5,TEMP,RAIN", "133,17.6,0", "air_station"),
        ("time,device,power,voltage", "5300,222", "streetlight"),
        ("time,device,capacity,occupancy", "450,76", "parking_bay"),
        ("time,device,rain,temp,wdsp", "0,12.3,10", "weather_station"),
        ("time,device,water_level", "0.2", "water_level"),
        ("time,device,traffic_volume,temp", "1628,280.75", "curb_camera"),
        ("time,device,fill_level,fill_threshold", "2,6", "waste_bin"),
        ("time,device,humidity_index", "2", "unknown"),
    ],
)
def test_a_device_becomes_an_asset_of_its_kind_where_such_stand(
    tmp_path: Path, header: str, row: str, kind: str
) -> None:
    """On the map among its own; what nobody can tell has no place."""
    replay = a_replay(tmp_path, f"{header}\n2016-01-01T00:00Z,Station 1,{row}\n2016-01-01T00:30Z,Station 1,{row}\n")
    [asset] = replay.assets
    models = {(one.lon, one.lat) for one in read_roster(CSV) if one.kind == kind} or {(None, None)}

    assert (asset.asset_id, asset.name, asset.kind, asset.interval_s) == ("Station-1", "Station 1", kind, 1800)
    assert (asset.lon, asset.lat) in models


def test_more_devices_than_places_stand_beside_each_other(tmp_path: Path) -> None:
    """Thirty car parks on five bays: no two on one spot, none farther than two hundred metres."""
    text = "time,device,occupancy\n" + "".join(f"2016-01-01T00:00Z,P{number},1\n" for number in range(30))
    replay = a_replay(tmp_path, text)

    assert len({(asset.lon, asset.lat) for asset in replay.assets}) == 30
    assert all(120.319 < (asset.lon or 0) < 120.335 and 36.057 < (asset.lat or 0) < 36.075 for asset in replay.assets)
    assert all(asset.grid_cell_id for asset in replay.assets)


NAMES = [
    "QV Market-Elizabeth St (West)",
    "a/b",
    "a#b",
    "a+b",
    "a b",
    "$SYS",
    "街道",
    "..",
    "",
    "incidents",
    "é",
    "x" * 90,
]


def test_names_are_safe_in_topics_and_differ(tmp_path: Path) -> None:
    """Wildcards, slashes and Chinese do not reach the topic; what people read is the name as recorded."""
    rows = "".join(f'2016-01-01T00:00Z,"{name}",1\n' for name in NAMES)
    replay = a_replay(tmp_path, f"time,device,count\n{rows}")
    ids = [asset.asset_id for asset in replay.assets]

    assert len(set(map(str.casefold, ids))) == len(NAMES)
    assert all(is_id(one) and ASSET_ID.fullmatch(one) and one != "incidents" for one in ids)
    assert [asset.name for asset in replay.assets[:8]] == NAMES[:8]


def test_a_recorded_name_does_not_take_over_an_asset_of_the_demo(tmp_path: Path) -> None:
    """Two voices on one asset would mix."""
    replay = a_replay(tmp_path, "time,device,laeq\n2016-01-01T00:00Z,NOI-01,50\n")

    assert replay.assets[0].asset_id == "NOI-01-2"


def test_progress_and_shift_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who replays a large file wants to know how far it is, and what became of its clock."""
    text = "time_local,device,count\n" + "".join(
        f"2016-01-01T00:{n // 60 % 60:02d}:{n % 60:02d},a,1\n" for n in range(5001)
    )
    played(a_replay(tmp_path, text))
    told = capsys.readouterr().err

    assert "x.csv: 5001 rows of 1 devices, interval 1 s" in told
    assert "zone not known: Asia/Shanghai assumed" in told
    assert "5000/5001 rows, 100%, sent 4999" in told


def test_an_empty_register_leaves_devices_without_a_place(tmp_path: Path) -> None:
    """They are still stored and listed."""
    [asset] = assets_of(recorded(tmp_path, "time,count\n2016-01-01T00:00Z,1\n"), load_scenarios(), [])

    assert (asset.asset_id, asset.kind, asset.lon) == ("x", "people_counter", None)
