"""Time: the only file that asks what time it is.

Inside, an instant is an integer of microseconds since 1970-01-01 UTC (`_us`) on hot paths and an aware
UTC datetime (`_at`) elsewhere. Screens show Asia/Shanghai.
"""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

STREET_ZONE = ZoneInfo("Asia/Shanghai")
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now_us() -> int:
    """Return the present instant [µs since 1970, UTC]; may step when the machine's clock is set."""
    return time.time_ns() // 1000


def monotonic_s() -> float:
    """Return seconds on a clock that never steps; only differences mean anything."""
    return time.monotonic()


def as_datetime(at_us: int) -> datetime:
    """Return *at_us* as an aware UTC datetime; valid for the years 1 to 9999."""
    return EPOCH + timedelta(microseconds=at_us)


def as_us(at: datetime) -> int:
    """Return an aware datetime as microseconds since 1970 UTC."""
    return (at - EPOCH) // timedelta(microseconds=1)


def iso(at_us: int) -> str:
    """Return *at_us* in RFC 3339 with Z, with as many decimals as are needed (0, 3 or 6)."""
    text = as_datetime(at_us).isoformat(timespec="auto").replace("+00:00", "Z")
    return text[:-4] + "Z" if "." in text and text.endswith("000Z") else text


def local_day_start_us(at_us: int) -> int:
    """Return the beginning of the local (Asia/Shanghai) day that holds *at_us* [µs UTC]."""
    local = as_datetime(at_us).astimezone(STREET_ZONE)
    return as_us(local.replace(hour=0, minute=0, second=0, microsecond=0))
