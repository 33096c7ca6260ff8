"""Indicators: how well incidents were dealt with in a period, as published bulletins count it (评价指标).

Each is a share with its numerator and denominator beside it; what they count exactly (口径) is a sentence of
`layouts.wording` under the indicator's id. The rules that all share:

    as of the period's end   what was done later is not done yet: a bulletin printed again says the same
    drills, merged ones      never count
    should be done (应…)      its deadline lies in the period, whenever it was reported
    suspended (挂账、缓办)     taken out of what should be done, and told beside it: of 100 due with 10 suspended, 90
    nothing to count         no share at all: None, a dash on screens, never 0 % or 100 %
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from street.clock import STREET_ZONE, as_us


class IncidentFacts(NamedTuple):
    """What indicators must know of one incident; instants [µs UTC], None where that was not, or nothing limits it."""

    reported_us: int
    filed_us: int | None = None
    dispatched_us: int | None = None
    handled_us: int | None = None
    closed_us: int | None = None
    suspended_us: int | None = None  # since when it is suspended; None once it goes on
    file_due_us: int | None = None
    dispatch_due_us: int | None = None
    handle_due_us: int | None = None
    close_due_us: int | None = None
    rework_count: int = 0
    return_count: int = 0
    extension_count: int = 0
    is_urgent: bool = False
    is_drill: bool = False
    is_merged: bool = False
    is_dismissed: bool = False


class Period(NamedTuple):
    """From an instant to before another [µs UTC]."""

    from_us: int
    to_us: int


def period_of(first: date, last: date, now_us: int) -> Period:
    """Return local days, both included, up to now: what is not over yet is counted as it stands."""
    days = first, last + timedelta(days=1)
    from_us, to_us = (as_us(datetime.combine(day, time(), STREET_ZONE)) for day in days)
    return Period(from_us, max(min(to_us, now_us), from_us))


class Indicator(NamedTuple):
    """One share; `left_out` is how many suspended ones were taken out of the denominator."""

    id: str
    numerator: int
    denominator: int
    share: float | None  # 0–1
    left_out: int = 0


Test = Callable[[IncidentFacts, int], bool]  # of an incident, at the period's end


def _is_by(done_us: int | None, to_us: int) -> bool:
    return done_us is not None and done_us < to_us


def _is_in_time(done_us: int | None, due_us: int | None, to_us: int) -> bool:
    """Return whether it was done by the period's end and by its deadline; what nothing limits is never late."""
    return done_us is not None and done_us < to_us and (due_us is None or done_us <= due_us)


# By what they are counted of: the indicator's id, and which of those count.
_OF_REPORTED: Final[dict[str, Test]] = {
    "filed": lambda it, to_us: _is_by(it.filed_us, to_us),
}
_OF_FILED: Final[dict[str, Test]] = {
    "filed_on_time": lambda it, to_us: _is_in_time(it.filed_us, it.file_due_us, to_us),
}
_OF_DUE_DISPATCHES: Final[dict[str, Test]] = {
    "dispatched_rightly": lambda it, to_us: _is_by(it.dispatched_us, to_us) and not it.return_count,
    "dispatched_on_time": lambda it, to_us: _is_in_time(it.dispatched_us, it.dispatch_due_us, to_us),
}
_OF_DISPATCHED: Final[dict[str, Test]] = {
    "returned": lambda it, _to_us: it.return_count > 0,
}
_OF_DUE_HANDLINGS: Final[dict[str, Test]] = {
    "handled": lambda it, to_us: _is_by(it.handled_us, to_us),
    "handled_on_time": lambda it, to_us: _is_in_time(it.handled_us, it.handle_due_us, to_us),
    "overdue_unhandled": lambda it, to_us: not _is_by(it.handled_us, to_us),
    "extended": lambda it, _to_us: it.extension_count > 0,
}
_OF_DUE_CLOSES: Final[dict[str, Test]] = {
    "closed": lambda it, to_us: _is_by(it.closed_us, to_us),
    "closed_on_time": lambda it, to_us: _is_in_time(it.closed_us, it.close_due_us, to_us),
    "reworked": lambda it, _to_us: it.rework_count > 0,
}
_OF_URGENT_CLOSES: Final[dict[str, Test]] = {
    "urgent_closed": lambda it, to_us: _is_by(it.closed_us, to_us),
}
IDS: Final = (
    *_OF_REPORTED, *_OF_FILED, *_OF_DUE_DISPATCHES, *_OF_DUE_HANDLINGS, *_OF_DUE_CLOSES, *_OF_URGENT_CLOSES,
    *_OF_DISPATCHED,
)  # fmt: skip


def indicators(rows: Iterable[IncidentFacts], period: Period) -> list[Indicator]:
    """Return all indicators of *period*, in the order of `IDS`; rows that have nothing to do with it do no harm."""
    from_us, to_us = period
    counted = [it for it in rows if not it.is_drill and not it.is_merged]
    alive = [it for it in counted if not it.is_dismissed]
    handlings = [it for it in alive if it.handle_due_us is not None and from_us <= it.handle_due_us < to_us]
    closes = [it for it in alive if it.close_due_us is not None and from_us <= it.close_due_us < to_us]
    groups = (
        (_OF_REPORTED, [it for it in counted if from_us <= it.reported_us < to_us], False),
        (_OF_FILED, [it for it in counted if it.filed_us is not None and from_us <= it.filed_us < to_us], False),
        (
            _OF_DUE_DISPATCHES,
            [it for it in alive if it.dispatch_due_us is not None and from_us <= it.dispatch_due_us < to_us],
            False,
        ),
        (_OF_DUE_HANDLINGS, handlings, True),
        (_OF_DUE_CLOSES, closes, True),
        (_OF_URGENT_CLOSES, [it for it in closes if it.is_urgent], True),
        (
            _OF_DISPATCHED,
            [it for it in counted if it.dispatched_us is not None and from_us <= it.dispatched_us < to_us],
            False,
        ),
    )
    return [found for tests, group, waits in groups for found in _counted(tests, group, to_us, may_be_suspended=waits)]


def _counted(
    tests: dict[str, Test], group: list[IncidentFacts], to_us: int, *, may_be_suspended: bool
) -> Iterable[Indicator]:
    going = [it for it in group if not _is_by(it.suspended_us, to_us)] if may_be_suspended else group
    for name, test in tests.items():
        numerator = sum(test(it, to_us) for it in going)
        share = numerator / len(going) if going else None
        yield Indicator(name, numerator, len(going), share, len(group) - len(going))
