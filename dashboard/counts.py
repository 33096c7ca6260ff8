"""Today's counts: recounted by `street.summaries` when incidents move or the local day turns.

In a thread of its own with a reader of its own: counting must hold up neither the picture nor a stream. pandas is
imported here, at the start and not when it is first needed: Dash's JSON encoder looks for it among the loaded modules
and answers 500 while it is half imported.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Final

from dashboard.live import Hub
from dashboard.snapshot import existing_store
from dashboard.view import Body
from street.clock import DAY_US, SECOND_US, as_datetime, local_day_start_us
from street.config import Config
from street.errors import StoreError
from street.store import Reader
from street.store.frames import incidents_frame
from street.summaries import today

LOG = logging.getLogger(__name__)
GAP_S: Final = 0.25  # between two recounts, however many incidents come
LOOK_S: Final = 60.0  # the machine's clock may have been set meanwhile
RETRY_S: Final = 5.0
UNFED: Final = dict.fromkeys(("filed", "dispatched", "handled", "closed"))  # until people move incidents on


class TodayCounter:
    """Keeps today's counts in the hub."""

    def __init__(self, config: Config, hub: Hub, now_us: Callable[[], int]) -> None:
        self._config = config
        self._hub = hub
        self._now_us = now_us
        self._due = threading.Event()
        self._stopping = threading.Event()
        self._counted_day_us = 0
        self._thread = threading.Thread(target=self._run, name="counts", daemon=True)

    def start(self) -> None:
        """Begin to count when first told to."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the count at hand, if there is one."""
        self._stopping.set()
        self._due.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)

    def recount(self) -> None:
        """Count again soon (any thread)."""
        self._due.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            woken = self._due.wait(self._until_day_turns_s())
            self._due.clear()
            if not woken and local_day_start_us(self._now_us()) == self._counted_day_us:
                continue
            if not self._stopping.is_set():
                self._try()

    def _try(self) -> None:
        try:
            self._count()
        except StoreError as error:
            LOG.warning("counts not made reason=%r", str(error))
            self._due.set()
            self._stopping.wait(RETRY_S)
        except Exception:  # this thread must outlive whatever a damaged store holds
            LOG.exception("counts not made")
        self._stopping.wait(GAP_S)

    def _until_day_turns_s(self) -> float:
        now_us = self._now_us()
        return min((local_day_start_us(now_us) + DAY_US - now_us) / SECOND_US, LOOK_S)

    def _count(self) -> None:
        now_us = self._now_us()
        with closing(existing_store(self._config, self._now_us)) as store, closing(store.reader()) as reader:
            counted, reported = counts(reader, now_us)
        self._hub.publish({"c": counted, "where": {"reported": reported}})
        self._counted_day_us = local_day_start_us(now_us)


def counts(reader: Reader, now_us: int) -> tuple[Body, dict[str, int]]:
    """Return what the wall counts, in the feed's form, and how many of today's were reported in each area.

    What nothing feeds yet is null.
    """
    incidents = incidents_frame(reader, local_day_start_us(now_us), now_us + 1, with_open=True)
    counted = today(incidents, now=as_datetime(now_us))
    told = {
        "reported": counted.reported,
        **UNFED,
        "open": counted.open,
        **{f"s{severity}": count for severity, count in counted.open_by_severity.items()},
        "areas": counted.open_by_community,
    }
    return told, counted.reported_by_area
