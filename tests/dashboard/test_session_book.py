"""The book of sessions: quick, and never wrong for longer than a second."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from dashboard import session_book
from dashboard.session_book import SessionBook
from street.clock import MINUTE_US, SECOND_US, monotonic_s, now_us
from street.errors import StoreError
from street.store import Session, Sessions
from tests.dashboard.conftest import TESTER, Written


@dataclass
class Counted:
    """The real sessions of a store, and how often each question was asked."""

    sessions: Sessions
    finds: int = 0
    looks: int = 0
    touches: int = 0
    is_away: bool = False

    def find(self, token: str, at_us: int) -> object:
        """Count and find."""
        self.finds += 1
        return self._real().find(token, at_us)

    def version(self) -> int:
        """Count and look."""
        self.looks += 1
        return self._real().version()

    def touch(self, session_id: str, at_us: int) -> None:
        """Count and touch."""
        self.touches += 1
        self._real().touch(session_id, at_us)

    def _real(self) -> Sessions:
        if self.is_away:
            msg = "the disk is away"
            raise StoreError(msg)
        return self.sessions


Story = Callable[[SessionBook, Counted], Awaitable[None]]


def run(street: Written, story: Story, *, ahead_us: int = 0) -> None:
    """Play *story* with a book over the store of *street*."""

    async def play() -> None:
        counted = Counted(street.store.sessions())
        book = SessionBook(lambda: counted, lambda: now_us() + ahead_us)  # type: ignore[arg-type]  # it stands in
        try:
            await asyncio.wait_for(story(book, counted), 30)
        finally:
            book.close()

    asyncio.run(play())


def end(street: Written, session: Session) -> None:
    """End a session as another process would."""
    street.store.sessions().end(session.session_id, by=TESTER, reason="stolen")


def test_a_session_in_use_costs_the_store_one_question(street: Written) -> None:
    """A page asks for fifty files: the guard must not be what it waits for."""
    who = street.sign_in()

    async def story(book: SessionBook, counted: Counted) -> None:
        found = [await book.find(who.token) for _ in range(50)]
        together = await asyncio.gather(*(book.find(who.token) for _ in range(50)))

        assert {known.person.login for known in [*found, *together] if known} == {who.person.login}
        assert (counted.finds, counted.looks) == (1, 1)

    run(street, story)


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 5_000, "\udcff"])
def test_a_token_that_was_never_given_is_nobodys(street: Written, token: str) -> None:
    """Guessing is hopeless and costs nothing but the question."""

    async def story(book: SessionBook, counted: Counted) -> None:
        assert await book.find(token) is None
        assert not book.has(token)

    run(street, story)


def test_a_hundred_stolen_tablets_are_locked_out_within_five_seconds(street: Written) -> None:
    """A hundred of a hundred, whoever ends their sessions, and none of the others with them."""
    tablets = [street.sign_in() for _ in range(100)]
    kept = street.sign_in()

    async def story(book: SessionBook, counted: Counted) -> None:
        assert all([await book.find(tablet.token) for tablet in tablets])
        for tablet in tablets:
            await asyncio.to_thread(end, street, tablet.session)
        ended_s = monotonic_s()
        waiting = list(tablets)
        while waiting and monotonic_s() - ended_s < 5:
            waiting = [tablet for tablet in waiting if await book.find(tablet.token)]

        assert waiting == []
        assert await book.find(kept.token)

    run(street, story)


def test_after_a_change_of_our_own_nothing_old_is_believed(street: Written) -> None:
    """Who signs out and presses `back` is out."""
    who = street.sign_in()

    async def story(book: SessionBook, counted: Counted) -> None:
        assert await book.find(who.token)
        end(street, who.session)
        book.look_again()

        assert await book.find(who.token) is None
        assert await book.still(who.session.session_id) is None

    run(street, story)


def test_a_look_that_began_before_the_change_is_not_believed_either(street: Written) -> None:
    """Two requests at once: one signs out while the other's look is on its way."""
    who = street.sign_in()

    async def story(book: SessionBook, counted: Counted) -> None:
        await book.find(who.token)
        book.look_again()
        looking = asyncio.create_task(book.find(who.token))
        await asyncio.sleep(0)
        end(street, who.session)
        book.look_again()

        assert await book.find(who.token) is None
        await looking

    run(street, story)


def test_a_session_that_lies_idle_ends_though_nothing_is_written(street: Written) -> None:
    """Time alone moves no version."""
    who = street.sign_in()

    async def story(book: SessionBook, counted: Counted) -> None:
        assert await book.find(who.token) is None

    run(street, story, ahead_us=street.config.people.idle_min * MINUTE_US + SECOND_US)


def test_a_session_in_use_is_noted_once_a_minute(street: Written) -> None:
    """So it does not end by idleness; and a busy page does not write all the time."""
    who = street.sign_in()

    async def story(book: SessionBook, counted: Counted) -> None:
        known = await book.find(who.token)
        assert known is not None
        for _ in range(20):
            book.note_use(known)
        await asyncio.gather(*book._touching)
        counted.is_away = True
        known.touched_s -= session_book.TOUCH_S
        book.note_use(known)
        await asyncio.gather(*book._touching, return_exceptions=True)

        assert counted.touches == 2

    run(street, story)


def test_a_store_that_cannot_be_asked_says_nothing_about_sessions(street: Written) -> None:
    """Nobody is signed out by a full disk: whoever asks is told to try again."""
    who = street.sign_in()

    async def story(book: SessionBook, counted: Counted) -> None:
        assert await book.find(who.token)
        counted.is_away = True
        book.look_again()
        with pytest.raises(StoreError):
            await book.find(who.token)
        counted.is_away = False

        assert await book.find(who.token)

    run(street, story)


def test_the_book_does_not_grow_for_ever(street: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that was read longest ago is forgotten, and read again when it comes."""
    monkeypatch.setattr(session_book, "MOST_KNOWN", 3)
    people = [street.sign_in() for _ in range(5)]

    async def story(book: SessionBook, counted: Counted) -> None:
        for who in people:
            await book.find(who.token)

        assert [book.has(who.token) for who in people] == [False, False, True, True, True]
        assert await book.find(people[0].token)
        assert len(book._tokens) == 3

    run(street, story)


def test_what_is_printed_of_a_session_does_not_hold_its_token(street: Written, tmp_path: Path) -> None:
    """A token in a log is a session for who reads it."""
    who = street.sign_in()

    async def story(book: SessionBook, counted: Counted) -> None:
        assert who.token not in repr(await book.find(who.token))

    run(street, story)
