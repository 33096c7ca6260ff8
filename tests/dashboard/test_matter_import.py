"""Matters as XLSX by HTTP: the admin's, all of a list or nothing, and what to do about each fault."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.exceptions import HTTPException

from dashboard.bodies import XLSX
from dashboard.matter_import import EXPORT, IMPORT, imported
from layouts.wording import desk_words_in
from street.config import Config
from street.matter_sheet import read_matters
from street.matters import load_matters
from street.people import Role
from tests.dashboard.conftest import Serving, Written
from tests.dashboard.desk_office import Desk, asked_by
from tests.street.sheets import a_workbook

HEAD = ("类别", "代码", "处置时限")
LITTER = ("管理事项", "06010", "2工作时")
ZH = desk_words_in("zh")


@pytest.fixture
def desk(street: Written) -> Iterator[Desk]:
    """Give an office."""
    made = Desk(street)
    yield made
    made.close()


def taken(desk: Desk, content: bytes, *, is_dry: bool = False, role: Role = Role.ADMIN) -> tuple[dict[str, Any], int]:
    """Return what somebody is told who imports *content*."""
    with asked_by(desk.street.sign_in(role)):
        return imported(desk.office, content, ZH, is_dry=is_dry)


def versions(desk: Desk) -> set[int]:
    """Return which versions of matters there are."""
    return {it.version for it in desk.street.store.matters().current()}


def test_a_good_list_is_taken_in(desk: Desk) -> None:
    """The first time it changes something, the second time nothing; who did it stands in the audit."""
    told = [taken(desk, a_workbook(事项=[HEAD, LITTER])) for _ in range(2)]

    assert [(report["said"], status) for report, status in told] == [
        ("已导入：事项变更 1 条，日期变更 0 天", 200),
        ("已导入：事项变更 0 条，日期变更 0 天", 200),
    ]
    assert versions(desk) == {1, 2}
    assert [action for action, _, _ in desk.actions()].count("matter.change") == 1


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    """It says what could be."""
    report, status = taken(desk, a_workbook(事项=[HEAD, LITTER]), is_dry=True)

    assert (report["said"], status, versions(desk)) == ("可以导入：事项 1 条，日期 0 天", 200, {1})


def test_each_fault_says_what_to_do_and_nothing_is_written(desk: Desk) -> None:
    """By sheet, row and column; the good row beside it stays out too."""
    report, status = taken(desk, a_workbook(事项=[HEAD, LITTER, ("管理事项", "06011", "尽快")]))

    assert (status, report["ok"], versions(desk)) == (422, False, {1})
    assert report["said"] == "共 1 处错误，未写入任何数据；请按下表改正后重新导入"
    assert report["rows"] == [["事项", "3", "处置时限", "时限须写作 4工作时、2工作日、6紧急工作时 或 15自然日 · 尽快"]]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"kind,code\n", a_workbook(事项=[HEAD, LITTER])[:500]])
def test_a_broken_file_is_a_sentence(desk: Desk, content: bytes) -> None:
    """Not a stack trace."""
    report, status = taken(desk, content)

    assert (status, versions(desk)) == (422, {1})
    assert report["rows"] == [["", "", "文件", "无法作为 XLSX 打开：请在表格软件中打开后另存为 .xlsx 再导入"]]


def test_many_faults_are_told_in_part(desk: Desk) -> None:
    """Two hundred, and how many more."""
    report, _ = taken(desk, a_workbook(事项=[HEAD, *[("管理事项", "99999", "")] * 250]))

    assert (len(report["rows"]), report["note"]) == (200, "另有 50 处未列出")


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.LEADER, Role.SQUAD_LEADER, Role.AUDITOR])
def test_only_the_admin_imports(desk: Desk, role: Role) -> None:
    """To others it does not exist."""
    with pytest.raises(HTTPException, match="404"):
        taken(desk, a_workbook(事项=[HEAD, LITTER]), role=role)

    assert versions(desk) == {1}


def test_a_list_goes_out_and_in_over_http(serve: Callable[[Config], Serving], street: Written) -> None:
    """What an admin downloads, she can upload; an operator can do neither."""
    serving = serve(street.config)
    admin, operator = street.sign_in(Role.ADMIN), street.sign_in(Role.OPERATOR)

    out = serving.browser(admin).get(EXPORT)
    back = _posted(serving.browser(admin), out.content, admin.csrf)

    assert (out.status_code, out.headers["content-type"], out.headers["cache-control"]) == (200, XLSX, "no-store")
    assert len(read_matters(out.content, load_matters()).matters) == 403
    assert (back.status_code, back.json()["counts"]) == (200, {"matters": 0, "days": 0})
    assert serving.browser(operator).get(EXPORT).status_code == 404
    assert _posted(serving.browser(operator), out.content, operator.csrf).status_code == 404


def _posted(browser: httpx.Client, content: bytes, csrf: dict[str, str]) -> httpx.Response:
    origin = {"origin": str(browser.base_url).rstrip("/")}
    return browser.post(IMPORT, content=content, headers={"content-type": XLSX, **origin, **csrf})
