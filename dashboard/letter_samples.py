"""Samples of dead letters as a person may see them: what tells of somebody is covered, in the bytes as in the text.

    payload ─▶ read in the encoding it fits ─▶ masked ─▶ written back ─▶ cut ─▶ text with escapes · hex dump

Masking comes before cutting, and a hex dump shows the masked bytes: a phone number in hex is a phone number.
"""

from typing import Final

from layouts.desk.letters import Sample
from layouts.desk.plain_text import seen
from street.masking import masked
from street.store import StoredLetter

SHOWN: Final = 512  # bytes
READ: Final = 4_096  # bytes; a number that SHOWN would cut in two is whole in these
UNSURE: Final = 64  # bytes; at the end of what was read a number may be cut, and covering shortens what is before
LINE: Final = 8
LONGEST_TOPIC: Final = 300
FEWEST_NULS: Final = 4  # one in so many bytes: it is text of two bytes a letter


def sample_of(kept: StoredLetter) -> Sample:
    """Return one letter as it may be shown."""
    letter = kept.letter
    raw, encoding = covered(letter.payload[:READ])
    sure = max(len(raw) - UNSURE, 0) if len(letter.payload) > READ else len(raw)
    shown = raw[: min(SHOWN, sure)]
    return Sample(
        letter_id=kept.letter_id,
        received_us=letter.received_us,
        topic=seen(masked(letter.topic))[:LONGEST_TOPIC],
        reason=seen(masked(letter.reason)),
        size=len(letter.payload),
        shown=min(len(letter.payload), SHOWN),
        text=seen(shown.decode(encoding, "replace")),
        dump=dump(shown),
        is_retained=letter.retain,
    )


def covered(payload: bytes) -> tuple[bytes, str]:
    """Return the payload with what is personal covered, and the encoding it was read in."""
    encoding = _encoding(payload)
    text = payload.decode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")
    hidden = masked(text)
    if hidden == text:
        return payload, encoding
    return hidden.encode(encoding, "surrogateescape" if encoding == "utf-8" else "replace"), encoding


def _encoding(payload: bytes) -> str:
    nuls = payload.count(0)
    if nuls * FEWEST_NULS > len(payload):
        return "utf-16-le" if payload[1::2].count(0) * 2 >= nuls else "utf-16-be"
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):  # the last letter may have been cut
            try:
                payload[: len(payload) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return encoding
    return "latin-1"


def dump(raw: bytes) -> str:
    """Return bytes as hex and as letters, `LINE` a line."""
    lines = []
    for at in range(0, len(raw), LINE):
        piece = raw[at : at + LINE]
        letters = "".join(chr(one) if 0x20 <= one < 0x7F else "·" for one in piece)
        lines.append(f"{at:03x} {piece.hex(' '):<{LINE * 3 - 1}} {letters}")
    return "\n".join(lines)
