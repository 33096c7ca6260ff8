"""A courier: one thread for one channel, so that a gateway that is down holds up nobody else.

    claim (a worker's name and a lease) ──▶ one message ──▶ send ──▶ done │ again later │ dead, with the reason

A courier that dies between sending and settling leaves its claim behind; when the lease is over somebody sends again,
under the same reference, and says that it may be a repeat.
"""

import logging
import random
import secrets as randomness
import ssl
import threading
from collections.abc import Callable
from typing import Final, NamedTuple

from ingest.duty import robots
from ingest.duty.mail import MOST_MAIL_BYTES, MOST_SMS_BYTES, send_mail, sms_request
from ingest.duty.message import MOST_JOINED, Message, message_of
from ingest.duty.robots import MOST_TEXT, PER_MINUTE, Request, Secrets
from ingest.duty.wire import Answer, SendError, post
from street.clock import SECOND_US, monotonic_s
from street.config.channels import ROBOTS, Channel
from street.errors import StoreError
from street.notices import texts
from street.store import Deliveries
from street.store.deliveries import MOST_TRIES, Delivery

log = logging.getLogger(__name__)

FIRST_WAIT_S: Final = 15.0
LONGEST_WAIT_S: Final = 960.0
LOOK_S: Final = 0.5
SPACING_S: Final = 60 / PER_MINUTE
JSON: Final = {"content-type": "application/json; charset=utf-8", "user-agent": "sky-eye"}


class Means(NamedTuple):
    """What a courier works with."""

    deliveries: Deliveries
    now_us: Callable[[], int]
    trust: ssl.SSLContext
    lang: str = "zh"
    spacing_s: float = SPACING_S  # between two messages to one robot


class Courier:
    """Delivers for one channel."""

    def __init__(self, channel: Channel, secrets: Secrets, means: Means) -> None:
        self.channel = channel
        self._secrets = secrets
        self._means = means
        self._worker = f"{channel.name}-{randomness.token_hex(8)}"
        self._next_s = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"courier-{channel.name}", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """End after the message at hand; one that hangs longer is left to its lease."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    def is_alive(self) -> bool:
        """Return whether it delivers."""
        return self._thread.is_alive()

    def step(self) -> int:
        """Send one message if something is due and the pace allows; return how many deliveries it settled.

        Raises:
            StoreError: the store cannot be asked.
        """
        if monotonic_s() < self._next_s:
            return 0
        means, channel = self._means, self.channel
        most = 1 if channel.is_to_persons else MOST_JOINED
        claimed = means.deliveries.claim(channel.name, self._worker, means.now_us(), most)
        if not claimed:
            return 0
        if channel.kind in ROBOTS:
            self._next_s = monotonic_s() + means.spacing_s
        try:
            self._send(message_of(claimed, texts(means.lang), _most_bytes(channel)))
        except SendError as error:
            return self._fail(claimed, error)
        return means.deliveries.done([it.delivery_no for it in claimed], self._worker, means.now_us())

    def _send(self, message: Message) -> None:
        channel, means = self.channel, self._means
        if channel.kind == "email":
            send_mail(channel, message, self._secrets, means.trust)
        elif channel.kind == "sms":
            bearer = {"authorization": f"Bearer {self._secrets.key}"} if self._secrets.key else {}
            robots.check_status(self._post(sms_request(channel, message), bearer))
        else:
            request = robots.request_of(channel, message, self._secrets, means.now_us())
            robots.check_answer(channel, self._post(request, {}))

    def _post(self, request: Request, headers: dict[str, str]) -> Answer:
        return post(request.url, request.body, JSON | headers, self._means.trust)

    def _fail(self, claimed: list[Delivery], error: SendError) -> int:
        """Give back what was not taken; what has been tried too often, or never will be taken, is dead."""
        for it in claimed:
            is_over = error.is_final or it.tries >= MOST_TRIES
            next_us = None if is_over else self._means.now_us() + int(wait_s(it.tries) * SECOND_US)
            self._means.deliveries.failed(
                [it.delivery_no], self._worker, error.reason, next_us, is_unsure=error.is_unsure
            )
            if is_over:
                log.error("notice not delivered channel=%s tries=%d why=%s", self.channel.name, it.tries, error.reason)
        return len(claimed)

    def _run(self) -> None:
        was_blind = False
        while not self._stopping.is_set():
            try:
                is_busy = self.step() > 0
                was_blind = False
            except StoreError as failed:
                is_busy = False
                if not was_blind:
                    log.warning("courier waits for the store channel=%s reason=%r", self.channel.name, str(failed))
                was_blind = True
            except Exception:  # this thread must outlive whatever one message does to it
                log.exception("courier stumbled channel=%s", self.channel.name)
                is_busy = False
            if not is_busy:
                self._stopping.wait(LOOK_S)


def wait_s(tries: int) -> float:
    """Return how long to wait after so many tries [s]: doubling, with jitter so that not all come back at once."""
    return min(FIRST_WAIT_S * 2.0 ** (tries - 1), LONGEST_WAIT_S) * random.uniform(0.5, 1.0)


def _most_bytes(channel: Channel) -> int:
    return MOST_TEXT.get(channel.kind, MOST_SMS_BYTES if channel.kind == "sms" else MOST_MAIL_BYTES)
