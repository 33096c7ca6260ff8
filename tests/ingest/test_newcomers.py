"""Unknown devices wait; what a person decides is done by ingest a moment later, and nothing they said is lost."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings, strategies

from ingest.decode import Message
from ingest.newcomers import LOOKED_AT_ONCE, guesses_of, likely_assets, likely_kind, suggestion
from street import clock
from street.assets import Asset
from street.clock import MINUTE_US, SECOND_US
from street.people import Actor
from street.readings import Flag
from street.scenarios import load_scenarios
from street.store import Newcomers, NewcomerState
from tests.ingest.small_street import SmallStreet

KEEPER = Actor.system("keeper")
SMOKE = {"smoke": False, "battery": 80}


@pytest.fixture
def street(tmp_path: Path) -> Iterator[SmallStreet]:
    """Give a small street where unknown devices wait."""
    it = SmallStreet(tmp_path, "ingest: {unknown_devices: wait, unknown_devices_max: 50}\n")
    yield it
    it.close()


def say(street: SmallStreet, device_id: str, body: dict[str, Any], ago_us: int = 0) -> None:
    """File one message of a Zigbee device, which came so long ago."""
    said = Message(f"zigbee2mqtt/{device_id}", json.dumps(body).encode(), False, clock.now_us() - ago_us)
    street.parts.filing.file(street.items(said), clock.now_us())


def newcomers(street: SmallStreet) -> Newcomers:
    """Return who waits."""
    return street.parts.store.newcomers()


def a_message(topic: str, body: dict[str, Any] | bytes) -> Message:
    """Return a message as it arrived."""
    return Message(topic, body if isinstance(body, bytes) else json.dumps(body).encode(), False, clock.now_us())


def test_an_unknown_device_is_neither_trusted_nor_lost(street: SmallStreet) -> None:
    """No asset, no reading, no dead letter: it waits."""
    say(street, "0x1", SMOKE)

    assert (street.values(), street.dead_letters()) == ([], [])
    assert [(it.dialect, it.device_id, it.kept) for it in newcomers(street).all()] == [("zigbee2mqtt", "0x1", 1)]
    assert "zigbee2mqtt:0x1" not in street.parts.register.by_id


def test_what_waited_becomes_history_when_it_is_accepted(street: SmallStreet) -> None:
    """With the times at which it was said, whoever accepts it and whenever; then it is live."""
    for ago_us in (3 * MINUTE_US, 2 * MINUTE_US):
        say(street, "0x1", {"temperature": 20.0 + ago_us / MINUTE_US}, ago_us)
    newcomers(street).accept(1, Asset(asset_id="A-1", kind="other", name="x"), by=KEEPER)

    street.parts.refresh()
    say(street, "0x1", {"temperature": 25.0})

    assert street.values() == [23.0, 22.0, 25.0]
    assert {asset for (asset,) in street.rows("SELECT asset_id FROM series")} == {"A-1"}
    assert newcomers(street).all() == []


def test_a_mapped_newcomer_writes_the_history_of_its_asset(street: SmallStreet) -> None:
    """The device on the gauge was replaced by another maker's."""
    say(street, "0x1", {"water_level": 0.5})
    newcomers(street).map_onto(1, "WL-01", by=KEEPER)

    street.parts.refresh()

    assert street.rows("SELECT asset_id, quantity FROM series WHERE asset_id = 'WL-01'") != []


def test_old_smoke_raises_no_alarm(street: SmallStreet) -> None:
    """What waited for hours is history: nobody is sent to a fire of yesterday. A minute ago is another matter."""
    say(street, "old", {"smoke": True}, 60 * MINUTE_US)
    say(street, "new", {"smoke": True}, 60 * SECOND_US)
    newcomers(street).accept(1, Asset(asset_id="SD-OLD", kind="smoke_detector", name="x"), by=KEEPER)
    newcomers(street).accept(2, Asset(asset_id="SD-NEW", kind="smoke_detector", name="x"), by=KEEPER)

    street.parts.refresh()

    flags = dict(street.rows("SELECT asset_id, flags FROM readings JOIN series USING (series_id)"))
    assert flags["SD-OLD"] & Flag.LATE
    assert not flags["SD-NEW"] & Flag.LATE
    assert street.rows("SELECT asset_id FROM alarms") == [("SD-NEW",)]


def test_an_ignored_device_is_heard_again_when_it_is_recalled(street: SmallStreet) -> None:
    """In between it leaves no trace."""
    say(street, "0x1", SMOKE)
    newcomers(street).ignore(1, by=KEEPER)
    street.parts.refresh()
    say(street, "0x1", SMOKE)
    ignored = newcomers(street).all()[0]

    newcomers(street).recall(1, by=KEEPER)
    street.parts.refresh()
    say(street, "0x1", SMOKE)

    assert (ignored.state, ignored.messages) == (NewcomerState.IGNORED, 1)
    assert newcomers(street).all()[0].messages == 2
    assert street.dead_letters() == []


