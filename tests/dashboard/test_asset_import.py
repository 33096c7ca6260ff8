"""Assets out of a file: every fault under its row, what would change before it does, and all of it or nothing."""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from dashboard.asset_import import MOST_TOLD, imported
from layouts.wording import desk_words_in
from street.asset_export import FORMATS
from street.assets import Asset
from street.config import Config
from street.people import Role
from street.store import Store
from tests.dashboard.conftest import COMMUNITY, METER, SUBDISTRICT, Serving, Written
from tests.dashboard.desk_office import Desk, asked_by

WORDS = desk_words_in("zh")
HEAD = "编号,类型,名称,社区代码\n"
GOOD = HEAD + f"SL-1,路灯,路口灯,{COMMUNITY}\nNM-01,噪声监测点,school gate,{COMMUNITY}\n"
NAMED = Asset(asset_id="EL-1", kind="elder_button", name="call 13812345678", community_id=COMMUNITY)
KIND = {"content-type": "application/octet-stream"}


def read(
    street: Written, content: bytes, role: Role = Role.ADMIN, *, is_dry: bool = False
) -> tuple[dict[str, Any], int]:
    """Import *content* as somebody of this role."""
    with asked_by(street.sign_in(role, SUBDISTRICT)):
        return imported(Desk(street).office, content, WORDS, is_dry=is_dry)


def registered(store: Store) -> dict[str, str]:
    """Return the registered assets' names."""
    with closing(store.reader()) as reader:
        return {it.asset_id: it.name for it in reader.assets()}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_list_is_shown_first_and_taken_in_whole(street: Written, encoding: str) -> None:
    """What is new and what changes, by its columns; then it is there, with one entry in the audit."""
    content = GOOD.encode(encoding)

    shown, status = read(street, content, is_dry=True)
    before = registered(street.store)
    done, _ = read(street, content)

    assert (status, shown["ok"], shown["counts"]) == (200, True, {"added": 1, "changed": 1, "unchanged": 0})
    assert shown["rows"][0] == ["SL-1", "路口灯", "新增"]
    assert shown["rows"][1][0] == "NM-01"
    assert "经度" in shown["rows"][1][2]
    assert "SL-1" not in before
    assert done["ok"]
    assert registered(street.store)["SL-1"] == "路口灯"
    entries = [it.entry for it in street.store.audit().find(action="assets.import")]
    assert [json.loads(it.after)["added"] for it in entries] == [1]


@pytest.mark.parametrize("is_dry", [True, False])
def test_one_wrong_row_and_nothing_is_taken_in(street: Written, *, is_dry: bool) -> None:
    """Each fault with its row, column and what was found."""
    content = GOOD + "SL-2,龙,<b>,370202007001\nSL 3,路灯,a\u202eb,x\n"

    report, status = read(street, content.encode(), is_dry=is_dry)

    assert (status, report["ok"], report["counts"]) == (200 if is_dry else 422, False, {"faults": "2"})
    assert report["rows"][0] == ["—", "4", "类型", "无法识别 · 龙"]
    assert ["—", "5", "名称", "含不能使用的字符 · a\\u202eb"] in report["rows"]
    assert "SL-1" not in registered(street.store)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"", "没有内容", id="empty"),
        pytest.param(b"\xff\xfe\0\0", "不是文本", id="binary"),
        pytest.param(b"PK\3\4 broken", "不是 XLSX 工作簿", id="a broken workbook"),
        pytest.param(b'{"type": "Feature"}', "不是 GeoJSON", id="no collection"),
        pytest.param(b"a,b\n1,2\n", "没有这一列 · a", id="other columns"),
        pytest.param(b"x" * (16 * 1024 * 1024 + 1), "文件太大", id="too large"),
    ],
)
def test_a_file_that_is_none_says_why(street: Written, content: bytes, sentence: str) -> None:
    """In one line."""
    report, status = read(street, content, is_dry=True)

    assert (status, report["ok"]) == (200, False)
    assert sentence in report["rows"][0][3]


def test_many_faults_are_counted_and_the_first_told(street: Written) -> None:
    """Nobody reads thousands."""
    rows = "".join(f"SL-{number},龙,x,\n" for number in range(MOST_TOLD + 50))

    report, _ = read(street, (HEAD + rows).encode())

    assert len(report["rows"]) == MOST_TOLD
    assert "50" in report["note"]


@pytest.mark.parametrize("form", ["csv", "xlsx", "geojson"])
def test_a_file_of_ours_comes_back_without_harm(street: Written, form: str) -> None:
    """Names left masked: what comes back so is what it was."""
    street.store.register_assets([NAMED])
    masked = FORMATS[form]([replace(NAMED, name="call 138****5678"), replace(METER, name="校门口")], ())

    report, _ = read(street, masked)

    names = registered(street.store)
    assert report["counts"]["added"] == 0
    assert names == {"EL-1": NAMED.name, "NM-01": "校门口", "WX-01": "roof station"}


@pytest.mark.parametrize("role", [Role.LEADER, Role.SQUAD_LEADER, Role.OPERATOR])
def test_nobody_but_the_keeper_imports(street: Written, role: Role) -> None:
    """The route asks for itself, whatever the guard let through."""
    report, status = read(street, GOOD.encode(), role)

    assert (status, report["ok"]) == (422, False)
    assert "SL-1" not in registered(street.store)


def test_a_list_comes_over_http(street: Written, serve: Callable[[Config], Serving]) -> None:
    """With the page's own token; a form of another site cannot send such a body."""
    admin, leader = street.sign_in(Role.ADMIN, SUBDISTRICT), street.sign_in(Role.LEADER, SUBDISTRICT)
    address, serving, content = "/api/assets/import?dry=1&lang=en", serve(street.config), GOOD.encode()

    good = serving.browser(admin).post(address, content=content, headers={**KIND, **admin.csrf})
    forged = serving.browser(admin).post(address, content=content, headers=KIND)
    odd = serving.browser(admin).post(address, content=content, headers={"content-type": "text/plain", **admin.csrf})
    forbidden = serving.browser(leader).post(address, content=content, headers={**KIND, **leader.csrf})

    assert (good.status_code, forged.status_code, odd.status_code, forbidden.status_code) == (200, 403, 415, 404)
    assert "1 new, 1 changed" in good.json()["said"].format(file="x", **good.json()["counts"])
