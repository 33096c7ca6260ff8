"""Lists of people: what each row says, and why a row is refused."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

import street
from street import passwords
from street.clock import HOUR_US, STREET_ZONE, as_us
from street.people import Grant, Person, Role, Shift
from street.people_sheet import Known, PeopleSheet, read_people, with_first_passwords
from street.places import load_places
from tests.street.sheets import HEADINGS, HEADINGS_ZH, ROSTER, WANG, a_workbook, changed, part_of

PLACES = load_places(Path(street.__file__).parent / "geo")
LI = Person(person_id="p-li", login="li.na", name="李娜")
DAY = as_us(datetime(2026, 11, 24, tzinfo=STREET_ZONE))
SHEET_DAY = datetime(2026, 11, 24)  # noqa: DTZ001 - a spreadsheet's days know no zone


def read(*people: tuple[Any, ...], headings: tuple[str, ...] = HEADINGS, **more: Any) -> PeopleSheet:
    """Return what a list of these rows says."""
    shifts = more.pop("shifts", ())
    return read_people(a_workbook(People=[headings, *people], **more), Known.of([LI], PLACES, shifts))


def read_roster(*rows: tuple[Any, ...], shifts: tuple[Shift, ...] = ()) -> PeopleSheet:
    """Return what a roster of these rows says."""
    return read_people(a_workbook(Roster=[ROSTER, *rows]), Known.of([LI], PLACES, shifts))


def codes(sheet: PeopleSheet) -> list[tuple[int, str, str]]:
    """Return the faults without what was found."""
    return [(fault.row, fault.column, fault.code) for fault in sheet.faults]


def row_with(**changes: Any) -> tuple[Any, ...]:
    """Return Wang Fang's row with some cells changed."""
    return tuple({**dict(zip(HEADINGS, WANG, strict=True)), **changes}.values())


@pytest.mark.parametrize("headings", [HEADINGS, HEADINGS_ZH, tuple(it.upper() for it in HEADINGS)])
def test_a_row_becomes_a_person(headings: tuple[str, ...]) -> None:
    """With headings in either language."""
    sheet = read(WANG, headings=headings)

    assert sheet.faults == ()
    (person,) = sheet.people
    assert person.person_id
    assert (person.login, person.name, person.name_en) == ("wang", "王芳", "Wang Fang")
    assert (person.phone, person.unit) == ("13900010002", "执法中队")
    assert person.grants == (Grant(Role.OFFICER, "370202007007"),)
    assert person.must_change_password


@pytest.mark.parametrize(
    ("role", "area", "grants"),
    [
        pytest.param("officer", "370202007", [("officer", "370202007")], id="codes"),
        pytest.param("网格员", "370202007007003", [("grid_worker", "370202007007003")], id="a grid cell"),
        pytest.param("Squad leader", "370202", [("squad_leader", "370202")], id="a district, in English"),
        pytest.param(
            "执法队员、网格员", "齐东路社区；大学路社区",
            [("officer", "370202007001"), ("officer", "370202007008"), ("grid_worker", "370202007001"),
             ("grid_worker", "370202007008")],
            id="two roles in two areas",
        ),
    ],
)  # fmt: skip
def test_roles_and_areas_are_named_as_people_name_them(role: str, area: str, grants: list[tuple[str, str]]) -> None:
    """By code or by name, one or several."""
    (person,) = read(row_with(role=role, area=area)).people

    assert [(grant.role.value, grant.area_id) for grant in person.grants] == grants


