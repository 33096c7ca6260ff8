"""The picture: what the rows of the store become on the wall."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from pysqlite3 import dbapi2 as sqlite

from dashboard.picture import Picture, wall_state
from street.alarms import Alarm, AlarmState
from street.clock import now_us
from street.incidents import Incident, Stage
from street.readings import Flag, Reading
from street.store import Change, Reader
from tests.dashboard.conftest import METER, Written, an_incident

SINCE_US = 1_795_480_000_000_000


@pytest.fixture
def reader(street: Written) -> Iterator[Reader]:
    """A reader of the street."""
    reader = street.store.reader()
    yield reader
    reader.close()


def an_alarm(alarm_id: str, severity: int, incident_id: str | None = None) -> Alarm:
    """Return an active alarm at the noise meter."""
    return Alarm(
        alarm_id=alarm_id,
        asset_id="NM-01",
        rule_id="loud",
        quantity="noise_laeq",
        severity=severity,
        state=AlarmState.ACTIVE,
        value=90.0,
        raised_us=now_us(),
        incident_id=incident_id,
    )


def raise_alarm(street: Written, alarm: Alarm, incident: Incident | None = None) -> None:
    """Commit one alarm, with its incident where it opens one."""
    batch = street.writer.begin(now_us())
    if incident:
        batch.report_incident(incident)
    batch.raise_alarm(alarm)
    batch.commit()


def moved(picture: Picture, reader: Reader) -> dict[str, object]:
    """Move *picture* on to now and return what moved."""
    changes = reader.changes_since(picture.sequence)
    assert changes is not None
    body = picture.move(changes)
    assert body is not None
    return body


def test_an_asset_that_was_never_heard_has_no_age(street: Written, reader: Reader) -> None:
    """Nothing is invented for it: it is on the map, and lost."""
    whole = Picture(reader).whole()

    assert whole["a"] == {"WX-01": [None, 0], "NM-01": [None, 0]}
    assert whole["assets"]["WX-01"] == {
        "kind": "weather_station",
        "name": "roof station",
        "lon": 120.32,
        "lat": 36.07,
        "every": 60,
    }
    assert whole["f"] == {}
    assert whole["h"] is None


def test_a_reading_moves_the_age_and_the_figure(street: Written, reader: Reader) -> None:
    """The same row gives the number and its age."""
    picture = Picture(reader)
    at_us = street.read(21.5)
    at_s = round(at_us / 1e6, 1)

    assert moved(picture, reader) == {"a": {"WX-01": [at_s, 0]}, "f": {"temperature": [21.5, at_s, 60]}}
    assert Picture(reader).whole()["f"] == {"temperature": [21.5, at_s, 60]}


def test_a_stored_copy_of_unknown_age_is_not_shown_as_new(street: Written, reader: Reader) -> None:
    """The broker kept it for an hour or for a year: its value is known, its age is not."""
    picture = Picture(reader)
    street.read(21.5, flags=Flag.RETAINED | Flag.ASSUMED_TIME)

    assert moved(picture, reader) == {"a": {"WX-01": [None, 0]}, "f": {"temperature": [21.5, None, 60]}}


@pytest.mark.parametrize("flag", [Flag.IMPLAUSIBLE, Flag.SIMULATED, Flag.STUCK, Flag.JUMPING])
def test_a_value_that_cannot_be_true_is_no_figure(street: Written, reader: Reader, flag: Flag) -> None:
    """It is kept in the store and flagged there; the wall shows that there is none."""
    picture = Picture(reader)
    street.read(-273.0, flags=flag)

    assert moved(picture, reader)["f"]["temperature"][0] is None  # type: ignore[index]  # the feed's form


def test_a_quantity_that_the_wall_does_not_show_moves_only_the_age(street: Written, reader: Reader) -> None:
    """Deltas stay tiny."""
    picture = Picture(reader)
    street.read(61.0, "noise_laeq", asset_id="NM-01")

    assert list(moved(picture, reader)) == ["a"]


def test_a_suppressed_alarm_colours_nobody(street: Written, reader: Reader) -> None:
    """The alarm of its cause does; released, it counts again."""
    picture = Picture(reader)
    raise_alarm(street, an_alarm("a", 3))
    codes = [moved(picture, reader)["a"]["NM-01"][1]]  # type: ignore[index]  # the feed's form
    for state in (AlarmState.SUPPRESSED, AlarmState.ACTIVE):
        batch = street.writer.begin(now_us())
        batch.shift_alarm("a", state, now_us())
        batch.commit()
        codes.append(moved(picture, reader)["a"]["NM-01"][1])  # type: ignore[index]  # the feed's form

    assert codes == [3, 0, 3]


def test_a_shelved_alarm_colours_nobody(street: Written, reader: Reader) -> None:
    """It is in the list of shelves; let go, it counts again."""
    picture = Picture(reader)
    raise_alarm(street, an_alarm("a", 3))
    codes = [moved(picture, reader)["a"]["NM-01"][1]]  # type: ignore[index]  # the feed's form
    for is_held in (True, False):
        batch = street.writer.begin(now_us())
        if is_held:
            batch.hold_alarm("a", now_us())
        else:
            batch.let_alarm_go("a", now_us(), None)
        batch.commit()
        codes.append(moved(picture, reader)["a"]["NM-01"][1])  # type: ignore[index]  # the feed's form

    assert codes == [3, 0, 3]


def test_the_code_is_the_worst_active_alarm(street: Written, reader: Reader) -> None:
    """Raising colours the asset, clearing the worst leaves the next, clearing all leaves none."""
    picture = Picture(reader)
    raise_alarm(street, an_alarm("al-3", 3))
    after_third = moved(picture, reader)["a"]
    raise_alarm(street, an_alarm("al-1", 1, "native/1"), an_incident("native/1", severity=1, alarm_id="al-1"))
    after_first = moved(picture, reader)["a"]
    codes = []
    for alarm_id in ("al-1", "al-3"):
        batch = street.writer.begin(now_us())
        batch.clear_alarm(alarm_id, now_us(), 50.0)
        batch.commit()
        codes.append(moved(picture, reader)["a"])

    assert [after_third, after_first, *codes] == [{"NM-01": [None, code]} for code in (3, 1, 3, 0)]


def test_a_device_that_says_goodbye_is_off_until_it_says_hello(street: Written, reader: Reader) -> None:
    """Silence is told by age, a goodbye by its code; an alarm outranks it."""
    picture = Picture(reader)
    codes = []
    for online in (False, True):
        batch = street.writer.begin(now_us())
        batch.set_availability("NM-01", online, now_us())
        batch.commit()
        codes.append(moved(picture, reader)["a"])

    assert codes == [{"NM-01": [None, 5]}, {"NM-01": [None, 0]}]


def test_who_speaks_after_its_goodbye_is_there(street: Written, reader: Reader) -> None:
    """As the devices' own page says: who keeps that word does not keep it well."""
    picture, said_us = Picture(reader), now_us()
    batch = street.writer.begin(said_us)
    batch.set_availability("NM-01", online=False, at_us=said_us)
    batch.commit()
    moved(picture, reader)

    batch = street.writer.begin(said_us)
    batch.add_readings([Reading("NM-01", "noise_laeq", said_us + 1, said_us + 1, 50.0)])
    batch.commit()

    assert moved(picture, reader)["a"]["NM-01"][1] == 0  # type: ignore[index]  # the feed's form