def test_what_was_settled_while_ingest_was_away_is_replayed_at_its_start(tmp_path: Path) -> None:
    """Nobody has to decide again."""
    street = SmallStreet(tmp_path, "ingest: {unknown_devices: wait}\n")
    say(street, "0x1", {"temperature": 20.0})
    newcomers(street).accept(1, Asset(asset_id="A-1", kind="other", name="x"), by=KEEPER)
    street.close()

    reborn = SmallStreet(tmp_path, "ingest: {unknown_devices: wait}\n")
    reborn.parts.refresh()

    assert reborn.values() == [20.0]
    reborn.close()


def test_a_message_that_the_store_refuses_does_not_hold_the_others_back(street: SmallStreet) -> None:
    """It becomes a dead letter; the newcomer goes."""
    for number in range(3):
        say(street, "0x1", {"temperature": 20.0 + number}, (9 - number) * SECOND_US)
    newcomers(street).accept(1, Asset(asset_id="A-1", kind="other", name="x"), by=KEEPER)
    street.sql.execute(
        "CREATE TRIGGER no21 BEFORE INSERT ON readings WHEN NEW.value = 21.0 BEGIN SELECT RAISE(ABORT, 'no 21'); END"
    )

    street.parts.refresh()

    assert street.values() == [20.0, 22.0]
    assert street.dead_letters() == [("store-rejected", 1)]
    assert newcomers(street).all() == []


def test_a_flood_is_looked_at_a_few_at_a_time(street: SmallStreet) -> None:
    """10,000 names in a minute must not cost what the known devices need; those who wait are bounded."""
    for number in range(120):
        say(street, f"x{number}", SMOKE)

    street.parts.refresh()

    found = newcomers(street).all()
    assert len(found) == 50
    assert sum(it.guesses is not None for it in found) == LOOKED_AT_ONCE


def test_what_ingest_makes_of_a_newcomer_stands_beside_it(street: SmallStreet) -> None:
    """The page shows it without a broker."""
    say(street, "SD_01", SMOKE)

    street.parts.refresh()

    guesses = newcomers(street).all()[0].guesses
    assert guesses is not None
    assert (guesses["dialect"], guesses["kind"], guesses["assets"]) == ("zigbee2mqtt", "smoke_detector", ["SD-01"])


@pytest.mark.parametrize(
    ("topic", "body", "dialect", "quantity"),
    [
        pytest.param("zigbee2mqtt/x", {"temperature": 21.5, "linkquality": 90}, "zigbee2mqtt", "temperature", id="z2m"),
        pytest.param(
            "tele/x/SENSOR", {"Time": "2026-11-24T10:00:00", "AM2301": {"Temperature": 21.5}, "TempUnit": "C"},
            "tasmota", "temperature", id="tasmota",
        ),
        pytest.param(
            "shellies/shellyplug-1/relay/0/power", b"12.5", "shelly_gen1", "power", id="shelly",
        ),
        pytest.param("street/x/telemetry", {"noise_laeq": 61.5}, "native", "noise_laeq", id="native"),
    ],
)  # fmt: skip
def test_the_makers_own_dialect_is_suggested(
    topic: str, body: dict[str, Any] | bytes, dialect: str, quantity: str
) -> None:
    """By topic and by what can be read."""
    best = guesses_of([a_message(topic, body)])[0]

    assert (best.dialect, best.is_own_topic) == (dialect, True)
    assert quantity in best.readings


def test_noise_is_nobodys_dialect() -> None:
    """Then nothing is suggested."""
    said = suggestion(guesses_of([a_message("zigbee2mqtt/x", b"\x00\xff")]), load_scenarios(), [], "x")

    assert (said["dialect"], said["kind"], said["assets"], said["by_dialect"]) == ("", "", [], [])


@settings(max_examples=60)
@given(
    strategies.sampled_from(
        ["a", "/a/b/attrs", "tele/a/SENSOR", "shellies/a/temperature", "spBv1.0/g/DDATA/e/d", "\ud800"]
    ),
    strategies.binary(max_size=60)
    | strategies.sampled_from([b'{"t": 1e999}', b'{"a": "\\ud800"}', b"[1e400]", b"9" * 400]),
)
def test_no_message_stops_the_looking(topic: str, payload: bytes) -> None:
    """Ingest's own loop does it; what comes out can be stored."""
    said = suggestion(guesses_of([a_message(topic, payload)]), load_scenarios(), [], topic)

    assert orjson.dumps(said)


def test_a_kind_is_told_by_what_only_it_measures() -> None:
    """Or by most of what it measures; a battery alone tells nothing."""
    scenarios = load_scenarios()

    assert likely_kind(["battery", "noise_laeq"], scenarios) == "noise_meter"
    assert likely_kind(["battery"], scenarios) == ""


def test_an_asset_is_likely_when_the_device_is_named_after_it() -> None:
    """The very name first, then the likely kind."""
    assets = [
        Asset(asset_id="SL-1", kind="streetlight", name="a"), Asset(asset_id="SL-012", kind="other", name="b"),
        Asset(asset_id="SL-01", kind="streetlight", name="c"), Asset(asset_id="X", kind="streetlight", name="d"),
    ]  # fmt: skip

    assert likely_assets(["sl_012"], assets, "streetlight") == ["SL-012", "SL-01"]
    assert likely_assets(["0x00158d"], assets, "streetlight") == []
