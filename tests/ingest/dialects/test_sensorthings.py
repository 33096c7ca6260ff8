"""SensorThings: the unit stands in the datastream's entity only; of an interval the end counts."""

import pytest

from ingest.dialects.sensorthings import Dialect
from ingest.messages import Kind
from ingest.refusals import RefusedError
from tests.ingest.dialects.telling import facts, hear, instant, values

AT = "2026-11-24T02:15:10Z"


def test_without_its_entity_a_result_has_neither_name_nor_unit() -> None:
    """It is kept as what it is."""
    decoded = hear(Dialect(), "v1.1/Datastreams(17)/Observations", {"phenomenonTime": AT, "result": 61.9})

    assert (decoded.device_id, decoded.time_us, facts(decoded)) == (
        "Datastream(17)",
        instant(AT),
        {("result", 61.9, None, None)},
    )


@pytest.mark.parametrize(
    ("entity", "fact"),
    [
        (
            {"unitOfMeasurement": {"symbol": "degF"}, "properties": {"metric": "temperature"}},
            ("temperature", 50, "degF", None),
        ),
        ({"unitOfMeasurement": {"symbol": "°F"}, "name": "Air Temperature"}, ("temperature", 10.0, "°C", None)),
        ({"unitOfMeasurement": {"symbol": "dB(A)"}, "name": "街角 LAeq"}, ("noise_laeq", 50, "dB(A)", None)),
        ({"unitOfMeasurement": {"symbol": "lx"}, "name": "pole"}, ("illuminance", 50, "lx", None)),
        (
            {"unitOfMeasurement": {"symbol": "%"}, "ObservedProperty": {"name": "Relative Humidity"}},
            ("humidity", 50, "%", None),
        ),
        ({"unitOfMeasurement": {"symbol": None, "name": 5}}, ("result", 50, None, None)),
    ],
)
def test_the_entity_tells_what_is_measured(entity: dict[str, object], fact: tuple[object, ...]) -> None:
    """By its own word, a name, or the unit."""
    dialect = Dialect()
    hear(dialect, "v1.1/Datastreams(17)", entity)

    assert facts(hear(dialect, "v1.1/Datastreams(17)/Observations?$select=result", {"result": 50})) == {fact}


def test_of_an_interval_the_end_counts() -> None:
    """The begin is kept beside it."""
    said = {"phenomenonTime": "2026-11-24T10:14:00+08:00/2026-11-24T10:15:00+08:00", "result": 65}

    decoded = hear(Dialect(), "v1.1/Datastreams(17)/Observations", said)

    assert (decoded.time_us, decoded.extra["interval_start"]) == (
        instant("2026-11-24T02:15:00Z"),
        "2026-11-24T02:14:00Z",
    )


def test_the_result_time_stands_in() -> None:
    """Where the phenomenon has none."""
    decoded = hear(Dialect(), "v1.1/Datastreams(17)/Observations", {"resultTime": AT, "result": 1})

    assert decoded.time_us == instant(AT)


def test_an_observation_may_link_its_datastream() -> None:
    """Texts are quoted, as in topics; null is a gap."""
    decoded = hear(Dialect(), "v1.1/Observations", {"result": None, "Datastream": {"@iot.id": "lamp-3"}})

    assert decoded.device_id == "Datastream('lamp-3')"
    assert [(one.value, one.quality) for one in decoded.readings] == [(None, "missing")]


def test_several_results_come_in_the_entitys_order() -> None:
    """Each with its own unit."""
    dialect = Dialect()
    units = [{"symbol": "km/h", "name": "wind speed"}, {"symbol": "deg", "name": "wind direction"}]
    hear(dialect, "v1.1/MultiDatastreams(9)", {"unitOfMeasurements": units})

    assert facts(hear(dialect, "v1.1/MultiDatastreams(9)/Observations", {"result": [36, 315]})) == {
        ("wind_speed", 10.0, "m/s", 0),
        ("wind_direction", 315, "°", 1),
    }


def test_what_nobody_publishes_can_be_declared() -> None:
    """In profiles.yaml."""
    assert values(hear(Dialect(), "v1.1/MultiDatastreams(4)/Observations", {"result": [3.4, 315]})) == {
        "wind_speed": 3.4,
        "wind_direction": 315,
    }


def test_truth_is_named_by_its_datastream() -> None:
    """Nothing else tells what it is; words stay words."""
    assert values(hear(Dialect(), "v1.1/Datastreams('parking-12')/Observations", {"result": True})) == {
        "parking_occupied": True
    }
    assert values(hear(Dialect(), "v1.1/Datastreams(1)/Observations", {"result": "wet"})) == {"result": "wet"}


def test_a_location_is_longitude_first() -> None:
    """As GeoJSON has it, also inside a feature."""
    for place in (
        {"type": "Point", "coordinates": [120.3, 36.1]},
        {"geometry": {"type": "Point", "coordinates": [120.3, 36.1]}},
    ):
        decoded = hear(Dialect(), "v1.1/Things(3)/Locations", {"location": place})
        assert (decoded.kind, values(decoded)) == (Kind.POSITION, {"position": {"lat": 36.1, "lon": 120.3}})


@pytest.mark.parametrize("topic", ["Things(3)", "Things(3)/name", "Sensors(1)", "FeaturesOfInterest(2)"])
def test_other_entities_are_known(topic: str) -> None:
    """And hold nothing to measure."""
    assert hear(Dialect(), f"v1.1/{topic}", {"name": "pole 3"}).kind is Kind.DISCOVERY


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("Datastreams(1)/Observations", {}),
        ("Observations", {"result": 1}),
        ("Datastreams(x)/Observations", {"result": 1}),
        ("Cats(1)", {}),
        ("Things(1)/a/b", {}),
        ("Things(3)/Locations", {}),
        ("Things(3)/Locations", {"location": {"type": "Polygon"}}),
        ("Observations", {"result": 1, "Datastream": {"@iot.id": ""}}),
        ("Datastreams(1)/Observations", [1]),
        ("Things(3)/Locations", {"location": {"type": "Point", "coordinates": [36.0, 120.3]}}),
    ],
)
def test_what_is_none_of_its_forms_is_refused(topic: str, payload: object) -> None:
    """Swapped coordinates too."""
    with pytest.raises(RefusedError):
        hear(Dialect(), f"v1.1/{topic}", payload)


def test_streams_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of entities does not fill the memory."""
    monkeypatch.setattr("ingest.dialects.sensorthings._MOST_STREAMS", 5)
    dialect = Dialect()
    for n in range(20):
        hear(dialect, f"v1.1/Datastreams({n})", {"unitOfMeasurement": {"symbol": "lx"}})

    assert len(dialect._streams) == 5
