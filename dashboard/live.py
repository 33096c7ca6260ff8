"""The live feed's hub: one picture of the street, many screens.

    picture moves ──▶ publish ──▶ lane: urgent   at once: alarms, incidents, counts, broker link
     (any thread)                       figures  leading edge, then at most 30 frames a second
                                        fresh    mere age: leading edge, then once a second
                  ──▶ the feed of each view (see `dashboard.feed`) ──▶ screens

Everything but `publish` and `replace` runs on the event loop, so nothing here needs a lock.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from dashboard.feed import NEWS, Feed, Picture, Screen
from dashboard.view import Body, View, Where
from street.clock import SECOND_US

FIGURES_GAP_S: Final = 1 / 30
FRESH_GAP_S: Final = 1.0
PING_S: Final = 2.0
MOST_SCREENS: Final = 500
MOST_FEEDS: Final = 128
KEEP_FEED_S: Final = 60.0  # a feed that nobody looks at goes on that long, for those who come back


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


class Hub:
    """Joins what moved into frames and hands each to every screen.

    Attributes:
        build: names what the pages are made of; a page that hears another one reloads itself.
    """

    def __init__(self, *, build: str, now_us: Callable[[], int], subdistrict_id: str = "") -> None:
        self.build = build
        self._now_us = now_us
        self._picture = Picture(nothing_known(), Where(subdistrict_id))
        self._feeds: dict[View, Feed] = {}
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
        for feed in self._feeds.values():
            for screen in feed.screens:
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

    def tell(self, person_ids: frozenset[str]) -> None:
        """Say to every screen of these people that there is a notice for them; what it is, they ask for."""
        loop = self._loop
        if loop is not None:
            loop.call_soon_threadsafe(self._tell, person_ids)

    def subscribe(self, view: View, last_id: str, person_id: str = "") -> tuple[Screen, bytes] | None:
        """Return a new screen of *view* and what it must be told first; None when there are too many screens.

        A screen that names a frame still in the ring gets the ones after it, any other one a snapshot.
        """
        if self.screens >= MOST_SCREENS or self._loop is None:
            return None
        feed = self._feed(view)
        screen = Screen(feed, person_id)
        feed.screens.add(screen)
        hello = orjson.dumps({"build": self.build, "now": self._now_s()})
        return screen, b"".join([b"retry:1000\nevent:hello\ndata:", hello, b"\n\n", feed.first(last_id), self._ping()])

    def leave(self, screen: Screen) -> None:
        """Forget a screen that has gone."""
        screen.feed.screens.discard(screen)
        if self._loop is not None:
            screen.feed.left_s = self._loop.time()

    @property
    def screens(self) -> int:
        """How many streams are open."""
        return sum(len(feed.screens) for feed in self._feeds.values())

    def whole(self, view: View) -> tuple[str, bytes]:
        """Return the whole picture as JSON for those who poll, and the tag that names it."""
        feed = self._feed(view)
        return feed.tag, b'{"now":%.3f,' % self._now_s() + feed.whole()[1:]

    def tag(self, view: View) -> str:
        """Return what names the present picture; the same as before means that nothing moved."""
        return self._feed(view).tag

    def _feed(self, view: View) -> Feed:
        """Return the feed of *view*; the one that nobody has looked at for longest makes room for a new one."""
        now_s = self._loop.time() if self._loop else 0.0
        feed = self._feeds.get(view)
        if feed is None:
            unseen = [key for key, one in self._feeds.items() if not one.screens]
            if len(self._feeds) >= MOST_FEEDS and unseen:
                del self._feeds[min(unseen, key=lambda key: self._feeds[key].left_s)]
            feed = self._feeds[view] = Feed(view, self._picture, now_s)
        feed.left_s = now_s
        return feed

    # -- on the loop --------------------------------------------------------------------------------------------

    def _take(self, body: Body) -> None:
        if self._loop is None:
            return
        self._picture.moves += 1
        self._picture.where.take(body)
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

    def _tell(self, person_ids: frozenset[str]) -> None:
        for feed in self._feeds.values():
            for screen in feed.screens:
                if screen.person_id in person_ids:
                    screen.offer(NEWS)

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
        self._picture.moves += 1
        self._picture.seq += 1
        self._picture.where.take(state, is_whole=True)
        self._picture.state = {**nothing_known(), **state, "c": {**self._state["c"], **state.get("c", {})}}
        for lane in (self._urgent, self._figures, self._fresh):
            lane.waiting.clear()
        for feed in self._feeds.values():
            feed.begin_anew()

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
        self._picture.seq += 1
        for feed in self._feeds.values():
            feed.send(body)

    @property
    def _state(self) -> Body:
        return self._picture.state

    def _now_s(self) -> float:
        return round(self._now_us() / SECOND_US, 3)

    def _ping(self) -> bytes:
        beat_s, link, since_s = self._state["h"] or (None, 0, None)
        return b"event:ping\ndata:%s\n\n" % orjson.dumps([self._now_s(), beat_s, link, since_s])

    async def _ping_for_ever(self) -> None:
        while True:
            await asyncio.sleep(PING_S)
            ping = self._ping()
            for feed in self._feeds.values():
                feed.ping(ping)
            self._forget_unseen()

    def _forget_unseen(self) -> None:
        if self._loop is None:
            return
        oldest_s = self._loop.time() - KEEP_FEED_S
        for view in [view for view, feed in self._feeds.items() if not feed.screens and feed.left_s < oldest_s]:
            del self._feeds[view]
