"""Indicators from the store: the acts that were done, counted."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from street.clock import DAY_US, HOUR_US, MINUTE_US
from street.incidents import Act, Order
from street.indicators import IncidentFacts, Indicator, Period
from street.matters import Limit, Matter, MatterKind
from street.people import Actor
from street.store import Store, Writer
from street.store.incident_facts import incident_facts
from street.worktime import Unit
from tests.street.store.makers import KEEPER, NOON_US, an_incident

OPERATOR, WANG, CHECKER = (Actor(f"p-{name}", name) for name in ("operator", "wang", "checker"))
PERIOD = Period(NOON_US, NOON_US + 30 * DAY_US)
SUBDISTRICT = "370202007"
LIMITS = {
    "reported": Limit(1, Unit.URGENT_HOURS),
    "filed": Limit(1, Unit.URGENT_HOURS),
    "dispatched": Limit(6, Unit.URGENT_HOURS),
    "checking": Limit(4, Unit.URGENT_HOURS),
}
COVER = Matter(kind=MatterKind.MATTER, code="01003", name="雨水井盖异常", limits=LIMITS)


@pytest.fixture
def do(store: Store, writer: Writer) -> Callable[..., None]:
    """Give a way to report an incident and do acts to it, each some hours after the first report."""
    store.matters().put([COVER], by=KEEPER)

    def do(incident_id: str, *acts: tuple[Act, Actor, float], **changes: object) -> None:
        batch = writer.begin(NOON_US)
        batch.report_incident(an_incident(incident_id, **({"matter": "01003"} | changes)))
        batch.commit()
        for number, (act, by, hours) in enumerate(acts):
            at_us = NOON_US + int(hours * HOUR_US)
            order = Order(
                action_id=f"{incident_id}-{number}", incident_id=incident_id, act=act, at_us=at_us, reason="why",
                note="what", officer_id=WANG.person_id, proof=("after.jpg",),
                until_us=at_us + DAY_US if act is Act.EXTEND else None,
            )  # fmt: skip
            store.acts().act(order, by=by, now_us=at_us)

    return do


FILED = (Act.FILE, OPERATOR, 0.5)
DISPATCHED = (FILED, (Act.DISPATCH, OPERATOR, 1.0))
HANDLED = (
    *DISPATCHED,
    (Act.ACCEPT, WANG, 1.1),
    (Act.DEPART, WANG, 1.2),
    (Act.ARRIVE, WANG, 1.3),
    (Act.HANDLE, WANG, 2.0),
)
CLOSED = (*HANDLED, (Act.VERIFY, CHECKER, 3.0))


def counted(store: Store, areas: frozenset[str] | None = None, period: Period = PERIOD) -> dict[str, Indicator]:
    """Return the indicators by id."""
    return {it.id: it for it in store.indicators(period, areas, elsewhere=SUBDISTRICT)}


def shares(store: Store, *names: str) -> list[tuple[int, int]]:
    """Return numerators and denominators."""
    found = counted(store)
    return [(found[name].numerator, found[name].denominator) for name in names]


def test_what_was_done_is_counted(store: Store, do: Callable[..., None]) -> None:
    """Four incidents: one closed in time, one late, one not filed, one suspended."""
    do("a/1", *CLOSED)
    do("a/2", *HANDLED[:-1], (Act.HANDLE, WANG, 9.0), (Act.VERIFY, CHECKER, 20.0))
    do("a/3", (Act.DISMISS, OPERATOR, 0.2))
    do("a/4", *HANDLED[:-1], (Act.SUSPEND, OPERATOR, 2.0))

    found = shares(store, "filed", "filed_on_time", "dispatched_on_time", "handled", "handled_on_time", "closed")

    assert found == [(3, 4), (3, 3), (3, 3), (2, 2), (1, 2), (2, 2)]
    assert shares(store, "closed_on_time") == [(1, 2)]
    assert counted(store)["closed"].left_out == 1


def test_filing_and_dispatching_late_are_seen(store: Store, do: Callable[..., None]) -> None:
    """One minute after the hour that each may take."""
    late = 1 + 1 / 60
    do("a/1", (Act.FILE, OPERATOR, late), (Act.DISPATCH, OPERATOR, 2 * late))
    do("a/2", (Act.FILE, OPERATOR, 1.0), (Act.DISPATCH, OPERATOR, 2.0))

    assert shares(store, "filed_on_time", "dispatched_on_time") == [(1, 2), (1, 2)]


def test_what_came_back_was_not_rightly_dispatched(store: Store, do: Callable[..., None]) -> None:
    """Returned, extended, done again: each counts once."""
    do("a/1", *DISPATCHED, (Act.ACCEPT, WANG, 1.1), (Act.RETURN, WANG, 1.2))
    do("a/2", *HANDLED, (Act.REWORK, CHECKER, 2.5))
    do("a/3", *HANDLED[:-1], (Act.EXTEND, OPERATOR, 1.5))

    found = shares(store, "dispatched_rightly", "returned", "reworked", "extended")

    assert [numerator for numerator, _ in found] == [2, 1, 1, 1]


def test_a_drill_never_counts(store: Store, do: Callable[..., None]) -> None:
    """演练: whatever is done to it."""
    do("a/1", *CLOSED, is_drill=True)

    assert {(it.numerator, it.denominator, it.share) for it in counted(store).values()} == {(0, 0, None)}


@pytest.mark.parametrize(
    ("areas", "reported"),
    [
        (None, 3),
        (frozenset({"370202007"}), 2),
        (frozenset({"370202007001"}), 1),
        (frozenset({"370202008", "370202007001"}), 2),
        (frozenset({"370203"}), 0),
        (frozenset[str](), 0),
    ],
)
def test_an_area_counts_its_own(
    store: Store, do: Callable[..., None], areas: frozenset[str] | None, reported: int
) -> None:
    """What lies nowhere in particular is the subdistrict's."""
    do("a/1", community_id="370202007001")
    do("a/2", community_id="370202008002")
    do("a/3")

    assert counted(store, areas)["filed"].denominator == reported


def test_another_period_is_another_count(store: Store, do: Callable[..., None]) -> None:
    """Half-open: an instant belongs to one period only."""
    do("a/1", *CLOSED)

    before, after = Period(NOON_US - DAY_US, NOON_US), Period(PERIOD.to_us, PERIOD.to_us + DAY_US)

    assert [counted(store, None, it)["filed"].denominator for it in (before, PERIOD, after)] == [0, 1, 0]


def test_a_component_of_the_same_digits_lends_no_limit(store: Store, do: Callable[..., None]) -> None:
    """An incident's code is a 事项's."""
    store.matters().put([replace(COVER, kind=MatterKind.COMPONENT, name="雨水井盖", limits={})], by=KEEPER)
    do("a/1", FILED)

    with store._read_engine.connect() as connection:
        facts = list(incident_facts(connection, PERIOD, None, SUBDISTRICT))

    assert [(it.file_due_us, it.dispatch_due_us) for it in facts] == [
        (NOON_US + HOUR_US, NOON_US + 90 * MINUTE_US),
    ]
    assert isinstance(facts[0], IncidentFacts)
