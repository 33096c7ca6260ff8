"""The properties of a Zigbee2MQTT device made readings; names and units are fixed by that program, so by table."""

import re
from typing import Any, Final

from ingest.messages import DecodedReading
from ingest.quantities import BOOLEANS, number, reading, scalar
from ingest.refusals import UNKNOWN_FIELD, UNKNOWN_WORD, RefusedError
from ingest.texts import is_sound_name
from ingest.zigbee_registry import ZigbeeDevice
from street.readings import UNITS

QUANTITIES: Final = {
    "linkquality": "link_quality", "ac_frequency": "frequency", "power_apparent": "apparent_power",
    "power_reactive": "reactive_power", "illuminance_lux": "illuminance", "contact": "contact_closed",
    "occupancy": "motion", "presence": "motion", "sos": "button_pressed", "position": "cover_position",
    "local_temperature": "temperature", "produced_energy": "energy_returned",
    "energy_produced": "energy_returned", "liquid_depth": "water_level", "liquid_level_percent": "fill_level",
    **{name: name for name in ("soil_moisture", "soil_temperature", "water_temperature")},
    **{name: name for name in UNITS if name not in {"occupancy", "online", "occupied"}},
    **{name: name for name in BOOLEANS if name not in {"occupancy", "online", "presence"}},
}  # fmt: skip
_UNITS: Final = {"co": "ppm"}  # as that program has it, where the registry has not said so yet
SPECIAL: Final = frozenset({"voltage", "brightness", "state", "action"})
# Settings, firmware and bookkeeping: nothing measured.
SKIPPED: Final = frozenset(
    """last_seen elapsed update update_available device power_on_behavior color_mode color_temp color_temp_startup
    effect indicator_mode led_indication child_lock identify device_mode operation_mode transmit_power keypad_lockout
    network_indicator countdown sensitivity action_group action_transition_time action_step_size action_rate
    action_source_name action_level""".split()
)
_SETTING: Final = re.compile(r".*_(?:calibration|precision|timeout|threshold|interval|startup|min|max)")
_PART: Final = re.compile(r"(?:color|update)-\w+")  # of an object, where a site has one topic per property
_ENDPOINT: Final = re.compile(r"(.+)_(l\d{1,2}|left|right|center|centre|top|bottom|\d{1,2}|phase_[abc])")
_CLAMP: Final = re.compile(r"(current|power|energy|voltage|power_factor|energy_produced)_([abc])")
_EMERGENCY: Final = frozenset({"emergency", "panic", "sos", "help", "alarm"})
_MAINS_SIGNS: Final = ("power", "current", "energy")
_BATTERY_MOST_V: Final = 100  # a "battery voltage" above this is in millivolts
_MAINS_MOST_V: Final = 1000
_BRIGHTEST: Final = 254
_MOST_READINGS: Final = 256
_TEXT_CHARACTERS: Final = 200
_VOLTAGE_NOTE: Final = "voltage is mV on battery devices; unit comes from bridge/devices exposes"

Channel = str | None


