"""Feeds: one for each view, packed once."""

import asyncio
from typing import Any

import pytest

from dashboard import live
from dashboard.feed import Screen
from dashboard.live import Hub
from dashboard.view import View
from tests.dashboard.conftest import until
from tests.dashboard.test_live import frames_in, run

OURS, THEIRS = "370202007001", "370202007004"
SEES_OURS = View(frozenset({OURS}))
SEES_THEIRS = View(frozenset({THEIRS}))


def report(hub: Hub, name: str, area: str = OURS) -> None:
    """Let an incident come."""
    incident = {"sev": 2, "title": name, "title_en": "", "place": "", "area": area}
    hub.publish({"i": {name: incident}, "where": {"incidents": {name: area}}})


def entered(hub: Hub, view: View, last_id: str = "") -> tuple[Screen, list[dict[str, Any]]]:
    """Return a new screen of *view* and its first frames."""
    joined = hub.subscribe(view, last_id)
    assert joined is not None
    return joined[0], frames_in(joined[1])


def test_screens_of_one_view_share_their_bytes_and_others_get_none() -> None:
    """Fifty walls cost one packing; a screen that sees none of it is not even woken."""

    async def story(hub: Hub) -> None:
        one, other, elsewhere = (entered(hub, view)[0] for view in (SEES_OURS, SEES_OURS, SEES_THEIRS))
        report(hub, "ours")
        await asyncio.sleep(0)

        assert one._backlog[0] is other._backlog[0]
        assert not elsewhere._backlog

    run(story)


def test_a_screen_that_saw_none_of_the_frames_between_missed_nothing() -> None:
    """Numbers are the hub's; a feed that skips them is not behind."""

    async def story(hub: Hub) -> None:
        screen, _ = entered(hub, SEES_OURS)
        report(hub, "ours")
        seen = frames_in(await asyncio.wait_for(screen.taken(), 5))[0]
        for number in range(5):
            report(hub, f"theirs-{number}", THEIRS)
        await asyncio.sleep(0)
        _, first = entered(hub, SEES_OURS, seen["id"])

        assert [frame["event"] for frame in first] == ["hello", "ping"]

    run(story)


def test_the_last_frame_of_another_view_resumes_nothing() -> None:
    """Her grants were changed while she watched: what is on her screen is not to stay there."""

    async def story(hub: Hub) -> None:
        screen, _ = entered(hub, SEES_OURS)
        entered(hub, SEES_THEIRS)
        report(hub, "ours")
        seen = frames_in(await asyncio.wait_for(screen.taken(), 5))[0]
        _, first = entered(hub, SEES_THEIRS, seen["id"])

        assert [frame["event"] for frame in first] == ["hello", "snapshot", "ping"]
        assert first[1]["data"]["i"] == {}

    run(story)


def test_who_polls_is_told_whether_anything_moved() -> None:
    """And gets the picture through her own view."""

    async def story(hub: Hub) -> None:
        report(hub, "ours")
        await asyncio.sleep(0)
        tag, ours = hub.whole(SEES_OURS)
        _, theirs = hub.whole(SEES_THEIRS)
        same = hub.tag(SEES_OURS)
        report(hub, "ours-2")
        await asyncio.sleep(0)

        assert (b'"ours"' in ours, b'"ours"' in theirs) == (True, False)
        assert same == tag != hub.tag(SEES_OURS)

    run(story)


def test_a_feed_that_nobody_looks_at_is_forgotten_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else every view there ever was would be packed for ever."""
    monkeypatch.setattr(live, "PING_S", 0.01)
    monkeypatch.setattr(live, "KEEP_FEED_S", 0.0)

    async def story(hub: Hub) -> None:
        stays, _ = entered(hub, SEES_OURS)
        goes, _ = entered(hub, SEES_THEIRS)
        hub.leave(goes)
        await asyncio.to_thread(until, lambda: SEES_THEIRS not in hub._feeds, "it is forgotten")

        assert hub.screens == 1
        assert stays.feed is hub._feeds[SEES_OURS]

    run(story)


def test_there_are_never_more_feeds_than_can_be_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that nobody looks at make room first."""
    monkeypatch.setattr(live, "MOST_FEEDS", 3)

    async def story(hub: Hub) -> None:
        entered(hub, SEES_OURS)
        for number in range(10):
            hub.whole(View(frozenset({f"37020200700{number}001"})))

        assert len(hub._feeds) == 3
        assert SEES_OURS in hub._feeds

    run(story)
