"""Whose clock is wrong: told from what comes late, for a reading that is held to be history raises no alarm.

                      ┌─ other times than arrivals apart ──▶ BUFFERED  kept at the source, sent at once: history
late by its stamp ────┼─ as late as before, for a minute ──▶ WRONG     live, by a clock that is wrong
                      └─ nothing to tell it by ────────────▶ DOUBTFUL  either; only what is grave may call

What is buffered catches up with the present: its stamps move faster than the minutes pass. What a wrong clock stamps
stays as late as it was. One message alone is neither; a smoke detector that has lost its clock must be heard all the
same, so grave limits are watched on it, and no other.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Final

from ingest.messages import Decoded, Message
from street.clock import MINUTE_US, SECOND_US
from street.readings import Flag
from street.store import Writer

CLOCK_SKEW: Final = int(Flag.CLOCK_SKEW)
HISTORY: Final = int(Flag.HISTORY)

SPREAD_US: Final = 30 * SECOND_US  # the way of a message may take so much longer once than another time
STEADY_US: Final = MINUTE_US  # as late as before for so long: a clock runs, and runs wrong
SOURCES: Final = 50_000  # at most: beyond, the oldest is forgotten, and in doubt again


class Lateness(Enum):
    """What a late message is."""

    BUFFERED = "buffered"
    WRONG = "wrong"
    DOUBTFUL = "doubtful"


class _Lag:
    """How late a source has been since when."""

    __slots__ = ("is_buffer", "lag_us", "lateness", "received_us", "since_us")

    def __init__(self, lag_us: int, received_us: int) -> None:
        self.lag_us = lag_us
        self.since_us = self.received_us = received_us
        self.is_buffer = False
        self.lateness = Lateness.DOUBTFUL


class Clocks:
    """Remembers, of each source that sent something late, how late it was.

    Args:
        writer: knows what is stored.

    Attributes:
        doubtful: (asset, quantity, instant) of the readings of this batch of which nobody can tell what they are.
    """

    def __init__(self, writer: Writer) -> None:
        self.doubtful: set[tuple[str, str, int]] = set()
        self._writer = writer
        self._lags: dict[str, _Lag] = {}
        self._items: Iterable[tuple[Message, str, Decoded]] = ()
        self._together: dict[str, list[tuple[int, int]]] | None = None

    def begin(self, items: Iterable[tuple[Message, str, Decoded]]) -> None:
        """Look at another batch: message, dialect, and what it says."""
        self._items, self._together = items, None
        self.doubtful.clear()

    def read(
        self, series: tuple[str, str], decoded: Decoded, at_us: int, received_us: int, flags: int
    ) -> tuple[int, int]:
        """Return (instant, flags) of a reading whose stamp makes it late.

        Who stamps steadily wrong is believed in nothing but the order; a stamp that would hide a live value behind
        older ones, or in the history, gives way to the arrival, unless that very reading is here already.
        """
        asset_id, quantity = series
        newest_us = _newest_us(decoded)
        if at_us < newest_us - SPREAD_US:
            return at_us, flags  # a message that tells a past is a buffer by itself
        lateness = self.judge(asset_id, newest_us, received_us, self._beside(decoded))
        if lateness is Lateness.DOUBTFUL:
            self.doubtful.add((asset_id, quantity, at_us))
        if lateness is not Lateness.WRONG:
            return at_us, flags
        latest_us = self._writer.latest_at(asset_id, quantity)
        if not flags & HISTORY and (latest_us is None or at_us > latest_us):
            return at_us, CLOCK_SKEW
        if self._writer.has_reading(asset_id, quantity, at_us):
            return at_us, flags
        return received_us, CLOCK_SKEW

    def judge(self, asset_id: str, source_us: int, received_us: int, beside: Iterable[tuple[int, int]]) -> Lateness:
        """Return what a late message is.

        Args:
            asset_id: whose.
            source_us: the newest instant that it names [µs UTC].
            received_us: its arrival [µs UTC]; no two messages share one.
            beside: (instant, arrival) of each message of this source that came with it, in any order.
        """
        lag_us = received_us - source_us
        lag = self._lags.get(asset_id)
        if lag is None:
            lag = self._begin(asset_id, lag_us, received_us)
        elif lag.received_us == received_us:
            return lag.lateness
        elif abs(lag_us - lag.lag_us) > SPREAD_US:
            lag.is_buffer = lag_us < lag.lag_us
            lag.lag_us, lag.since_us = lag_us, received_us
        lag.received_us = received_us
        if received_us - lag.since_us >= STEADY_US:
            lag.is_buffer = False
            lag.lateness = Lateness.WRONG
        else:
            lag.lateness = Lateness.BUFFERED if lag.is_buffer or _is_burst(beside) else Lateness.DOUBTFUL
        return lag.lateness

    def _beside(self, decoded: Decoded) -> list[tuple[int, int]]:
        """Return (newest instant, arrival) of each message of this device in the batch; its own is among them."""
        if self._together is None:
            self._together = {}
            for message, _dialect, said in self._items:
                for one in (said, *said.others):
                    if one.device_id is not None and one.readings:
                        pair = _newest_us(one) or message.received_us, message.received_us
                        self._together.setdefault(one.device_id, []).append(pair)
        return self._together.get(decoded.device_id or "", [])

    def _begin(self, asset_id: str, lag_us: int, received_us: int) -> _Lag:
        if len(self._lags) >= SOURCES:
            del self._lags[next(iter(self._lags))]
        lag = self._lags[asset_id] = _Lag(lag_us, received_us)
        return lag


def _is_burst(beside: Iterable[tuple[int, int]]) -> bool:
    """Return whether messages came faster than their stamps say that they were true."""
    stamps = list(beside)
    if not stamps:
        return False
    sources, arrivals = [one[0] for one in stamps], [one[1] for one in stamps]
    return max(sources) - min(sources) > max(arrivals) - min(arrivals) + SPREAD_US


def _newest_us(decoded: Decoded) -> int:
    """Return the newest instant that a message names, 0 where it names none."""
    own_us = decoded.time_us or 0
    return max((own_us if one.time_us is None else one.time_us for one in decoded.readings), default=own_us)
