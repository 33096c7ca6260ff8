"""The stream: server-sent events from the hub to one screen, as plain ASGI so that no layer holds bytes back."""

import asyncio
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from dashboard.live import Hub, Screen

HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),  # nginx would otherwise collect frames
]


class Stream:
    """ASGI endpoint of `/stream`; a screen resumes by `Last-Event-ID` or `?last=`."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one screen until it goes, falls silent or the server stops."""
        joined = self._hub.subscribe(last_seen(scope))
        if joined is None:
            refusal = PlainTextResponse("too many screens\n", status_code=503, headers={"retry-after": "5"})
            await refusal(scope, receive, send)
            return
        screen, first = joined
        leaving = asyncio.create_task(_close_when_gone(screen, receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            frames = first
            while frames:
                await send({"type": "http.response.body", "body": frames, "more_body": True})
                frames = await screen.taken(self._hub.snapshot)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            leaving.cancel()
            self._hub.leave(screen)


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
