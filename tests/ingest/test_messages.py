"""What a message amounts to when some of its readings were dropped."""

from ingest.messages import DecodedReading, Kind, measured, rejected
from ingest.refusals import NOT_NUMERIC, OUT_OF_RANGE, RefusedError

GOOD = DecodedReading("humidity", 60, "%", "humidity")


def test_good_readings_survive_a_bad_one() -> None:
    """What was dropped is listed beside them."""
    decoded = measured("node", None, [GOOD], {}, [RefusedError(NOT_NUMERIC, "temperature")])

    assert (decoded.kind, decoded.code, decoded.readings) == (Kind.TELEMETRY, None, [GOOD])
    assert decoded.extra["dropped"] == [{"field": "temperature", "code": "type", "reason": NOT_NUMERIC.reason}]


def test_nothing_but_bad_readings_is_a_refusal_for_the_first_of_them() -> None:
    """It names no device: nothing of it is believed."""
    decoded = measured("node", 5, [], {}, [RefusedError(OUT_OF_RANGE, "a"), RefusedError(NOT_NUMERIC, "b")])

    assert (decoded.kind, decoded.code, decoded.device_id, decoded.time_us) == (Kind.REJECT, "range", None, None)
    assert decoded.extra == {"policy": "drop_reading", "field": "a"}


def test_no_reading_at_all_is_a_sign_of_life() -> None:
    """An empty object comes from a device that lives."""
    decoded = measured("node", None, [], {}, [])

    assert (decoded.kind, decoded.reason) == (Kind.LOG, "no readings: counts as sign of life only")


def test_a_refused_message_names_its_field_where_there_is_one() -> None:
    """A person wants to know where to look."""
    assert rejected(RefusedError(NOT_NUMERIC)).extra == {"policy": "drop"}
    assert rejected(RefusedError(NOT_NUMERIC, "x")).extra == {"policy": "drop", "field": "x"}
