"""Payloads that are one bare value as text: a word, a number, a switch. Several dialects send one value a topic."""

import math
import re
from collections.abc import Mapping
from typing import Final

from ingest.quantities import number
from ingest.refusals import EMPTY, NOT_NUMERIC, NOT_UTF8, TOO_LARGE, UNKNOWN_WORD, RefusedError

MOST_BYTES: Final = 256
_INTEGER: Final = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)


def bare_text(payload: bytes, most_bytes: int = MOST_BYTES) -> str:
    """Return the text in *payload* without blanks around it.

    Raises:
        RefusedError: empty, too large, or not UTF-8.
    """
    if not payload:
        raise RefusedError(EMPTY)
    if len(payload) > most_bytes:
        raise RefusedError(TOO_LARGE)
    try:
        return payload.decode().strip()
    except UnicodeDecodeError:
        raise RefusedError(NOT_UTF8) from None


def bare_word(payload: bytes, words: Mapping[str, bool], field: str = "") -> bool:
    """Return what the word in *payload* means, as *words* (in lower case) say.

    Raises:
        RefusedError: no text, or none of *words*.
    """
    known = words.get(bare_text(payload).lower())
    if known is None:
        raise RefusedError(UNKNOWN_WORD, field)
    return known


def bare_number(payload: bytes, field: str = "") -> float:
    """Return the number in *payload*: whole ones as integers.

    Raises:
        RefusedError: no text, no decimal number, or none that a store can hold.
    """
    return text_number(bare_text(payload), field)


def is_number(text: str) -> bool:
    """Return whether *text* is a decimal number; `1_000`, `nan` and full-width digits are none."""
    return _NUMBER.fullmatch(text) is not None


def text_number(text: str, field: str = "") -> float:
    """Return the decimal number that *text* is.

    Raises:
        RefusedError: it is none, or none that a store can hold.
    """
    if not is_number(text):
        raise RefusedError(NOT_NUMERIC, field)
    value = int(text) if _INTEGER.fullmatch(text) else float(text)
    if not math.isfinite(value):
        raise RefusedError(NOT_NUMERIC, field)
    return number(value, field)
