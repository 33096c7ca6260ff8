"""The hub: what goes at once, what waits, what a screen that was away is told."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest

from dashboard.feed import BACKLOG_FRAMES, RING_FRAMES, Screen
from dashboard.live import Hub
from dashboard.view import View

EVERYTHING = View(None)
NOW_US = 1_795_486_520_000_000
NORMAL, WORST = [1795486520.0, 0], [1795486520.0, 1]


def run(story: Callable[[Hub], Awaitable[None]]) -> None:
    """Play *story* on a loop of its own with an open hub."""

    async def play() -> None:
        hub = Hub(build="b1", now_us=lambda: NOW_US)
        hub.open()
        try:
            await asyncio.wait_for(story(hub), 20)
        finally:
            hub.close()

    asyncio.run(play())


def joined(hub: Hub, last_id: str = "") -> tuple[Screen, list[dict[str, Any]]]:
    """Return a new screen and the frames that it was given first."""
    entered = hub.subscribe(EVERYTHING, last_id)
    assert entered is not None
    screen, first = entered
    return screen, frames_in(first)


def frames_in(raw: bytes) -> list[dict[str, Any]]:
    """Return server-sent events as {id, event, data}."""
    frames = []
    for block in raw.decode().split("\n\n")[:-1]:
        fields = dict(line.split(":", 1) for line in block.split("\n"))
        frames.append({name: value.strip() for name, value in fields.items()} | {"data": orjson.loads(fields["data"])})
    return frames


async def next_frames(hub: Hub, screen: Screen) -> list[dict[str, Any]]:
    """Wait for whatever a screen gets next."""
    return frames_in(await asyncio.wait_for(screen.taken(), 5))


async def until(screen: Screen, hub: Hub, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return the first frame that *wanted* accepts."""
    while True:
        for frame in await next_frames(hub, screen):
            if wanted(frame):
                return frame


def test_a_new_screen_is_told_the_build_then_everything_then_how_old_the_heartbeat_is() -> None:
    """The order matters: a page of another build must not paint before it knows."""

    async def story(hub: Hub) -> None:
        hub.replace({"a": {"NM-01": NORMAL}, "h": [1795486519.0, 1, 1795480000.0]})
        await asyncio.sleep(0)
        _, first = joined(hub)

        assert [frame.get("event") for frame in first] == ["hello", "snapshot", "ping"]
        assert first[0]["data"] == {"build": "b1", "now": 1795486520.0}
        assert first[1]["data"]["a"] == {"NM-01": NORMAL}
        assert first[1]["data"]["full"] == 1
        assert first[2]["data"] == [1795486520.0, 1795486519.0, 1, 1795480000.0]

    run(story)


def test_a_screen_that_was_away_gets_exactly_what_it_missed() -> None:
    """Resume by id: nothing twice, nothing lost, no snapshot."""

    async def story(hub: Hub) -> None:
        screen, _ = joined(hub)
        hub.publish({"i": {"inc-1": {"sev": 1}}})
        seen = (await next_frames(hub, screen))[0]
        hub.leave(screen)
        hub.publish({"i": {"inc-2": {"sev": 2}}})
        hub.publish({"i": {"inc-1": None}})
        await asyncio.sleep(0)
        _, first = joined(hub, seen["id"])

        missed = [frame for frame in first if "id" in frame]
        assert [frame["data"] for frame in missed] == [{"i": {"inc-2": {"sev": 2}}}, {"i": {"inc-1": None}}]
        assert not any(frame.get("event") == "snapshot" for frame in first)

    run(story)


def test_a_screen_that_missed_nothing_is_told_nothing_again() -> None:
    """A dropped line on a quiet street costs a hello and a ping."""

    async def story(hub: Hub) -> None:
        screen, _ = joined(hub)
        hub.publish({"i": {"inc-1": {"sev": 1}}})
        seen = (await next_frames(hub, screen))[0]
        _, first = joined(hub, seen["id"])

        assert [frame["event"] for frame in first] == ["hello", "ping"]

    run(story)


@pytest.mark.parametrize(
    "last_id",
    [
        pytest.param("000000-1", id="another life of the server"),
        pytest.param("{epoch}-999999", id="a number that was never given"),
        pytest.param("{epoch}-", id="no number"),
        pytest.param("{epoch}-1٣", id="digits of another script"),
        pytest.param("{epoch}-0", id="older than the ring"),
        pytest.param("<script>", id="nonsense"),
    ],
)
def test_whoever_cannot_be_resumed_gets_a_snapshot(last_id: str) -> None:
    """After a gap only the whole picture is true."""

    async def story(hub: Hub) -> None:
        for number in range(RING_FRAMES + 2):
            hub.publish({"i": {"inc-1": {"no": number}}})
        await asyncio.sleep(0)
        epoch = hub.tag(EVERYTHING).partition("-")[0]
        _, first = joined(hub, last_id.format(epoch=epoch))

        assert [frame["event"] for frame in first] == ["hello", "snapshot", "ping"]
        assert first[1]["data"]["i"] == {"inc-1": {"no": RING_FRAMES + 1}}

    run(story)


