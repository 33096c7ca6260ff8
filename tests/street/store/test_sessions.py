"""Sessions: found by who holds the token, gone the moment anything says so."""

from dataclasses import replace
from typing import Any

import pytest

from street.clock import DAY_US, HOUR_US, MINUTE_US
from street.people import Actor, Role
from street.store import Session, Store, open_store
from street.store.session_rows import digest
from tests.street.store.makers import KEEPER, KEY, NOON_US, Now, a_person, add_person, deeds, rows


def _begin(store: Store, person_id: str, kind: str = "person", **changes: Any) -> tuple[str, Session]:
    given = {"address": "10.0.0.1", "name": "Firefox", "by": KEEPER, **changes}
    return store.sessions().begin(person_id, kind=kind, **given)


def test_a_session_is_found_by_its_token_with_its_person(store: Store, now: Now) -> None:
    """And carries what the door needs."""
    person = add_person(store)

    token, session = _begin(store, person.person_id)

    assert store.sessions().find(token, now()) == (session, person)
    assert (session.kind, session.name, session.address) == ("person", "Firefox", "10.0.0.1")
    assert (session.begun_us, session.ends_us, session.idle_us) == (NOON_US, NOON_US + 12 * HOUR_US, 15 * MINUTE_US)


def test_a_token_is_nowhere_in_the_store(store: Store) -> None:
    """Who steals a backup can sign in as nobody."""
    person = add_person(store)

    token, _ = _begin(store, person.person_id)

    assert len(token) >= 43  # 256 bits
    assert not [row for table in ("sessions", "audit") for row in rows(store, f"SELECT * FROM {table}") if token in row]
    assert rows(store, "SELECT token_hash FROM sessions") == [(digest(token),)]


def test_a_devices_name_is_one_visible_line(store: Store) -> None:
    """It comes from the device: what turns the reading direction or clears a terminal becomes a blank."""
    person = add_person(store)

    _, session = _begin(store, person.person_id, name="\u202egnp.exe\x1b[2J\n" + "屏" * 200)

    assert session.name == (" gnp.exe [2J " + "屏" * 200)[:100]


@pytest.mark.parametrize("token", ["", "x", "\ud800", "\0", "a" * 65_536, "' OR 1=1 --"])
def test_a_made_up_token_finds_nobody(store: Store, now: Now, token: str) -> None:
    """Whatever a cookie may hold; on both engines."""
    _begin(store, add_person(store).person_id)

    assert store.sessions().find(token, now()) is None
    assert store.sessions().why_ended(token, now()) == ""


def test_tokens_do_not_repeat(store: Store) -> None:
    """A smoke test: chance is not tried here."""
    person = add_person(store)

    tokens = {_begin(store, person.person_id)[0] for _ in range(20)}

    assert len(tokens) == 20


def test_a_session_lies_idle_only_so_long(store: Store, now: Now) -> None:
    """Fifteen minutes from the last touch, not from its beginning."""
    token, session = _begin(store, add_person(store).person_id)

    now.pass_by(minutes=15)
    store.sessions().touch(session.session_id, now())
    now.pass_by(minutes=15)
    in_time = store.sessions().find(token, now())
    now.pass_by(microseconds=1)

    assert in_time is not None
    assert store.sessions().find(token, now()) is None
    assert store.sessions().why_ended(token, now()) == "idle"
    assert store.sessions().open() == []


def test_a_session_ends_however_much_it_is_used(store: Store, now: Now) -> None:
    """Twelve hours, then everybody signs in again."""
    token, session = _begin(store, add_person(store).person_id)

    for _ in range(72):
        now.pass_by(minutes=10)
        store.sessions().touch(session.session_id, now())

    assert store.sessions().find(token, now.us - 1) is not None
    assert store.sessions().find(token, now()) is None
    assert store.sessions().why_ended(token, now()) == "over"


def test_a_screen_is_never_idle_and_lasts_a_year(store: Store, now: Now) -> None:
    """Nobody touches a wall at night."""
    person = add_person(store, "screen-1", Role.WALL)

    token, session = _begin(store, person.person_id, "screen")

    assert session.idle_us == 0
    assert store.sessions().find(token, NOON_US + 364 * DAY_US) is not None
    assert store.sessions().find(token, NOON_US + 365 * DAY_US) is None


def test_a_touch_never_goes_back(store: Store) -> None:
    """A slow request that ends late must not make a session look idle."""
    _, session = _begin(store, add_person(store).person_id)
    store.sessions().touch(session.session_id, NOON_US + 60)

    store.sessions().touch(session.session_id, NOON_US + 30)

    assert [it.seen_us for it in store.sessions().open()] == [NOON_US + 60]


def test_the_oldest_of_too_many_ends_and_can_be_told_why(store: Store, now: Now) -> None:
    """Six devices, three sessions: the three newest (A05)."""
    person = add_person(store)
    tokens = []
    for _ in range(6):
        now.pass_by(seconds=1)
        tokens.append(_begin(store, person.person_id, "tablet")[0])

    assert [store.sessions().find(token, now()) is not None for token in tokens] == [False] * 3 + [True] * 3
    assert store.sessions().why_ended(tokens[0], now()) == "too-many"
    assert [entry.reason for entry in deeds(store, "session.end")] == ["too-many"] * 3


