"""Properties of Zigbee devices made readings."""

from typing import Any

import pytest

from ingest.zigbee_fields import DeviceFields, is_property
from ingest.zigbee_registry import UNKNOWN, ZigbeeDevice


def _taken(device: ZigbeeDevice = UNKNOWN, **fields: Any) -> DeviceFields:
    return DeviceFields(fields, device)


def _values(taken: DeviceFields) -> dict[str, object]:
    return {one.quantity: one.value for one in taken.readings}


@pytest.mark.parametrize(
    ("fields", "device", "expected"),
    [
        ({"voltage": 2935, "battery": 83}, UNKNOWN, {"battery_voltage": 2.935, "battery": 83}),
        ({"voltage": 3.1, "battery": 83}, UNKNOWN, {"battery_voltage": 3.1, "battery": 83}),
        ({"voltage": 231, "power": 61.4}, UNKNOWN, {"voltage": 231, "power": 61.4}),
        ({"voltage": 231}, UNKNOWN, {"voltage": 231}),
        ({"voltage": 2935}, UNKNOWN, {"battery_voltage": 2.935}),
        ({"voltage": None, "battery": None}, UNKNOWN, {"battery_voltage": None, "battery": None}),
        ({"voltage": 900}, ZigbeeDevice(units={"voltage": "mV"}), {"battery_voltage": 0.9}),
        ({"voltage": 3}, ZigbeeDevice(units={"voltage": "V"}, power_source="Battery"), {"battery_voltage": 3}),
        ({"voltage": 12}, ZigbeeDevice(units={"voltage": "V"}), {"voltage": 12}),
        (
            {"voltage": 231000},
            ZigbeeDevice(units={"voltage": "mV"}, power_source="Mains (single phase)"),
            {"voltage": 231},
        ),
    ],
)
def test_voltage_is_of_the_mains_or_of_a_battery(
    fields: dict[str, Any], device: ZigbeeDevice, expected: dict[str, object]
) -> None:
    """The registry decides; without it, what stands beside the voltage, and at last its size."""
    assert _values(DeviceFields(fields, device)) == expected


@pytest.mark.parametrize(
    ("value", "largest", "percent"), [(254, None, 100), (127, None, 50), (0, None, 0), (250, 1000, 25)]
)
def test_brightness_is_a_share_of_the_brightest(value: int, largest: int | None, percent: float) -> None:
    """254, unless the registry says otherwise."""
    device = ZigbeeDevice(largest={"brightness": largest} if largest else {})

    assert _values(_taken(device, brightness=value)) == {"brightness": percent}


@pytest.mark.parametrize(
    ("state", "values"),
    [("ON", {"switch_on": True}), ("off", {"switch_on": False}), ("OPEN", {"cover_open": True}), ("LOCK", {}),
     (None, {"switch_on": None}), ("CLOSE", {"cover_open": False})],
)  # fmt: skip
def test_a_state_is_a_switch_or_a_cover_or_a_word(state: str | None, values: dict[str, object]) -> None:
    """Only the first two are readings."""
    taken = _taken(state=state)

    assert _values(taken) == values
    assert taken.states == ({} if values else {"state": "LOCK"})


def test_endpoints_are_channels() -> None:
    """A two-gang switch reports both."""
    taken = _taken(state_l1="ON", state_right="OFF", power_phase_b=5)

    assert [(one.quantity, one.channel, one.path) for one in taken.readings] == [
        ("switch_on", "l1", "state_l1"),
        ("switch_on", "right", "state_right"),
        ("power", "phase_b", "power_phase_b"),
    ]


def test_our_names_for_theirs() -> None:
    """Presence, contact, leaks, and lux where a device sends its raw figure too."""
    taken = _taken(occupancy=True, contact=False, water_leak=True, illuminance=4000, illuminance_lux=90, linkquality=0)

    assert _values(taken) == {
        "motion": True,
        "contact_closed": False,
        "water_leak": True,
        "illuminance": 90,
        "link_quality": 0,
    }


def test_a_press_is_an_action_and_a_call_for_help_a_reading_too() -> None:
    """Rules see readings only."""
    single, help_call, empty = _taken(action="single"), _taken(action="emergency"), _taken(action="")
    assert _values(_taken(sos=True)) == {"button_pressed": True}

    assert (single.action, _values(single)) == ("single", {})
    assert (help_call.action, _values(help_call)) == ("emergency", {"button_pressed": True})
    assert (empty.action, _values(empty)) == ("", {})


def test_settings_and_firmware_are_no_readings() -> None:
    """What can be set is not measured, unless we know it as both."""
    device = ZigbeeDevice(settable={"led_level"})
    taken = _taken(device, update={"state": "idle"}, temperature_calibration=1, led_level=5, power_on_behavior="on")

    assert (taken.readings, taken.dropped, taken.states, taken.objects) == ([], [], {}, {})


def test_what_nobody_knows_is_kept_with_its_own_unit() -> None:
    """Objects and words stand beside the readings."""
    device = ZigbeeDevice(units={"soil_moisture": "%"}, numeric={"gap"})
    taken = _taken(device, soil_moisture=31, gap=None, nothing=None, color={"x": 0.3}, mode="eco", flag=True)

    assert [(one.quantity, one.value, one.unit, one.quality) for one in taken.readings] == [
        ("soil_moisture", 31, "%", None),
        ("gap", None, None, "missing"),
        ("flag", True, None, None),
    ]
    assert (taken.objects, taken.states) == ({"color": {"x": 0.3}}, {"mode": "eco"})


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"temperature": "6"}, "type"), ({"tamper": 2}, "type"), ({"brightness": True}, "type"), ({"action": 5}, "enum"),
     ({"action": "a\u202e"}, "enum"), ({"x" * 65: 1}, "schema-unknown"), ({"voltage": "3 V", "battery": 5}, "type")],
)  # fmt: skip
def test_a_property_of_the_wrong_kind_is_dropped(fields: dict[str, Any], code: str) -> None:
    """One by one."""
    assert [one.code for one in DeviceFields(fields, UNKNOWN).dropped] == [code]


def test_properties_are_recognised_at_the_end_of_a_topic() -> None:
    """A name nobody knows is rather a part of a friendly name."""
    assert all(map(is_property, ("contact", "state_left", "last_seen", "voltage")))
    assert not any(map(is_property, ("x", "node-4", "left")))
