"""Tasmota: times without a zone, phases as arrays, nulls of failed sensors, one switch told twice."""

import pytest

from ingest.dialects.tasmota import Dialect
from ingest.messages import Kind, Message
from ingest.refusals import RefusedError
from tests.ingest.dialects.telling import RECEIVED_US, facts, hear, instant, values

NOW = "2026-11-24T10:15:00"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"Time": "2026-11-24T10:15:00"}, "2026-11-24T02:15:00Z"),
        ({"Time": "2026-11-24T02:15:00Z"}, "2026-11-24T02:15:00Z"),
        ({"Time": "2026-11-24T04:15:00+02:00"}, "2026-11-24T02:15:00Z"),
        ({"Time": "2026-11-23T21:15:00-05:00"}, "2026-11-24T02:15:00Z"),
        ({"Time": "2026-11-24T10:15:00", "Epoch": 1795486499}, "2026-11-24T02:14:59Z"),
    ],
)
def test_a_time_without_zone_is_of_the_devices_own(said: dict[str, object], expected: str) -> None:
    """Eight hours off would make every reading late; `Epoch` goes first."""
    decoded = hear(Dialect(), "tele/t/SENSOR", {**said, "BH1750": {"Illuminance": 79}})

    assert decoded.time_us == instant(expected)


@pytest.mark.parametrize("time", ["1970-01-01T00:00:09", "soon", 5, ""])
def test_a_clock_that_was_never_set_costs_only_the_time(time: object) -> None:
    """No NTP yet: the value is worth more than its time."""
    decoded = hear(Dialect(), "tele/t/SENSOR", {"Time": time, "BH1750": {"Illuminance": 79}})

    assert decoded.time_us is None
    assert decoded.extra["time_suspect"]
    assert values(decoded) == {"illuminance": 79}


def test_units_are_told_once_for_the_whole_message() -> None:
    """44.6 °F is 7 °C; 766 mmHg is 1021.25 hPa; a dew point is a temperature too."""
    body = {"BME280": {"Temperature": 44.6, "DewPoint": 32, "Pressure": 766}, "TempUnit": "F", "PressureUnit": "mmHg"}

    decoded = hear(Dialect(), "tele/t/SENSOR", body)

    assert values(decoded) == {"temperature": 7.0, "dew_point": 0.0, "pressure": 1021.25}


def test_phases_are_channels() -> None:
    """A meter of three phases has arrays, and one total."""
    body = {"ENERGY": {"TotalStartTime": NOW, "Total": [5.1, 6], "Power": [120, 0], "Voltage": 230, "Factor": 0.9}}

    assert facts(hear(Dialect(), "tele/t/SENSOR", body)) == {
        ("energy", 5.1, "kWh", 0), ("energy", 6, "kWh", 1), ("power", 120, "W", 0), ("power", 0, "W", 1),
        ("voltage", 230, "V", None), ("power_factor", 0.9, "1", None),
    }  # fmt: skip


def test_a_failed_sensor_is_a_gap() -> None:
    """Never a zero."""
    decoded = hear(Dialect(), "tele/t/SENSOR", {"DHT11": {"Temperature": None, "Humidity": None}, "TempUnit": "F"})

    assert [(one.value, one.quality) for one in decoded.readings] == [(None, "missing")] * 2


def test_probes_of_one_kind_are_told_apart() -> None:
    """Numbered ones, and two sensors that measure the same."""
    body = {"DS18B20-1": {"Id": "03", "Temperature": 5}, "AM2301": {"Temperature": 6, "Humidity": 70}}

    assert facts(hear(Dialect(), "tele/t/SENSOR", body)) == {
        ("temperature", 5, "°C", "DS18B20-1"), ("temperature", 6, "°C", "AM2301"), ("humidity", 70, "%", None)
    }  # fmt: skip


def test_dots_in_names_are_no_paths() -> None:
    """`PM2.5` is one word; the chip's own temperature is not the street's."""
    body = {"SDS0X1": {"PM2.5": 12.1, "PM10": 30}, "ESP32": {"Temperature": 53}, "MHZ19B": {"CarbonDioxide": 410}}

    assert facts(hear(Dialect(), "tele/t/SENSOR", body)) == {
        ("pm25", 12.1, "µg/m³", None), ("pm10", 30, "µg/m³", None), ("cpu_temperature", 53, "°C", None),
        ("co2", 410, "ppm", None),
    }  # fmt: skip


