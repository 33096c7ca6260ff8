"""Dead letters: counted for ever, kept within bounds, whole enough to be sent again."""

from street.readings import DeadLetter
from street.store import Reader, Store, Writer
from street.store.dead_letters import MOST_GROUPS
from tests.street.store.makers import NOON_US, a_letter


def _put(writer: Writer, *letters: DeadLetter) -> None:
    batch = writer.begin(NOON_US)
    for letter in letters:
        batch.add_dead_letter(letter)
    batch.commit()


def test_a_letter_comes_back_byte_for_byte(reader: Reader, writer: Writer) -> None:
    """Topic and payload may hold anything; that is why they are here."""
    letter = a_letter(topic="street/\0/\ud800/路", payload=b"\xff\0{", retain=True, field="ts")

    _put(writer, letter)

    assert [stored.letter for stored in reader.dead_letters()] == [letter]


def test_what_people_read_is_cleaned(reader: Reader, writer: Writer) -> None:
    """A reason may quote the payload; no engine keeps NUL or half a surrogate in a text."""
    _put(writer, a_letter(reason="unexpected \0 \ud800" + "x" * 900, field="f\0"))

    [stored] = reader.dead_letters()

    assert stored.letter.reason.startswith("unexpected \ufffd ?x")
    assert len(stored.letter.reason) == 500
    assert stored.letter.field == "f\ufffd"


def test_rows_are_bounded_and_counts_are_not(store: Store, reader: Reader) -> None:
    """The newest are kept."""
    writer = store.writer(dead_letter_rows=10)
    for start in range(0, 50, 5):
        _put(writer, *(a_letter(number) for number in range(start, start + 5)))
    writer.close()

    [group] = reader.dead_letter_groups()
    kept = [stored.letter.received_us for stored in reader.dead_letters()]

    assert (group.letters, group.kept, group.first_us, group.last_us) == (50, 10, NOON_US, NOON_US + 49_000_000)
    assert kept == [NOON_US + number * 1_000_000 for number in range(40, 50)]


def test_bytes_are_bounded(store: Store, reader: Reader) -> None:
    """A thousand big ones must not fill the disk, and one that is too big alone is only counted."""
    writer = store.writer(dead_letter_bytes=10_000)
    for number in range(20):
        _put(writer, a_letter(number, payload=b"x" * 3_000))
    _put(writer, a_letter(20, "too-large", payload=b"x" * 20_000))
    writer.close()

    assert len(reader.dead_letters(code="not-json")) <= 3
    assert reader.dead_letters(code="too-large") == []
    assert {group.code: group.letters for group in reader.dead_letter_groups()} == {"not-json": 20, "too-large": 1}


def test_the_fullest_group_gives_way(store: Store, reader: Reader) -> None:
    """One broken device in a loop does not push out what others sent."""
    writer = store.writer(dead_letter_rows=20)
    _put(writer, a_letter(0, "depth"))
    for number in range(100):
        _put(writer, a_letter(number))
    writer.close()

    assert {group.code: group.kept for group in reader.dead_letter_groups()} == {"depth": 1, "not-json": 19}


def test_bounds_hold_over_a_restart(store: Store, reader: Reader) -> None:
    """What is kept is counted anew."""
    for number in range(30):
        writer = store.writer(dead_letter_rows=10)
        _put(writer, a_letter(number))
        writer.close()

    assert len(reader.dead_letters()) == 10


def test_made_up_fields_do_not_make_endless_groups(store: Store, reader: Reader, writer: Writer) -> None:
    """A field's name comes from the message."""
    _put(writer, *(a_letter(number, "type", field=f"f{number}") for number in range(MOST_GROUPS + 50)))

    groups = reader.dead_letter_groups(limit=5_000)

    assert len(groups) == MOST_GROUPS + 1
    assert sum(group.letters for group in groups) == MOST_GROUPS + 50


def test_the_bound_can_be_moved_while_it_runs(store: Store, reader: Reader) -> None:
    """What is too many goes with the next letter."""
    writer = store.writer(dead_letter_rows=100)
    _put(writer, *(a_letter(number) for number in range(50)))

    writer.keep_dead_letters(10)
    _put(writer, a_letter(50))

    assert len(reader.dead_letters(limit=1000)) <= 10
    writer.close()
