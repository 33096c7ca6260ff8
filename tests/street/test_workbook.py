"""Workbooks from outside: read for what they say, refused before they cost anything."""

import io
import random
import struct
import time
import tracemalloc
import zipfile
from datetime import datetime

import pytest

from street.errors import FieldError
from street.workbook import MOST_COLUMNS, MOST_ROWS, Cell, read_workbook
from tests.street.sheets import HEADINGS, WANG, a_workbook, changed, part_of

SHEET = "xl/worksheets/sheet1.xml"
GOOD = a_workbook(People=[HEADINGS, WANG])


def refused(content: bytes) -> str:
    """Return the code with which *content* is refused."""
    with pytest.raises(FieldError) as error:
        read_workbook(content)
    assert error.value.field == "file"
    return error.value.code


def test_cells_are_read_as_they_are() -> None:
    """Text without its edges, numbers, days; empty rows are left out and numbers stay the spreadsheet's."""
    day = datetime(2026, 11, 24)  # noqa: DTZ001 - a spreadsheet's days know no zone
    content = a_workbook(One=[(" a ", 13900010002, 1.5, day, None), (), ("b",)], Two=[])

    read = read_workbook(content)

    assert [row.number for row in read["One"]] == [1, 3]
    assert [cell.value for cell in read["One"][0].cells[:5]] == ["a", 13900010002, 1.5, day, None]
    assert read["Two"] == []


def test_a_formula_is_named_and_never_worked_out() -> None:
    """Nor is what it last gave believed."""
    (row,) = read_workbook(a_workbook(One=[("=1+1", '=HYPERLINK("http://x")', "#REF!")]))["One"]

    assert row.cells[:2] == (Cell(is_formula=True), Cell(is_formula=True))


def test_the_largest_list_is_read(tmp_path: object) -> None:
    """A thousand rows under the headings, thirty columns."""
    content = a_workbook(One=[("x",) * MOST_COLUMNS] * (MOST_ROWS + 1))

    assert len(read_workbook(content)["One"]) == MOST_ROWS + 1


@pytest.mark.parametrize(
    ("sheets", "code"),
    [
        pytest.param({"One": [("x",)] * (MOST_ROWS + 2)}, "too-many-rows", id="rows"),
        pytest.param({"One": [("x",) * (MOST_COLUMNS + 1)]}, "too-many-columns", id="columns"),
        pytest.param({f"S{number}": [("x",)] for number in range(11)}, "too-many-sheets", id="sheets"),
    ],
)
def test_more_than_anybody_needs_is_refused(sheets: dict[str, list[tuple[str, ...]]], code: str) -> None:
    """By number, not by time."""
    assert refused(a_workbook(**sheets)) == code


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"login,name\n", id="CSV"),
        pytest.param(b"\xd0\xcf\x11\xe0" + b"\0" * 600, id="old or encrypted Excel"),
        pytest.param(GOOD[: len(GOOD) // 2], id="cut in half"),
        pytest.param(changed(GOOD, {"xl/workbook.xml": b"<a>" * 100_000}), id="deep"),
        pytest.param(changed(GOOD, {SHEET: b"\xff\xfe" + "<worksheet/>".encode("utf-16-le")}), id="UTF-16"),
        pytest.param(changed(GOOD, {SHEET: b"<?xml version='1.0' encoding='cp037'?><worksheet/>"}), id="EBCDIC"),
        pytest.param(changed(GOOD, {"xl/styles.xml": b"<not closed"}), id="broken styles"),
        pytest.param(changed(GOOD, {"[Content_Types].xml": b"<Types/>"}), id="no types"),
    ],
)
def test_what_is_no_workbook_is_told_so(content: bytes) -> None:
    """Whatever the libraries meet in it."""
    assert refused(content) == "not-xlsx"


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>', id="entity"),
        pytest.param(b'<?xml version="1.0"?><!doctype a SYSTEM "file:///etc/passwd"><worksheet/>', id="file"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://10.0.0.1/">]><worksheet>&x;</worksheet>', id="request"),
    ],
)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "_rels/.rels"])
def test_entities_are_refused_wherever_they_stand(part: str, bomb: bytes) -> None:
    """A billion laughs, a file of ours, a request into the net."""
    assert refused(changed(GOOD, {part: bomb})) == "not-xlsx"


