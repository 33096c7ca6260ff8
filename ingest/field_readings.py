"""Readings out of an object whose names a device maker chose: nested objects, arrays, numbers, words."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from ingest.field_names import WORDED, identify, numbered, snake
from ingest.messages import Decoded, DecodedReading, measured
from ingest.positions import position
from ingest.quantities import BOOLEANS, reading
from ingest.refusals import FORBIDDEN_CHARACTER, LENGTH, NOT_OBJECT, UNKNOWN_FIELD, RefusedError
from ingest.texts import is_sound_name
from street.readings import UNITS

MOST_READINGS: Final = 256
MOST_STATES: Final = 32
_ARRAY: Final = 256
_NAME_CHARACTERS: Final = 64
_CHANNEL_DIGITS: Final = 3
_TEXT_CHARACTERS: Final = 200
_LATITUDES: Final = ("latitude", "lat")
_LONGITUDES: Final = ("longitude", "lon", "lng", "long")
_CHANNEL_NAMES: Final = ("channel", "lane", "id")
_NO_NAMES: Final[Mapping[str, tuple[str, str | None]]] = {}

Channel = str | int | None


class FieldReadings:
    """Collects the readings of one message, the fields that were dropped, and words that are no readings."""

    def __init__(self) -> None:
        self.readings: list[DecodedReading] = []
        self.dropped: list[RefusedError] = []
        self.states: dict[str, str] = {}

    def take(
        self,
        fields: Any,  # noqa: ANN401 - a payload field
        path: str,
        *,
        time_us: int | None = None,
        names: Mapping[str, tuple[str, str | None]] = _NO_NAMES,
    ) -> None:
        """Take every value under *fields*; *names* tells what a name means before the general table does."""
        if type(fields) is not dict:
            self.dropped.append(RefusedError(NOT_OBJECT, path))
            return
        for parent, name, value, place, channel in _leaves(fields, path):
            if len(self.readings) >= MOST_READINGS:
                self.dropped.append(RefusedError(LENGTH, path))
                return
            if name == "":
                self._take_position(value, place, time_us)
                continue
            if parent and name.isdecimal() and len(name) <= _CHANNEL_DIGITS:
                name, parent, channel = parent, "", name  # noqa: PLW2901 - ChirpStack's form of Cayenne: {"analogInput": {"3": 1}}
            quantity, unit = names.get(name) or identify(name, parent)
            if quantity == name and channel is None:
                quantity, unit, channel = numbered(name)  # noqa: PLW2901 - the name tells its channel
            self.take_one(quantity, value, place, unit=unit, time_us=time_us, channel=channel, name=name)

    def add(
        self,
        quantity: str,
        value: Any,  # noqa: ANN401 - a payload field
        path: str,
        *,
        unit: str | None = None,
        time_us: int | None = None,
        channel: Channel = None,
    ) -> None:
        """Add the reading of one value whose meaning is fixed, or remember why not."""
        try:
            self.readings.append(reading(quantity, value, path, unit=unit, time_us=time_us, channel=channel))
        except RefusedError as refused:
            self.dropped.append(refused)

    def add_word(self, found: DecodedReading) -> None:
        """Add a reading whose value is a word, when it is one that shows what it holds."""
        word = str(found.value)
        if is_sound_name(word):
            self.readings.append(found._replace(value=word[:_TEXT_CHARACTERS]))
        else:
            self.dropped.append(RefusedError(FORBIDDEN_CHARACTER, found.path or found.quantity))

    def add_position(self, lat: Any, lon: Any, path: str | None, *, time_us: int | None = None) -> None:  # noqa: ANN401 - payload fields
        """Add a position, or remember why not."""
        try:
            self.readings.append(position(lat, lon, path)._replace(time_us=time_us))
        except RefusedError as refused:
            self.dropped.append(refused)

    def told(self, device_id: str, time_us: int | None, extra: dict[str, Any]) -> Decoded:
        """Return what a message says that holds these readings."""
        if self.states:
            extra["states"] = self.states
        return measured(device_id, time_us, self.readings, extra, self.dropped)

    def take_one(  # noqa: PLR0913 - the parts of a reading
        self,
        quantity: str,
        value: Any,  # noqa: ANN401 - a payload field
        path: str,
        *,
        unit: str | None = None,
        time_us: int | None = None,
        channel: Channel = None,
        name: str = "",
    ) -> None:
        """Take one value, or remember why not. A word under a name we don't know is a state, not a reading."""
        if type(value) is str:
            quantity = WORDED.get(snake(name), quantity)
            if quantity not in BOOLEANS and UNITS.get(quantity) is None:
                self._take_word(path, value)
                return
        if quantity == "occupied" and type(value) is bool:
            quantity = "parking_occupied"
        if value is None and quantity not in UNITS and quantity not in BOOLEANS:
            return
        if quantity not in UNITS and not (0 < len(quantity) <= _NAME_CHARACTERS and is_sound_name(quantity)):
            self.dropped.append(RefusedError(UNKNOWN_FIELD, path))
        else:
            self.add(quantity, value, path, unit=unit, time_us=time_us, channel=channel)

    def _take_position(self, point: dict[str, Any], path: str, time_us: int | None) -> None:
        lat = next(point[name] for name in _LATITUDES if name in point)
        lon = next(point[name] for name in _LONGITUDES if name in point)
        if lat is not None or lon is not None:
            self.add_position(lat, lon, path, time_us=time_us)

    def _take_word(self, path: str, word: str) -> None:
        if len(self.states) < MOST_STATES and len(word) <= _TEXT_CHARACTERS and is_sound_name(path + word):
            self.states[path] = word


