"""LoRa payloads as bytes: Cayenne LPP, or the layout that the device's profile declares. Nothing is ever guessed."""

import base64
import binascii
from typing import Any, Final

from ingest.field_readings import FieldReadings
from ingest.profiles import CAYENNE, Field, profile_of
from ingest.refusals import LENGTH, UNKNOWN_FIELD, WRONG_TYPE, RefusedError

MOST_BYTES: Final = 256  # LoRaWAN carries 242
_MOST_CHARACTERS: Final = 512
_GPS: Final = 136
# Cayenne's types that mean one of our quantities, with the unit they are in; the others keep Cayenne's name.
_CAYENNE: Final[dict[int, tuple[str, str | None]]] = {
    101: ("illuminance", "lx"), 102: ("presence", None), 103: ("temperature", "°C"), 104: ("humidity", "%"),
    115: ("pressure", "hPa"), 116: ("voltage", "V"), 117: ("current", "A"), 118: ("frequency", "Hz"),
    121: ("altitude", "m"), 128: ("power", "W"), 130: ("distance", "m"), 131: ("energy", "kWh"),
    142: ("switch_on", None),
}  # fmt: skip


class Uplink:
    """Bytes, and what tells how they are to be read: device, its profile's name, port."""

    def __init__(self, coded: Any, device_id: str, device_profile: Any, f_port: Any) -> None:  # noqa: ANN401 - payload fields
        self._coded = coded
        self._profile = profile_of(
            device_id,
            device_profile if type(device_profile) is str else "",
            f_port if type(f_port) is int else 0,
        )

    def take(self, path: str, taken: FieldReadings, extra: dict[str, Any]) -> None:
        """Take what the bytes say; without a profile they are kept as they came."""
        if type(self._coded) is not str or not self._coded:
            return
        extra["frm_payload"] = self._coded[:_MOST_CHARACTERS]
        if self._profile is None:
            return
        extra["profile"] = self._profile.name
        try:
            octets = _octets(self._coded)
            if self._profile.payload == CAYENNE:
                _take_cayenne(octets, path, taken)
            else:
                _take_fields(octets, self._profile.fields, path, taken)
        except RefusedError as refused:
            taken.dropped.append(RefusedError(refused.ground, path))


def _octets(coded: str) -> bytes:
    try:
        octets = base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        raise RefusedError(WRONG_TYPE) from None
    if len(octets) > MOST_BYTES:
        raise RefusedError(LENGTH)
    return octets


def _take_cayenne(octets: bytes, path: str, taken: FieldReadings) -> None:
    """Take one value after the other; one of an unknown type ends it, for nobody knows how long it is.

    Raises:
        RefusedError: a type that nobody knows, or bytes that end in the middle of a value.
    """
    from cayennelpp.lpp_data import LppData  # noqa: PLC0415 - only sites with such devices need it

    at = 0
    while at < len(octets) and any(octets[at:]):  # some devices fill up with zeros
        try:
            one = LppData.from_bytes(octets[at:])
        except (AttributeError, ValueError, IndexError):
            raise RefusedError(UNKNOWN_FIELD) from None
        except BufferError:
            raise RefusedError(LENGTH) from None
        _take_one(one, f"{path}[{at}]", taken)
        at += len(one)


def _take_one(one: Any, path: str, taken: FieldReadings) -> None:  # noqa: ANN401 - the library ships no types
    kind, channel = int(one.type), str(one.channel)
    name = str(one.type).lower().replace(" ", "_")
    quantity, unit = _CAYENNE.get(kind, (name, None))
    if kind == _GPS:
        taken.add_position(one.value[0], one.value[1], path)
    elif len(one.value) == 1:
        taken.add(quantity, _plain(one.value[0]), path, unit=unit, channel=channel)
    else:
        for axis, value in zip("xyz", one.value, strict=False):
            taken.add(f"{quantity}_{axis}", _plain(value), path, channel=channel)


def _plain(value: float) -> float:
    """Return a whole number as an integer: the library divides each, also by 1."""
    return int(value) if value.is_integer() else value


def _take_fields(octets: bytes, fields: tuple[Field, ...], path: str, taken: FieldReadings) -> None:
    """Take what a profile lays out; a field beyond the bytes is not there, but one field must be."""
    if not octets:
        raise RefusedError(LENGTH)
    for field in fields:
        at = field.at if field.at >= 0 else len(octets) + field.at
        piece = octets[at : at + field.size] if at >= 0 else b""
        place = f"{path}[{at}]"
        if len(piece) < field.size:
            taken.dropped.append(RefusedError(LENGTH, place))
            continue
        whole = int.from_bytes(piece, "little" if field.is_little else "big", signed=field.is_signed)
        taken.add(field.quantity, _value(whole, field), place, unit=field.unit, channel=field.channel)


def _value(whole: int, field: Field) -> float | bool | None:
    if field.bit is not None:
        return bool(whole >> field.bit & 1) != field.is_inverse
    if whole == field.gap:
        return None
    scaled = whole * field.scale + field.plus
    return scaled if type(scaled) is int else round(scaled, 9)
