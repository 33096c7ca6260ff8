"""Matters and days as XLSX: each row judged, each fault told by row and column, and what goes out comes in again."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from street.matter_sheet import as_xlsx, read_matters
from street.matters import Limit, Matter, MatterKind, load_matters
from street.store import OwnDay
from street.worktime import Unit
from tests.street.sheets import a_workbook, changed

KNOWN = load_matters()
HEAD = ("类别", "代码", "名称", "责任部门", "处置时限", "立案条件")
LITTER = ("管理事项", "06010", "暴露垃圾", "环卫公司", "2工作时", "看见就立")


def faults(**sheets: list[tuple[Any, ...]]) -> list[tuple[str, int, str, str]]:
    """Return what is wrong with a workbook of these sheets, and that nothing of it would be taken in silently."""
    return [fault[:4] for fault in read_matters(a_workbook(**sheets), KNOWN).faults]


def test_a_row_changes_what_its_columns_say_and_nothing_else() -> None:
    """In a site's own words; the row is no example any more."""
    old = KNOWN.find(MatterKind.MATTER, "06010")
    assert old is not None

    sheet = read_matters(a_workbook(事项=[HEAD, LITTER]), KNOWN)

    limits = {**old.limits, "dispatched": Limit(2, Unit.WORK_HOURS)}
    wanted = replace(old, department_id="环卫公司", limits=limits, file_when="看见就立", is_example=False)
    assert sheet.faults == ()
    assert sheet.matters == (wanted,)


def test_what_goes_out_comes_in_the_very_same() -> None:
    """All 403 with their marks, and the days."""
    days = [OwnDay(date(2027, 1, 1), is_workday=False, name="元旦"), OwnDay(date(2027, 1, 9), is_workday=True)]

    sheet = read_matters(as_xlsx(KNOWN, days), KNOWN)

    assert sheet.faults == ()
    assert list(sheet.matters) == list(KNOWN)
    assert sheet.days == {own.day: own for own in days}


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ("4工作时", Limit(4, Unit.WORK_HOURS)),
        ("2 工作日", Limit(2, Unit.WORK_DAYS)),
        ("0.5紧急工作时", Limit(0.5, Unit.URGENT_HOURS)),
        ("１５自然日", Limit(15, Unit.DAYS)),
        ("3 Work hours", Limit(3, Unit.WORK_HOURS)),
        ("6 urgent_hours", Limit(6, Unit.URGENT_HOURS)),
        ("", None),
        (None, None),
    ],
)
def test_a_limit_is_said_as_notices_say_it(said: str | None, limit: Limit | None) -> None:
    """Full-width digits too; an empty cell takes the limit away."""
    sheet = read_matters(a_workbook(m=[("kind", "code", "dispatched"), ("matter", "06010", said)]), KNOWN)

    assert sheet.faults == ()
    assert sheet.matters[0].limits.get("dispatched") == limit
    assert "reported" in sheet.matters[0].limits


def test_a_list_that_was_exported_before_somebody_elses_change_is_refused() -> None:
    """Only where it would overwrite that change; the same list twice is no fault."""
    old = KNOWN.find(MatterKind.MATTER, "06010")
    assert old is not None
    theirs = replace(old, file_when="新条件", version=2, is_example=False)
    rows = [("kind", "code", "version", "file_when"), ("matter", "06010", 1, "看见就立")]
    same = [rows[0], ("matter", "06010", 1, "新条件")]

    stale, again = (read_matters(a_workbook(m=it), KNOWN.with_changes([theirs])) for it in (rows, same))

    assert [fault[:4] for fault in stale.faults] == [("m", 2, "version", "superseded")]
    assert read_matters(a_workbook(m=rows), KNOWN).faults == ()
    assert (again.faults, again.matters) == ((), (theirs,))


def test_a_code_that_a_spreadsheet_took_for_a_number_is_found() -> None:
    """Its first 0 is gone."""
    sheet = read_matters(a_workbook(m=[("kind", "code"), ("部件", 1037)]), KNOWN)

    assert [it.name for it in sheet.matters] == ["路灯"]


def test_a_local_minor_makes_a_matter_of_the_sites_own() -> None:
    """From 080 on; it needs a name, and may be renamed."""
    rows = [("kind", "code", "name", "dispatched"), ("matter", "06999", "扬絮（自定义）", "1工作日")]

    sheet = read_matters(a_workbook(m=rows), KNOWN)

    limits = {"dispatched": Limit(1, Unit.WORK_DAYS)}
    own = Matter(kind=MatterKind.MATTER, code="06999", name="扬絮（自定义）", limits=limits)
    assert sheet.matters == (own,)
    renamed = read_matters(
        a_workbook(m=[("kind", "code", "name"), ("matter", "06999", "飞絮")]), KNOWN.with_changes([own])
    )
    assert [it.name for it in renamed.matters] == ["飞絮"]