class _Node(NamedTuple):
    """One object inside a payload, with where it stands."""

    name: str
    fields: dict[str, Any]
    path: str
    channel: Channel = None


def _leaves(fields: dict[str, Any], path: str) -> Iterator[tuple[str, str, Any, str, Channel]]:
    """Yield parent, name, value, path and channel of every value; a point comes whole, under the name ""."""
    stack = [_Node("", fields, path)]
    while stack:
        node = stack.pop()
        coordinates = _coordinates(node.fields)
        if coordinates:
            yield node.name, "", node.fields, node.path, node.channel
        for name, value in node.fields.items():
            below = f"{node.path}.{name}"
            if name in coordinates:
                continue
            if type(value) is dict:
                stack.append(_Node(name, value, below, node.channel))
            elif type(value) is list:
                yield from _items(node, name, below, stack)
            else:
                yield node.name, name, value, below, node.channel


def _items(node: _Node, name: str, path: str, stack: list[_Node]) -> Iterator[tuple[str, str, Any, str, Channel]]:
    """Yield the plain items of an array; objects in it go on the stack."""
    for place, item in enumerate(node.fields[name][:_ARRAY]):
        if type(item) is dict:
            stack.append(_Node(name, _without_channel(item), f"{path}[{place}]", _channel(item, place)))
        else:
            yield node.name, name, item, f"{path}[{place}]", place


def _coordinates(fields: dict[str, Any]) -> set[str]:
    """Return the names of a point's fields, or nothing when *fields* is no point."""
    lat, lon = fields.keys() & _LATITUDES, fields.keys() & _LONGITUDES
    return lat | lon if lat and lon else set()


def _channel(item: dict[str, Any], place: int) -> str | int:
    named = _channel_name(item)
    return place if named is None else str(_whole(item[named]))[:_NAME_CHARACTERS]


def _channel_name(item: dict[str, Any]) -> str | None:
    """Return which field of *item* names its channel; a whole double is a number of a codec that knows no other."""
    return next((name for name in _CHANNEL_NAMES if type(_whole(item.get(name))) in (str, int)), None)


def _whole(value: Any) -> Any:  # noqa: ANN401 - a payload field
    return int(value) if type(value) is float and value.is_integer() else value


def _without_channel(item: dict[str, Any]) -> dict[str, Any]:
    """Return *item* without the field that names its channel."""
    named = _channel_name(item)
    return item if named is None else {key: value for key, value in item.items() if key != named}
