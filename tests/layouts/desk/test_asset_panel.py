"""One asset's panel: how it stands, how old its values are in words, what is wrong with it, and what it took along."""

from datetime import date
from typing import Any

import pytest

from layouts import ids
from layouts.desk.asset_panel import Known, Value, asset_panel, no_asset
from layouts.desk.asset_worklists import AlarmLine
from layouts.desk.assets import Offer
from street.assets import Asset
from street.clock import MINUTE_US
from street.freshness import DeviceState, Freshness
from street.quality import CLOCK, FAULTS, SILENT
from tests.layouts.desk.reading import AREAS, NOW_US, a_viewer, links, piece, pieces, said
from tests.layouts.desk.test_assets import KINDS, a_line


def a_panel(line: Any = None, *, may_keep: bool = False, done: str = "", **known: Any) -> Any:
    """Return its panel."""
    told: dict[str, Any] = {"line": line or a_line(), "values": (), "faults": ()}
    viewer = a_viewer(path="/desk/assets", asset="SL-1")
    return asset_panel(viewer, Known(**(told | known)), Offer(AREAS, KINDS, may_keep), done=done)


def an_alarm(asset_id: str = "SL-2", **changes: Any) -> AlarmLine:
    """Return an alarm of another lamp, suppressed."""
    lamp = Asset(asset_id=asset_id, kind="streetlight", name="灯")
    line = AlarmLine(asset_id, lamp, "没有数据", 4, NOW_US - MINUTE_US, is_suppressed=True)
    return line._replace(**changes)


def test_a_panel_says_what_it_is_and_how_it_stands() -> None:
    """With the reasons in words."""
    shown = said(a_panel())

    for word in ("路口灯", "路灯", "齐东路社区", "异常", "电量低", "部分监测项无数据", "GW-1", "5分钟前"):
        assert word in shown


@pytest.mark.parametrize(
    ("due", "sentence"),
    [
        (date(2026, 11, 20), "已超期 4 天"),
        (date(2026, 11, 24), "今天"),
        (date(2026, 11, 26), "还有 2 天"),
        (None, ""),
    ],
)
def test_an_inspection_is_counted_in_days(due: date | None, sentence: str) -> None:
    """Of the street's calendar; nothing stands where none is due."""
    shown = said(a_panel(a_line(inspection_due=due)))

    assert sentence in shown
    assert ("检查到期" in shown) == (due is not None)


def test_old_and_doubtful_values_say_so() -> None:
    """In words, never by colour alone; a value that is none is a dash, one that is fresh needs no word."""
    values = [
        Value("temperature", 21.5, "°C", NOW_US, Freshness.FRESH, is_doubtful=False),
        Value("humidity", 327.67, "%", NOW_US, Freshness.LOST, is_doubtful=True),
        Value("current.2", None, "A", NOW_US, None, is_doubtful=False),
    ]

    shown = said(a_panel(values=values))

    assert "温度|21.5 °C|0秒前|湿度|327.67 %|0秒前|失联|不可信|电流 · 2|—" in shown


def test_faults_are_named_with_their_quantity() -> None:
    """One of the asset itself has none."""
    shown = said(a_panel(faults=[("noise_laeq", "stuck", NOW_US - MINUTE_US), ("", "clock", NOW_US)]))

    assert "等效声级|读数不变|1分钟前|部件本身|时钟错误" in shown


def test_a_root_lists_whom_it_took_along() -> None:
    """Each leads to its own panel; an alarm under its cause says so."""
    root = an_alarm("SL-1", title="回路熄灯", severity=3, is_suppressed=False)

    shown = a_panel(alarms=[root, an_alarm("SL-1")], victims=[an_alarm(), an_alarm("SL-3")])

    assert "由它引起的告警（2）|SL-2| 没有数据 · " in said(shown)
    assert "归入起因" in said(shown)
    assert "由它引起的告警" not in said(a_panel(alarms=[root]))


def test_a_gateway_is_led_to_where_there_is_one() -> None:
    """A circuit that nobody registered is a name alone."""
    line = a_line(circuit_id="C-9")

    shown = a_panel(line, around=frozenset({"GW-1"}))

    assert "?asset=GW-1" in links(shown)
    assert "C-9" in said(shown)
    assert "?asset=C-9" not in links(shown)


@pytest.mark.parametrize("may_keep", [True, False])
def test_only_its_keeper_is_offered_to_change_it(*, may_keep: bool) -> None:
    """With what it was when it was shown; an asset without a cycle has no inspection to note."""
    shown = a_panel(a_line(inspection_days=30), may_keep=may_keep, seen="f-1")

    found = {one.get("id"): one for one in pieces(shown)}
    assert (ids.ASSET_INSPECTED in found) == may_keep
    if may_keep:
        assert piece(shown, ids.ASSET_SUBJECT)["data"] == {"asset_id": "SL-1", "seen": "f-1"}
        assert piece(a_panel(may_keep=True), ids.ASSET_INSPECTED)["hidden"]


def test_what_was_done_is_told_in_the_panel() -> None:
    """Where the eye is."""
    assert "已保存。" in said(a_panel(done="asset_saved"))
    assert "没有这个对象" in said(no_asset(a_viewer()))


def test_every_fault_and_reason_has_its_word() -> None:
    """A closed list: a new one fails here before a page does."""
    words = a_viewer().words
    assert all(f"sensor_{fault}" in words for fault in (*FAULTS.values(), CLOCK, SILENT))
    assert all(f"standing_{state}" in words for state in DeviceState)
    assert all(f"fresh_{int(one)}" in words for one in Freshness)
