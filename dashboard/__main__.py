"""`python -m dashboard`: serves the pages and the live feed until told to stop."""

import argparse
import logging
import signal
import socket
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import uvicorn

from dashboard.app import MAP_LIBRARY, App, create_app
from street import logs
from street.clock import now_us
from street.config import EXIT_CONFIG, Config, load
from street.config.sections import DashboardConfig
from street.errors import ConfigError
from street.keys import load_keys
from street.supervisor import tell_supervisor

LOG = logging.getLogger("dashboard")
GRACE_S = 2  # what still runs then is cut off: a page's files take milliseconds
TICKS_A_BEAT = 10  # uvicorn ticks each 0.1 s
NO_PROXY = DashboardConfig()


class Server(uvicorn.Server):
    """uvicorn, which tells systemd that it lives, and ends the open streams before it waits for connections."""

    def __init__(self, config: uvicorn.Config, app: App) -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        tell_supervisor("READY=1")

    async def on_tick(self, counter: int) -> bool:
        """Say once a second that this loop turns and the picture is kept: silence is what the watchdog acts on."""
        if counter % TICKS_A_BEAT == 0 and self._app.is_alive():
            tell_supervisor("WATCHDOG=1")
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: streams first, they would never finish by themselves."""
        tell_supervisor("STOPPING=1")
        self._app.hub.close()
        await super().shutdown(sockets)


def server_of(app: App, dashboard: DashboardConfig = NO_PROXY, tls: ssl.SSLContext | None = None) -> Server:
    """Return the server for *app*; which address it listens on is decided by the sockets it is run with.

    Args:
        app: what answers.
        dashboard: says whether a proxy stands in front, and where: whoever else names a client's address is not heard.
        tls: the certificate to speak HTTPS with, None for plain HTTP.
    """
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
        proxy_headers=dashboard.https == "proxy",
        forwarded_allow_ips=dashboard.proxy_address,
        ssl_context_factory=(lambda *_: tls) if tls else None,
        timeout_graceful_shutdown=GRACE_S,
    )
    return Server(config, app)


def tls_of(config: Config) -> ssl.SSLContext | None:
    """Return what the dashboard speaks HTTPS with, None where it does not (`dashboard.https`).

    Raises:
        ConfigError: the certificate or its key cannot be used.
    """
    own = config.dashboard
    if own.https != "own":
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")  # as deploy/nginx.conf
    for key, path in (("certificate_file", own.certificate_file), ("key_file", own.key_file)):
        try:
            path.read_bytes()
        except OSError as error:
            config.fail(f"dashboard.{key}", f"expected a PEM file for HTTPS, got {path}: {error.strerror}")
    try:
        context.load_cert_chain(own.certificate_file, own.key_file)
    except ssl.SSLError as error:
        fault = error.reason or "no certificate and key in PEM"
        config.fail("dashboard.certificate_file", f"expected a certificate with its key, got {fault}: {own.key_file}")
    return context


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
        tls = tls_of(config)
        load_keys(config.people.keys_file)
        app = create_app(config, now_us=now_us)
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
    server = server_of(app, config.dashboard, tls)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)  # uvicorn raises again what stopped it; that is no failure
    shown = f"[{host}]" if ":" in host else host
    LOG.info("serving url=%s://%s:%d/wall", "https" if tls else "http", shown, port)
    server.run(sockets=[listener])
    return 0


def _leave(_number: int, _frame: object) -> NoReturn:
    raise SystemExit(0)


def _refused(sentence: str, code: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