def test_an_alarm_does_not_wait_for_the_ages_that_are_being_collected() -> None:
    """Mere freshness is sent once a second; a changed code goes in the very next frame."""

    async def story(hub: Hub) -> None:
        hub.replace({"a": {"NM-01": NORMAL, "NM-02": NORMAL}})
        await asyncio.sleep(0)
        screen, _ = joined(hub)
        loop = asyncio.get_running_loop()
        hub.publish({"a": {"NM-01": [1795486521.0, 0]}})
        await next_frames(hub, screen)
        began = loop.time()
        hub.publish({"a": {"NM-01": [1795486522.0, 0]}})
        hub.publish({"a": {"NM-02": WORST}})
        first = (await next_frames(hub, screen))[0]
        urgent_after = loop.time() - began
        second = await until(screen, hub, lambda frame: "NM-01" in frame["data"].get("a", {}))
        fresh_after = loop.time() - began

        assert first["data"] == {"a": {"NM-02": WORST}}
        assert second["data"] == {"a": {"NM-01": [1795486522.0, 0]}}
        assert urgent_after < 0.2
        assert 0.8 < fresh_after < 2.0

    run(story)


def test_an_idle_hub_sends_a_figure_at_once_and_a_busy_one_at_most_thirty_times_a_second() -> None:
    """Leading edge for the eye, a bound for the wire; the newest value always arrives."""

    async def story(hub: Hub) -> None:
        screen, _ = joined(hub)
        loop = asyncio.get_running_loop()
        began = loop.time()
        hub.publish({"f": {"temperature": [0, 1795486520.0, 60]}})
        first = await next_frames(hub, screen)
        idle_s = loop.time() - began
        sent = 1
        value = 0
        while loop.time() - began < 0.5:
            value += 1
            hub.publish({"f": {"temperature": [value, 1795486520.0, 60]}})
            await asyncio.sleep(0.001)
            if screen._backlog:
                sent += len(await next_frames(hub, screen))
        last = await until(screen, hub, lambda frame: frame["data"]["f"]["temperature"][0] == value)

        assert first[0]["data"]["f"]["temperature"][0] == 0
        assert idle_s < 0.2
        assert sent <= 17
        assert last["data"]["f"]["temperature"][0] == value

    run(story)


def test_a_screen_that_does_not_read_gets_one_snapshot_instead_of_its_backlog() -> None:
    """A slow screen must cost neither memory nor the others' time, and must still end up right."""

    async def story(hub: Hub) -> None:
        slow, _ = joined(hub)
        for number in range(BACKLOG_FRAMES + 10):
            hub.publish({"i": {"inc-1": {"no": number}}})
        await asyncio.sleep(0)
        got = await next_frames(hub, slow)
        hub.publish({"i": {"inc-2": {"no": 1}}})
        after = await next_frames(hub, slow)

        assert [frame.get("event") for frame in got] == ["snapshot"]
        assert got[0]["data"]["i"] == {"inc-1": {"no": BACKLOG_FRAMES + 9}}
        assert after[0]["data"] == {"i": {"inc-2": {"no": 1}}}

    run(story)


def test_a_ping_carries_the_heartbeat_of_ingest() -> None:
    """The page tells a dead ingest from a dead line by it; a beat alone makes no frame."""

    async def story(hub: Hub) -> None:
        hub.replace({"h": [1795486518.0, 1, 1795480000.0]})
        await asyncio.sleep(0)
        screen, _ = joined(hub)
        hub.publish({"h": [1795486519.0, 1, 1795480000.0]})
        ping = (await next_frames(hub, screen))[0]

        assert ping["event"] == "ping"
        assert ping["data"] == [1795486520.0, 1795486519.0, 1, 1795480000.0]

    run(story)


def test_a_lost_broker_is_told_at_once() -> None:
    """Operators must not wait for the next ping to learn that nothing comes in any more."""

    async def story(hub: Hub) -> None:
        hub.replace({"h": [1795486518.0, 1, 1795480000.0]})
        await asyncio.sleep(0)
        screen, _ = joined(hub)
        hub.publish({"h": [1795486519.0, 0, 1795486519.0]})
        told = (await next_frames(hub, screen))[0]

        assert told["data"] == {"h": [1795486519.0, 0, 1795486519.0]}

    run(story)


def test_a_new_picture_reaches_every_screen_as_one_snapshot() -> None:
    """After a gap in the store's changes nobody may go on from the old picture."""

    async def story(hub: Hub) -> None:
        screen, _ = joined(hub)
        hub.publish({"i": {"inc-1": {"no": 1}}, "c": {"open": 1}})
        await asyncio.sleep(0)
        hub.replace({"a": {"NM-01": NORMAL}, "i": {}})
        await asyncio.sleep(0)
        got = await next_frames(hub, screen)

        assert [frame.get("event") for frame in got] == ["snapshot"]
        assert got[0]["data"]["i"] == {}
        assert got[0]["data"]["c"] == {"open": 1}

    run(story)


def test_streams_end_when_the_hub_closes() -> None:
    """Else the server would wait for screens that never leave."""

    async def story(hub: Hub) -> None:
        screen, _ = joined(hub)
        hub.close()

        assert await screen.taken() == b""
        assert hub.subscribe(EVERYTHING, "") is None

    run(story)


def test_a_delta_for_one_reading_is_small() -> None:
    """Fifty screens at ten changes a second must stay under 1 KB/s each."""

    async def story(hub: Hub) -> None:
        hub.replace({"a": {"NM-01": NORMAL}})
        await asyncio.sleep(0)
        screen, _ = joined(hub)
        hub.publish({"a": {"NM-01": [1795486520.1, 0]}})
        raw = await asyncio.wait_for(screen.taken(), 5)

        assert frames_in(raw)[0]["data"] == {"a": {"NM-01": [1795486520.1, 0]}}
        assert len(raw) <= 100

    run(story)
