"""What happens by the clock beside the messages: heartbeat, purge, summaries, and a watchdog over the loop itself."""

import faulthandler
import logging
from collections import Counter
from collections.abc import Callable

from ingest.counts import Counts
from street import clock
from street.logs import quoted
from street.supervisor import tell_supervisor

log = logging.getLogger(__name__)

BEAT_S = 1.0
SUMMARY_S = 60.0


class Watch:
    """Does what is due, when it is due.

    Args:
        beat: stores the heartbeat; each second.
        purge: removes what is too old, a piece at a time; returns how much it removed, 0 when nothing is left.
        counts: what is summed up once a minute.
        purge_interval_s: [s] between two rounds of purging.
        hang_s: the process ends, with the stack of every thread on stderr, when the loop stands still so long [s].
    """

    def __init__(
        self,
        beat: Callable[[], None],
        purge: Callable[[], int],
        counts: Counts,
        *,
        purge_interval_s: float,
        hang_s: float,
        monotonic_s: Callable[[], float] = clock.monotonic_s,
    ) -> None:
        self._beat = beat
        self._purge = purge
        self._counts = counts
        self._purge_interval_s = purge_interval_s
        self._hang_s = hang_s
        self._monotonic_s = monotonic_s
        self._next_beat_s = 0.0
        self._next_purge_s = monotonic_s() + min(60.0, purge_interval_s)
        self._next_summary_s = monotonic_s() + SUMMARY_S
        self._said: Counter[str] = Counter()

    def wait_s(self) -> float:
        """Return how long nothing is due [s], at most the time between two heartbeats."""
        return min(max(self._next_beat_s - self._monotonic_s(), 0.0), BEAT_S)

    def look(self) -> None:
        """Do what is due."""
        now_s = self._monotonic_s()
        if now_s < self._next_beat_s:
            return
        self._next_beat_s = now_s + BEAT_S
        faulthandler.dump_traceback_later(self._hang_s, exit=True)
        self._beat()
        tell_supervisor("WATCHDOG=1")
        if now_s >= self._next_purge_s and not self._purge():
            self._next_purge_s = now_s + self._purge_interval_s
        if now_s >= self._next_summary_s:
            self._next_summary_s = now_s + SUMMARY_S
            self._sum_up()

    def purge_every(self, interval_s: float) -> None:
        """Look for old rows so often from now on; a round that is due stays due."""
        self._next_purge_s = min(self._next_purge_s, self._monotonic_s() + interval_s)
        self._purge_interval_s = interval_s

    def rest(self) -> None:
        """Stop watching over the loop: it is about to end."""
        faulthandler.cancel_dump_traceback_later()

    def _sum_up(self) -> None:
        for code, total in sorted(self._counts.refused.items()):
            fresh = total - self._said[code]
            if fresh:
                log.warning("refused code=%s count=%d topic=%s", code, fresh, quoted(self._counts.examples[code]))
        self._said = Counter(self._counts.refused)
