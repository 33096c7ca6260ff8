"""Shelly of the first generation: one bare value a topic, watt-minutes, and 999 where no probe is."""

import pytest

from ingest.dialects.shelly_gen1 import Dialect
from ingest.messages import Kind
from ingest.refusals import RefusedError
from tests.ingest.dialects.telling import facts, hear, values

S = "shellies/shelly1pm-A4CF12"


@pytest.mark.parametrize(
    ("form", "payload", "fact"),
    [
        ("relay/0", "on", ("switch_on", True, None, "relay:0")),
        ("relay/1", "overpower", ("switch_on", False, None, "relay:1")),
        ("relay/0/power", "61.25", ("power", 61.25, "W", "relay:0")),
        ("relay/0/energy", "60000", ("energy", 1.0, "kWh", "relay:0")),
        ("relay/0/energy", "90", ("energy", 0.0015, "kWh", "relay:0")),
        ("emeter/1/total", "77500.5", ("energy", 77.5005, "kWh", "emeter:1")),
        ("emeter/1/total_returned", "100", ("energy_returned", 0.1, "kWh", "emeter:1")),
        ("emeter/1/energy", "60000", ("energy_since_boot", 1.0, "kWh", "emeter:1")),
        ("emeter/0/pf", "-0.93", ("power_factor", -0.93, "1", "emeter:0")),
        ("emeter/0/reactive_power", "12", ("reactive_power", 12, "var", "emeter:0")),
        ("input/0", "1", ("input_on", True, None, "input:0")),
        ("temperature", "48.2", ("device_temperature", 48.2, "°C", None)),
        ("overtemperature", "0", ("overtemperature", False, None, None)),
        ("sensor/temperature", "6.9", ("temperature", 6.9, "°C", None)),
        ("sensor/humidity", "68.4", ("humidity", 68.4, "%", None)),
        ("sensor/battery", "100", ("battery", 100, "%", None)),
        ("sensor/lux", "999", ("illuminance", 999, "lx", None)),
        ("sensor/flood", "true", ("water_leak", True, None, None)),
        ("sensor/state", "open", ("contact_closed", False, None, None)),
        ("sensor/vibration", "1", ("vibration", True, None, None)),
        ("sensor/gas", "heavy", ("gas", True, None, None)),
        ("sensor/concentration", "65", ("gas_concentration", 65, "ppm", None)),
        ("ext_temperature/0", "-3.5", ("temperature", -3.5, "°C", "ext_temperature:0")),
        ("ext_humidity/1", "55", ("humidity", 55, "%", "ext_humidity:1")),
        ("adc/0", "11.9", ("voltage", 11.9, "V", "adc:0")),
        ("roller/0/pos", "40", ("cover_position", 40, "%", "roller:0")),
        ("light/0", "off", ("switch_on", False, None, "light:0")),
    ],
)
def test_each_topic_is_one_reading(form: str, payload: str, fact: tuple[object, ...]) -> None:
    """As the maker's documentation has them."""
    decoded = hear(Dialect(), f"{S}/{form}", payload)

    assert facts(decoded) == {fact}
    assert (decoded.device_id, decoded.time_us) == ("shelly1pm-A4CF12", None)


@pytest.mark.parametrize(
    ("form", "payload"),
    [
        ("ext_temperature/0", "999"),
        ("sensor/temperature", "999.0"),
        ("sensor/humidity", "null"),
        ("relay/0/power", "nan"),
    ],
)
def test_a_probe_that_is_gone_is_a_gap(form: str, payload: str) -> None:
    """999 °C is what the maker sends for none."""
    decoded = hear(Dialect(), f"{S}/{form}", payload)

    assert [(one.value, one.quality) for one in decoded.readings] == [(None, "missing")]


def test_999_is_a_number_elsewhere() -> None:
    """A heater may draw 999 W."""
    assert values(hear(Dialect(), f"{S}/relay/0/power", "999")) == {"power": 999}


def test_a_motion_sensor_tells_all_in_its_status() -> None:
    """One JSON object; a lamp has one as well."""
    motion = {"motion": True, "timestamp": 1795486500, "active": True, "vibration": False, "lux": 5, "bat": 88}

    assert values(hear(Dialect(), f"{S}/status", motion)) == {
        "motion": True, "vibration": False, "illuminance": 5, "battery": 88
    }  # fmt: skip
    assert facts(hear(Dialect(), f"{S}/light/0/status", {"ison": True, "brightness": 40})) == {
        ("switch_on", True, None, "light:0"), ("brightness", 40, "%", "light:0")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "payload", "kind"),
    [
        (f"{S}/online", "true", Kind.AVAILABILITY),
        (f"{S}/online", "", Kind.REMOVAL),
        (f"{S}/announce", {"id": "x", "model": "SHSW-PM", "mac": "A4"}, Kind.DISCOVERY),
        ("shellies/announce", {"id": "shelly1pm-A4CF12"}, Kind.DISCOVERY),
        ("shellies/announce", "", Kind.REMOVAL),
        ("shellies/command", "announce", Kind.IGNORE),
        (f"{S}/relay/0/command", "on", Kind.IGNORE),
        (f"{S}/color/0/set", {"turn": "on"}, Kind.IGNORE),
        (f"{S}/input_event/0", {"event": "S", "event_cnt": 2}, Kind.EVENT),
        (f"{S}/longpush/0", "1", Kind.EVENT),
        (f"{S}/info", {"wifi_sta": {}}, Kind.LOG),
        (f"{S}/temperature_f", "118.8", Kind.LOG),
        (f"{S}/sensor/act_reasons", ["battery"], Kind.LOG),
    ],
)
def test_other_forms_are_known(topic: str, payload: object, kind: Kind) -> None:
    """What tells nothing of the street is a sign of life."""
    assert hear(Dialect(), topic, payload).kind is kind


@pytest.mark.parametrize("payload", ["", "warm", "1_0", "0x1f", "1e999", "٣", b"\xff", "9" * 300])
def test_what_is_no_number_is_refused_and_says_whose_it_was(payload: str | bytes) -> None:
    """The topic can be believed."""
    with pytest.raises(RefusedError) as refused:
        hear(Dialect(), f"{S}/relay/0/power", payload)

    assert refused.value.device_id == "shelly1pm-A4CF12"


@pytest.mark.parametrize(
    ("topic", "payload"),
    [(f"{S}/relay/0", "maybe"), (f"{S}/online", "1"), ("shellies/x", "1"), ("shellies/ /relay/0", "on")],
)
def test_what_is_none_of_its_forms_is_refused(topic: str, payload: str) -> None:
    """With a reason."""
    with pytest.raises(RefusedError):
        hear(Dialect(), topic, payload)
