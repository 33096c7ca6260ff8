"""Times as sources write them, made instants [µs since 1970 UTC], and whether an instant can be believed.

Python's own `fromisoformat` accepts naive times, week dates, NUL at the end and more; here a pattern decides.
"""

import re
from datetime import UTC, datetime, timezone
from typing import Any, Final

from ingest.refusals import TS_EPOCH, TS_FORMAT, TS_FUTURE, TS_NAIVE, TS_OLD, TS_SECONDS, RefusedError
from ingest.stamp import AHEAD_US, HISTORY_US, SKEW_US
from street.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US, as_us

EARLIEST_US: Final = as_us(datetime(2000, 1, 1, tzinfo=UTC))  # before it a clock was never set
LATEST_US: Final = as_us(datetime(2100, 1, 1, tzinfo=UTC))

_RFC3339: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,32}))?([Zz]|([+-])(\d\d):(\d\d))?", re.ASCII
)
_MILLISECOND_US: Final = 1000
_MOST_SECONDS: Final = 1e11
_HEAD: Final = 19  # characters up to the whole second
_CACHED: Final = 8192
_heads: dict[str, int] = {}  # "2026-11-24T02:15:30" -> µs as if UTC
_tails: dict[str, int] = {}  # ".250+08:00" -> µs to add


def rfc3339_us(text: str) -> int:
    """Return the instant *text* names; more than six decimals are cut, a leap second is the last ms before it.

    Raises:
        RefusedError: not RFC 3339, or without a zone.
    """
    return _read(text)


def is_leap_second(text: str) -> bool:
    """Return whether *text*, which `rfc3339_us` has read, names second 60."""
    return text[17:_HEAD] == "60"


def epoch_ms_us(value: int) -> int:
    """Return the instant of an epoch in milliseconds.

    Raises:
        RefusedError: a plausible instant (2000–2100) only in another unit, or in none.
    """
    at_us = value * 1000
    if not EARLIEST_US <= at_us < LATEST_US:
        raise RefusedError(TS_EPOCH, "ts")
    return at_us


def epoch_s_us(value: float) -> int:
    """Return the instant of an epoch in seconds, whole or not.

    Raises:
        RefusedError: a plausible instant (2000–2100) only in another unit, or in none.
    """
    if not 0 <= value < _MOST_SECONDS:
        raise RefusedError(TS_SECONDS, "ts")
    at_us = round(value * SECOND_US)
    if not EARLIEST_US <= at_us < LATEST_US:
        raise RefusedError(TS_EPOCH, "ts")
    return at_us


def source_time(value: Any) -> int:  # noqa: ANN401 - a payload field
    """Return the instant of a time field: RFC 3339 with zone, or integer epoch milliseconds.

    Raises:
        RefusedError: anything else, or a year outside 2000–2099.
    """
    if type(value) is str:
        head = _heads.get(value[:19])
        if head is not None:
            tail = _tails.get(value[19:])
            if tail is not None:
                return head + tail
    elif type(value) is int:
        return epoch_ms_us(value)
    else:
        raise RefusedError(TS_FORMAT, "ts")
    at_us = rfc3339_us(value)
    if at_us < EARLIEST_US:
        raise RefusedError(TS_OLD, "ts")
    if at_us >= LATEST_US:
        raise RefusedError(TS_FUTURE, "ts")
    return at_us


def local_us(text: str, zone: timezone) -> int:
    """Return the instant of *text*, RFC 3339 without its zone, in *zone*.

    Raises:
        RefusedError: not of that form.
    """
    if len(text) < _HEAD or text[-1] in "Zz" or "+" in text or "-" in text[_HEAD:]:
        raise RefusedError(TS_FORMAT, "ts")
    at_us = _read(f"{text}Z")
    offset = zone.utcoffset(None)
    return at_us - (int(offset.total_seconds()) * SECOND_US if offset else 0)


def settle(at_us: int, received_us: int, extra: dict[str, Any]) -> int | None:
    """Return *at_us*, or None where it is too far ahead to be used; what is odd about it goes into *extra*."""
    ahead = at_us - received_us
    if ahead > SKEW_US:
        extra["clock_skew"] = True
        if ahead > AHEAD_US:
            extra["time_suspect"] = True
            extra["time_code"] = TS_FUTURE.code
            return None
    elif -ahead > HISTORY_US:
        extra["time_suspect"] = True
        extra["historical"] = True
    return at_us


def lenient_time(value: Any, received_us: int, extra: dict[str, Any]) -> int | None:  # noqa: ANN401 - a payload field
    """Return the instant of a foreign dialect's time field, or None (arrival time) with `time_suspect` in *extra*.

    A value is worth more than its time: a device without a clock is still heard.
    """
    if value is None:
        return None
    try:
        at_us = source_time(value)
    except RefusedError as refused:
        extra["time_suspect"] = True
        extra["time_code"] = refused.code
        return None
    if type(value) is str and is_leap_second(value):
        extra["leap_second"] = True
    return settle(at_us, received_us, extra)


def _read(text: str) -> int:
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise RefusedError(TS_FORMAT, "ts")
    year, month, day, hour, minute, second, decimals, zone, sign, zone_h, zone_min = match.groups()
    if zone is None:
        raise RefusedError(TS_NAIVE, "ts")
    is_leap = second == "60"
    try:
        head = as_us(
            datetime(
                int(year), int(month), int(day), int(hour), int(minute), 59 if is_leap else int(second), tzinfo=UTC
            )
        )
    except ValueError:
        raise RefusedError(TS_FORMAT, "ts") from None
    tail = int((decimals or "0").ljust(6, "0")[:6]) - _offset_us(sign, zone_h, zone_min)
    if is_leap:
        return _last_millisecond(head + tail - tail % SECOND_US)
    if EARLIEST_US + DAY_US <= head < LATEST_US - DAY_US:  # so that no tail leads out of the years we believe
        _remember(_heads, text[:_HEAD], head)
        _remember(_tails, text[_HEAD:], tail)
    return head + tail


def _offset_us(sign: str | None, hours: str | None, minutes: str | None) -> int:
    if hours is None or minutes is None:
        return 0
    if int(hours) > 23 or int(minutes) > 59:
        raise RefusedError(TS_FORMAT, "ts")
    offset = int(hours) * HOUR_US + int(minutes) * MINUTE_US
    return -offset if sign == "-" else offset


def _last_millisecond(before_us: int) -> int:
    """Return the last ms of the second that begins at *before_us*; leap seconds come only at the end of a UTC day."""
    if (before_us + SECOND_US) % DAY_US:
        raise RefusedError(TS_FORMAT, "ts")
    return before_us + SECOND_US - _MILLISECOND_US


def _remember(cache: dict[str, int], key: str, value: int) -> None:
    if len(cache) >= _CACHED:
        cache.clear()
    cache[key] = value
