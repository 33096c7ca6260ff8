"""A feed: the live feed of one view. Its frames are packed once, however many screens look through that view.

    hub ──▶ feed.send(body) ──▶ the part that is seen ──▶ frame ──▶ ring (resume by id) and every screen's backlog

Numbers of frames are the hub's; a feed skips those in which it saw nothing. An id names its feed, so that a screen
whose view has changed is never resumed: it gets a snapshot.
"""

import asyncio
import os
from collections import deque
from typing import Final

import orjson

from dashboard.view import Body, Eye, View, Where

RING_FRAMES: Final = 2048  # about a minute of a busy street; a longer absence costs one snapshot
BACKLOG_FRAMES: Final = 64  # what a slow screen may owe before it is given one snapshot instead
NEWS: Final = b"event:notice\ndata:{}\n\n"  # the reader has a new notice: the page asks for it
BYE: Final = b"event:bye\ndata:{}\n\n"  # the session has ended: the page goes to the sign-in page


class Picture:
    """The state that all feeds look at: sections as sent, the number of the last frame, where things lie."""

    __slots__ = ("moves", "seq", "state", "where")

    def __init__(self, state: Body, where: Where) -> None:
        self.state, self.where, self.seq, self.moves = state, where, 0, 0


class Screen:
    """One open stream: a bounded backlog of bytes that all screens of its view share."""

    __slots__ = ("_backlog", "_wake", "feed", "is_behind", "is_closed", "person_id")

    def __init__(self, feed: "Feed", person_id: str = "") -> None:
        self.feed = feed
        self.person_id = person_id
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
        """End the stream as soon as its writer looks; what it is owed is not sent any more."""
        self.is_closed = True
        self._wake.set()

    async def taken(self) -> bytes:
        """Wait for something to send and return all of it; empty when the stream is closed."""
        await self._wake.wait()
        self._wake.clear()
        if self.is_closed:
            return b""
        if self.is_behind:
            self.is_behind = False
            return self.feed.snapshot()
        frames = b"".join(self._backlog)
        self._backlog.clear()
        return frames


class Feed:
    """What screens of one view are told.

    Attributes:
        screens: the open streams.
        left_s: when the last screen went, in the loop's time.
    """

    def __init__(self, view: View, picture: Picture, now_s: float) -> None:
        self.screens: set[Screen] = set()
        self.left_s = now_s
        self._picture = picture
        self._eye = Eye(view, picture.where)
        self._eye.begin(picture.state)
        self._epoch = os.urandom(4).hex().encode()
        self._ring: deque[tuple[int, bytes]] = deque()
        self._since = picture.seq  # every frame after it is in the ring
        self._whole: tuple[int, bytes] = (-1, b"")

    def send(self, body: Body) -> None:
        """Send what is seen of *body* to every screen."""
        seen = self._eye.delta(body, self._picture.state)
        if not seen:
            return
        frame = b"id:%s-%d\ndata:%s\n\n" % (self._epoch, self._picture.seq, orjson.dumps(seen))
        self._ring.append((self._picture.seq, frame))
        if len(self._ring) > RING_FRAMES:
            self._since, _ = self._ring.popleft()
        for screen in self.screens:
            screen.offer(frame)

    def begin_anew(self) -> None:
        """A whole new picture: every screen gets a snapshot, and nobody is resumed from before."""
        self._ring.clear()
        self._since = self._picture.seq
        self._eye.begin(self._picture.state)
        for screen in self.screens:
            screen.fall_behind()

    def ping(self, ping: bytes) -> None:
        """Offer a ping; it has no number and is not kept."""
        for screen in self.screens:
            screen.offer(ping)

    def first(self, last_id: str) -> bytes:
        """Return what a screen must be told first that has seen the frame *last_id*: what it missed, or a snapshot."""
        missed = self._missed(last_id)
        return self.snapshot() if missed is None else missed

    def snapshot(self) -> bytes:
        """Return the frame that carries the whole picture."""
        picture = self._picture
        return b"id:%s-%d\nevent:snapshot\ndata:%s\n\n" % (self._epoch, picture.seq, self.whole())

    def whole(self) -> bytes:
        """Return the whole picture as a JSON object; packed once for each move of the picture."""
        moves, packed = self._whole
        if moves != self._picture.moves:
            packed = orjson.dumps({"full": 1, **self._eye.whole(self._picture.state)})
            self._whole = (self._picture.moves, packed)
        return packed

    @property
    def tag(self) -> str:
        """Names the present picture through this view: another value means that something in it may have moved."""
        return f"{self._epoch.decode()}-{self._picture.moves}"

    def _missed(self, last_id: str) -> bytes | None:
        epoch, _, text = last_id.partition("-")
        if epoch.encode() != self._epoch or not text.isascii() or not text.isdigit():
            return None
        last = int(text[:18])
        if last > self._picture.seq or last < self._since:
            return None
        return b"".join(frame for seq, frame in self._ring if seq > last)
