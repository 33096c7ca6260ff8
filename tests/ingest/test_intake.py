"""Nothing is acknowledged before it is safe, nothing safe is lost, one bad message harms no other."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.decode import Message
from street import clock
from tests.ingest.fake_broker import until
from tests.ingest.small_street import SmallStreet, telemetry

WATER = "street/WL-01/telemetry"
POISON = "CREATE TRIGGER poison BEFORE INSERT ON readings WHEN NEW.value = 13 BEGIN SELECT RAISE(ABORT, 'poison'); END"
DOWN = "CREATE TRIGGER down BEFORE INSERT ON changes BEGIN SELECT RAISE(ABORT, 'disk is gone'); END"


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[SmallStreet]:
    """Return a street that holds ten messages at most, in batches of five."""
    it = SmallStreet(tmp_path, "ingest:\n  batch_rows: 5\n  held_rows: 10\n  retry_min_s: 0.02\n  retry_max_s: 0.05\n")
    it.connect()
    yield it
    it.close()


def test_a_message_becomes_a_row_and_then_an_acknowledgement(street: SmallStreet) -> None:
    """In this order."""
    mid = street.say(WATER, telemetry(water_level=0.05))

    street.until_acknowledged(mid)

    assert street.values() == [0.05]


def test_nothing_is_acknowledged_while_the_store_refuses(street: SmallStreet) -> None:
    """The broker keeps it as well as we do."""
    street.sql.execute(DOWN)
    street.say(WATER, telemetry(water_level=0.05))
    until(lambda: not street.intake.is_storing, street.step)

    for _ in range(20):
        street.step()

    assert street.broker.acks == []
    assert street.values() == []


def test_what_was_held_is_stored_when_the_store_is_back(street: SmallStreet, caplog: pytest.LogCaptureFixture) -> None:
    """By itself, and both changes are told once."""
    street.sql.execute(DOWN)
    mids = [street.say(WATER, telemetry(water_level=0.05 + number / 100)) for number in range(3)]
    until(lambda: not street.intake.is_storing, street.step)
    for _ in range(30):
        street.step()

    street.sql.execute("DROP TRIGGER down")
    street.until_acknowledged(*mids)

    assert len(street.values()) == 3
    assert [it.levelname for it in caplog.records if "store" in it.message] == ["ERROR", "WARNING"]


def test_an_alarm_is_not_forgotten_by_a_store_that_failed(street: SmallStreet) -> None:
    """The rules had seen the reading: they must see it again."""
    street.sql.execute(DOWN)
    mid = street.say("street/SD-01/telemetry", telemetry(smoke=True))
    until(lambda: not street.intake.is_storing, street.step)

    street.sql.execute("DROP TRIGGER down")
    street.until_acknowledged(mid)

    assert street.rows("SELECT asset_id, severity, state FROM alarms") == [("SD-01", 1, "active")]
    assert street.rows("SELECT asset_id, severity, stage FROM incidents") == [("SD-01", 1, "reported")]


def test_the_line_lives_while_the_store_is_down(narrow: SmallStreet) -> None:
    """Pongs stand behind messages in the stream; a lost line would make it worse."""
    narrow.sql.execute(DOWN)
    for _ in range(3):
        narrow.say(WATER, telemetry(water_level=0.05))
    until(lambda: not narrow.intake.is_storing, narrow.step)
    until_s = clock.monotonic_s() + 7  # the keepalive is 5 s

    until(lambda: clock.monotonic_s() > until_s, narrow.step, within_s=10)

    assert narrow.link.generation == 1
    assert narrow.link.is_up
    assert narrow.broker.pings >= 1


def test_reading_stops_when_too_much_is_held(narrow: SmallStreet) -> None:
    """Ten, however long the store is away: memory is bounded."""
    narrow.sql.execute(DOWN)
    mids = [narrow.say(WATER, telemetry(water_level=number / 100)) for number in range(30)]
    until(lambda: not narrow.intake.is_storing, narrow.step)

    for _ in range(100):
        narrow.step()

    assert len(narrow.intake._waiting) + len(narrow.intake._items) + len(narrow.link.held) <= 10
    narrow.sql.execute("DROP TRIGGER down")
    narrow.until_acknowledged(*mids)
    assert narrow.broker.acks == mids


def test_one_poisonous_message_is_found_among_good_ones(street: SmallStreet) -> None:
    """The store refuses one row: that message becomes a dead letter, the others are stored, all are acknowledged."""
    street.sql.execute(POISON)
    start_ms = clock.now_us() // 1000
    levels = [0.01, 0.02, 0.03, 13.0, 0.05, 0.06, 0.07]
    mids = [street.say(WATER, {"ts": start_ms + at, "water_level": level}) for at, level in enumerate(levels)]

    street.until_acknowledged(*mids)

    assert street.values() == [level for level in levels if level != 13]
    assert street.dead_letters() == [("store-rejected", 1)]
    assert sorted(street.broker.acks) == mids


def test_a_poisonous_message_alone_is_a_dead_letter(street: SmallStreet) -> None:
    """And the next one goes through."""
    street.sql.execute(POISON)
    first = street.say(WATER, telemetry(water_level=13))
    street.until_acknowledged(first)

    second = street.say(WATER, telemetry(water_level=0.05))
    street.until_acknowledged(second)

    assert street.values() == [0.05]
    assert street.dead_letters() == [("store-rejected", 1)]
    assert street.intake.is_storing


def test_the_same_message_again_is_one_row(street: SmallStreet) -> None:
    """A redelivery after a crash, ten times."""
    body = telemetry(water_level=0.05)

    mids = [street.say(WATER, body) for _ in range(10)]
    street.until_acknowledged(*mids)

    assert street.values() == [0.05]
    assert street.intake.counts.duplicates == 9


def test_everything_received_is_accounted_for(street: SmallStreet) -> None:
    """Stored, seen before, or a dead letter: nothing vanishes."""
    body = telemetry(water_level=0.05)
    mids = [
        street.say(WATER, body),
        street.say(WATER, body),
        street.say(WATER, b"{"),
        street.say("street/WL-01/nothing", b"{}"),
        street.say(WATER, telemetry(water_level=0.06)),
    ]

    street.until_acknowledged(*mids)

    counts = street.intake.counts
    assert (counts.received, counts.stored, counts.duplicates, counts.refused.total()) == (5, 2, 1, 2)
    assert counts.acknowledged == 5
    assert street.dead_letters() == [("not-json", 1), ("topic-unknown", 1)]


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        pytest.param(WATER, b"[" * 100_000, id="depth"),
        pytest.param(WATER, b'{"ts": 1e999}', id="endless"),
        pytest.param(WATER, b"\xff\xfe\x00", id="not text"),
        pytest.param(WATER, b"", id="empty"),
        pytest.param(WATER, b'{"water_level": 1, "water_level": 2}', id="a key twice"),
        pytest.param(WATER, b'{"x": "\\ud800"}', id="a lone surrogate"),
        pytest.param("street/WL-01/snapshot", b"GIF89a", id="no JPEG"),
        pytest.param("street/" + "x" * 60_000, b"{}", id="an endless topic"),
        pytest.param("street/\u202egpj.exe/telemetry", b"{}", id="a topic that reads backwards"),
        pytest.param("zigbee2mqtt/bridge/devices", b"{}", id="a registry that is none"),
        pytest.param("nobody/asked", b"{}", id="a topic that no route takes"),
    ],
)
def test_hostile_bytes_cost_one_message(street: SmallStreet, topic: str, payload: bytes) -> None:
    """Kept as a dead letter, or refused as nothing; the next one is stored within a second."""
    first = street.say(topic, payload)
    second = street.say(WATER, telemetry(water_level=0.05))

    street.until_acknowledged(first, second, within_s=1)

    assert street.values() == [0.05]


def test_a_batch_is_what_came_together(street: SmallStreet) -> None:
    """A thousand messages that wait are few transactions; one that comes alone waits for nobody."""
    before = street.rows("SELECT count(*) FROM changes")[0][0]
    start_ms = clock.now_us() // 1000 - 1000
    mids = [street.say(WATER, {"ts": start_ms + number, "water_level": 0.01}) for number in range(500)]

    street.until_acknowledged(*mids)

    commits = street.rows("SELECT count(*) FROM changes")[0][0] - before
    assert len(street.values()) == 500
    assert commits <= 5


def test_a_heartbeat_says_that_the_line_stands(street: SmallStreet) -> None:
    """The wall shows it."""
    street.intake.beat()

    at_us, link, since_us = street.rows("SELECT at_us, link, link_since_us FROM heartbeats")[0]
    assert link == 1
    assert since_us == street.link.since_us
    assert at_us >= since_us


def test_a_heartbeat_survives_a_store_that_is_down(street: SmallStreet, caplog: pytest.LogCaptureFixture) -> None:
    """It is told, and tried again a second later."""
    street.sql.execute(DOWN)

    with caplog.at_level(logging.ERROR):
        street.intake.beat()

    assert not street.intake.is_storing
    assert "store refuses, nothing is acknowledged until it is back" in caplog.text


def test_a_store_that_goes_down_while_a_bad_message_is_set_aside_is_waited_for(street: SmallStreet) -> None:
    """Neither the good ones nor the bad one are acknowledged until it is back."""
    dead = "CREATE TRIGGER dead BEFORE INSERT ON dead_letters BEGIN SELECT RAISE(ABORT, 'no room'); END"
    street.sql.execute(POISON)
    street.sql.execute(dead)
    bad = street.say(WATER, telemetry(water_level=13))
    good = street.say(WATER, telemetry(water_level=0.05))
    until(lambda: not street.intake.is_storing, street.step)
    assert street.broker.acks == []

    street.sql.execute("DROP TRIGGER dead")
    street.until_acknowledged(bad, good)

    assert street.values() == [0.05]
    assert street.dead_letters() == [("store-rejected", 1)]


def test_what_waits_speaks_before_a_delay_runs_out(street: SmallStreet) -> None:
    """The store comes back with a heartbeat; the smoke that was seen meanwhile must not find its alarm cleared."""
    now_us = clock.now_us()
    for ago_s, smoke in ((300, 1), (240, 0)):
        body = b'{"ts": %d, "smoke": %d}' % (now_us // 1000 - ago_s * 1000, smoke)
        street.parts.filing.file(street.items(Message("street/SD-01/telemetry", body, False, now_us)), now_us)
    street.link.since_us = 0
    street.sql.execute(DOWN)
    mid = street.say("street/SD-01/telemetry", telemetry(smoke=1))
    until(lambda: not street.intake.is_storing, street.step)
    street.sql.execute("DROP TRIGGER down")

    street.intake.beat()
    street.until_acknowledged(mid)

    assert street.rows("SELECT state FROM alarms") == [("active",)]


def test_what_devices_announce_is_listened_to(street: SmallStreet) -> None:
    """And what they say there becomes a row."""
    mid = street.say(
        "homeassistant/sensor/n/t/config",
        {"uniq_id": "t", "dev_cla": "temperature", "stat_t": "lab/t", "dev": {"ids": ["n"]}},
    )
    street.until_acknowledged(mid)

    until(lambda: "lab/t" in street.broker.filters, street.step)
    street.until_acknowledged(street.say("lab/t", b"21.5"))

    assert street.values() == [21.5]


def test_a_flood_of_announcements_is_looked_at_once_a_second(
    street: SmallStreet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each look goes through all that was learnt."""
    looks = []
    monkeypatch.setattr(street.link, "listen", looks.append)
    mids = [
        street.say(f"homeassistant/sensor/n{n}/config", {"uniq_id": f"{n}", "stat_t": f"lab/{n}"}) for n in range(50)
    ]
    for mid in mids:
        street.until_acknowledged(mid)

    assert len(looks) == 1


def test_a_node_that_nobody_understands_is_asked_to_be_born_again(street: SmallStreet) -> None:
    """Once, however much it says; only after what it said is safe."""
    alias_only = bytes.fromhex("12071063650000803f")
    mids = [street.say("spBv1.0/g/NDATA/gw", alias_only) for _ in range(3)]
    street.until_acknowledged(*mids)
    street.step()

    until(lambda: street.broker.published, street.step)

    assert [topic for topic, *_ in street.broker.published] == ["spBv1.0/g/NCMD/gw"]
    assert b"Node Control/Rebirth" in street.broker.published[0][1]
    assert street.dead_letters() == [("device-unknown", 3)]
