"""Cells of a list of assets: from what a spreadsheet holds to a value, or a short code for why not.

Every reader returns the value, or raises `CellError`; an empty text never comes here.
"""

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from street import csv_cells
from street.asset_words import plain
from street.outlines import Ring, polygons_of
from street.workbook import Cell

LONGEST: Final = 200
ASSET_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
LONGEST_INTERVAL_S: Final = 31_536_000.0
_SIGNS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,15}(?:\.[0-9]{0,20})?(?:[eE][-+]?[0-9]{1,2})?", re.ASCII)
_CUT: Final = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{2}", re.ASCII)  # how a spreadsheet shows 17 digits
_QUANTITY: Final = re.compile(r"[a-z][a-z0-9_]{0,63}(?:\.[A-Za-z0-9_-]{1,32})?", re.ASCII)
_KIND: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_SEVERAL: Final = re.compile(r"[;\uff1b\n]")
_DAY: Final = re.compile(r"([0-9]{4})[-/.]?([0-9]{1,2})[-/.]?([0-9]{1,2})(?:[ T]00:00(?::00)?)?", re.ASCII)
# Control characters, invisible ones that change the order of others, lone surrogates: nothing a person typed.
_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
DIGITS: Final = frozenset({"standard_id", "component", "community_id", "grid_cell_id"})
EXACT_DIGITS: Final = 15  # of a number in a spreadsheet
SEVERAL_LINES: Final = frozenset({"quantity_intervals", "quantity_ranges", "outline", "file_when", "close_when"})


class CellError(Exception):
    """A cell that cannot be taken; its text is the code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)


def text_of(column: str, cell: Cell) -> str:
    """Return what stands in a cell as text, "" where nothing does.

    Raises:
        CellError: formula, error-cell, digits-cut, characters, too-long.
    """
    if cell.is_formula or cell.is_error:
        raise CellError(code="formula" if cell.is_formula else "error-cell")
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if column in DIGITS and isinstance(value, int) and value >= 10**EXACT_DIGITS:
        raise CellError(code="digits-cut")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        value = value.date()
    return "" if value is None else _checked(column, str(value))


def _checked(column: str, text: str) -> str:
    if column in DIGITS and _CUT.fullmatch(text):
        raise CellError(code="digits-cut")
    literal = _literal(text)
    if literal == text and text.startswith(_SIGNS) and not _NUMBER.fullmatch(text):
        raise CellError(code="formula")
    if _UNSEEN.search(literal.replace("\n", "") if column in SEVERAL_LINES else literal):
        raise CellError(code="characters")
    if len(literal) > LONGEST and column not in SEVERAL_LINES:
        raise CellError(code="too-long")
    return literal


def number(text: str, low: float, high: float) -> float:
    """Return a number within *low* … *high*, both included."""
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not low <= value <= high:
        raise CellError(code="number" if math.isnan(value) else "out-of-range")
    return value


def word(said: str, meanings: Mapping[str, str]) -> str:
    """Return what a word means, given its plain form."""
    if said not in meanings:
        raise CellError(code="unknown")
    return meanings[said]


def kind(text: str, meanings: Mapping[str, str]) -> str:
    """Return what a place is: a word for a kind, or any name of one."""
    if plain(text) in meanings:
        return meanings[plain(text)]
    if not _KIND.fullmatch(text):
        raise CellError(code="kind")
    return text


def day(text: str) -> date:
    """Return a day: 2026-05-01, 2026/5/1 or 20260501."""
    found = _DAY.fullmatch(text)
    try:
        value = date(*map(int, found.groups())) if found else None
    except ValueError:
        value = None
    if value is None or not 2000 <= value.year <= 2100:
        raise CellError(code="date")
    return value


def intervals(text: str) -> dict[str, float]:
    """Return seconds by quantity: `noise_laeq=60; battery=86400`."""
    return {name: round(number(said, 0.001, LONGEST_INTERVAL_S), 3) for name, said in _pairs(text, "intervals")}


def ranges(text: str) -> dict[str, tuple[float, float]]:
    """Return lowest and highest by quantity: `temperature=-30..60; fill_level=0..`."""
    found = {}
    for name, said in _pairs(text, "ranges"):
        ends = [end.strip() for end in said.split("..")]
        if len(ends) != 2 or not any(ends):
            raise CellError(code="ranges")
        low = number(ends[0], -1e12, 1e12) if ends[0] else -math.inf
        high = number(ends[1], -1e12, 1e12) if ends[1] else math.inf
        if low > high:
            raise CellError(code="ranges")
        found[name] = low, high
    return found


def outline(text: str) -> list[list[Ring]]:
    """Return the polygons of a WKT outline."""
    try:
        return polygons_of(text)
    except ValueError as error:
        raise CellError(code="outline") from error


def _pairs(text: str, code: str) -> list[tuple[str, str]]:
    found = []
    for said in filter(None, map(str.strip, _SEVERAL.split(text))):
        name, is_pair, value = said.partition("=")
        if not is_pair or not _QUANTITY.fullmatch(name.strip()):
            raise CellError(code)
        found.append((name.strip(), value.strip()))
    if len({name for name, _ in found}) < len(found):
        raise CellError(code)
    return found


def _literal(text: str) -> str:
    """Return what `csv_cells` has written as *text*: without the apostrophe that keeps a text from running."""
    is_kept = text.startswith("'") and csv_cells.cell(text[1:])[1:-1].replace('""', '"') == text
    return text[1:] if is_kept else text
