"""What a person decides about devices that nobody has registered."""

from contextlib import closing

import pytest

from street.assets import Asset
from street.errors import FieldError, StoreError, SupersededError
from street.store import Arrival, NewcomerState, Reader, Store, WaitingMessage
from street.store.lobby import Lobby
from tests.street.store.makers import KEEPER, NOON_US

LAMP = Asset(asset_id="SL-1", kind="streetlight", name="灯")


@pytest.fixture
def waiting(store: Store) -> int:
    """Let one device wait; return its number."""
    let_wait(store, "0x1")
    return store.newcomers().all()[0].newcomer_id


def let_wait(store: Store, device_id: str, messages: int = 1) -> None:
    """Let a device wait with some messages."""
    lobby = Lobby()
    said = [
        WaitingMessage(NOON_US + number, f"zigbee2mqtt/{device_id}", b"{}", retain=False) for number in range(messages)
    ]
    with store._write_engine.begin() as connection:
        lobby.load(connection)
        lobby.put(connection, [Arrival("zigbee2mqtt", device_id, message) for message in said])


def test_an_accepted_newcomer_is_an_asset_that_its_device_speaks_for(
    reader: Reader, store: Store, waiting: int
) -> None:
    """Whatever the form said of its device; and ingest, which polls the version, learns of it."""
    before = reader.register_version()

    asset = store.newcomers().accept(waiting, LAMP, by=KEEPER)

    assert reader.assets() == [asset]
    assert (asset.dialect, asset.device_id) == ("zigbee2mqtt", "0x1")
    assert reader.register_version() == before + 1
    assert [it.asset_id for it in store.newcomers().all(NewcomerState.SETTLED)] == ["SL-1"]


def test_a_newcomer_can_take_over_from_the_device_an_asset_had(reader: Reader, store: Store, waiting: int) -> None:
    """The device on lamp 12 was replaced, the lamp stays."""
    store.register_assets([Asset(asset_id="SL-1", kind="streetlight", name="灯", dialect="tasmota", device_id="old")])

    store.newcomers().map_onto(waiting, "SL-1", by=KEEPER)

    (asset,) = reader.assets()
    assert (asset.name, asset.dialect, asset.device_id) == ("灯", "zigbee2mqtt", "0x1")


def test_accepting_never_overwrites_an_asset(reader: Reader, store: Store, waiting: int) -> None:
    """Nor can one be mapped onto nothing."""
    store.register_assets([LAMP])

    with pytest.raises(FieldError, match="taken"):
        store.newcomers().accept(waiting, Asset(asset_id="SL-1", kind="other", name="other"), by=KEEPER)
    with pytest.raises(FieldError, match="unknown"):
        store.newcomers().map_onto(waiting, "SL-9", by=KEEPER)

    assert reader.assets() == [LAMP]
    assert [it.state for it in store.newcomers().all()] == [NewcomerState.WAITING]


def test_the_slower_of_two_people_is_told(store: Store, waiting: int) -> None:
    """Also where the newcomer has left in between."""
    newcomers = store.newcomers()
    newcomers.accept(waiting, LAMP, by=KEEPER)

    with pytest.raises(SupersededError):
        newcomers.map_onto(waiting, "SL-1", by=KEEPER)
    for decide in (newcomers.ignore, newcomers.recall):
        with pytest.raises(SupersededError):
            decide(waiting, by=KEEPER)
    with pytest.raises(SupersededError):
        newcomers.ignore(99, by=KEEPER)


def test_ignoring_can_be_undone_and_loses_nothing(store: Store, waiting: int) -> None:
    """A wrong tap costs a second one."""
    store.newcomers().ignore(waiting, by=KEEPER)
    assert [it.state for it in store.newcomers().all()] == [NewcomerState.IGNORED]

    store.newcomers().recall(waiting, by=KEEPER)

    newcomer = store.newcomers().get(waiting)
    assert newcomer is not None
    assert (newcomer.state, newcomer.kept) == (NewcomerState.WAITING, 1)


def test_a_decision_and_its_entry_are_one(file_store: Store) -> None:
    """Where the audit cannot be written, nothing was decided."""
    let_wait(file_store, "0x1")
    (waiting,) = file_store.newcomers().all()
    file_store._office.audit_key = b""

    for decide in (
        lambda: file_store.newcomers().accept(waiting.newcomer_id, LAMP, by=KEEPER),
        lambda: file_store.newcomers().ignore(waiting.newcomer_id, by=KEEPER),
    ):
        with pytest.raises(StoreError, match="audit"):
            decide()

    with closing(file_store.reader()) as reader:
        assert reader.assets() == []
    assert file_store.newcomers().all() == [waiting]


def test_the_audit_says_what_became_of_whom(store: Store, waiting: int) -> None:
    """Who did it, from which state, onto which asset; a long name is cut."""
    let_wait(store, "x" * 500)
    (long,) = [it for it in store.newcomers().all() if it.newcomer_id != waiting]
    store.newcomers().ignore(long.newcomer_id, by=KEEPER)
    store.newcomers().accept(waiting, LAMP, by=KEEPER)

    accepted, ignored = (it.entry for it in store.audit().find(action="newcomer."))

    assert (accepted.action, accepted.object, accepted.by) == ("newcomer.accept", f"newcomer/{waiting}", KEEPER)
    assert (accepted.before, accepted.after) == (
        "waiting",
        '{"dialect":"zigbee2mqtt","device_id":"0x1","asset_id":"SL-1"}',
    )
    assert (ignored.action, len(ignored.after) < 200) == ("newcomer.ignore", True)


def test_who_was_replayed_is_gone(store: Store, waiting: int) -> None:
    """With what it said."""
    store.newcomers().forget([waiting])

    assert store.newcomers().get(waiting) is None
    assert store.newcomers().messages(waiting) == []


def test_a_newcomer_is_looked_at_once_and_again_when_it_has_said_much_more(store: Store, waiting: int) -> None:
    """Its first message may be its battery alone."""
    newcomers = store.newcomers()
    assert [it.newcomer_id for it in newcomers.unguessed(9)] == [waiting]

    newcomers.note_guesses({waiting: {"dialect": "tasmota"}})
    assert newcomers.unguessed(9) == []
    let_wait(store, "0x1", 4)

    (newcomer,) = newcomers.unguessed(9)
    assert newcomer.guesses == {"dialect": "tasmota"}