def test_the_state_tells_switches_and_signal() -> None:
    """The RSSI that is a percentage is left alone."""
    body = {"Time": NOW, "Uptime": "1T", "POWER1": "ON", "POWER2": "OFF", "Wifi": {"RSSI": 74, "Signal": -63}}

    assert facts(hear(Dialect(), "tele/t/STATE", body)) == {
        ("switch_on", True, None, "POWER1"), ("switch_on", False, None, "POWER2"), ("rssi", -63, "dBm", None)
    }  # fmt: skip


def test_a_poll_answers_like_a_report() -> None:
    """`STATUS8` and `STATUS10` wrap the same sensors."""
    for form in ("STATUS8", "STATUS10"):
        decoded = hear(Dialect(), f"stat/t/{form}", {"StatusSNS": {"Time": NOW, "BH1750": {"Illuminance": 79}}})
        assert values(decoded) == {"illuminance": 79}


def test_a_switch_that_is_told_twice_is_marked_the_second_time() -> None:
    """As JSON and as text, within two seconds; a later one is news."""
    dialect = Dialect()
    first = hear(dialect, "stat/t/RESULT", {"POWER": "ON"})
    second = hear(dialect, "stat/t/POWER", "ON")
    off = hear(dialect, "stat/t/POWER", "OFF")
    hear(dialect, "stat/t/RESULT", {"POWER": "ON"})
    later = dialect.decode(Message("stat/t/POWER", b"ON", False, RECEIVED_US + 3_000_000))

    assert [it.extra.get("repeated") for it in (first, second, off, later)] == [None, True, None, None]
    assert values(second) == {"switch_on": True}


@pytest.mark.parametrize(
    ("word", "is_there"), [("Online", True), ("online", True), ("Offline", False), ("on the line", None)]
)
def test_the_will_says_whether_it_is_there(word: str, is_there: bool | None) -> None:
    """In the words that a device has by default."""
    if is_there is None:
        with pytest.raises(RefusedError):
            hear(Dialect(), "tele/t/LWT", word)
    else:
        assert values(hear(Dialect(), "tele/t/LWT", word, retain=True)) == {"online": is_there}


def test_words_of_presence_can_be_changed() -> None:
    """Discovery tells them."""
    dialect = Dialect()
    hear(dialect, "tasmota/discovery/A0B1/config", {"t": "t", "onln": "da", "ofln": "weg", "ft": "%prefix%/%topic%/"})

    assert values(hear(dialect, "tele/t/LWT", "weg")) == {"online": False}


def test_the_prefix_is_found_where_it_stands() -> None:
    """`tasmota/%topic%/%prefix%/` is common; a topic of the default order may have several levels."""
    assert hear(Dialect(), "tasmota/lamp-3/tele/LWT", "Online").device_id == "lamp-3"
    assert hear(Dialect(), "tele/yard/lamp-3/LWT", "Online").device_id == "yard/lamp-3"


@pytest.mark.parametrize(
    ("topic", "payload", "kind"),
    [
        ("cmnd/t/POWER", "ON", Kind.IGNORE),
        ("tele/t/LWT", "", Kind.REMOVAL),
        ("tasmota/discovery/A0B1/config", "", Kind.REMOVAL),
        ("tele/t/INFO1", {"Info1": {"Module": "x"}}, Kind.LOG),
        ("stat/t/LOGGING", "00:01 MQT: x", Kind.LOG),
        ("stat/t/STATUS11", {"StatusSTS": {"POWER": "ON"}}, Kind.TELEMETRY),
        ("tasmota/discovery/A0B1/sensors", {"sn": {}, "ver": 1}, Kind.DISCOVERY),
    ],
)
def test_other_forms_are_known(topic: str, payload: object, kind: Kind) -> None:
    """Commands are ignored, an empty retained message removes."""
    assert hear(Dialect(), topic, payload).kind is kind


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("tele/SENSOR", {}), ("x/y/z", {}), ("tele/t/SENSOR", []), ("stat/t/STATUS8", {"StatusSNS": 5}),
        ("stat/t/POWER", "maybe"), ("tasmota/discovery/A0B1", {}), ("tele/t/LWT", b"\xff"),
    ],
)  # fmt: skip
def test_what_is_none_of_its_forms_is_refused(topic: str, payload: object) -> None:
    """With a reason."""
    with pytest.raises(RefusedError):
        hear(Dialect(), topic, payload)