def test_numbers_are_texts_here() -> None:
    """Excel turns a phone, a login of digits and an area into numbers."""
    (person,) = read(row_with(login=10086, phone=13900010002.0, area=370202007)).people

    assert (person.login, person.phone, person.grants[0].area_id) == ("10086", "13900010002", "370202007")


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        pytest.param({"login": None}, "login", "missing", id="no login"),
        pytest.param({"login": "w"}, "login", "form", id="login too short"),
        pytest.param({"login": "Li.Na"}, "login", "login-taken", id="login of somebody"),
        pytest.param({"name": None}, "name", "missing", id="no name"),
        pytest.param({"name": "王" * 65}, "name", "too-long", id="long name"),
        pytest.param({"name": "王\u202e芳"}, "name", "characters", id="turned name"),
        pytest.param({"name": "=1+1"}, "name", "formula", id="formula"),
        pytest.param({"unit": '=HYPERLINK("http://x","y")'}, "unit", "formula", id="link"),
        pytest.param({"unit": "@SUM(A1)"}, "unit", "formula", id="text that would become a formula"),
        pytest.param({"unit": "+1"}, "unit", "formula", id="another"),
        pytest.param({"phone": "call me"}, "phone", "form", id="phone of letters"),
        pytest.param({"role": "国王"}, "role", "role-unknown", id="unknown role"),
        pytest.param({"role": "officer, king"}, "role", "role-unknown", id="one of two roles unknown"),
        pytest.param({"area": "火星社区"}, "area", "area-unknown", id="unknown area"),
        pytest.param({"area": "370202999"}, "area", "area-unknown", id="area that is none of ours"),
        pytest.param({"area": None}, "area", "missing", id="no area"),
    ],
)
def test_a_row_that_cannot_be_is_told_with_its_reason(changes: dict[str, Any], column: str, code: str) -> None:
    """Under the spreadsheet's own row number; the good rows are known as good."""
    sheet = read(row_with(login="zhao"), row_with(**changes), row_with(login="qian"))

    assert codes(sheet) == [(3, column, code)]
    assert [person.login for person in sheet.people] == ["zhao", "qian"]


def test_a_phone_may_begin_with_plus() -> None:
    """+86 is no formula."""
    assert read(row_with(phone="+86 139 0001 0002")).faults == ()


def test_all_faults_are_told_at_once() -> None:
    """Whoever mends the list mends it once."""
    sheet = read(
        row_with(role="国王", area="火星"), row_with(name=None), row_with(login="ok-1"), row_with(login="OK-1")
    )

    assert codes(sheet) == [
        (2, "role", "role-unknown"), (2, "area", "area-unknown"), (3, "name", "missing"), (5, "login", "login-twice"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("headings", "faults"),
    [
        pytest.param((*HEADINGS, "password"), [(1, "", "unknown-column")], id="a column nobody reads"),
        pytest.param(HEADINGS[:-1], [(1, "area", "missing-column")], id="a column missing"),
        pytest.param((*HEADINGS, "登录名"), [(1, "login", "column-twice")], id="a column twice"),
        pytest.param(("a", "b"), [(1, "", "unknown-column")] * 2 + [
            (1, name, "missing-column") for name in ("login", "name", "role", "area")
        ], id="no headings"),
    ],
)  # fmt: skip
def test_headings_are_checked_before_any_row(headings: tuple[str, ...], faults: list[tuple[int, str, str]]) -> None:
    """A list that was read under the wrong headings would be all wrong."""
    sheet = read(WANG, headings=headings)

    assert codes(sheet) == faults
    assert sheet.people == ()


def test_columns_may_stand_in_any_order_with_empty_ones_between() -> None:
    """And optional ones may be missing."""
    sheet = read(("江苏路社区", None, "officer", "王芳", "wang"), headings=("area", "", "role", "name", "login"))

    assert sheet.faults == ()
    assert sheet.people[0].unit == ""


@pytest.mark.parametrize("title", ["People", "人员", "Sheet1"])
def test_the_sheet_is_found_by_its_title_or_is_the_first(title: str) -> None:
    """Whatever the spreadsheet program called it."""
    content = a_workbook(**{title: [HEADINGS, WANG]})

    assert len(read_people(content, Known.of([], PLACES)).people) == 1


@pytest.mark.parametrize(
    "content",
    [a_workbook(One=[]), changed(a_workbook(One=[HEADINGS]), {"xl/workbook.xml": b"<workbook/>"})],
    ids=["no rows", "no sheets"],
)
def test_an_empty_workbook_is_told(content: bytes) -> None:
    """Nothing to take in is no success."""
    assert codes(read_people(content, Known.of([], PLACES))) == [(0, "file", "empty")]


def test_a_file_that_is_none_is_told_as_one_fault() -> None:
    """The whole of it, without a row."""
    assert codes(read_people(b"login,name", Known.of([], PLACES))) == [(0, "file", "not-xlsx")]


@pytest.mark.parametrize(
    ("day", "starts", "ends", "from_h", "to_h"),
    [
        pytest.param("2026-11-24", "08:00", "16:00", 8, 16, id="text"),
        pytest.param("2026/11/24", "8:00", "16：00", 8, 16, id="as typed in Chinese"),
        pytest.param(SHEET_DAY, time(8), time(16), 8, 16, id="the spreadsheet's own kinds"),
        pytest.param(date(2026, 11, 24), timedelta(hours=8), "24:00", 8, 24, id="until midnight"),
        pytest.param("2026-11-24", "20:00", "08:00", 20, 32, id="over night"),
        pytest.param("2026-11-24", "00:00", "00:00", 0, 24, id="around the clock"),
    ],
)
def test_a_shift_is_read(day: Any, starts: Any, ends: Any, from_h: int, to_h: int) -> None:
    """In Asia/Shanghai, however days and times are written."""
    sheet = read_roster(("li.na", day, starts, ends))

    assert sheet.faults == ()
    assert sheet.shifts == (
        Shift(person_id="p-li", starts_us=DAY + from_h * HOUR_US, ends_us=DAY + to_h * HOUR_US),
    )  # fmt: skip


def test_a_roster_may_name_people_of_the_same_file() -> None:
    """By the login that the other sheet gives them."""
    sheet = read(WANG, Roster=[ROSTER, ("WANG", "2026-11-24", "08:00", "16:00")])

    assert sheet.faults == ()
    assert [shift.person_id for shift in sheet.shifts] == [person.person_id for person in sheet.people]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        pytest.param(("nobody", "2026-11-24", "08:00", "16:00"), "login", "login-unknown", id="nobody"),
        pytest.param(("li.na", "24.11.2026", "08:00", "16:00"), "date", "date", id="a day in another order"),
        pytest.param(("li.na", "2026-02-30", "08:00", "16:00"), "date", "date", id="no such day"),
        pytest.param(("li.na", "9999-01-01", "08:00", "16:00"), "date", "date", id="a far day"),
        pytest.param(("li.na", "2026-11-24", "8 o'clock", "16:00"), "starts", "time", id="no time"),
        pytest.param(("li.na", "2026-11-24", "08:00", "16:61"), "ends", "time", id="no such minute"),
        pytest.param(("li.na", "2026-11-24", "08:00", "25:00"), "ends", "time", id="no such hour"),
        pytest.param(("li.na", "2026-11-24", "=NOW()", "16:00"), "starts", "formula", id="formula"),
        pytest.param(("li.na", "2026-11-24", None, "16:00"), "starts", "missing", id="empty"),
    ],
)
def test_a_shift_that_cannot_be_is_told(row: tuple[Any, ...], column: str, code: str) -> None:
    """Nothing is guessed."""
    sheet = read_roster(row)

    assert codes(sheet) == [(2, column, code)]
    assert sheet.shifts == ()