def test_days_are_worked_off_or_the_laws_again() -> None:
    """Real dates and typed ones."""
    rows = [
        ("日期", "类别", "说明"),
        (datetime(2027, 1, 1), "放假", "元旦"),  # noqa: DTZ001 - a spreadsheet's days have no zone
        ("2027-01-09", "调休", None),
        ("2027/2/1", "法定", ""),
    ]

    sheet = read_matters(a_workbook(日历=rows), KNOWN)

    assert sheet.faults == ()
    assert sheet.days == {
        date(2027, 1, 1): OwnDay(date(2027, 1, 1), is_workday=False, name="元旦"),
        date(2027, 1, 9): OwnDay(date(2027, 1, 9), is_workday=True),
        date(2027, 2, 1): None,
    }


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        pytest.param(("管理事项", "06031", "", "", "", ""), ("代码", "unknown"), id="a gap of the standard"),
        pytest.param(("管理事项", "99999", "x", "", "", ""), ("代码", "code"), id="no major of the standard"),
        pytest.param(("管理部件", "06999", "x", "", "", ""), ("代码", "unknown"), id="components end with major 05"),
        pytest.param(("管理事项", "6-10", "", "", "", ""), ("代码", "code"), id="no five digits"),
        pytest.param(("管理事项", "", "", "", "", ""), ("代码", "missing"), id="no code"),
        pytest.param(("", "06010", "", "", "", ""), ("类别", "missing"), id="no kind"),
        pytest.param(("案件", "06010", "", "", "", ""), ("类别", "unknown"), id="no such kind"),
        pytest.param(
            ("管理事项", "06010", "垃圾", "", "", ""), ("名称", "of-standard"), id="another name than the standard's"
        ),
        pytest.param(
            ("管理事项", "06999", "", "", "", ""), ("名称", "missing"), id="a matter of one's own without a name"
        ),
        pytest.param(
            ("管理事项", "06010", "暴露垃圾", "", "4", ""), ("处置时限", "limit"), id="a limit without a unit"
        ),
        pytest.param(
            ("管理事项", "06010", "暴露垃圾", "", "-4工作时", ""), ("处置时限", "formula"), id="a limit below 0"
        ),
        pytest.param(
            ("管理事项", "06010", "暴露垃圾", "", "20000自然日", ""), ("处置时限", "limit"), id="a limit of 55 years"
        ),
        pytest.param(("管理事项", "06010", "暴露垃圾", "=1+1", "", ""), ("责任部门", "formula"), id="a formula"),
        pytest.param(("管理事项", "06010", "暴露垃圾", "环" * 201, "", ""), ("责任部门", "too-long"), id="a long name"),
    ],
)
def test_what_is_wrong_is_told_by_row_and_column(row: tuple[Any, ...], fault: tuple[str, str]) -> None:
    """Of the row that is wrong, with the right one above it."""
    columns = {"类别": "kind", "代码": "code", "名称": "name", "责任部门": "department_id", "处置时限": "dispatched"}

    found = faults(事项=[HEAD, ("管理事项", "06011", "积存垃圾渣土", "", "", ""), row])

    assert found == [("事项", 3, columns[fault[0]], fault[1])]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("2027-02-29", "放假"), ("day", "date")),
        (("元旦", "放假"), ("day", "date")),
        (("", "放假"), ("day", "missing")),
        (("2027-01-01", "半天"), ("kind", "unknown")),
        (("2027-01-02", "放假"), ("day", "twice")),
    ],
)
def test_a_day_that_cannot_be_is_told(row: tuple[str, str], fault: tuple[str, str]) -> None:
    """By its row."""
    found = faults(日历=[("日期", "类别"), ("2027-01-02", "上班"), row])

    assert found == [("日历", 3, *fault)]


def test_headings_are_judged_before_rows() -> None:
    """A list whose columns nobody knows says nothing about its rows."""
    assert faults(事项=[("类别", "天气"), ("管理事项", "晴")]) == [
        ("事项", 1, "", "unknown-column"),
        ("事项", 1, "code", "missing-column"),
    ]
    assert faults(事项=[("类别", "代码", "kind"), LITTER]) == [("事项", 1, "kind", "column-twice")]
    assert faults(事项=[("类别", "代码"), LITTER[:2], LITTER[:2]]) == [("事项", 3, "code", "twice")]


def test_a_sheet_nobody_knows_is_not_passed_over() -> None:
    """Somebody meant something by it; one sheet alone is the matters, whatever its title."""
    assert faults(事项=[HEAD, LITTER], 附件=[("说明",)]) == [("附件", 0, "", "unknown-sheet")]
    assert faults(Sheet1=[HEAD, LITTER]) == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "not-xlsx", id="nothing"),
        pytest.param(b"kind,code\nmatter,06010\n", "not-xlsx", id="a CSV"),
        pytest.param(a_workbook(m=[HEAD, LITTER])[:-200], "not-xlsx", id="cut off"),
        pytest.param(a_workbook(m=[HEAD, LITTER])[:900] + b"x" * 3_000, "not-xlsx", id="damaged"),
        pytest.param(
            changed(a_workbook(m=[HEAD]), {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}),
            "not-xlsx",
            id="XML that breaks off",
        ),
        pytest.param(a_workbook(m=[]), "empty", id="without rows"),
        pytest.param(a_workbook(m=[HEAD]), "empty", id="with headings only"),
        pytest.param(a_workbook(m=[HEAD] + [LITTER] * 1_100), "too-many-rows", id="too long"),
    ],
)
def test_a_broken_workbook_is_told_in_one_line(content: bytes, code: str) -> None:
    """Never raised, and nothing of it is used."""
    sheet = read_matters(content, KNOWN)

    assert [(fault.column, fault.code) for fault in sheet.faults] == [("file", code)]
    assert not sheet.matters
    assert not sheet.days
