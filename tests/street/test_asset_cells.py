"""From what a spreadsheet holds to a value, or a code for why not."""

import math
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from street import csv_cells
from street.asset_cells import CellError, day, intervals, number, outline, ranges, text_of
from street.workbook import Cell


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(None, "", id="empty"),
        pytest.param(370202007001.0, "370202007001", id="a code typed as a number"),
        pytest.param(0.5, "0.5", id="a number"),
        pytest.param(True, "true", id="a tick"),
        pytest.param(datetime(2026, 5, 1, 0, 0), "2026-05-01", id="a day"),  # noqa: DTZ001 - a spreadsheet's has no zone
        pytest.param("'=1+1", "=1+1", id="a text kept from running"),
        pytest.param("'tis", "'tis", id="an apostrophe of its own"),
        pytest.param("-5", "-5", id="a number below zero"),
    ],
)
def test_a_cell_says_what_a_person_sees(value: Any, text: str) -> None:
    """Whatever it is inside."""
    assert text_of("name", Cell(value)) == text


@pytest.mark.parametrize("text", ["=1", "'=1", "''=1", " =1", "-x", "@a", "plain", "'", "a'b", '"=1"', "+1", "＝1"])
def test_what_the_export_writes_reads_back(text: str) -> None:
    """The apostrophe that keeps a text from running is not the text's."""
    written = csv_cells.cell(text)[1:-1].replace('""', '"')

    assert text_of("name", Cell(written)) == text


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        pytest.param("name", Cell(is_formula=True), "formula", id="formula"),
        pytest.param("name", Cell(is_error=True), "error-cell", id="error"),
        pytest.param("name", Cell("=1+1"), "formula", id="text of a formula"),
        pytest.param("name", Cell("+cmd"), "formula", id="plus"),
        pytest.param("name", Cell("a\x00b"), "characters", id="NUL"),
        pytest.param("name", Cell("a\nb"), "characters", id="two lines"),
        pytest.param("name", Cell("x" * 201), "too-long", id="long"),
        pytest.param("standard_id", Cell(3.7020201037e16), "digits-cut", id="seventeen digits as a number"),
    ],
)
def test_a_cell_that_cannot_be_taken_says_why(column: str, cell: Cell, code: str) -> None:
    """A short code; the sentence is the screen's."""
    with pytest.raises(CellError, match=f"^{code}$"):
        text_of(column, cell)


def test_lists_by_quantity_may_have_several_lines() -> None:
    """One a line, as people write them."""
    assert intervals(text_of("quantity_intervals", Cell("power=60\nbattery=86400"))) == {"power": 60, "battery": 86400}


@pytest.mark.parametrize(
    ("reader", "text", "value"),
    [
        (day, "2026-05-01", date(2026, 5, 1)), (day, "2026/5/1", date(2026, 5, 1)),
        (day, "20260501", date(2026, 5, 1)),
        (ranges, "t=-30..60", {"t": (-30.0, 60.0)}),
        (ranges, "a=0..；b=..1", {"a": (0, math.inf), "b": (-math.inf, 1)}),
        (intervals, "noise_laeq.2 = 0.5;", {"noise_laeq.2": 0.5}),
    ],
)  # fmt: skip
def test_words_become_values(reader: Callable[[str], Any], text: str, value: Any) -> None:
    """In the forms that people use."""
    assert reader(text) == value


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (day, "1.5.2026"), (day, "2026-13-01"), (day, "1999-01-01"), (ranges, "t"), (ranges, "t=1"), (ranges, "t=.."),
        (ranges, "t=2..1"), (ranges, "t=1..2..3"), (ranges, "t=a..b"), (ranges, "t=0..1;t=0..2"), (ranges, "T=0..1"),
        (intervals, "power=0"), (intervals, "power=nan"), (intervals, "=5"), (outline, "POINT (1 2)"),
    ],
)  # fmt: skip
def test_what_is_none_of_these_is_refused(reader: Callable[[str], Any], text: str) -> None:
    """Never guessed at."""
    with pytest.raises(CellError):
        reader(text)


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "0x10", "1_000", "１", ""])
def test_a_number_is_written_in_digits(text: str) -> None:
    """Python takes more than people mean."""
    with pytest.raises(CellError):
        number(text, -1e300, 1e300)
