"""What goes into a decoder and what comes out of it, alike for every dialect."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from ingest.refusals import NO_READINGS, RefusedError
from street.incidents import Incident


class Kind(StrEnum):
    """What a message turned out to be."""

    TELEMETRY = "telemetry"
    EVENT = "event"
    ALARM = "alarm"
    POSITION = "position"
    AVAILABILITY = "availability"
    DISCOVERY = "discovery"
    REMOVAL = "removal"
    BIRTH = "birth"
    DEATH = "death"
    LOG = "log"
    IGNORE = "ignore"
    REJECT = "reject"


class Message(NamedTuple):
    """One MQTT publish as it arrived."""

    topic: str
    payload: bytes
    retain: bool  # as delivered: True means the broker's stored copy
    received_us: int
    generation: int = 0  # of the connection it came in on: an ack is good only in the same one
    mid: int = 0
    qos: int = 1
    content_type: str = ""  # MQTT 5 only, as are the user properties
    properties: tuple[tuple[str, str], ...] = ()


class DecodedReading(NamedTuple):
    """One value as the source said it, in our names and units."""

    quantity: str
    value: float | bool | str | dict[str, float] | None  # a dict only for `position`, a text is a state, not stored
    unit: str | None
    path: str | None = None  # where in the payload it stood
    time_us: int | None = None  # only where the reading has a time of its own
    channel: str | int | None = None
    quality: str | None = None  # "missing": the sensor says it has no value


@dataclass(slots=True)
class Decoded:
    """What one message says.

    `time_us` None: the source gave no usable time, the arrival time stands in. `code` is set when `kind` is
    REJECT, and only then. `extra["dropped"]` lists readings that were refused one by one beside good ones:
    `{"field", "code", "reason"}`.
    """

    kind: Kind
    device_id: str | None = None
    time_us: int | None = None
    readings: list[DecodedReading] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    code: str | None = None
    reason: str | None = None
    incident: Incident | None = None
    snapshot: bytes | None = None
    others: list["Decoded"] = field(default_factory=list)  # what the message says of other devices


def rejected(refused: RefusedError, policy: str = "drop") -> Decoded:
    """Return what a refused message is; it names a device only where the topic is believed though the payload isn't."""
    extra: dict[str, Any] = {"policy": policy}
    if refused.field:
        extra["field"] = refused.field
    return Decoded(Kind.REJECT, refused.device_id, extra=extra, code=refused.code, reason=refused.reason)


def dropped_facts(dropped: list[RefusedError]) -> list[dict[str, str]]:
    """Return what `extra["dropped"]` says of readings that were refused beside good ones."""
    return [{"field": one.field, "code": one.code, "reason": one.reason} for one in dropped]


def measured(
    device_id: str,
    time_us: int | None,
    readings: list[DecodedReading],
    extra: dict[str, Any],
    dropped: list[RefusedError],
) -> Decoded:
    """Return telemetry; a refusal when every reading was dropped; a sign of life when there was none at all."""
    if not readings and dropped:
        return rejected(dropped[0], "drop_reading")
    if dropped:
        extra["dropped"] = dropped_facts(dropped)
    if not readings:
        extra["policy"] = "accept"
        return Decoded(Kind.LOG, device_id, time_us, readings, extra, None, NO_READINGS)
    return Decoded(Kind.TELEMETRY, device_id, time_us, readings, extra)
