"""One message out of one notice or several: what waits for the same channel goes together."""

import hashlib
from collections.abc import Sequence
from typing import Final, NamedTuple

from street.notices import Texts
from street.store.deliveries import Delivery, Reader

MOST_JOINED: Final = 10
MOST_MENTIONED: Final = 50
REFERENCE_DIGITS: Final = 8
_CUT: Final = "…"


class Message(NamedTuple):
    """What a channel is given: a title, lines below it, whom to mention, and which notices it is made of."""

    title: str
    lines: tuple[str, ...]
    readers: tuple[Reader, ...]
    references: tuple[str, ...]

    @property
    def text(self) -> str:
        """Title and lines, one below the other."""
        return "\n".join((self.title, *self.lines))


def reference(notice_id: str) -> str:
    """Return the short name of a notice: the same in each try, so that a repeat can be known as one."""
    return hashlib.sha256(notice_id.encode()).hexdigest()[:REFERENCE_DIGITS]


def message_of(deliveries: Sequence[Delivery], texts: Texts, most_bytes: int) -> Message:
    """Return *deliveries*, one at least, as one message of at most about *most_bytes* in UTF-8.

    Each says its reference, and whether an earlier try may have arrived.
    """
    said = [(it, texts.said(it.notice)) for it in deliveries]
    share = most_bytes // (len(said) + 1)
    readers = tuple(dict.fromkeys(reader for it, _ in said for reader in _readers_of(it)))[:MOST_MENTIONED]
    references = tuple(reference(it.notice.notice_id) for it, _ in said)
    if len(said) == 1:
        delivery, words = said[0]
        lines = (shortened(words.text, share), _ending(delivery, texts))
        return Message(shortened(words.title, share // 2), tuple(filter(None, lines)), readers, references)
    title = texts.word("many").format(count=len(said))
    joined = tuple(
        f"{shortened(f'{words.title}: {words.text}', share - 60)} {_ending(it, texts)}" for it, words in said
    )
    return Message(title, joined, readers, references)


def shortened(text: str, most_bytes: int) -> str:
    """Return *text* in at most *most_bytes* of UTF-8, cut between letters and marked as cut."""
    raw = text.encode()
    if len(raw) <= most_bytes:
        return text
    return raw[: max(most_bytes - len(_CUT.encode()), 0)].decode(errors="ignore") + _CUT


def _readers_of(delivery: Delivery) -> tuple[Reader, ...]:
    return delivery.readers if delivery.reader is None else (delivery.reader,)


def _ending(delivery: Delivery, texts: Texts) -> str:
    number = texts.sentence("number").format(id=reference(delivery.notice.notice_id))
    return f"{number}{texts.sentence('again')}" if delivery.is_unsure else number
