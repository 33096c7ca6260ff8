"""Text from outside: what may stand in a name, an id or a sentence that people will read."""

import re
import unicodedata
from typing import Final

from ingest.refusals import ESCAPE_NAME, FORBIDDEN_CHARACTER, LENGTH, NEUTRALISE_NAME, WRONG_TYPE, RefusedError

ID_LENGTH: Final = 64
_MARKS: Final = 4  # combining marks on one letter; more is a tower, not writing
_ID: Final = re.compile(r"[^\W_][\w.\-]{0,63}")
# controls but tab, newline and return; direction controls; zero-width but the joiners that emoji need; separators;
# byte order mark, interlinear and tag characters, non-characters, surrogates
_FORBIDDEN: Final = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f"
    "\\ufeff\\ufff0-\\ufffb\\ufffe\\uffff\\U000e0000-\\U000e007f\\ud800-\\udfff]"
)
_INVISIBLE: Final = re.compile(
    "[\\s\\u00ad\\u034f\\u115f\\u1160\\u180e\\u200b-\\u200f\\u2060-\\u206f\\u2800\\u3164\\ufeff]*"
)
_JOINERS: Final = re.compile("[\\u200c\\u200d\\u00ad\\t\\n\\r]")
_FORMULA_START: Final = ("=", "+", "-", "@")


def is_id(text: str) -> bool:
    """Return whether *text* can name an asset or a source.

    Letters and digits of any script, then also `.`, `_` and `-`; at most 64; nothing that looks like something else
    (full-width forms, separate combining marks).
    """
    return _ID.fullmatch(text) is not None and (text.isascii() or unicodedata.normalize("NFKC", text) == text)


def has_forbidden(text: str) -> bool:
    """Return whether *text* holds characters that hide, reorder or break what is shown."""
    return _FORBIDDEN.search(text) is not None or _is_tower(text)


def is_sound_name(text: str) -> bool:
    """Return whether *text* is one line that shows what it holds."""
    return not has_forbidden(text) and _JOINERS.search(text) is None


def sentence(value: object, field: str, longest: int) -> str:
    """Return *value* when it is a text a person can read, of 1 to *longest* characters.

    Raises:
        RefusedError: not a string, blank, too long, or with characters that hide or reorder.
    """
    if type(value) is not str:
        raise RefusedError(WRONG_TYPE, field)
    if len(value) > longest or _INVISIBLE.fullmatch(value):
        raise RefusedError(LENGTH, field)
    if has_forbidden(value):
        raise RefusedError(FORBIDDEN_CHARACTER, field)
    return value


def name_warning(name: str) -> str | None:
    """Return what a legal name needs wherever it is shown, or None."""
    if "<" in name or ">" in name:
        return ESCAPE_NAME
    return NEUTRALISE_NAME if name.startswith(_FORMULA_START) else None


def _is_tower(text: str) -> bool:
    if text.isascii():
        return False
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MARKS:
            return True
    return False
