"""The throttle: who guesses waits, who only shares a name with the victim does not (T-03)."""

import subprocess
import sys
from pathlib import Path

import pytest

from street.store import Store
from tests.street.store.makers import NOON_US, Now, rows

GUESSER = """
import sys
from street.store import open_store
attempts = open_store(sys.argv[1], lambda: 0).attempts()
verified = 0
for _ in range(50):
    now_us = {noon} + int(sys.argv[2])
    if attempts.wait_s("admin", "10.9.9.9", now_us) == 0:
        verified += 1
        attempts.note("admin", "10.9.9.9", False, now_us)
print(verified)
"""


def test_two_hundred_guesses_over_four_processes_are_few(store: Store, url: str, now: Now) -> None:
    """All four count in the store; the true user elsewhere comes in at once."""
    program = GUESSER.format(noon=NOON_US)
    four = [
        subprocess.Popen([sys.executable, "-c", program, url, str(number)], stdout=subprocess.PIPE, cwd=Path.cwd())
        for number in range(4)
    ]

    verified = sum(int(each.communicate(timeout=60)[0]) for each in four)

    assert 1 <= verified <= 10
    assert store.attempts().wait_s("admin", "10.9.9.9", now()) > 0
    assert store.attempts().wait_s("admin", "10.0.0.1", now()) == 0


def test_guesses_for_a_minute_are_few(store: Store, now: Now) -> None:
    """Ten a second: the wait doubles."""
    verified = 0
    for _ in range(600):
        verified += store.attempts().wait_s("admin", "10.9.9.9", now()) == 0
        now.pass_by(milliseconds=100)

    assert 4 <= verified <= 10


def test_guesses_for_a_day_are_below_a_hundred(store: Store, now: Now) -> None:
    """NIST's limit, by somebody patient who comes exactly when the wait is over."""
    verified, end_us = 0, NOON_US + 86_400_000_000
    while now.us < end_us:
        wait_s = store.attempts().wait_s("admin", "10.9.9.9", now())
        verified += wait_s == 0
        now.pass_by(seconds=wait_s or 0.001)

    assert verified <= 110


def test_attempts_side_by_side_do_not_all_get_through(store: Store, now: Now) -> None:
    """None of them was noted yet: letting one through is what counts it."""
    waits = [store.attempts().wait_s("admin", "10.9.9.9", now()) for _ in range(20)]

    assert waits.count(0) == 4


def test_a_success_opens_the_way_again(store: Store, now: Now) -> None:
    """Three slips of a finger are forgotten once she is in."""
    for _ in range(5):
        for ok in (False, False, False, True):
            assert store.attempts().wait_s("wang", "10.0.0.1", now()) == 0
            store.attempts().note("wang", "10.0.0.1", ok, now())


def test_waiting_helps(store: Store, now: Now) -> None:
    """No lock is for ever, and what was told is enough."""
    wait_s = 0.0
    while not wait_s:
        wait_s = store.attempts().wait_s("wang", "10.0.0.1", now())

    now.pass_by(seconds=wait_s)

    assert store.attempts().wait_s("wang", "10.0.0.1", now()) == 0


def test_a_clock_set_back_locks_nobody_out(store: Store, now: Now) -> None:
    """An hour back would else be an hour more."""
    while store.attempts().wait_s("wang", "10.0.0.1", now()) == 0:
        pass

    now.pass_by(hours=-1)

    assert 0 < store.attempts().wait_s("wang", "10.0.0.1", now()) <= 900


def test_a_spray_over_accounts_is_slowed_by_its_address(store: Store, now: Now) -> None:
    """One guess at each of 200 accounts; an office behind one address waits a minute at most."""
    waits = [store.attempts().wait_s(f"user{number}", "10.9.9.9", now()) for number in range(200)]

    assert waits.count(0) <= 25
    assert 0 < max(waits) <= 60
    assert store.attempts().wait_s("user1", "10.0.0.1", now()) == 0


def test_guesses_from_many_addresses_do_not_keep_out_who_is_known(store: Store, now: Now) -> None:
    """A hundred addresses guess at one account: strangers wait a little, her own desk does not."""
    store.attempts().wait_s("wang", "10.0.0.1", now())
    store.attempts().note("wang", "10.0.0.1", True, now())

    waits = [store.attempts().wait_s("wang", f"10.9.0.{number}", now()) for number in range(100)]

    assert waits.count(0) <= 12
    assert 0 < store.attempts().wait_s("wang", "10.0.0.2", now()) <= 10
    assert store.attempts().wait_s("wang", "10.0.0.1", now()) == 0


def test_a_success_elsewhere_frees_no_guesser(store: Store, now: Now) -> None:
    """The guesser's own account, or the victim's daily sign-in, must not reset the count."""
    while store.attempts().wait_s("wang", "10.9.9.9", now()) == 0:
        pass

    store.attempts().wait_s("wang", "10.0.0.1", now())
    store.attempts().note("wang", "10.0.0.1", True, now())

    assert store.attempts().wait_s("wang", "10.9.9.9", now()) > 0


@pytest.mark.parametrize("account", ["WANG", " wang ", "ｗａｎｇ"])
def test_spelling_opens_no_second_way(store: Store, now: Now, account: str) -> None:
    """The same account however it is typed."""
    while store.attempts().wait_s("wang", "10.9.9.9", now()) == 0:
        pass

    assert store.attempts().wait_s(account, "10.9.9.9", now()) > 0


@pytest.mark.parametrize("account", ["", "\0", "\ud800", "x" * 100_000, "Passw0rd!"])
def test_what_is_typed_as_a_login_is_not_kept(store: Store, now: Now, account: str) -> None:
    """It may be a password; and whatever it is, it is counted."""
    assert store.attempts().wait_s(account, "10.9.9.9", now()) == 0

    kept = rows(store, "SELECT scope, name FROM attempts")
    assert len(kept) == 3
    assert {len(name) for _, name in kept} == {64}


def test_old_counts_go(store: Store, now: Now) -> None:
    """Sprays over made-up names must not fill the store for ever."""
    for number in range(10):
        store.attempts().wait_s(f"user{number}", "10.9.9.9", now())
    now.pass_by(days=40)
    store.attempts().wait_s("wang", "10.0.0.1", now())

    store.attempts().note("wang", "10.0.0.1", True, now())

    assert rows(store, "SELECT count(*) FROM attempts") == [(3,)]