class DeviceFields:
    """Reads the properties of one message of one device.

    Attributes:
        action: the word of a button that was pressed, or "".
    """

    def __init__(self, fields: dict[str, Any], device: ZigbeeDevice) -> None:
        self.readings: list[DecodedReading] = []
        self.dropped: list[RefusedError] = []
        self.states: dict[str, str] = {}
        self.objects: dict[str, Any] = {}
        self.action = ""
        self.note = ""
        self._fields = fields
        self._device = device
        for name, value in fields.items():
            if name in SKIPPED or _SETTING.fullmatch(name) or _PART.fullmatch(name):
                continue
            try:
                self._take(name, value)
            except RefusedError as refused:
                self.dropped.append(refused)

    def _take(self, name: str, value: Any) -> None:  # noqa: ANN401 - a payload field
        if name == "rain" and type(value) is bool:
            name = "raining"
        elif name == "battery_state" and value == "low":
            name, value = "battery_low", True
        self._take_plain(name, value)

    def _take_plain(self, name: str, value: Any) -> None:  # noqa: ANN401 - a payload field
        property_name, channel = _endpoint(name)
        if property_name == "voltage":
            self._take_voltage(name, value, channel)
        elif property_name == "brightness":
            self._take_brightness(name, value, channel)
        elif property_name == "state":
            self._take_state(name, value, channel)
        elif property_name == "action":
            self._take_action(value)
        elif property_name in QUANTITIES:
            if not (name == "illuminance" and "illuminance_lux" in self._fields):
                self._add(QUANTITIES[property_name], name, value, channel)
        else:
            self._take_unknown(name, value)

    def _add(self, quantity: str, name: str, value: Any, channel: Channel, unit: str | None = None) -> None:  # noqa: ANN401 - a payload field
        unit = unit or self._device.units.get(name) or _UNITS.get(name)
        self.readings.append(reading(quantity, value, name, unit=unit, channel=channel))

    def _take_voltage(self, name: str, value: Any, channel: Channel) -> None:  # noqa: ANN401 - a payload field
        """Take volts of the mains or millivolts of a battery: the registry knows, else its company tells."""
        unit = self._device.units.get(name)
        is_battery = self._is_battery(unit, value)
        if unit is None and is_battery and value is not None and number(value, name) > _BATTERY_MOST_V:
            unit = "mV"
            self.note = _VOLTAGE_NOTE
        self._add("battery_voltage" if is_battery else "voltage", name, value, channel, unit)

    def _is_battery(self, unit: str | None, value: Any) -> bool:  # noqa: ANN401 - a payload field
        if "Mains" in self._device.power_source or any(sign in self._fields for sign in _MAINS_SIGNS):
            return False
        if unit == "mV" or self._device.power_source == "Battery" or "battery" in self._fields:
            return True
        return unit is None and type(value) in (int, float) and value >= _MAINS_MOST_V

    def _take_brightness(self, name: str, value: Any, channel: Channel) -> None:  # noqa: ANN401 - a payload field
        if value is not None:
            share = number(value, name) / self._device.largest.get(name, _BRIGHTEST)
            value = round(share * 100, 2)
        self.readings.append(reading("brightness", value, name, channel=channel))

    def _take_state(self, name: str, value: Any, channel: Channel) -> None:  # noqa: ANN401 - a payload field
        if type(value) is str and value.upper() not in {"ON", "OFF"}:
            if value.upper() in {"OPEN", "CLOSE", "CLOSED"}:
                self._add("cover_open", name, value, channel)
            else:
                self._take_word(name, value)
            return
        self._add("switch_on", name, value, channel)

    def _take_action(self, value: Any) -> None:  # noqa: ANN401 - a payload field
        if value is None or value == "":
            return
        if type(value) is not str or len(value) > _TEXT_CHARACTERS or not is_sound_name(value):
            raise RefusedError(UNKNOWN_WORD, "action")
        self.action = value
        if value.lower() in _EMERGENCY:
            self.readings.append(DecodedReading("button_pressed", value=True, unit=None, path="action"))

    def _take_unknown(self, name: str, value: Any) -> None:  # noqa: ANN401 - a payload field
        if type(value) in (dict, list):
            if is_sound_name(name):
                self.objects[name] = value
        elif type(value) is str:
            self._take_word(name, value)
        elif name not in self._device.settable and (value is not None or name in self._device.numeric):
            if not is_sound_name(name) or len(name) > 64 or len(self.readings) >= _MOST_READINGS:
                raise RefusedError(UNKNOWN_FIELD, name)
            unit = self._device.units.get(name)
            quality = "missing" if value is None else None
            known = None if value is None else scalar(value, name)
            self.readings.append(DecodedReading(name, known, unit, name, quality=quality))

    def _take_word(self, name: str, word: str) -> None:
        if len(name) + len(word) <= _TEXT_CHARACTERS and is_sound_name(name + word):
            self.states[name] = word


def is_property(name: str) -> bool:
    """Return whether *name* is a property that Zigbee2MQTT devices commonly have."""
    plain, _ = _endpoint(name)
    return plain in QUANTITIES or plain in SPECIAL or name in SKIPPED or _PART.fullmatch(name) is not None


def _endpoint(name: str) -> tuple[str, Channel]:
    """Return the property and the endpoint of a device with several: `state_l1` gives `state`, `l1`."""
    if name in QUANTITIES or name in SPECIAL:
        return name, None
    match = _ENDPOINT.fullmatch(name) or _CLAMP.fullmatch(name)
    if match and (match[1] in QUANTITIES or match[1] in SPECIAL):
        return match[1], match[2]
    return name, None
