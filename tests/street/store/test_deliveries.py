"""What goes out: claimed by one worker, at least once, and dead with a reason after enough tries."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from street.clock import MINUTE_US, SECOND_US
from street.notices import Notice, to_person
from street.store import Deliveries, Store
from street.store.deliveries import LEASE_US, MOST_TRIES, Reader, Route
from tests.street.store.makers import NOON_US, Now, add_person, rows


def to_group(_notice: Notice, _readers: Sequence[Reader]) -> Iterator[Route]:
    """Plan one delivery to one group."""
    yield Route("squad", "", NOON_US)


def to_each(_notice: Notice, readers: Sequence[Reader]) -> Iterator[Route]:
    """Plan one delivery for each reader."""
    yield from (Route("phones", it.person_id, NOON_US) for it in readers)


def tell(store: Store, *numbers: int, severity: int = 3) -> None:
    """Keep notices for one officer."""
    who = store.people().find("wang") or add_person(store, phone="13900010002")
    store.notices().put(*(
        Notice(notice_id=f"n-{number}", kind="closed", at_us=NOON_US, severity=severity, to=(to_person(who.person_id),))
        for number in numbers
    ))  # fmt: skip


@pytest.fixture
def deliveries(store: Store) -> Deliveries:
    """What goes out of a store."""
    return store.deliveries()


def test_a_notice_is_routed_once(store: Store, deliveries: Deliveries) -> None:
    """Also one for which nothing goes out."""
    tell(store, 1, 2)

    assert [deliveries.route(to_group), deliveries.route(to_group)] == [2, 0]
    tell(store, 3)
    assert [deliveries.route(lambda *_: ()), deliveries.route(to_group)] == [1, 0]
    assert rows(store, "SELECT count(*) FROM deliveries") == [(2,)]


def test_routing_that_breaks_is_done_again(store: Store, deliveries: Deliveries) -> None:
    """Half of it would be lost for ever."""
    tell(store, 1, 2)

    def breaks(notice: Notice, readers: Sequence[Reader]) -> Iterator[Route]:
        if notice.notice_id == "n-2":
            raise ZeroDivisionError
        yield from to_group(notice, readers)

    with pytest.raises(ZeroDivisionError):
        deliveries.route(breaks)

    assert deliveries.route(to_group) == 2
    assert rows(store, "SELECT count(*) FROM deliveries") == [(2,)]


def test_a_claim_is_one_workers(store: Store, deliveries: Deliveries) -> None:
    """The gravest first; the other worker finds nothing, and cannot settle what is not hers."""
    tell(store, 1)
    tell(store, 2, severity=1)
    deliveries.route(to_group)

    mine = deliveries.claim("squad", "a", NOON_US, 10)

    assert [it.notice.notice_id for it in mine] == ["n-2", "n-1"]
    assert deliveries.claim("squad", "b", NOON_US, 10) == []
    assert deliveries.done([it.delivery_no for it in mine], "b", NOON_US) == 0
    assert deliveries.done([it.delivery_no for it in mine], "a", NOON_US) == 2


def test_a_group_hears_whom_to_mention_and_a_person_is_named(store: Store, deliveries: Deliveries) -> None:
    """With the phone, which the act's transaction never saw."""
    tell(store, 1)
    deliveries.route(lambda *told: [*to_group(*told), *to_each(*told)])

    [group], [person] = (deliveries.claim(channel, "a", NOON_US, 10) for channel in ("squad", "phones"))

    assert (group.reader, [it.phone for it in group.readers]) == (None, ["13900010002"])
    assert person.reader is not None
    assert person.reader.login == "wang"


def test_what_a_dead_worker_held_is_sent_again_and_said_to_be(store: Store, deliveries: Deliveries) -> None:
    """After its lease, not before; the dead one that comes back settles nothing."""
    tell(store, 1)
    deliveries.route(to_group)
    [first] = deliveries.claim("squad", "a", NOON_US, 10)

    assert deliveries.claim("squad", "b", NOON_US + LEASE_US - 1, 10) == []
    [again] = deliveries.claim("squad", "b", NOON_US + LEASE_US, 10)

    assert (first.is_unsure, again.is_unsure, again.tries) == (False, True, 2)
    assert deliveries.done([first.delivery_no], "a", NOON_US) == 0
    assert deliveries.done([again.delivery_no], "b", NOON_US) == 1


def test_what_kills_its_worker_again_and_again_is_ended(store: Store, deliveries: Deliveries) -> None:
    """One poisonous message must not keep a channel busy for ever."""
    tell(store, 1)
    deliveries.route(to_group)

    claims = [len(deliveries.claim("squad", f"w{number}", NOON_US + number * LEASE_US, 10)) for number in range(12)]

    assert claims == [1] * MOST_TRIES + [0] * (12 - MOST_TRIES)
    [state] = deliveries.states()
    assert (state.dead, "ended before it knew" in state.reason) == (1, True)


def test_a_failure_waits_for_its_time(store: Store, deliveries: Deliveries) -> None:
    """And keeps its reason until it has arrived."""
    tell(store, 1)
    deliveries.route(to_group)
    [it] = deliveries.claim("squad", "a", NOON_US, 10)

    deliveries.failed([it.delivery_no], "a", "status 500", NOON_US + MINUTE_US, is_unsure=True)

    assert deliveries.states()[0].reason == "status 500"
    assert deliveries.claim("squad", "a", NOON_US + MINUTE_US - 1, 10) == []
    [again] = deliveries.claim("squad", "a", NOON_US + MINUTE_US, 10)
    assert again.is_unsure
    deliveries.done([again.delivery_no], "a", NOON_US)
    assert [(state.done, state.waiting, state.reason) for state in deliveries.states()] == [(1, 0, "")]


def test_the_dead_are_counted_with_the_last_reason(store: Store, deliveries: Deliveries) -> None:
    """They are never claimed again."""
    tell(store, 1)
    deliveries.route(to_group)
    [it] = deliveries.claim("squad", "a", NOON_US, 10)

    deliveries.failed([it.delivery_no], "a", "the robot refused: 93000", None, is_unsure=False)

    assert deliveries.states()[0][:4] == ("squad", 0, 0, 1)
    assert deliveries.states()[0].reason == "the robot refused: 93000"
    assert deliveries.claim("squad", "a", NOON_US + 10**12, 10) == []


def test_eight_workers_never_claim_the_same(store: Store, now: Now) -> None:
    """Forty deliveries, claimed three at a time from eight threads."""
    tell(store, *range(40))
    store.deliveries().route(to_group)
    claimed: list[int] = []

    def work(name: str) -> None:
        mine = store.deliveries()
        while found := mine.claim("squad", name, NOON_US + SECOND_US, 3):
            claimed.extend(it.delivery_no for it in found)

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(claimed).most_common(1)[0][1] == 1
    assert len(claimed) == 40
