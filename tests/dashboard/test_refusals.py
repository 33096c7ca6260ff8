"""Refusals on their way to the audit."""

from collections.abc import Iterator

import pytest

from dashboard import refusals
from dashboard.refusals import MANY, Refusal, Refusals
from street.clock import SECOND_US, now_us
from street.errors import StoreError
from street.store import Audit
from tests.dashboard.conftest import Written, until

REFUSAL = Refusal("p1", "op", "192.0.2.7", "s1", "see_audit", "/desk/audit", "not-allowed")


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at_us = now_us()

    def __call__(self) -> int:
        """Return the time it was set to."""
        return self.at_us


@pytest.fixture
def clock() -> Clock:
    """A clock at now."""
    return Clock()


@pytest.fixture
def taking(street: Written, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Refusals]:
    """Refusals that are written to a real audit."""
    monkeypatch.setattr(refusals, "TICK_S", 0.01)
    taking = Refusals(street.store.audit, clock)
    taking.start()
    yield taking
    taking.stop()


def written(street: Written) -> list[tuple[str, int]]:
    """Return object and count of what was written, oldest first."""
    found = street.store.audit().find(outcome="refused")
    return [(stored.entry.object, stored.entry.count) for stored in reversed(found)]


def test_the_first_is_written_at_once_and_whole(street: Written, taking: Refusals, clock: Clock) -> None:
    """Who looks at the audit while somebody tries must see it."""
    taking.note(REFUSAL, "r1")
    until(lambda: written(street), "it is written")
    entry = street.store.audit().find(outcome="refused")[0].entry

    assert (entry.action, entry.object, entry.reason, entry.count) == ("see_audit", "/desk/audit", "not-allowed", 1)
    assert entry.at_us == clock.at_us
    assert (entry.by.login, entry.by.address, entry.by.session_id, entry.by.request_id) == (
        "op", "192.0.2.7", "s1", "r1",
    )  # fmt: skip


def test_its_like_of_the_same_minute_are_one_more_entry_with_a_count(
    street: Written, taking: Refusals, clock: Clock
) -> None:
    """A thousand knocks are two rows; another minute begins anew."""
    for _ in range(1_000):
        taking.note(REFUSAL, "r")
    until(lambda: written(street) and taking._waiting.empty(), "the first is written")
    clock.at_us += 61 * SECOND_US
    until(lambda: len(written(street)) == 2, "the minute is over")
    taking.note(REFUSAL, "r")
    until(lambda: len(written(street)) == 3, "the next minute's first")

    assert written(street) == [("/desk/audit", 1), ("/desk/audit", 999), ("/desk/audit", 1)]


def test_what_waits_is_written_when_the_server_stops(street: Written, taking: Refusals) -> None:
    """A restart loses no refusal."""
    for _ in range(5):
        taking.note(REFUSAL, "r")
    taking.stop()

    assert sum(count for _, count in written(street)) == 5


def test_a_crawler_does_not_fill_the_audit(street: Written, taking: Refusals, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too varied to name is counted; no refusal is lost."""
    monkeypatch.setattr(refusals, "MOST_KINDS", 10)
    for number in range(200):
        taking.note(REFUSAL._replace(object=f"/api/incidents/native/{number}"), "r")
    taking.stop()
    found = written(street)

    assert len(found) <= 12
    assert sum(count for _, count in found) == 200
    assert MANY in {thing for thing, _ in found}


def test_a_store_that_is_away_loses_none(street: Written, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """They wait, and are written when it is back."""
    monkeypatch.setattr(refusals, "TICK_S", 0.01)
    away: list[bool] = [True]
    tried: list[int] = []

    def audit() -> Audit:
        tried.append(1)
        if away:
            msg = "no store yet"
            raise StoreError(msg)
        return street.store.audit()

    taking = Refusals(audit, clock)
    taking.start()
    taking.note(REFUSAL, "r")
    until(lambda: len(tried) > 2, "it was tried")
    away.clear()
    until(lambda: written(street), "it is written after all")
    taking.stop()

    assert written(street) == [("/desk/audit", 1)]


def test_a_full_queue_holds_nobody_up(clock: Clock, street: Written, caplog: pytest.LogCaptureFixture) -> None:
    """The guard answers at once, whatever becomes of the audit; what is dropped is in the log."""
    taking = Refusals(street.store.audit, clock)
    for _ in range(refusals.MOST_WAITING + 1):
        taking.note(REFUSAL, "r")

    assert caplog.text.count("refusal not audited") == 1
