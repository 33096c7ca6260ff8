"""What the bridge says about its devices."""

from typing import Any

import pytest

from ingest.zigbee_registry import read_devices

LIGHT = {
    "type": "light",
    "features": [
        {"type": "binary", "name": "state", "property": "state_l1", "access": 7},
        {"type": "numeric", "name": "brightness", "property": "brightness", "value_max": 1000, "access": 7},
    ],
}
POWER = {"type": "numeric", "name": "power", "property": "power", "unit": "W", "access": 1}


def _device(**changes: object) -> dict[str, Any]:
    return {"ieee_address": "0x1", "type": "Router", "friendly_name": "yard/n", "power_source": "Mains (single phase)",
            "definition": {"exposes": [LIGHT, POWER]}} | changes  # fmt: skip


def test_units_ranges_and_settings_are_known_by_property() -> None:
    """Features of a light lie one level down."""
    device = read_devices([_device()])["0x1"]

    assert (device.name, device.power_source) == ("yard/n", "Mains (single phase)")
    assert device.units == {"power": "W"}
    assert device.largest == {"brightness": 1000}
    assert device.settable == {"state_l1", "brightness"}
    assert device.numeric == {"brightness", "power"}


@pytest.mark.parametrize(
    "entry",
    [
        5,
        _device(type="Coordinator"),
        _device(ieee_address=None),
        _device(friendly_name="a\u202eb"),
        _device(friendly_name=""),
        _device(friendly_name="n" * 201),
    ],
)
def test_an_entry_without_a_sound_name_is_no_device(entry: object) -> None:
    """The others are still read."""
    assert list(read_devices([entry, _device(ieee_address="0x2")])) == ["0x2"]


@pytest.mark.parametrize("definition", [None, 5, {}, {"exposes": 5}, {"exposes": [5, {"name": "x"}, {"type": "text"}]}])
def test_a_device_without_definition_has_no_units(definition: object) -> None:
    """Unsupported devices have none."""
    assert read_devices([_device(definition=definition)])["0x1"].units == {}


def test_exposes_nested_without_end_are_left() -> None:
    """Eight levels are more than any device has."""
    expose: dict[str, Any] = POWER
    for _ in range(20):
        expose = {"type": "composite", "features": [expose]}

    assert read_devices([_device(definition={"exposes": [expose]})])["0x1"].units == {}
