"""`/metrics`: what a Prometheus on this machine reads. To anybody else the address does not exist.

A scraper has no session, so its own machine is its pass: behind nginx the asker's address is the browser's, never the
proxy's, and nginx does not hand this address on either.
"""

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard import asking
from dashboard.office import Office
from street.metrics import CONTENT_TYPE, metrics_text

LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})


def routes(office: Office) -> list[Route]:
    """Return the route of the metrics."""

    def read() -> bytes:
        with office.reader() as reader:
            return metrics_text(reader.figures(office.now_us()))

    async def metrics(_request: Request) -> Response:
        if asking.address() not in LOOPBACK:
            raise HTTPException(404)
        return Response(await run_in_threadpool(read), media_type=CONTENT_TYPE)

    return [Route("/metrics", metrics)]
