"""Readings out of an object whose names a device maker chose."""

from typing import Any

from ingest.field_readings import MOST_READINGS, FieldReadings
from ingest.messages import DecodedReading


def _taken(fields: Any) -> FieldReadings:
    taken = FieldReadings()
    taken.take(fields, "p")
    return taken


def test_nested_objects_and_arrays_are_walked() -> None:
    """Path and channel tell where a value stood."""
    taken = _taken({"air": {"temperature": 5.9}, "t": [6, None], "lanes": [{"lane": 2, "speed": 31.5}, {"speed": 0}]})

    assert {(one.quantity, one.path, one.channel, one.value, one.quality) for one in taken.readings} == {
        ("temperature", "p.air.temperature", None, 5.9, None),
        ("temperature", "p.t[0]", 0, 6, None),
        ("temperature", "p.t[1]", 1, None, "missing"),
        ("speed", "p.lanes[0].speed", "2", 31.5, None),
        ("speed", "p.lanes[1].speed", 1, 0, None),
    }


def test_a_point_is_one_position() -> None:
    """Two numbers that belong together; half a point is nothing."""
    taken = _taken({"gps": {"latitude": 36.06, "lng": 120.32, "speed": 4}, "fix": {"lat": None, "lon": None}})

    assert {(one.quantity, one.path) for one in taken.readings} == {("position", "p.gps"), ("speed", "p.gps.speed")}
    assert next(one.value for one in taken.readings if one.quantity == "position") == {"lat": 36.06, "lon": 120.32}


def test_a_swapped_point_is_dropped() -> None:
    """The rest of the message stands."""
    taken = _taken({"lat": 120.32, "lon": 36.06, "temperature": 5})

    assert [one.code for one in taken.dropped] == ["geo-range"]
    assert [one.quantity for one in taken.readings] == ["temperature"]


def test_a_word_is_a_state_unless_we_know_it_as_true_or_false() -> None:
    """`lid: closed` is an answer; `mode: eco` is a note; text where a number belongs is a fault."""
    taken = _taken({"lid": "closed", "mode": "eco", "temperature": "6.5", "smoke": "maybe", "bad": "a\u202eb"})

    assert {(one.quantity, one.value) for one in taken.readings} == {("cover_open", False)}
    assert taken.states == {"p.mode": "eco"}
    assert {(one.field, one.code) for one in taken.dropped} == {("p.temperature", "type"), ("p.smoke", "enum")}


def test_what_nobody_knows_is_kept_under_its_name() -> None:
    """A null of an unknown kind says nothing."""
    taken = _taken({"Fault Code": 3, "gap": None, "occupied": True, "bad\u202ename": 1, "k" * 65: 1})

    assert {(one.quantity, one.value, one.unit) for one in taken.readings} == {
        ("Fault Code", 3, None),
        ("parking_occupied", True, None),
    }
    assert [one.code for one in taken.dropped] == ["schema-unknown", "schema-unknown"]


def test_a_flood_of_fields_is_bounded() -> None:
    """The first ones are kept."""
    taken = _taken({f"q{n}": n for n in range(1000)})

    assert len(taken.readings) == MOST_READINGS
    assert [one.code for one in taken.dropped] == ["length"]


def test_only_an_object_has_fields() -> None:
    """A list of numbers has no names."""
    assert [one.code for one in _taken([1, 2]).dropped] == ["not-object"]


def test_what_is_added_one_by_one_is_told_as_one_message() -> None:
    """Readings, words, positions; what was refused stands beside them."""
    taken = FieldReadings()
    taken.add("temperature", 50, "t", unit="°F", channel=1)
    taken.add("humidity", "wet", "h")
    taken.add_word(DecodedReading("mode", "manual", None, "m"))
    taken.add_word(DecodedReading("mode", "a\u202eb", None, "n"))
    taken.add_position(36.1, 120.3, None)
    taken.add_position(120.3, 36.1, "p")
    taken.states["s"] = "idle"

    decoded = taken.told("d", 7, {"a": 1})

    assert [(one.quantity, one.value) for one in decoded.readings] == [
        ("temperature", 10.0),
        ("mode", "manual"),
        ("position", {"lat": 36.1, "lon": 120.3}),
    ]
    assert (decoded.device_id, decoded.time_us, decoded.extra["states"]) == ("d", 7, {"s": "idle"})
    assert [(one["field"], one["code"]) for one in decoded.extra["dropped"]] == [
        ("h", "type"),
        ("n", "charset"),
        ("p", "geo-range"),
    ]
