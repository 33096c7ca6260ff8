"""What waits for the keeper: the most urgent first, each with the way to its asset."""

from datetime import date
from typing import Any

import pytest

from layouts.desk.asset_worklists import (
    OWN_TITLES,
    FaultLine,
    RootLine,
    alarm_title,
    causes_table,
    due_table,
    faults_table,
    number,
    quantity_name,
)
from layouts.desk.assets import Offer
from street.inspections import due_list
from street.rules.causes import OWN_RULES
from tests.layouts.desk.reading import AREAS, NOW_US, a_viewer, links, said
from tests.layouts.desk.test_asset_panel import an_alarm
from tests.layouts.desk.test_assets import KINDS, a_line

OFFER = Offer(AREAS, KINDS)
TODAY = date(2026, 11, 24)


def a_lamp(asset_id: str, **changes: Any) -> Any:
    """Return a lamp."""
    return a_line(asset_id=asset_id, **changes).asset


def test_inspections_say_how_late_they_are() -> None:
    """Longest overdue first, with their cycle."""
    lamps = [
        a_lamp("SL-2", inspection_due=date(2026, 12, 1)),
        a_lamp("SL-1", inspection_due=date(2026, 11, 20), inspection_days=90),
    ]

    shown = due_table(a_viewer(path="/desk/assets"), due_list(lamps, TODAY), OFFER)

    assert "SL-1|路灯|齐东路社区|2026-11-20|已超期 4 天|90天|" in said(shown)
    assert "SL-2|路灯|齐东路社区|2026-12-01|还有 7 天|—" in said(shown)
    assert [link for link in links(shown) if "asset=" in link] == ["?asset=SL-1", "?asset=SL-2"]


def test_a_sensor_that_cannot_be_believed_is_told_with_its_value() -> None:
    """A wrong clock is the asset's own fault and has none."""
    faults = [
        FaultLine(a_lamp("SL-1"), "noise_laeq", "stuck", NOW_US, 19.0, "dB(A)"),
        FaultLine(a_lamp("SL-2"), "", "clock", NOW_US, None, None),
    ]

    shown = said(faults_table(a_viewer(path="/desk/assets"), faults, OFFER))

    assert "等效声级|读数不变|19 dB(A)|0秒前" in shown
    assert "部件本身|时钟错误|—|0秒前" in shown


def test_one_cause_is_told_once_with_whom_it_took_along() -> None:
    """The broker and an unregistered circuit have no asset to lead to."""
    root = an_alarm("GW-1", title="网关没有数据", severity=3)
    broker = an_alarm("broker", asset=None, title="消息服务器没有数据")
    circuit = an_alarm("C-9", asset=None, title="回路熄灯")

    shown = said(
        causes_table(
            a_viewer(path="/desk/assets"),
            [RootLine(root, [an_alarm("SL-2"), an_alarm("SL-3")]), RootLine(broker, []), RootLine(circuit, [])],
            OFFER,
        )
    )

    assert "网关没有数据，牵连 2 个部件的告警，起于 2026-11-24" in shown
    assert shown.index("SL-2") < shown.index("SL-3") < shown.index("消息服务器")
    assert "C-9| · |回路熄灯" in shown
    assert "尚未牵连其他部件" in shown


def test_our_own_alarms_have_their_words() -> None:
    """A rule that is gone from the scenarios is told by its id."""
    words = a_viewer().words

    assert set(OWN_TITLES) == OWN_RULES
    assert [alarm_title(it, {"noisy": "噪声超限"}, words) for it in ("silent", "noisy", "old")] == [
        "没有数据", "噪声超限", "old",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("quantity", "name"),
    [("pm25", "PM2.5"), ("power.2", "功率 · 2"), ("xyz", "xyz"), ("", "部件本身"), ("a\u202eb", "a\\u202eb")],
)
def test_a_quantity_has_its_name_or_its_own(quantity: str, name: str) -> None:
    """A stranger's is harmless."""
    assert quantity_name(quantity, a_viewer().words) == name


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(21.5, "°C", "21.5 °C"), (1.0, None, "1"), (12.0, "count", "12"), (None, "V", "—"), (1234567.0, "W", "1234567 W")],
)
def test_a_number_has_its_unit_where_it_has_one(value: float | None, unit: str | None, text: str) -> None:
    """A count needs none."""
    assert number(value, unit, a_viewer().words) == text
