"""The stream: server-sent events from the hub to one screen, as plain ASGI so that no layer holds bytes back.

Each stream belongs to a session and a view. The watch looks at all of them every second: a stream whose session has
ended says `bye` and ends, so that the page goes to the sign-in page; one whose reader may see something else now just
ends, and the page comes back for its new view.
"""

import asyncio
import logging
from collections import Counter
from typing import Final, NamedTuple

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from dashboard import asking
from dashboard.feed import BYE, Screen
from dashboard.live import Hub
from dashboard.session_book import SessionBook
from dashboard.view import View, view_of
from street.errors import StreetError

LOG = logging.getLogger(__name__)
LOOK_S: Final = 0.5
MOST_EACH: Final = 16  # streams of one session: a page that reconnects leaves one behind for a moment
HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),  # nginx would otherwise collect frames
]


class Opened(NamedTuple):
    """One open stream: whose, and through which view."""

    session_id: str
    view: View


class Stream:
    """ASGI endpoint of `/stream`; a screen resumes by `Last-Event-ID` or `?last=`."""

    def __init__(self, hub: Hub, book: SessionBook) -> None:
        self._hub = hub
        self._book = book
        self._opened: dict[Screen, Opened] = {}
        self._ended: set[Screen] = set()
        self._watching: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to watch the sessions of open streams, on the running loop."""
        self._watching = asyncio.get_running_loop().create_task(self._watch())

    def close(self) -> None:
        """Stop watching; the hub ends the streams."""
        if self._watching:
            self._watching.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one screen until it goes, falls silent, its session ends or the server stops."""
        session = asking.session()
        opened = Opened(session.session_id if session else "", view_of(asking.person()))
        is_one_more = Counter(one.session_id for one in self._opened.values())[opened.session_id] < MOST_EACH
        who = asking.actor().person_id
        joined = self._hub.subscribe(opened.view, last_seen(scope), who) if is_one_more else None
        if joined is None:
            refusal = JSONResponse({"error": "too many screens"}, 503, headers={"retry-after": "5"})
            await refusal(scope, receive, send)
            return
        screen, first = joined
        self._opened[screen] = opened
        leaving = asyncio.create_task(_close_when_gone(screen, receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            frames = first
            while frames:
                await send({"type": "http.response.body", "body": frames, "more_body": True})
                frames = await screen.taken()
            await send({"type": "http.response.body", "body": BYE if screen in self._ended else b""})
        finally:
            leaving.cancel()
            self._ended.discard(screen)
            del self._opened[screen]
            self._hub.leave(screen)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self._look()
            except StreetError:
                continue  # a store that cannot be asked says nothing about sessions, and gives nothing to see either
            except Exception:  # this task must outlive whatever a damaged store raises
                LOG.exception("sessions of streams not looked at")

    async def _look(self) -> None:
        """End the streams of sessions that have ended, and those whose readers may see something else now."""
        for session_id in {opened.session_id for opened in self._opened.values()}:
            known = await self._book.still(session_id)
            view = view_of(known.person) if known else None
            for screen, opened in list(self._opened.items()):
                if opened.session_id == session_id and opened.view != view:
                    if view is None:
                        self._ended.add(screen)
                    screen.close()


def last_seen(scope: Scope) -> str:
    """Return the id of the last frame a screen has seen, or nothing.

    The header comes from the browser's own retry and is newer than the address it was opened with.
    """
    request = HTTPConnection(scope)
    return request.headers.get("last-event-id") or request.query_params.get("last", "")


async def _close_when_gone(screen: Screen, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    screen.close()
