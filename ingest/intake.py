"""The loop: hold, decode, file in one transaction, and only then acknowledge.

    Link.held ──▶ decode ──▶ Filing.file ──▶ commit ──▶ Link.acknowledge
                                 └─ refused ─▶ store down: keep everything, try again, read no more than a bound
                                              store fine: halve until one message is left; that one is a dead letter

A batch is whatever came until the socket was drained or `batch_rows` were there: an idle street is stored at once,
a busy one in large transactions.
"""

import logging
from collections.abc import Callable
from typing import Final

from ingest.client import Link
from ingest.counts import Counts
from ingest.decode import Decoder, Message
from ingest.filing import Filing, Item
from ingest.rebirths import Rebirths
from street import clock
from street.config.sections import IngestConfig
from street.errors import StoreError

log = logging.getLogger(__name__)

BATCH_BYTES: Final = 8 * 1024 * 1024
LEARN_S: Final = 1.0
MESSAGE_BYTES: Final = 500  # what a held message weighs besides its payload


class Intake:
    """Moves messages from the broker's line into the store.

    Attributes:
        decoder: reads messages; another one after the configuration was read anew.
        is_storing: whether the store took the last thing it was given.
        counts: what has happened since the start.
    """

    def __init__(
        self,
        link: Link,
        decoder: Decoder,
        filing: Filing,
        settings: IngestConfig,
        *,
        now_us: Callable[[], int] = clock.now_us,
    ) -> None:
        self.link = link
        self.is_storing = True
        self.counts = Counts()
        self.decoder = decoder
        self._filing = filing
        self._settings = settings
        self._now_us = now_us
        self._waiting: list[Message] = []
        self._items: list[Item] = []
        self._retry_s = settings.retry_min_s
        self._next_try_s = 0.0
        self._failed_s = 0.0
        self._rebirths = Rebirths()
        self._learnt_version = decoder.learnt_version
        self._learn_s = 0.0

    @property
    def held(self) -> int:
        """How many messages came and are not stored yet."""
        return len(self.link.held) + len(self._waiting) + len(self._items)

    def take_over(self, decoder: Decoder, filing: Filing, settings: IngestConfig) -> None:
        """Go on with other parts: what is held is decoded and filed by them."""
        decoder.inherit(self.decoder)
        self.decoder, self._filing, self._settings = decoder, filing, settings
        self._learnt_version = -1  # what was announced may be a route now, or the reverse

    def step(self, wait_s: float) -> None:
        """Listen for up to *wait_s* seconds, and store what there is."""
        self._listen(wait_s)
        self.settle()
        self._learn()

    def _learn(self) -> None:
        """Listen to what devices have announced since; a flood of announcements is looked at once a second."""
        version, now_s = self.decoder.learnt_version, clock.monotonic_s()
        if version != self._learnt_version and now_s >= self._learn_s:
            self._learnt_version = version
            self._learn_s = now_s + LEARN_S
            self.link.listen(self.decoder.learnt_topics())

    def settle(self) -> None:
        """Store and acknowledge what is held; leave it held where the store is down."""
        self._waiting += self.link.take()
        while (self._items or self._waiting) and clock.monotonic_s() >= self._next_try_s:
            if not self._items:
                piece = self._waiting[: self._settings.batch_rows]
                del self._waiting[: self._settings.batch_rows]
                decode = self.decoder.decode
                self._items = [Item(message, *decode(message)) for message in piece]
                self.counts.note(self._items)
            if not self._file():
                return

    def beat(self) -> None:
        """Store that we live; a store that does not take it is tried again with the next beat."""
        try:
            self._beat()
        except StoreError as error:
            self._store_failed(error)
        else:
            self._store_took()

    def _beat(self) -> None:
        link, is_caught_up = self.link, not (self._items or self._waiting)
        self._filing.beat(self._now_us(), link=link.is_up, link_since_us=link.since_us, is_caught_up=is_caught_up)

    def _listen(self, wait_s: float) -> None:
        settings, waiting = self._settings, len(self._waiting) + len(self._items)
        if self.is_storing and not waiting:
            self.link.turn(wait_s, rows=settings.batch_rows, max_bytes=BATCH_BYTES)
            return
        # pongs stand behind messages in the stream: reading goes on within the bound, so that the line lives
        room = settings.held_rows - waiting
        held = sum(len(message.payload) + MESSAGE_BYTES for message in self._waiting)
        wait_s = min(wait_s, max(self._next_try_s - clock.monotonic_s(), 0.0))
        if room > 0 and held < settings.held_mb * 2**20:
            self.link.turn(wait_s, rows=room, max_bytes=settings.held_mb * 2**20 - held)
        else:
            self.link.breathe(wait_s)
        self._waiting += self.link.take()

    def _file(self) -> bool:
        """File `_items`; return False, with what is left of them in place, where the store is down."""
        parts = [self._items]
        while parts:
            part = parts.pop()
            begun_s, oldest_us = clock.monotonic_s(), part[0].message.received_us
            try:
                written = self._filing.file(part, self._now_us())
            except StoreError as error:
                if not self._is_part_to_blame(error) or (len(part) == 1 and not self._reject(part[0], error)):
                    self._items = part + [item for later in reversed(parts) for item in later]
                    return False
                if len(part) > 1:
                    parts += [part[len(part) // 2 :], part[: len(part) // 2]]
                    continue
            else:
                self.counts.stored += written.stored
                self.counts.duplicates += written.duplicates
                self.counts.time_batch(clock.monotonic_s() - begun_s, (self._now_us() - oldest_us) / clock.SECOND_US)
            self.counts.acknowledged += self.link.acknowledge(item.message for item in part)
            for topic, payload in self._rebirths.due(part, clock.monotonic_s()):
                self.link.say(topic, payload)
        self._items = []
        self._store_took()
        return True

    def _is_part_to_blame(self, error: StoreError) -> bool:
        """Return whether the store takes a heartbeat: then it is not the store that fails."""
        try:
            self._beat()
        except StoreError:
            self._store_failed(error)
            return False
        return True

    def _reject(self, item: Item, error: StoreError) -> bool:
        """Make *item*, which fails alone while the store is fine, a dead letter."""
        try:
            self._filing.file([item], self._now_us())  # once more: it may have been bad luck
        except StoreError:
            try:
                self._filing.reject(item, str(error), self._now_us())
            except StoreError as worse:
                self._store_failed(worse)
                return False
            self.counts.refuse("store-rejected", item.message.topic)
        return True

    def _store_failed(self, error: StoreError) -> None:
        now_s = clock.monotonic_s()
        if self.is_storing:
            self.is_storing = False
            self._failed_s = now_s
            log.error("store refuses, nothing is acknowledged until it is back: %s", error)
        self._next_try_s = now_s + self._retry_s
        self._retry_s = min(self._retry_s * 2, self._settings.retry_max_s)

    def _store_took(self) -> None:
        if not self.is_storing:
            log.warning("store back after %.1f s waiting=%d", clock.monotonic_s() - self._failed_s, len(self._waiting))
            self.is_storing = True
        self._retry_s = self._settings.retry_min_s
        self._next_try_s = 0.0
