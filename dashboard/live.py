"""The live feed's hub: one picture of the street, many screens.

    picture moves ──▶ publish ──▶ lane: urgent   at once: alarms, incidents, counts, broker link
     (any thread)                       figures  leading edge, then at most 30 frames a second
                                        fresh    mere age: leading edge, then once a second
                  ──▶ frame, encoded once ──▶ ring (resume by id) and every screen's backlog

Everything but `publish` and `replace` runs on the event loop, so nothing here needs a lock.
"""

import asyncio
import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from street.clock import SECOND_US

Body = dict[str, Any]

FIGURES_GAP_S: Final = 1 / 30
FRESH_GAP_S: Final = 1.0
PING_S: Final = 2.0
RING_FRAMES: Final = 2048  # about a minute of a busy street; a longer absence costs one snapshot
BACKLOG_FRAMES: Final = 64  # what a slow screen may owe before it is given one snapshot instead
MOST_SCREENS: Final = 500


def nothing_known() -> Body:
    """Return the picture of a street of which nothing is known: what is served until the store can be read."""
    return {"assets": {}, "a": {}, "f": {}, "i": {}, "c": {}, "h": None}


@dataclass(slots=True)
class Lane:
    """What waits to be sent, and how long after the last frame of its sort it may go."""

    gap_s: float
    waiting: Body = field(default_factory=dict)
    sent_s: float = float("-inf")  # loop time
    timer: asyncio.TimerHandle | None = None

    def add(self, section: str, key: str, value: object) -> None:
        """Let the newest value of *key* wait; an older one that still waits is forgotten."""
        self.waiting.setdefault(section, {})[key] = value


class Screen:
    """One open stream: a bounded backlog of bytes that all screens share."""

    __slots__ = ("_backlog", "_wake", "is_behind", "is_closed")

    def __init__(self) -> None:
        self._backlog: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self.is_behind = False
        self.is_closed = False

    def offer(self, frame: bytes) -> None:
        """Take one frame, or fall behind when the backlog is full: then a snapshot is owed instead."""
        if self.is_behind:
            return
        if len(self._backlog) >= BACKLOG_FRAMES:
            self.fall_behind()
            return
        self._backlog.append(frame)
        self._wake.set()

    def fall_behind(self) -> None:
        """Forget what is owed; the next thing this screen gets is a snapshot."""
        self._backlog.clear()
        self.is_behind = True
        self._wake.set()

    def close(self) -> None:
        """End the stream as soon as its writer looks."""
        self.is_closed = True
        self._wake.set()

    async def taken(self, snapshot: Callable[[], bytes]) -> bytes:
        """Wait for something to send and return all of it; empty when the stream is closed."""
        await self._wake.wait()
        self._wake.clear()
        if self.is_closed:
            return b""
        if self.is_behind:
            self.is_behind = False
            return snapshot()
        frames = b"".join(self._backlog)
        self._backlog.clear()
        return frames


