"""Where a notice goes outside the house, and not before when."""

from collections.abc import Callable, Iterator, Sequence
from datetime import time, timedelta
from typing import Final

from ingest.duty.robots import phone_of
from street.clock import STREET_ZONE, as_datetime, as_us
from street.config.channels import Channel
from street.config.sections import NoticesConfig
from street.notices import CRITICAL, Notice
from street.store.deliveries import Reader, Route

GROUP: Final = ""


def plan_of(config: NoticesConfig, now_us: Callable[[], int]) -> Callable[[Notice, Sequence[Reader]], Iterator[Route]]:
    """Return what says for each notice and its readers where it goes."""

    def plan(notice: Notice, readers: Sequence[Reader]) -> Iterator[Route]:
        here_us = now_us()
        next_us = here_us if notice.severity <= CRITICAL else quiet_until(config.quiet, here_us)
        for channel in config.channels:
            if notice.severity <= channel.severity:
                yield from (Route(channel.name, whom, next_us) for whom in _whom(channel, readers))

    return plan


def quiet_until(quiet: str, at_us: int) -> int:
    """Return when the quiet hours are over that hold *at_us*, or *at_us* itself outside them.

    Args:
        quiet: two local times of day, as in `22:00-07:00`; "": none are quiet.
        at_us: the instant [µs UTC].
    """
    if not quiet:
        return at_us
    begin, end = (time.fromisoformat(it) for it in quiet.split("-"))
    at = as_datetime(at_us).astimezone(STREET_ZONE)
    clock = at.time()
    is_quiet = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not is_quiet:
        return at_us
    day = at.date() + timedelta(days=1 if clock >= end else 0)
    return as_us(
        at.replace(
            year=day.year, month=day.month, day=day.day, hour=end.hour, minute=end.minute, second=0, microsecond=0
        )
    )


def _whom(channel: Channel, readers: Sequence[Reader]) -> Iterator[str]:
    if not channel.is_to_persons:
        yield GROUP
        return
    yield from (reader.person_id for reader in readers if phone_of(reader, channel))
