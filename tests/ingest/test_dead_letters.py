"""A message that could not be taken is not lost: it can be seen, and tried again."""

import io

import pytest

from ingest import dead_letters
from ingest.decode import Message
from street import clock
from street.assets import Asset
from street.people import Actor
from street.store import Replays, open_store
from tests.ingest.small_street import SmallStreet, telemetry


def file(street: SmallStreet, topic: str, payload: bytes) -> None:
    """File one message as if it had just come."""
    street.parts.filing.file(street.items(Message(topic, payload, False, clock.now_us())), clock.now_us())


def replay(street: SmallStreet, code: str | None = None) -> tuple[int, int, int]:
    """Replay, and return (stored, refused, failed)."""
    done = dead_letters.replay(street.parts.store, street.decoder, street.parts.filing, code)
    return done.stored, done.refused, done.failed


def test_the_list_says_why_and_how_many(street: SmallStreet) -> None:
    """One line a reason."""
    for _ in range(3):
        file(street, "street/WL-01/telemetry", b"{")
    out = io.StringIO()

    dead_letters.show(street.parts.store, out)

    lines = out.getvalue().splitlines()
    assert lines[0].split()[:5] == ["code", "dialect", "field", "count", "kept"]
    assert lines[1].split()[:5] == ["not-json", "native", "-", "3", "3"]


def test_an_empty_list_says_so(street: SmallStreet) -> None:
    """Rather than nothing."""
    out = io.StringIO()

    dead_letters.show(street.parts.store, out)

    assert out.getvalue() == "no dead letters\n"


def test_a_device_registered_later_gets_its_readings(street: SmallStreet) -> None:
    """They wait on the shelf with the instant they came at."""
    street.parts.register._room = 0
    body = telemetry(water_level=0.07)
    file(street, "street/NEW-1/telemetry", str(body).replace("'", '"').encode())
    street.parts.store.register_assets([Asset(asset_id="NEW-1", kind="water_level", name="n")])
    street.parts.refresh()

    done = replay(street)

    assert done == (1, 0, 0)
    assert street.rows("SELECT at_us, value FROM readings") == [(body["ts"] * 1000, 0.07)]
    assert street.rows("SELECT count(*) FROM dead_letters") == [(0,)]


def test_what_still_cannot_be_decoded_stays(street: SmallStreet) -> None:
    """Nothing leaves the shelf but what was stored."""
    file(street, "street/WL-01/telemetry", b"{")

    assert replay(street) == (0, 1, 0)
    assert street.rows("SELECT count(*) FROM dead_letters") == [(1,)]


def test_only_one_reason_can_be_replayed(street: SmallStreet) -> None:
    """After its cause was mended."""
    file(street, "street/WL-01/telemetry", b"{")
    street.sql.execute(
        "CREATE TRIGGER poison BEFORE INSERT ON readings WHEN NEW.value = 13 BEGIN SELECT RAISE(ABORT, 'poison'); END"
    )
    mid = street.say("street/WL-01/telemetry", telemetry(water_level=13))
    street.until_acknowledged(mid)
    street.sql.execute("DROP TRIGGER poison")

    assert replay(street, "store-rejected") == (1, 0, 0)
    assert street.values() == [13]


def test_what_the_store_still_refuses_stays(street: SmallStreet) -> None:
    """The reason is not gone yet."""
    street.sql.execute(
        "CREATE TRIGGER poison BEFORE INSERT ON readings WHEN NEW.value = 13 BEGIN SELECT RAISE(ABORT, 'poison'); END"
    )
    mid = street.say("street/WL-01/telemetry", telemetry(water_level=13))
    street.until_acknowledged(mid)

    assert replay(street) == (0, 0, 1)
    assert street.rows("SELECT count(*) FROM dead_letters") == [(1,)]


def test_a_value_that_is_still_refused_keeps_its_one_letter(street: SmallStreet) -> None:
    """Else each replay of a message with two of them would double the shelf."""
    body = telemetry(water_level="deep", battery="full", link_quality=80)
    file(street, "street/WL-01/telemetry", str(body).replace("'", '"').encode())

    assert replay(street) == (0, 2, 0)
    assert street.rows("SELECT count(*) FROM dead_letters") == [(2,)]
    assert street.dead_letters() == [("type", 1), ("type", 1)]


def test_a_device_that_is_still_unknown_keeps_its_letter(street: SmallStreet) -> None:
    """Nothing of it was stored, and the list must not count it again."""
    street.parts.register._room = 0
    file(street, "street/NEW-1/telemetry", b'{"water_level": 0.07}')

    assert replay(street) == (0, 1, 0)
    assert street.dead_letters() == [("device-unknown", 1)]
    assert street.rows("SELECT count(*) FROM dead_letters") == [(1,)]


def asked(street: SmallStreet) -> Replays:
    """Ask as the desk does, from a store of its own."""
    office = open_store(street.config.store.url, now_us=clock.now_us, audit_key=b"k" * 32)
    office.replays().ask(1, by=Actor.system("desk"))
    office.close()
    return street.parts.store.replays()


def test_what_the_desk_asks_for_is_worked_off_in_turns(street: SmallStreet) -> None:
    """What can be stored now leaves the shelf, the rest stays, and the desk is told how it went."""
    street.parts.register._room = 0
    for number in range(3):
        file(street, f"street/NEW-{number}/telemetry", b'{"water_level": 0.07}')
    street.parts.store.register_assets([Asset(asset_id="NEW-1", kind="water_level", name="n")])
    street.parts.refresh()
    street.parts.register._room = 0
    replays = asked(street)
    replaying = dead_letters.Replaying(replays, lambda: (street.decoder, street.parts.filing))

    turns = [replaying.step() for _ in range(3)]

    told = replays.newest(1)
    assert told is not None
    assert turns == [True, True, False]
    assert (told.stored, told.refused, told.failed) == (1, 2, 0)
    assert told.done_us is not None
    assert street.values() == [0.07]
    assert street.rows("SELECT count(*) FROM dead_letters") == [(2,)]


def test_many_letters_take_many_turns(street: SmallStreet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between them messages that arrive are taken; each letter is tried once."""
    monkeypatch.setattr(dead_letters, "IN_A_TURN", 2)
    for _ in range(5):
        file(street, "street/WL-01/telemetry", b"{")
    replays = asked(street)
    replaying = dead_letters.Replaying(replays, lambda: (street.decoder, street.parts.filing))

    turns = 0
    while replaying.step():
        turns += 1

    told = replays.newest(1)
    assert told is not None
    assert (turns, told.refused) == (4, 5)
    assert street.dead_letters() == [("not-json", 5)]