def test_overlaps_are_told_under_the_later_row() -> None:
    """Within the list, and with what the roster holds already."""
    known = Shift(person_id="p-li", starts_us=DAY, ends_us=DAY + 6 * HOUR_US)

    sheet = read_roster(
        ("li.na", "2026-11-24", "05:00", "10:00"),
        ("li.na", "2026-11-24", "12:00", "20:00"),
        ("li.na", "2026-11-24", "16:00", "22:00"),
        shifts=(known,),
    )

    assert codes(sheet) == [(2, "starts", "overlaps"), (4, "starts", "overlaps")]


def test_shifts_that_follow_each_other_do_not_overlap() -> None:
    """Sixteen hours in two rows."""
    rows = (("li.na", "2026-11-24", "00:00", "08:00"), ("li.na", "2026-11-24", "08:00", "16:00"))

    assert read_roster(*rows).faults == ()


def test_a_date_beyond_all_calendars_is_a_fault_of_its_cell() -> None:
    """openpyxl gives an error for it, not a day."""
    content = a_workbook(Roster=[ROSTER, ("li.na", SHEET_DAY, "08:00", "16:00")])
    sheet = part_of(content, "xl/worksheets/sheet1.xml").replace(b"<v>46350</v>", b"<v>99999999999</v>")

    found = read_people(changed(content, {"xl/worksheets/sheet1.xml": sheet}), Known.of([LI], PLACES))

    assert codes(found) == [(2, "date", "error-cell")]


def test_everybody_gets_a_first_password_of_her_own() -> None:
    """Told once, beside the hash that is stored."""
    rows = with_first_passwords(read(row_with(login="one"), row_with(login="two")).people)

    assert [row.person.login for row, _ in rows] == ["one", "two"]
    assert len({password for _, password in rows}) == 2
    assert all(passwords.verify(row.password_hash, password) for row, password in rows)
