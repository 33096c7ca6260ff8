"""How entries hang together."""

import pytest

from street.people import Actor
from street.store import Store
from street.store.audit_chain import LONGEST_TEXT, START, Entry, append, clean, head, link
from tests.street.store.makers import KEY


def test_a_link_depends_on_all_that_came_before() -> None:
    """And on the key."""
    first = link(KEY, START, (1, "a"))

    assert link(KEY, first, (2, "b")) != link(KEY, START, (2, "b"))
    assert link(b"other", START, (1, "a")) != first
    assert link(KEY, START, (1, "a")) == first


def test_fields_cannot_run_into_each_other() -> None:
    """Moving a letter from one column to the next is a change."""
    assert link(KEY, START, ("ab", "c")) != link(KEY, START, ("a", "bc"))


@pytest.mark.parametrize(
    ("text", "kept"),
    [("王芳", "王芳"), ("a\0b", "a\ufffdb"), ("\ud800", "?"), ("x" * 5_000, "x" * (LONGEST_TEXT - 1) + "…")],
)
def test_a_text_is_kept_as_both_engines_can(text: str, kept: str) -> None:
    """Short, without NUL, without lone surrogates."""
    assert clean(text) == kept


def test_entries_belong_to_their_transaction(store: Store) -> None:
    """What was rolled back was never done, and leaves no gap (G-A1)."""
    entry = Entry(0, "a", "b", "done", Actor.system("t"))

    with store._write_engine.connect() as connection, connection.begin() as transaction:
        append(connection, KEY, entry)
        inside = head(connection).entry_no
        transaction.rollback()
    store.audit().add([entry])

    assert inside == 1
    assert [stored.entry_no for stored in store.audit().find()] == [1]
