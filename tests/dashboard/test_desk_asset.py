"""One asset edited: judged as a row of a list is, kept only where it still is what was seen, and audited."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from dash import no_update

from dashboard.desk_asset import edited_texts, fingerprint, inspected, save, shown_texts
from dashboard.desk_view import viewer_at
from layouts.desk.addresses import ASSETS
from layouts.desk.asset_form import AREA, FIELDS
from street.assets import Asset
from street.clock import now_us
from street.datums import Datum, to_wgs84
from street.inspections import next_due, today
from street.people import Role
from tests.dashboard.conftest import COMMUNITY, METER, SUBDISTRICT, Written
from tests.dashboard.desk_office import Desk, asked_by, said

RICH = replace(
    METER, name="call 13812345678", ranges={"noise_laeq": (0.0, 120.0)}, intervals={"battery": 86_400.0},
    inspection_due=date(2026, 11, 1), inspection_days=90, source_datum="gcj02", is_demo=True,
)  # fmt: skip


def stored(street: Written, asset_id: str = "NM-01") -> Asset:
    """Return an asset as it is registered."""
    with Desk(street).office.reader() as reader:
        found = reader.asset(asset_id)
    assert found is not None
    return found


def saved(street: Written, role: Role = Role.ADMIN, seen: str | None = None, **typed: Any) -> tuple[str, object]:
    """Save the noise meter with some fields typed anew; return what is said, and where it leads."""
    asset, desk = stored(street), Desk(street)
    about = {"asset_id": "NM-01", "seen": fingerprint(asset) if seen is None else seen}
    with asked_by(street.sign_in(role, SUBDISTRICT)):
        viewer = viewer_at(desk.office, ASSETS, "?asset=NM-01&edit=1")
        told, search = save(desk.office, viewer, about, {**shown_texts(asset), **typed})
    return "" if told is no_update else said(told), search


def test_one_field_moves_and_everything_else_stays(street: Written) -> None:
    """Masked names, ranges, the datum a position was measured in: what comes back as shown is what it was."""
    street.store.register_assets([RICH])

    told, search = saved(street, road="太平路")

    assert stored(street) == replace(RICH, road="太平路")
    assert (told, search) == ("", "?asset=NM-01&done=saved")
    newest = street.store.audit().find(limit=1)[0].entry
    assert (newest.action, newest.object, newest.after) == ("assets.change", "asset/NM-01", '{"road":"太平路"}')


def test_nothing_changed_writes_nothing(street: Written) -> None:
    """And says so."""
    street.store.register_assets([RICH])

    _, search = saved(street)

    assert search == "?asset=NM-01&done=same"
    assert stored(street) == RICH
    assert street.store.audit().find(action="assets.") == []


def test_a_position_in_another_datum_is_converted_and_finds_its_area(street: Written) -> None:
    """Once, at the edge; the area goes with the position unless another was chosen."""
    street.store.register_assets([RICH])
    lon, lat = to_wgs84(120.3302, 36.0661, Datum.GCJ02)

    saved(street, lon="120.3302", lat="36.0661", datum="gcj02")

    moved = stored(street)
    there = Desk(street).office.places.grid_cell_of(lon, lat)
    assert there is not None
    assert (moved.lon, moved.lat, moved.source_datum) == (lon, lat, "gcj02")
    assert (moved.grid_cell_id, moved.community_id) == (there.grid_cell_id, there.community_id)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param({"name": ""}, "名称| 必填", id="no name"),
        pytest.param({"lon": "12", "lat": "36"}, "经度| 不在本街道地图内", id="off the map"),
        pytest.param({"lon": ""}, "经度| 必填", id="half a position"),
        pytest.param({"gateway_id": "GW-99"}, "所属网关| 无法识别 · GW-99", id="no such gateway"),
        pytest.param({"device_id": "WX-01"}, "设备编号| 已被其他部件使用", id="another's device"),
        pytest.param({"standard_id": "123"}, "部件标识码| 不是 17 位", id="no standard id"),
        pytest.param({"interval_s": "soon"}, "上报间隔秒| 须为数字 · soon", id="no number"),
        pytest.param({"quantity_ranges": "noise"}, "合理范围| 写法不对", id="no ranges"),
        pytest.param({"inspection_due": "31.2.2026"}, "下次检查日期| 日期须写作", id="no day"),
        pytest.param({"name": "=cmd|' /C calc'!A0"}, "名称| 不接受公式", id="a formula"),
        pytest.param({"name": "a\u202eb"}, "名称| 含不能使用的字符", id="turns the direction"),
        pytest.param({"name": "x" * 100_000}, "名称| 太长", id="100,000 letters"),
        pytest.param({"kind": {"a": 1}}, "类型| 必填", id="no text at all"),
    ],
)
def test_what_cannot_be_taken_is_told_by_field_and_nothing_written(
    street: Written, typed: dict[str, object], sentence: str
) -> None:
    """One rule for the form and for a list."""
    told, search = saved(street, **typed)

    assert sentence in told
    assert search is no_update
    assert stored(street) == METER


def test_the_slower_of_two_editors_is_told(street: Written) -> None:
    """What was shown to her is not what is there any more."""
    told, search = saved(street, seen="of long ago", road="x")

    assert "别人刚刚改过" in told
    assert search is no_update
    assert stored(street) == METER


@pytest.mark.parametrize("role", [Role.LEADER, Role.SQUAD_LEADER, Role.OPERATOR, Role.OFFICER])
def test_nobody_but_the_keeper_edits(street: Written, role: Role) -> None:
    """Whatever the browser sends."""
    told, _ = saved(street, role, road="x")

    assert "没有这个对象" in told
    assert stored(street) == METER


@pytest.mark.parametrize(
    "about", [None, 7, {}, {"asset_id": "NM-99", "seen": ""}, {"asset_id": ["x"]}, {"asset_id": "\0"}]
)
def test_a_forged_subject_is_none(street: Written, about: object) -> None:
    """Any value may come."""
    desk = Desk(street)

    with asked_by(street.sign_in(Role.ADMIN, SUBDISTRICT)):
        viewer = viewer_at(desk.office, ASSETS, "")
        told = [said(deed[0]) for deed in (save(desk.office, viewer, about, {}), inspected(desk.office, viewer, about))]

    assert all("没有这个对象" in one for one in told)


def test_an_inspection_is_noted_in_one_press(street: Written) -> None:
    """Due again one cycle from today; without a cycle there is nothing to note."""
    street.store.register_assets([RICH])
    desk = Desk(street)

    with asked_by(street.sign_in(Role.ADMIN, SUBDISTRICT)):
        viewer = viewer_at(desk.office, ASSETS, "?asset=NM-01")
        _, search = inspected(desk.office, viewer, {"asset_id": "NM-01", "seen": fingerprint(RICH)})
        station = stored(street, "WX-01")
        refused, _ = inspected(desk.office, viewer, {"asset_id": "WX-01", "seen": fingerprint(station)})

    assert search == "?asset=NM-01&done=inspected"
    assert stored(street).inspection_due == next_due(RICH, today(now_us()))
    assert "没有这个对象" in said(refused)


def test_an_area_that_is_chosen_stands() -> None:
    """A community is one; a cell names its community too."""
    shown = shown_texts(METER)

    of_cell = edited_texts(METER, {**shown, AREA: f"{COMMUNITY}002"})
    as_it_was = edited_texts(METER, shown)

    assert (of_cell["community_id"], of_cell["grid_cell_id"]) == (COMMUNITY, f"{COMMUNITY}002")
    assert (as_it_was["community_id"], as_it_was["grid_cell_id"]) == (COMMUNITY, "")
    assert set(FIELDS) - {AREA} <= set(as_it_was)
