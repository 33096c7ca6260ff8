"""What the tests of all dialects share: one message in, what it says out."""

import json
from typing import Any, Protocol

from ingest.messages import Decoded, Message
from ingest.timestamps import rfc3339_us

RECEIVED_US = 1_795_486_530_250_000  # 2026-11-24T02:15:30.250Z


class Speaks(Protocol):
    """A dialect."""

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says."""


def hear(dialect: Speaks, topic: str, payload: Any, *, retain: bool = False) -> Decoded:
    """Return what one message says; *payload* is bytes, text as it is, or a JSON document."""
    octets = payload if isinstance(payload, bytes) else payload.encode() if isinstance(payload, str) else None
    return dialect.decode(
        Message(topic, json.dumps(payload).encode() if octets is None else octets, retain, RECEIVED_US)
    )


def values(decoded: Decoded) -> dict[str, object]:
    """Return quantity → value."""
    return {one.quantity: one.value for one in decoded.readings}


def facts(decoded: Decoded) -> set[tuple[object, ...]]:
    """Return (quantity, value, unit, channel) of each reading."""
    return {(one.quantity, one.value, one.unit, one.channel) for one in decoded.readings}


def instant(text: str) -> int:
    """Return the instant [µs] that *text* names."""
    return rfc3339_us(text)
