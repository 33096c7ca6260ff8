"""Samples: nobody's number, in no form; nothing that a screen trips over."""

import pytest

from dashboard.letter_samples import READ, SHOWN, covered, dump, sample_of
from street.readings import DeadLetter
from street.store import StoredLetter

PHONE = "13812345678"
NOW_US = 1_795_519_473_000_000


def a_letter(payload: bytes, topic: str = "street/A/telemetry", reason: str = "wrong type") -> StoredLetter:
    """Return a kept letter."""
    return StoredLetter(3, DeadLetter(NOW_US, "native", topic, payload, "type", reason, "", True))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "gb18030", "utf-8 broken"])
def test_a_number_is_covered_in_text_and_in_bytes(encoding: str) -> None:
    """However it was written; what stands around it stays to be looked at."""
    text = f'{{"备注": "call {PHONE} now"}}'
    name, _, is_broken = encoding.partition(" ")
    payload = text.encode(name) + (b"\xff\xfe\xff" if is_broken else b"")

    sample = sample_of(a_letter(payload))

    raw = bytes.fromhex("".join(line[4:27] for line in sample.dump.splitlines()))
    digits = raw.replace(b"\0", b"")
    assert PHONE not in sample.text
    assert PHONE.encode() not in digits
    assert b"call" in digits


def test_a_number_across_the_cut_is_covered_whole() -> None:
    """Masking comes first."""
    payload = b"x" * (SHOWN - 6) + f" {PHONE} and on".encode()

    sample = sample_of(a_letter(payload))

    assert "13812" not in sample.text
    assert sample.text.endswith("x 138**")
    assert (sample.size, sample.shown) == (len(payload), SHOWN)


def test_what_covering_shortens_pulls_no_half_number_in() -> None:
    """A long secret becomes three stars; the cut end of what was read must not come into sight."""
    payload = b"token=" + b"x" * (READ - 17) + f" {PHONE}".encode()

    sample = sample_of(a_letter(payload))

    assert "138" not in sample.text
    assert "xxx" not in sample.text


def test_a_letter_that_was_cut_in_a_character_is_still_its_encoding() -> None:
    """The 4,097th byte may be the middle of one."""
    payload = ("a" + "水" * READ).encode()[:READ]

    raw, encoding = covered(payload)

    assert (raw, encoding) == (payload, "utf-8")


def test_bytes_that_are_no_text_are_shown_as_they_are() -> None:
    """A picture's head tells what came."""
    payload = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(0x80, 0x100))

    sample = sample_of(a_letter(payload))

    assert sample.dump.startswith("000 ff d8 ff e0 00 10 4a 46 ······JF")


def test_topic_and_reason_are_masked_and_made_visible() -> None:
    """They are as much somebody's words as the payload."""
    sample = sample_of(a_letter(b"{", topic=f"street/{PHONE}\u202e\0\ud800/x", reason=f"not {PHONE}"))

    assert sample.topic == "street/138****5678\\u202e\\u0000\\ud800/x"
    assert sample.reason == "not 138****5678"
    assert sample.is_retained


def test_a_dump_has_eight_bytes_a_line() -> None:
    """Offset, hex, letters."""
    assert dump(b"0123456789\n") == "000 30 31 32 33 34 35 36 37 01234567\n008 38 39 0a                89·"
    assert dump(b"") == ""
