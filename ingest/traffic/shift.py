"""Times inside a payload, moved: what was an hour old when it was recorded is an hour old when it is played.

A time is known by its look, in every dialect that writes text: an instant of ISO 8601 with or without a zone, or an
epoch in s, ms, µs or ns, at most `NEAR` away from when the message came. Everything else stays byte for byte, and so
does what is no text (Sparkplug, CBOR, stills).
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from street import clock
from street.clock import DAY_US

NEAR: Final = 31 * DAY_US  # older than that, or further ahead, and it is a number like any other
_INSTANT: Final = re.compile(
    rb"(?<![\w.:+-])(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?=Z|[+-]\d\d:?\d\d|[^\w.:]|$)", re.ASCII
)
_EPOCH: Final = re.compile(rb"(?<![\w.+-])(\d{10}|\d{13}|\d{16}|\d{19})(?:\.(\d{1,9}))?(?![\w.])", re.ASCII)
_DECIMALS: Final = {10: 0, 13: 3, 16: 6, 19: 9}  # digits of a present-day epoch -> of which unit


def shifted(payload: bytes, received_us: int, shift_us: int) -> bytes:
    """Return *payload* with the times in it moved by *shift_us*.

    Args:
        payload: as it was recorded.
        received_us: when it was received [µs UTC].
        shift_us: [µs], below 0 moves back.
    """
    try:
        payload.decode()
    except UnicodeDecodeError:
        return payload

    def instant(found: re.Match[bytes]) -> bytes:
        return _moved_instant(found, received_us, shift_us)

    def epoch(found: re.Match[bytes]) -> bytes:
        return _moved_epoch(found, received_us, shift_us)

    return _EPOCH.sub(epoch, _INSTANT.sub(instant, payload))


def _moved_instant(found: re.Match[bytes], received_us: int, shift_us: int) -> bytes:
    day, between, time, decimals = found.groups()
    try:
        at = datetime.fromisoformat(f"{day.decode()}T{time.decode()}").replace(tzinfo=UTC)  # whatever its zone
    except ValueError:
        return found[0]
    decimals = decimals or b""
    at += timedelta(microseconds=int(decimals[:6].ljust(6, b"0")))
    if abs(clock.as_us(at) - received_us) > NEAR:
        return found[0]
    moved = (at + timedelta(microseconds=shift_us)).isoformat(between.decode(), "microseconds")[:26].encode()
    return moved[:20] + (moved[20:26] + decimals[6:])[: len(decimals)] if decimals else moved[:19]


def _moved_epoch(found: re.Match[bytes], received_us: int, shift_us: int) -> bytes:
    whole, decimals = found[1], found[2] or b""
    exponent = _DECIMALS[len(whole)] + len(decimals)
    at = int(whole + decimals)  # in 10^-exponent s
    if abs(at * 1_000_000 // 10**exponent - received_us) > NEAR:
        return found[0]
    moved = str(at + shift_us * 10**exponent // 1_000_000).encode()
    return moved[: -len(decimals)] + b"." + moved[-len(decimals) :] if decimals else moved
