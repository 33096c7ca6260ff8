"""Dead letters: why messages were refused, and another try once the reason is gone; by command, or for the desk."""

import logging
from collections import Counter
from collections.abc import Callable
from typing import Final, Literal, NamedTuple, TextIO

from ingest.decode import Decoder, Message
from ingest.filing import SILENT, Filing, Item
from street import clock
from street.errors import StoreError
from street.logs import quoted
from street.masking import masked
from street.store import Replays, Store, StoredLetter
from street.store.replays import Tried

log = logging.getLogger(__name__)

Outcome = Literal["stored", "refused", "failed"]
GROUPS: Final = 100
AT_ONCE: Final = 500
IN_A_TURN: Final = 50  # each is a transaction of its own: messages that arrive must not wait for them


class Replayed(NamedTuple):
    """What came of a replay, in messages."""

    stored: int
    refused: int
    failed: int


def show(store: Store, out: TextIO) -> None:
    """Write one line a group: why, in which dialect, at which field, how many, how many are kept, since when."""
    reader = store.reader()
    groups = reader.dead_letter_groups(GROUPS)
    reader.close()
    if not groups:
        out.write("no dead letters\n")
        return
    out.write(f"{'code':<24} {'dialect':<14} {'field':<24} {'count':>9} {'kept':>7}  first … last\n")
    for group in groups:
        since = f"{clock.iso(group.first_us)} … {clock.iso(group.last_us)}"
        field = quoted(masked(group.field), 22) if group.field else "-"  # the message's own word for it
        out.write(f"{group.code:<24} {group.dialect:<14} {field:<24} {group.letters:>9} {group.kept:>7}  {since}\n")


def replay(
    store: Store, decoder: Decoder, filing: Filing, code: str | None, now_us: Callable[[], int] = clock.now_us
) -> Replayed:
    """Decode kept letters again and store what can be decoded now; what is stored whole leaves the shelf.

    Args:
        store: where the letters are; we must be its only writer.
        decoder: as it is configured today.
        filing: files what is decoded.
        code: only letters refused for this; None takes all.
        now_us: the clock.
    """
    reader = store.reader()
    letters = reader.dead_letters(code, limit=1_000_000)
    reader.close()
    stored = refused = failed = 0
    for start in range(0, len(letters), AT_ONCE):
        done: list[int] = []
        for letter in letters[start : start + AT_ONCE]:
            outcome = try_again(decoder, filing, letter, now_us())
            stored, refused, failed = (
                stored + (outcome == "stored"), refused + (outcome == "refused"), failed + (outcome == "failed")
            )  # fmt: skip
            if outcome == "stored":
                done.append(letter.letter_id)
        store.forget_dead_letters(done)
    return Replayed(stored, refused, failed)


def try_again(decoder: Decoder, filing: Filing, letter: StoredLetter, now_us: int) -> Outcome:
    """Decode one letter as it is configured today and store what it says; "stored" means all of it."""
    item = _again(decoder, letter)
    is_whole = not item.decoded.extra.pop("dropped", ())  # else each replay would add a letter for each fault
    try:
        if item.decoded.code is not None or not _has_asset(filing, item):
            return "refused"
        filing.file([item], now_us)
    except StoreError:
        return "failed"
    return "stored" if is_whole else "refused"


class Replaying:
    """Works off what the dashboard asks for, a few letters between two turns of the loop.

    Args:
        replays: where requests wait.
        tools: returns what decodes and what files under today's configuration.
    """

    def __init__(
        self, replays: Replays, tools: Callable[[], tuple[Decoder, Filing]], now_us: Callable[[], int] = clock.now_us
    ) -> None:
        self._replays = replays
        self._tools = tools
        self._now_us = now_us

    def step(self) -> bool:
        """Try some letters of the oldest request; return whether there may be more to do.

        Raises:
            StoreError: nothing was noted; the letters are tried again later, which stores nothing twice.
        """
        replay = self._replays.next()
        if replay is None:
            return False
        letters = self._replays.letters(replay, IN_A_TURN)
        if not letters:
            self._replays.done(replay)
            log.info(
                "replayed group=%d stored=%d refused=%d failed=%d",
                replay.group_id, replay.stored, replay.refused, replay.failed,
            )  # fmt: skip
            return True
        decoder, filing = self._tools()
        found = {letter.letter_id: try_again(decoder, filing, letter, self._now_us()) for letter in letters}
        counts = Counter(found.values())
        tried = Tried(letters[-1].letter_id, counts["stored"], counts["refused"], counts["failed"])
        self._replays.went(replay, tried, [number for number, outcome in found.items() if outcome == "stored"])
        return True


def _again(decoder: Decoder, kept: StoredLetter) -> Item:
    letter = kept.letter
    message = Message(letter.topic, letter.payload, letter.retain, letter.received_us)
    return Item(message, *decoder.decode(message))


def _has_asset(filing: Filing, item: Item) -> bool:
    """Return whether there is an asset for what *item* says of a device, or room for a new one."""
    device_id = item.decoded.device_id
    if device_id is None or item.decoded.incident is not None or item.decoded.kind in SILENT:
        return True
    register = filing.register
    return (register.find(item.dialect, device_id) or register.meet(item.dialect, device_id)) is not None
