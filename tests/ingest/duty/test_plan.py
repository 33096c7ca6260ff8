"""Where notices go, and when not: nothing by itself, quiet nights, gravest always."""

from datetime import datetime

import pytest

from ingest.duty.plan import plan_of, quiet_until
from street.clock import STREET_ZONE, as_us
from street.config.channels import Channel
from street.config.sections import NoticesConfig
from street.notices import Notice
from street.store.deliveries import Reader, Route
from tests.street.store.makers import NOON_US

GROUP = Channel(name="squad", kind="wecom", url="https://example.org", key_env="K", severity=2)
PHONES = Channel(name="phones", kind="sms", url="https://example.org", severity=1)
READERS = [Reader("p-1", "wang", "N", "13900010002"), Reader("p-2", "li", "N", "")]


def routed(severity: int, *channels: Channel, at_us: int = NOON_US) -> list[Route]:
    """Return where a notice goes."""
    config = NoticesConfig(channels=channels)
    notice = Notice(notice_id="n", kind="late", at_us=at_us, severity=severity)
    return list(plan_of(config, lambda: at_us)(notice, READERS))


def local(text: str) -> int:
    """Return a local time of 24 November [µs]."""
    return as_us(datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=STREET_ZONE))


def test_nothing_leaves_the_house_as_shipped() -> None:
    """No channel is named."""
    assert NoticesConfig().channels == ()
    assert routed(1) == []


def test_a_channel_hears_what_is_serious_enough_for_it() -> None:
    """Phones only the gravest, each person with a number her own; a group once."""
    assert [(it.channel, it.person_id) for it in routed(1, GROUP, PHONES)] == [("squad", ""), ("phones", "p-1")]
    assert [it.channel for it in routed(2, GROUP, PHONES)] == ["squad"]
    assert routed(3, GROUP, PHONES) == []


def test_the_gravest_wakes_people_up() -> None:
    """At three in the morning; the second severity waits for seven."""
    night_us = local("24 03:00")

    assert routed(1, GROUP, at_us=night_us)[0].next_us == night_us
    assert routed(2, GROUP, at_us=night_us)[0].next_us == local("24 07:00")


@pytest.mark.parametrize(
    ("quiet", "at", "until"),
    [
        pytest.param("22:00-07:00", "24 21:59", "24 21:59", id="before"),
        pytest.param("22:00-07:00", "24 22:00", "25 07:00", id="from then on"),
        pytest.param("22:00-07:00", "24 23:59", "25 07:00", id="before midnight"),
        pytest.param("22:00-07:00", "24 00:00", "24 07:00", id="after midnight"),
        pytest.param("22:00-07:00", "24 07:00", "24 07:00", id="not any more"),
        pytest.param("12:00-14:00", "24 13:00", "24 14:00", id="by day"),
        pytest.param("12:00-14:00", "24 15:00", "24 15:00", id="after noon"),
        pytest.param("", "24 03:00", "24 03:00", id="none"),
    ],
)
def test_quiet_hours_end_when_they_say(quiet: str, at: str, until: str) -> None:
    """Local time, over midnight too."""
    assert quiet_until(quiet, local(at)) == local(until)