def test_a_screen_has_one_session(store: Store, now: Now) -> None:
    """Pairing it again ends the picture on the old one."""
    person = add_person(store, "screen-1", Role.WALL)
    first, _ = _begin(store, person.person_id, "screen")

    second, _ = _begin(store, person.person_id, "screen")

    assert store.sessions().find(first, now()) is None
    assert store.sessions().find(second, now()) is not None


def test_sessions_that_lie_idle_take_nobodys_place(store: Store, now: Now) -> None:
    """Three browsers closed last night do not end this morning's."""
    person = add_person(store)
    for _ in range(2):
        _begin(store, person.person_id)
    now.pass_by(hours=1)
    kept, _ = _begin(store, person.person_id)
    for _ in range(2):
        _begin(store, person.person_id)

    assert store.sessions().find(kept, now()) is not None


def test_an_ended_session_never_comes_back(store: Store, now: Now) -> None:
    """Signing out twice is no error, and touching it does nothing."""
    token, session = _begin(store, add_person(store).person_id)

    ended = [store.sessions().end(session.session_id, by=KEEPER, reason="signed-out") for _ in range(2)]
    store.sessions().touch(session.session_id, NOON_US + 1)

    assert ended == [True, False]
    assert store.sessions().find(token, now()) is None
    assert store.sessions().why_ended(token, now()) == "signed-out"


def test_all_sessions_of_a_person_end_but_one(store: Store, now: Now) -> None:
    """And nobody else's."""
    wang, li = add_person(store, "wang"), add_person(store, "li.na")
    kept, session = _begin(store, wang.person_id)
    gone, _ = _begin(store, wang.person_id)
    other, _ = _begin(store, li.person_id)

    count = store.sessions().end_all(wang.person_id, by=KEEPER, reason="stolen", but=session.session_id)

    assert count == 1
    assert [store.sessions().find(token, now()) is not None for token in (kept, gone, other)] == [True, False, True]


def test_open_sessions_are_told_newest_first(store: Store, now: Now) -> None:
    """Of one person, or of all."""
    wang, li = add_person(store, "wang"), add_person(store, "li.na")
    _, first = _begin(store, wang.person_id)
    now.pass_by(seconds=1)
    _, second = _begin(store, li.person_id)

    assert store.sessions().open() == [second, first]
    assert store.sessions().open(wang.person_id) == [first]


def test_the_version_moves_with_whatever_a_cache_may_hold(store: Store) -> None:
    """Sessions, people, their passwords and shifts; touching a session is no change."""
    seen = [store.sessions().version()]

    person = add_person(store)
    seen.append(store.sessions().version())
    _, session = _begin(store, person.person_id)
    seen.append(store.sessions().version())
    store.people().change(replace(person, unit="二中队"), by=KEEPER)
    seen.append(store.sessions().version())
    store.sessions().end(session.session_id, by=KEEPER, reason="signed-out")
    seen.append(store.sessions().version())
    store.sessions().touch(session.session_id, NOON_US + 1)

    assert seen == sorted(set(seen))
    assert store.sessions().version() == seen[-1]


def test_a_session_ended_elsewhere_is_gone_here_at_once(store: Store, url: str, now: Now) -> None:
    """Another process, or the keeper's command, ends it: the next look already says so."""
    token, session = _begin(store, add_person(store).person_id)
    before = (store.sessions().find(token, now()), store.sessions().version())

    elsewhere = open_store(url, now, audit_key=KEY)
    elsewhere.sessions().end(session.session_id, by=KEEPER, reason="stolen")
    elsewhere.close()

    assert before[0] is not None
    assert store.sessions().find(token, now()) is None
    assert store.sessions().version() != before[1]


def test_limits_are_the_configurations(url: str, now: Now) -> None:
    """Whoever opens the store says how long."""

    class Short:
        idle_min = 1
        absolute_h = 1
        screen_days = 1
        sessions_each = 1

    store = open_store(url, now, audit_key=KEY, session_limits=Short())
    person = store.people().add(a_person(), password_hash=None, by=KEEPER)
    first, _ = _begin(store, person.person_id)
    second, session = _begin(store, person.person_id)

    assert store.sessions().find(first, now()) is None
    assert store.sessions().find(second, now()) is not None
    assert (session.ends_us - NOON_US, session.idle_us) == (HOUR_US, MINUTE_US)
    store.close()


def test_beginning_and_ending_are_audited(store: Store) -> None:
    """Who, from where, and which session."""
    person = add_person(store)
    herself = Actor(person.person_id, person.login, "10.0.0.1")

    _, session = _begin(store, person.person_id, by=herself)
    store.sessions().end(session.session_id, by=herself._replace(session_id=session.session_id), reason="signed-out")

    begun, ended = deeds(store, "session.")
    assert (begun.action, begun.object, begun.by.session_id) == (
        "session.begin", f"session/{session.session_id}", session.session_id,
    )  # fmt: skip
    assert (ended.action, ended.reason, ended.by.address) == ("session.end", "signed-out", "10.0.0.1")
