"""Is this process alive? Says so and nothing else; how old the data is, the screens say themselves."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response


class Health:
    """Endpoint of `/healthz`."""

    def __init__(self, is_alive: Callable[[], bool]) -> None:
        self._is_alive = is_alive

    async def answer(self, _request: Request) -> Response:
        """Answer 200 while the picture is being kept, 503 when that has stopped."""
        return PlainTextResponse("ok\n") if self._is_alive() else PlainTextResponse("stopped\n", 503)
