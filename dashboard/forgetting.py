"""Forgetting: a thread that purges what is known of people, a chunk a second, when its time has come.

Ingest purges the rest; only the dashboard has the audit's key.
"""

import logging
import threading
from typing import Final

from dashboard.office import Office
from street.errors import StoreError

LOG = logging.getLogger(__name__)
FIRST_S: Final = 60.0  # when a server starts it has other things to do
BREATH_S: Final = 1.0


class Forgetter:
    """Purges each `retention.purge_interval_s`; where the store is missing, the next time."""

    def __init__(self, office: Office, *, first_s: float = FIRST_S) -> None:
        """Purge the store of *office*, beginning in *first_s*."""
        self._office = office
        self._first_s = first_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="forgetting", daemon=True)

    def start(self) -> None:
        """Begin to wait."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the chunk at hand, if there is one."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    def _run(self) -> None:
        wait_s = self._first_s
        while not self._stopping.wait(wait_s):
            wait_s = BREATH_S if self._purge() else self._office.config.retention.purge_interval_s

    def _purge(self) -> int:
        """Purge one chunk; return how many rows went."""
        try:
            removed = self._office.store.forgetting().purge(self._office.config.retention)
        except StoreError as error:
            LOG.warning("nothing forgotten reason=%r", str(error))
            return 0
        except Exception:  # this thread must outlive whatever a damaged store holds
            LOG.exception("nothing forgotten")
            return 0
        if removed:
            LOG.info("forgotten rows=%d", removed)
        return removed
