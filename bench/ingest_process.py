"""A broker and an ingest of our own, as real processes in a folder that goes away with them."""

import os
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from pysqlite3 import dbapi2 as sqlite

from bench.mqtt_socket import asset_ids
from ingest import broker
from street import clock
from street.assets import Asset
from street.config import Config, load
from street.store import open_store

ROOT = Path(__file__).resolve().parents[1]


def stored_numbers(path: Path | None) -> list[tuple[int, int]]:
    """Return (series, at) of every stored reading: each once, or the store has doubled something."""
    assert path is not None
    with sqlite.connect(f"file:{path}?mode=ro", uri=True) as connection:
        rows: list[tuple[int, int]] = connection.execute("SELECT series_id, at_us FROM readings").fetchall()
    connection.close()
    return rows


class Rig:
    """One folder with a configuration, a store that knows the assets, and the processes started here.

    Attributes:
        broker: the broker that was started last.
    """

    broker: psutil.Popen

    def __init__(self, *, assets: int, sync: str = "timed", ack_wait_s: int = 2) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.port = _free_port()
        self.config_file = Path(self._folder.name) / "config.yaml"
        self.config_file.write_text(
            "store:\n  url: sqlite:///street.db\n"
            f"broker:\n  port: {self.port}\n  sync: {sync}\n  ack_wait_s: {ack_wait_s}\n"
            "  directory: broker\n  secrets_file: secrets.json\n"
            f"register:\n  load_at_start: false\nplaces:\n  directory: {ROOT / 'street/geo'}\n",
            encoding="utf-8",
        )
        self.config: Config = load(self.config_file, {})
        self._processes: list[psutil.Popen] = []
        store = open_store(self.config.store.url, now_us=clock.now_us)
        store.register_assets(
            [
                Asset(asset_id=it, kind="weather", name=it, community_id=it[-1], interval_s=60)
                for it in asset_ids(assets)
            ]
        )
        store.close()

    def __enter__(self) -> Self:
        self.start_broker()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in self._processes:
            if process.is_running():
                process.kill()
            process.wait(10)
        self._folder.cleanup()

    def start_broker(self) -> psutil.Popen:
        """Start the broker and wait until it listens."""
        process = self._start(["-m", "ingest", "--config", str(self.config_file), "broker"], "broker.log")
        if not broker.wait_until_ready("127.0.0.1", self.port, within_s=15):
            msg = f"the broker did not start: {self.log('broker.log')}"
            raise RuntimeError(msg)
        self.broker = process
        return process

    def start_ingest(self, *, script: list[str] | None = None, wait: bool = True) -> psutil.Popen:
        """Start ingest (or *script*, in its place) and wait until it has subscribed."""
        log = Path(self._folder.name) / "ingest.log"
        before = log.stat().st_size if log.exists() else 0
        process = self._start((script or ["-m", "ingest"]) + ["--config", str(self.config_file)], "ingest.log")
        until_s = time.monotonic() + 15
        while wait and b"broker up" not in log.read_bytes()[before:]:
            if process.poll() is not None or time.monotonic() > until_s:
                msg = f"ingest did not start: {self.log('ingest.log')}"
                raise RuntimeError(msg)
            time.sleep(0.02)
        return process

    def _start(self, arguments: list[str], log: str) -> psutil.Popen:
        return self._start_program([sys.executable, *arguments], log)

    def _start_program(self, command: list[str], log: str) -> psutil.Popen:
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        for name in ("PORT", "MQTT_PORT"):
            environ.pop(name, None)
        with (Path(self._folder.name) / log).open("ab") as out:
            process = psutil.Popen(command, cwd=ROOT, stdout=out, stderr=out, env=environ)
        self._processes.append(process)
        return process

    def wait_for_rows(self, rows: int, *, within_s: float) -> list[tuple[int, int]]:
        """Return the stored readings as soon as there are so many, or when time is up."""
        until_s = time.monotonic() + within_s
        path = self.config.store_path
        with sqlite.connect(f"file:{path}?mode=ro", uri=True) as connection:
            while time.monotonic() < until_s:
                # the newest row number of a WITHOUT ROWID table is not known: count, but not too often
                if connection.execute("SELECT count(*) FROM readings").fetchone()[0] >= rows:
                    break
                time.sleep(0.02)
        connection.close()
        return stored_numbers(path)

    def password(self, user: str) -> str:
        """Return the embedded broker's password of *user*."""
        return broker.passwords(self.config)[user]

    def log(self, name: str) -> str:
        """Return the end of a process's log."""
        return (Path(self._folder.name) / name).read_text(encoding="utf-8", errors="replace")[-2_000:]


def kill(process: psutil.Popen) -> None:
    """`kill -9`, and wait until it is gone."""
    process.send_signal(signal.SIGKILL)
    process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