def test_a_zip_bomb_costs_nothing() -> None:
    """A kilobyte that unfolds to a gigabyte: refused by what it says of itself, in no time and no memory."""
    rows = b"<row><c><v>1</v></c></row>" * 800_000
    bomb = changed(GOOD, {SHEET: b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"})

    tracemalloc.start()
    begin = time.thread_time()
    code = refused(bomb)
    spent, (_, most) = time.thread_time() - begin, tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(bomb) < 200_000
    assert code == "too-large"
    assert spent < 1
    assert most < 5_000_000


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    """What a part claims binds: the rest is not unpacked, and the check sum no longer fits."""
    rows = b"<row><c><v>1</v></c></row>" * 800_000
    bomb = bytearray(changed(GOOD, {SHEET: b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"}))
    true_size = struct.pack("<I", len(b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"))
    claimed = bytes(bomb).replace(true_size, struct.pack("<I", 1_000))

    assert refused(claimed) == "not-xlsx"


def test_too_many_parts_are_refused() -> None:
    """Each costs a little."""
    assert refused(changed(GOOD, {f"x/{number}.bin": b"" for number in range(300)})) == "too-large"


def test_too_large_a_file_is_refused_unopened() -> None:
    """Two megabytes are ten thousand rows."""
    assert refused(b"PK" + b"\0" * (2 * 1024 * 1024)) == "too-large"


def test_a_row_that_claims_the_last_place_costs_nothing() -> None:
    """The million empty rows before it are not made."""
    sheet = part_of(GOOD, SHEET).replace(b'<row r="2"', b'<row r="1048576"').replace(b'r="A2"', b'r="A1048576"')

    begin = time.thread_time()
    read = read_workbook(changed(GOOD, {SHEET: sheet}))

    assert time.thread_time() - begin < 2
    assert len(read["People"]) == 1


def test_a_workbook_that_claims_to_be_huge_is_read_for_what_it_is() -> None:
    """Its dimension is only a claim."""
    sheet = part_of(GOOD, SHEET)
    sheet = sheet.replace(sheet[sheet.index(b"<dimension") : sheet.index(b"/>", sheet.index(b"<dimension"))],
                          b'<dimension ref="A1:XFD1048576"')  # fmt: skip

    assert len(read_workbook(changed(GOOD, {SHEET: sheet}))["People"]) == 2


def code_of(content: bytes) -> str:
    """Return the code with which *content* is refused, "" where it is read."""
    try:
        read_workbook(content)
    except FieldError as error:
        return error.code
    return ""


def test_broken_bytes_never_raise_anything_else() -> None:
    """Two hundred workbooks with a few bytes changed: read, or refused with a code."""
    dice, seen = random.Random(20_261_124), set()
    for _ in range(200):
        broken = bytearray(GOOD)
        for _ in range(dice.randint(1, 8)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        seen.add(code_of(bytes(broken)))

    assert "not-xlsx" in seen
    assert seen <= {"", "not-xlsx", "too-large"}


def test_broken_parts_never_raise_anything_else() -> None:
    """As before, inside the zip, where the check sums do not help."""
    dice, seen = random.Random(20_261_125), set()
    names = [name for name in zipfile.ZipFile(io.BytesIO(GOOD)).namelist() if name.startswith("xl/")]
    for _ in range(200):
        name = dice.choice(names)
        broken = bytearray(part_of(GOOD, name))
        for _ in range(dice.randint(1, 4)):
            broken[dice.randrange(len(broken))] = dice.choice(b'<>&"=0aA\xff ')
        seen.add(code_of(changed(GOOD, {name: bytes(broken)})))

    assert "not-xlsx" in seen
    assert seen <= {"", "not-xlsx", "too-large", "too-many-rows", "too-many-columns"}