def test_an_incident_without_a_place_stands_at_its_asset(street: Written, reader: Reader) -> None:
    """An alarm's incident knows its asset, the asset knows where it is."""
    picture = Picture(reader)
    street.report(an_incident("native/1", severity=1, title_en="Too loud"))
    incident = moved(picture, reader)["i"]["native/1"]  # type: ignore[index]  # the feed's form

    assert incident["no"] == 1
    assert (incident["sev"], incident["title"], incident["title_en"]) == (1, "too loud", "Too loud")
    assert (incident["lon"], incident["lat"], incident["place"]) == (METER.lon, METER.lat, METER.name)
    assert (incident["asset"], incident["area"], incident["state"]) == ("NM-01", METER.community_id, "unacked")


@pytest.mark.parametrize(
    ("incident", "word"),
    [
        pytest.param(an_incident(), "unacked", id="nobody has answered"),
        pytest.param(an_incident(recovered_us=SINCE_US), "recovered", id="over before anybody answered"),
        pytest.param(replace(an_incident(), stage=Stage.FILED), "filed", id="answered"),
        pytest.param(replace(an_incident(recovered_us=SINCE_US), stage=Stage.ON_SCENE), "on_scene", id="both"),
    ],
)
def test_the_state_is_what_an_operator_must_know(incident: Incident, word: str) -> None:
    """Before anybody has answered that is the news; afterwards how far it has come."""
    assert wall_state(incident) == word


def test_new_assets_ask_for_a_new_picture(street: Written, reader: Reader) -> None:
    """A map without the new post would be wrong until somebody reloads."""
    picture = Picture(reader)
    street.store.register_assets([replace(METER, asset_id="NM-02")])
    changes = reader.changes_since(picture.sequence)

    assert changes is not None
    assert picture.move(changes) is None


def test_a_picture_moved_on_equals_a_picture_read_anew(street: Written, reader: Reader) -> None:
    """The two ways to the same wall must never differ."""
    picture = Picture(reader)
    street.read(21.5)
    street.read(61.0, "noise_laeq", asset_id="NM-01")
    raise_alarm(street, an_alarm("al-2", 2, "native/1"), an_incident("native/1", alarm_id="al-2"))
    street.report(an_incident("native/2", severity=4))
    street.beat()
    moved(picture, reader)

    assert picture.whole() == Picture(reader).whole()


def test_a_closed_incident_leaves_the_wall(street: Written, reader: Reader) -> None:
    """It is told once that it is gone."""
    street.report(an_incident("native/1"))
    picture = Picture(reader)
    path = street.config.store_path
    with closing(sqlite.connect(path)) as other, other:
        other.execute("UPDATE incidents SET stage = 'closed'")  # as the steps of people will do
    body = picture.move([Change(picture.sequence + 1, {"i": ["native/1"]})])

    assert body == {"i": {"native/1": None}}
    assert picture.whole()["i"] == {}


def test_an_asset_that_nobody_registered_is_not_on_the_wall(street: Written, reader: Reader) -> None:
    """Its readings are kept; there is no place to show them."""
    picture = Picture(reader)
    street.read(1.0, asset_id="XX-99")

    assert moved(picture, reader) == {}
    assert "XX-99" not in Picture(reader).whole()["a"]
