"""Today's counts."""

from collections.abc import Callable

import pytest

from dashboard.counts import TodayCounter, counts
from street.clock import DAY_US, SECOND_US, local_day_start_us, now_us
from street.config import Config
from tests.dashboard.conftest import Heard, Serving, Written, an_incident, until


def test_what_nothing_feeds_is_null_and_what_is_stored_is_counted(street: Written) -> None:
    """A zero that nobody counted would be a lie."""
    at_us = now_us()
    yesterday_us = local_day_start_us(at_us) - DAY_US // 2
    street.report(an_incident("native/1", severity=1, community_id="370202007001"))
    street.report(an_incident("native/2", severity=4, reported_us=yesterday_us))
    reader = street.store.reader()
    counted, reported = counts(reader, now_us())
    reader.close()

    assert counted["reported"] == 1
    assert (counted["open"], counted["s1"], counted["s2"], counted["s3"], counted["s4"]) == (2, 1, 0, 0, 1)
    assert counted["areas"]["370202007001"] == 1
    assert reported == {"370202007001": 1}
    assert [counted[step] for step in ("filed", "dispatched", "handled", "closed")] == [None] * 4


def test_a_new_incident_is_counted_soon(serve: Callable[[Config], Serving], street: Written) -> None:
    """The list and the counts beside it belong together."""
    serving = serve(street.config)
    until(lambda: serving.client.get("/api/snapshot").json()["c"].get("open") == 0, "the first count")
    street.report(an_incident(severity=2))

    until(lambda: serving.client.get("/api/snapshot").json()["c"]["open"] == 1, "the second count")
    assert serving.client.get("/api/snapshot").json()["c"]["s2"] == 1


def test_the_day_turns_without_an_incident(street: Written) -> None:
    """At midnight yesterday's number goes, though nothing is committed."""
    midnight_us = local_day_start_us(now_us())
    street.report(an_incident(reported_us=midnight_us - 5 * SECOND_US))
    began_us = now_us()
    hub = Heard()
    counter = TodayCounter(street.config, hub, lambda: midnight_us - SECOND_US + now_us() - began_us)
    counter.start()
    counter.recount()
    until(lambda: [body["c"]["reported"] for body in hub.published] == [1, 0], "both days were counted")
    counter.stop()

    assert [body["c"]["open"] for body in hub.published] == [1, 1]


def test_a_store_that_cannot_be_read_is_counted_when_it_can(street: Written, caplog: pytest.LogCaptureFixture) -> None:
    """The thread outlives it; the counts come as soon as the store is back."""
    path = street.config.store_path
    assert path is not None
    away = path.rename(path.with_name("away.db"))
    hub = Heard()
    counter = TodayCounter(street.config, hub, now_us)
    counter.start()
    counter.recount()
    until(lambda: "counts not made" in caplog.text, "the failure is logged")
    away.rename(path)
    until(lambda: hub.published, "counted after all")
    counter.stop()

    assert hub.published[0]["c"]["open"] == 0
