"""`python -m dashboard`: serves the pages and the live feed until told to stop."""

import argparse
import logging
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import uvicorn

from dashboard.app import MAP_LIBRARY, App, create_app
from street import logs
from street.clock import now_us
from street.config import EXIT_CONFIG, load
from street.errors import ConfigError

LOG = logging.getLogger("dashboard")
GRACE_S = 2  # what still runs then is cut off: a page's files take milliseconds


class Server(uvicorn.Server):
    """uvicorn, which ends the open streams before it waits for connections to finish."""

    def __init__(self, config: uvicorn.Config, app: App) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: streams first, they would never finish by themselves."""
        self._app.hub.close()
        await super().shutdown(sockets)


def server_of(app: App) -> Server:
    """Return the server for *app*; which address it listens on is decided by the sockets it is run with."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    return Server(config, app)


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; raises OSError where another one does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=512)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve; return the exit code: 78 for a wrong configuration, 1 where the machine is not ready."""
    parser = argparse.ArgumentParser(prog="python -m dashboard", description="Serves the wall and its live feed.")
    parser.add_argument("--config", type=Path, default=Path("config.yaml"), help="the configuration file")
    path = parser.parse_args(arguments).config
    logs.set_up()
    try:
        config = load(path)
    except ConfigError as error:
        return _refused(str(error), EXIT_CONFIG)
    if not (MAP_LIBRARY / "maplibre-gl.mjs").is_file():
        return _refused(f"the map library is missing in {MAP_LIBRARY}: run `make setup`", 1)
    host, port = config.dashboard.host, config.dashboard.port
    try:
        listener = listening(host, port)
    except OSError as error:
        advice = "stop what uses it, or choose another one with PORT=… or dashboard.port in config.yaml"
        return _refused(f"cannot listen on {host} port {port} ({error.strerror}): {advice}", 1)
    server = server_of(create_app(config, now_us=now_us))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)  # uvicorn raises again what stopped it; that is no failure
    shown = f"[{host}]" if ":" in host else host
    LOG.info("serving url=http://%s:%d/wall", shown, port)
    server.run(sockets=[listener])
    return 0


def _leave(_number: int, _frame: object) -> NoReturn:
    raise SystemExit(0)


def _refused(sentence: str, code: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
