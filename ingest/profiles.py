"""What no message tells and a person must write down, in `profiles.yaml` beside this file.

lora       which devices speak Cayenne LPP, and how the bytes of others are laid out
streams    what the results of a SensorThings datastream are, where its entity is never published
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from street import strict_yaml
from street.errors import ConfigError

PATH: Final = Path(__file__).with_name("profiles.yaml")
LAYOUT: Final = "layout"
CAYENNE: Final = "cayenne_lpp"
Meaning = tuple[str, str | None]  # our quantity and the source's unit
_CHOOSING: Final = frozenset({"device_ids", "device_profile", "f_ports"})


class Field(NamedTuple):
    """Some bytes of a payload, or one bit of them.

    `at` counts bytes from 0, from the end where negative. The value is the integer × `scale` + `plus`; `gap` is the
    integer that means no value.
    """

    quantity: str
    at: int
    size: int = 1
    is_signed: bool = False
    is_little: bool = False
    scale: float = 1
    plus: float = 0
    unit: str | None = None
    bit: int | None = None
    is_inverse: bool = False
    gap: int | None = None
    channel: int | str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of device: by whom, on which ports, and what its bytes are."""

    name: str
    payload: str
    device_ids: tuple[str, ...] = ()
    device_profile: str = ""
    f_ports: frozenset[int] = frozenset()
    fields: tuple[Field, ...] = ()

    def fits(self, device_id: str, device_profile: str, f_port: int) -> bool:
        """Return whether all that the profile asks for holds."""
        return (
            (not self.device_ids or any(fnmatchcase(device_id, pattern) for pattern in self.device_ids))
            and (not self.device_profile or fnmatchcase(device_profile, self.device_profile))
            and (not self.f_ports or f_port in self.f_ports)
        )


def profile_of(device_id: str, device_profile: str, f_port: int) -> Profile | None:
    """Return the first profile that fits a device's message, None where nobody has told how to read it."""
    return next((it for it in _told()[0] if it.fits(device_id, device_profile, f_port)), None)


def meanings_of(device_id: str) -> list[Meaning]:
    """Return what the results of a datastream are, in order; nothing where nobody has told."""
    return _told()[1].get(device_id, [])


def load_profiles() -> None:
    """Read the file now.

    Raises:
        ConfigError: it holds something else.
    """
    _told()


@cache
def _told() -> tuple[list[Profile], dict[str, list[Meaning]]]:
    return read_profiles(PATH)


def read_profiles(path: Path) -> tuple[list[Profile], dict[str, list[Meaning]]]:
    """Return the LoRa profiles and the meanings of datastreams that the file at *path* holds.

    Raises:
        ConfigError: it holds something else; the sentence names the profile.
    """
    told = strict_yaml.read(path, shown=path.name)
    profiles = [_profile(name, fields, path.name) for name, fields in _part(told, "lora", path.name).items()]
    streams = {
        name: [_meaning(one, f"{path.name}: streams.{name}") for one in results]
        for name, results in _part(told, "streams", path.name).items()
    }
    return profiles, streams


def _part(told: dict[str, Any], name: str, file: str) -> dict[str, Any]:
    part = told.get(name) or {}
    if not isinstance(part, dict):
        msg = f"{file}: {name}: expected names with what is said of them"
        raise ConfigError(msg)
    return part


def _meaning(told: Any, place: str) -> Meaning:  # noqa: ANN401 - whatever the file says
    if isinstance(told, dict) and type(told.get("quantity")) is str and type(told.get("unit", "")) is str:
        return told["quantity"], told.get("unit")
    msg = f"{place}: expected a quantity, and a unit where there is one"
    raise ConfigError(msg)


def _profile(name: str, told: Any, file: str) -> Profile:  # noqa: ANN401 - whatever the file says
    if not isinstance(told, dict):
        msg = f"{file}: lora.{name}: expected keys with values"
        raise ConfigError(msg)
    payload = told.get("payload", LAYOUT)
    if payload not in {LAYOUT, CAYENNE} or (payload == LAYOUT) != ("fields" in told) or not told.keys() & _CHOOSING:
        msg = f"{file}: lora.{name}: expected who it is for ({', '.join(sorted(_CHOOSING))}), and fields or {CAYENNE}"
        raise ConfigError(msg)
    try:
        return Profile(
            name,
            payload,
            tuple(told.get("device_ids", ())),
            told.get("device_profile", ""),
            frozenset(told.get("f_ports", ())),
            tuple(_field(one) for one in told.get("fields", ())),
        )
    except (TypeError, ValueError, KeyError) as error:
        msg = f"{file}: lora.{name}: {error}"
        raise ConfigError(msg) from error


def _field(told: dict[str, Any]) -> Field:
    words = dict(told)
    is_little = {"big": False, "little": True}[words.pop("order", "big")]
    field = Field(
        is_signed=bool(words.pop("signed", False)), is_inverse=bool(words.pop("inverse", False)),
        is_little=is_little, **words,
    )  # fmt: skip
    if not all(type(it) in (int, float) for it in (field.scale, field.plus)) or type(field.quantity) is not str:
        msg = f"{field.quantity}: expected a name, and numbers for `scale` and `plus`"
        raise TypeError(msg)
    if type(field.at) is not int or field.size not in range(1, 9) or field.bit not in {None, *range(field.size * 8)}:
        msg = f"{field.quantity}: expected `at`, 1 to 8 bytes, and a bit inside them"
        raise ValueError(msg)
    return field
