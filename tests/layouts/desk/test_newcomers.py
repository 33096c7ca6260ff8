"""The newcomers page: who waits, and what was just decided."""

from typing import Any

from layouts.desk.newcomers import Done, NewcomerLine, looks_like, newcomers_page
from tests.layouts.desk.reading import NOW_US, a_viewer, links, said

GUESSES = {
    "dialect": "zigbee2mqtt",
    "kind": "streetlight",
    "assets": ["SL-1"],
    "by_dialect": [
        {
            "dialect": "zigbee2mqtt",
            "device_id": "0x1",
            "is_own_topic": True,
            "readings": [["temperature", 21.5, "°C"], ["state", "ON", None]],
            "refusals": {"not-json": 2},
        }
    ],
}


def a_newcomer(**changes: Any) -> NewcomerLine:
    """Return a device that waits."""
    newcomer = NewcomerLine(7, "zigbee2mqtt", "0x1", "waiting", "", 1_234, NOW_US, NOW_US, GUESSES, "路灯")
    return newcomer._replace(**changes)


def test_what_ingest_makes_of_it_is_told_in_words() -> None:
    """Also that it has not looked yet, and that nothing reads it."""
    viewer = a_viewer()

    assert looks_like(viewer, a_newcomer()) == "zigbee2mqtt · 路灯"
    assert looks_like(viewer, a_newcomer(guesses=None)) == "尚未分析"
    assert looks_like(viewer, a_newcomer(guesses=GUESSES | {"dialect": ""})) == "没有方言能读懂"


def test_the_list_is_paged_and_leads_to_each() -> None:
    """Forty a page, all counted."""
    many = [a_newcomer(newcomer_id=number) for number in range(100)]

    shown = newcomers_page(a_viewer(path="/desk/newcomers", page="3"), many, aside=None)

    assert next(link for link in links(shown) if "newcomer=" in link) == "?page=3&newcomer=80"
    assert "100 台未登记设备" in said(shown)
    assert "1,234" in said(shown)


def test_an_empty_list_says_so() -> None:
    """In words: nobody waits, or nobody fits."""
    assert "没有等待处理的设备" in said(newcomers_page(a_viewer(path="/desk/newcomers"), [], aside=None))
    assert "没有符合条件的设备" in said(newcomers_page(a_viewer(path="/desk/newcomers", q="x"), [], aside=None))


def test_what_was_decided_is_told_above_the_list() -> None:
    """The panel is gone by then; what became an asset can be opened."""
    viewer = a_viewer(path="/desk/newcomers")
    accepted = newcomers_page(viewer, [], aside=None, done=Done("accept", "AQ-9"))
    ignored = newcomers_page(viewer, [], aside=None, done=Done("ignore"))

    assert "已登记为 AQ-9，等待期间的消息将补录。|打开该部件" in said(accepted)
    assert "/desk/assets?asset=AQ-9" in links(accepted)
    assert "已忽略，消息保留，可以恢复。" in said(ignored)
    assert "打开该部件" not in said(ignored)