class Hub:
    """Joins what moved into frames and hands each to every screen.

    Attributes:
        build: names what the pages are made of; a page that hears another one reloads itself.
    """

    def __init__(self, *, build: str, now_us: Callable[[], int]) -> None:
        self.build = build
        self._now_us = now_us
        self._epoch = os.urandom(3).hex()
        self._seq = 0
        self._moves = 0
        self._state = nothing_known()
        self._ring: deque[tuple[int, bytes]] = deque(maxlen=RING_FRAMES)
        self._screens: set[Screen] = set()
        self._urgent, self._figures, self._fresh = Lane(0.0), Lane(FIGURES_GAP_S), Lane(FRESH_GAP_S)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pinging: asyncio.Task[None] | None = None

    # -- life ---------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Begin to serve on the running loop."""
        self._loop = asyncio.get_running_loop()
        self._pinging = self._loop.create_task(self._ping_for_ever())

    def close(self) -> None:
        """End every stream at once and take no more; calling it twice is harmless."""
        self._loop = None
        if self._pinging:
            self._pinging.cancel()
        for lane in (self._urgent, self._figures, self._fresh):
            if lane.timer:
                lane.timer.cancel()
                lane.timer = None
        for screen in self._screens:
            screen.close()

    # -- what moved (any thread) --------------------------------------------------------------------------------

    def publish(self, body: Body) -> None:
        """Send what moved, in the form of a delta, to every screen as soon as its lane allows."""
        loop = self._loop
        if loop is not None:
            loop.call_soon_threadsafe(self._take, body)

    def replace(self, state: Body) -> None:
        """Put a whole picture in place of the old one; every screen gets a snapshot."""
        loop = self._loop
        if loop is not None:
            loop.call_soon_threadsafe(self._take_whole, state)

    # -- screens ------------------------------------------------------------------------------------------------

    def subscribe(self, last_id: str) -> tuple[Screen, bytes] | None:
        """Return a new screen and what it must be told first; None when there are too many screens.

        A screen that names a frame still in the ring gets the ones after it, any other one a snapshot.
        """
        if len(self._screens) >= MOST_SCREENS or self._loop is None:
            return None
        screen = Screen()
        self._screens.add(screen)
        missed = self._missed(last_id)
        hello = orjson.dumps({"build": self.build, "now": self._now_s()})
        first = [b"retry:1000\nevent:hello\ndata:", hello, b"\n\n", self.snapshot() if missed is None else missed]
        return screen, b"".join([*first, self._ping()])

    def leave(self, screen: Screen) -> None:
        """Forget a screen that has gone."""
        self._screens.discard(screen)

    @property
    def screens(self) -> int:
        """How many streams are open."""
        return len(self._screens)

    @property
    def version(self) -> str:
        """Names the present picture: another value means that something in it moved."""
        return f"{self._epoch}-{self._moves}"

    def whole(self) -> bytes:
        """Return the whole picture as JSON."""
        return b'{"full":1,"now":%.3f,' % self._now_s() + orjson.dumps(self._state)[1:]

    def snapshot(self) -> bytes:
        """Return the frame that carries the whole picture."""
        return b"id:%s-%d\nevent:snapshot\ndata:%s\n\n" % (self._epoch.encode(), self._seq, self.whole())

    def _missed(self, last_id: str) -> bytes | None:
        epoch, _, text = last_id.partition("-")
        if epoch != self._epoch or not text.isascii() or not text.isdigit():
            return None
        last = int(text[:18])
        if last == self._seq:
            return b""
        if last > self._seq or not self._ring or self._ring[0][0] > last + 1:
            return None
        return b"".join(frame for seq, frame in self._ring if seq > last)

    # -- on the loop --------------------------------------------------------------------------------------------

    def _take(self, body: Body) -> None:
        if self._loop is None:
            return
        self._moves += 1
        self._take_ages(body.get("a", {}))
        self._take_named("f", body.get("f", {}), self._figures)
        self._take_named("i", body.get("i", {}), self._urgent)
        for name, count in body.get("c", {}).items():
            if name not in self._state["c"] or self._state["c"][name] != count:
                self._state["c"][name] = count
                self._urgent.add("c", name, count)
        if "h" in body:
            self._take_heartbeat(body["h"])
        self._flush()

    def _take_ages(self, ages: Body) -> None:
        known = self._state["a"]
        for asset_id, age in ages.items():
            before = known.get(asset_id)
            known[asset_id] = age
            if before is not None and before[1] == age[1]:
                self._fresh.add("a", asset_id, age)
            else:
                self._fresh.waiting.get("a", {}).pop(asset_id, None)
                self._urgent.add("a", asset_id, age)

    def _take_named(self, section: str, values: Body, lane: Lane) -> None:
        known = self._state[section]
        for name, value in values.items():
            if value is None:
                known.pop(name, None)
            else:
                known[name] = value
            lane.add(section, name, value)

    def _take_heartbeat(self, beat: list[Any] | None) -> None:
        """A heartbeat that only beats is left to the ping; one that comes, goes or changes its link is news."""
        before = self._state["h"]
        self._state["h"] = beat
        is_same = before == beat if before is None or beat is None else before[1:] == beat[1:]
        if not is_same:
            self._urgent.waiting["h"] = beat

    def _take_whole(self, state: Body) -> None:
        if self._loop is None:
            return
        self._moves += 1
        self._seq += 1
        self._state = {**nothing_known(), **state, "c": {**self._state["c"], **state.get("c", {})}}
        self._ring.clear()
        for lane in (self._urgent, self._figures, self._fresh):
            lane.waiting.clear()
        for screen in self._screens:
            screen.fall_behind()

    def _flush(self) -> None:
        """Send every lane whose time has come as one frame; wake up again for the others."""
        if self._loop is None:
            return
        now_s = self._loop.time()
        body: Body = {}
        for lane in (self._fresh, self._figures, self._urgent):
            if not any(lane.waiting.values()) and "h" not in lane.waiting:
                continue
            wait_s = lane.sent_s + lane.gap_s - now_s
            if wait_s <= 0:
                for section, values in lane.waiting.items():
                    body[section] = {**body[section], **values} if section in body else values
                lane.waiting = {}
                lane.sent_s = now_s
            elif lane.timer is None:
                lane.timer = self._loop.call_later(wait_s, self._flush_late, lane)
        if body:
            self._send(body)

    def _flush_late(self, lane: Lane) -> None:
        lane.timer = None
        self._flush()

    def _send(self, body: Body) -> None:
        self._seq += 1
        frame = b"id:%s-%d\ndata:%s\n\n" % (self._epoch.encode(), self._seq, orjson.dumps(body))
        self._ring.append((self._seq, frame))
        for screen in self._screens:
            screen.offer(frame)

    def _now_s(self) -> float:
        return round(self._now_us() / SECOND_US, 3)

    def _ping(self) -> bytes:
        beat_s, link, since_s = self._state["h"] or (None, 0, None)
        return b"event:ping\ndata:%s\n\n" % orjson.dumps([self._now_s(), beat_s, link, since_s])

    async def _ping_for_ever(self) -> None:
        while True:
            await asyncio.sleep(PING_S)
            ping = self._ping()
            for screen in self._screens:
                screen.offer(ping)
