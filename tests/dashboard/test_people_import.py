"""People and shifts out of an XLSX: every fault under its row, and all of it or nothing."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from dashboard.bodies import XLSX
from dashboard.people_import import MOST_PEOPLE, imported, template
from layouts.wording import desk_words_in
from street.passwords import verify
from street.people import Role
from tests.dashboard.conftest import COMMUNITY, SUBDISTRICT, Serving, Written, started
from tests.dashboard.desk_office import Desk, asked_by

ZH = desk_words_in("zh")
HEAD = ["账号", "姓名", "英文名", "电话", "单位", "角色", "区域"]
LINA = ["lina", "李娜", "Li Na", "13812345678", "一组", "执法队员", "江苏路社区"]
SHIFT = ["2026-11-24", "8:00", "9:00"]
DATED = "日期须写作 2026-11-24 · soon"
SHIFT_HEAD = ["账号", "日期", "开始", "结束"]


def a_workbook(people: list[list[Any]], shifts: list[list[Any]] | None = None) -> bytes:
    """Return a workbook with these rows."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "人员"
    for row in [HEAD, *people]:
        sheet.append(row)
    if shifts is not None:
        roster = book.create_sheet("排班")
        for row in [SHIFT_HEAD, *shifts]:
            roster.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """Return a workbook as a file."""
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_a_dry_run_counts_and_writes_nothing(street: Written) -> None:
    """The first press only looks."""
    desk = Desk(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        report, status = imported(
            desk.office, a_workbook([LINA], [["lina", "2026-11-24", "20:00", "08:00"]]), ZH, is_dry=True
        )

    assert (status, report["ok"], report["counts"]) == (200, True, {"people": 1, "shifts": 1})
    assert street.store.people().find("lina") is None


def test_a_good_list_is_taken_in_with_passwords_that_work(street: Written) -> None:
    """Each is shown once, and must be changed."""
    desk = Desk(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        report, status = imported(
            desk.office, a_workbook([LINA], [["lina", "2026-11-24", "20:00", "08:00"]]), ZH, is_dry=False
        )

    person = street.store.people().find("lina")
    assert status == 200
    assert person is not None
    assert person.must_change_password
    assert person.grants[0].role is Role.OFFICER
    [[login, _, secret]] = report["rows"]
    assert login == "lina"
    assert verify(street.store.people().password_hash(person.person_id), secret)
    assert len(street.store.roster().shifts(0, 2**60)) == 1
    assert {action for action, _, _ in desk.actions()} >= {"person.import", "roster.import"}


@pytest.mark.parametrize(
    ("rows", "shifts", "wanted"),
    [
        pytest.param([[*LINA[:5], "皇帝", LINA[6]]], None, ["人员", "2", "角色", "没有这个角色 · 皇帝"], id="role"),
        pytest.param([[*LINA[:6], "火星"]], None, ["人员", "2", "区域", "没有这个区域 · 火星"], id="area"),
        pytest.param([LINA, LINA], None, ["人员", "3", "账号", "账号在表中重复 · lina"], id="twice"),
        pytest.param([["taken", *LINA[1:]]], None, ["人员", "2", "账号", "账号已被使用 · taken"], id="taken"),
        pytest.param([["=1+1", *LINA[1:]]], None, ["人员", "2", "账号", "不接受公式"], id="formula"),
        pytest.param([["", *LINA[1:]]], None, ["人员", "2", "账号", "必填"], id="no account"),
        pytest.param([], [["nobody", *SHIFT]], ["排班", "2", "账号", "没有这个账号 · nobody"], id="shift"),
        pytest.param([LINA], [["lina", "soon", *SHIFT[1:]]], ["排班", "2", "日期", DATED], id="date"),
    ],
)  # fmt: skip
def test_one_wrong_row_keeps_all_out_and_is_named(
    street: Written, rows: list[list[Any]], shifts: list[list[Any]] | None, wanted: list[str]
) -> None:
    """Sheet, row, column, what is wrong and what stood there."""
    desk = Desk(street)
    desk.a_person("taken", Role.OFFICER, COMMUNITY)
    good = ["zhaojun", *LINA[1:]]

    with asked_by(street.sign_in(Role.ADMIN)):
        report, status = imported(desk.office, a_workbook([*rows, good], shifts), ZH, is_dry=False)

    assert (status, report["ok"]) == (422, False)
    assert wanted in report["rows"]
    assert street.store.people().find("zhaojun") is None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<html>", a_workbook([LINA])[:400]], ids=range(4))
def test_what_is_no_workbook_is_said_so(street: Written, content: bytes) -> None:
    """A file by another name."""
    desk = Desk(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        report, status = imported(desk.office, content, ZH, is_dry=True)

    assert status == 422
    assert report["rows"][0][0] == "文件"


def test_a_list_that_is_too_long_for_a_page_is_refused_whole(street: Written) -> None:
    """Each password costs a hash; longer lists go by the command line."""
    desk = Desk(street)
    rows = [[f"p{number}", *LINA[1:]] for number in range(MOST_PEOPLE + 1)]

    with asked_by(street.sign_in(Role.ADMIN)):
        report, status = imported(desk.office, a_workbook(rows), ZH, is_dry=False)

    assert status == 422
    assert "行数太多" in report["rows"][0][3]


def test_nobody_imports_what_they_may_not_change(street: Written) -> None:
    """The policy is asked about each person and each shift, not only about the page."""
    desk = Desk(street)

    with asked_by(street.sign_in(Role.SQUAD_LEADER)):
        report, status = imported(
            desk.office, a_workbook([LINA], [["lina", "2026-11-24", "20:00", "08:00"]]), ZH, is_dry=False
        )

    assert status == 422
    assert report["rows"][0][3].startswith("没有权限")
    assert street.store.people().find("lina") is None


def test_faults_beyond_a_screenful_are_counted(street: Written) -> None:
    """A list in the wrong order is wrong a thousand times."""
    desk = Desk(street)
    rows = [[f"p{number}", "", *LINA[2:]] for number in range(250)]

    with asked_by(street.sign_in(Role.ADMIN)):
        report, _ = imported(desk.office, a_workbook(rows), ZH, is_dry=True)

    assert report["counts"] == {"faults": 250}
    assert len(report["rows"]) == 200
    assert report["note"] == "另有 50 处未列出"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_template_is_read_back_when_it_is_filled_in(street: Written, lang: str) -> None:
    """Its own headings, and the roles and areas of its third sheet, are understood."""
    desk = Desk(street)
    with asked_by(street.sign_in(Role.ADMIN)):
        book = load_workbook(io.BytesIO(template(lang, desk.areas)))
        people, roster, notes = book.worksheets
        roles = [row[0].value for row in notes.iter_rows(min_row=2) if row[0].value]
        for number, role in enumerate(roles):
            people.append([f"p{number}", "李娜", None, None, None, role, COMMUNITY])
        roster.append(["p0", "2026-11-24", "08:00", "20:00"])
        report, status = imported(desk.office, saved(book), desk_words_in(lang), is_dry=True)

    assert (status, report["counts"]) == (200, {"people": len(roles), "shifts": 1}), report["rows"]
    assert len(roles) == 8


@pytest.fixture
def serving(street: Written) -> Iterator[Serving]:
    """A dashboard over the street."""
    one = started(street.config)
    yield one
    one.stop()


def test_the_admin_sends_a_file_and_others_find_no_such_address(street: Written, serving: Serving) -> None:
    """Over HTTP, with the session's token; the answer is in the language asked for."""
    admin, leader = street.sign_in(Role.ADMIN, SUBDISTRICT), street.sign_in(Role.SQUAD_LEADER)
    content, kind = a_workbook([LINA]), {"content-type": XLSX}

    good = serving.browser(admin).post("/api/people/import?lang=en", content=content, headers={**kind, **admin.csrf})
    forbidden = serving.browser(leader).post("/api/people/import", content=content, headers={**kind, **leader.csrf})
    forged = serving.browser(admin).post("/api/people/import", content=content, headers=kind)
    odd = serving.browser(admin).post("/api/people/import", content=content, headers=admin.csrf)
    empty = serving.browser(admin).get("/desk/people.xlsx")

    assert (good.status_code, good.json()["said"]) == (200, "Imported {people} people, {shifts} shifts")
    assert (forbidden.status_code, forged.status_code, odd.status_code) == (404, 403, 415)
    assert empty.headers["content-type"] == XLSX
    assert street.store.people().find("lina") is not None
