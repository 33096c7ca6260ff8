"""Three assets, a real store, the real rules, and a broker under the test's control."""

import itertools
import json
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from ingest.client import Link, LinkSettings
from ingest.decode import Message
from ingest.filing import Item
from ingest.intake import Intake
from ingest.service import Parts, decoder_of
from street import clock
from street.assets import Asset
from street.config import load
from street.store import open_store
from tests.ingest.fake_broker import FakeBroker, meet, until

ROOT = Path(__file__).resolve().parents[2]
ASSETS = [
    Asset(asset_id="SD-01", kind="smoke_detector", name="SD-01", interval_s=3600, lon=120.3, lat=36.0),
    Asset(asset_id="WL-01", kind="water_level", name="WL-01", interval_s=120),
    Asset(asset_id="TTN-01", kind="water_level", name="TTN-01", dialect="ttn_v3", device_id="TTN-01"),
]
AUDIT_KEY = b"a key of thirty-two bytes, so so"
_numbers = itertools.count()


class SmallStreet:
    """Everything from the socket to the store, in the test's own thread."""

    def __init__(self, folder: Path, more: str = "") -> None:
        path = folder / "config.yaml"
        path.write_text(
            f"store:\n  url: sqlite:///street.db\nplaces:\n  directory: {ROOT / 'street/geo'}\n{more}", encoding="utf-8"
        )
        self.config = load(path, {})
        assert self.config.store_path is not None
        store = open_store(self.config.store.url, now_us=clock.now_us, audit_key=AUDIT_KEY)
        store.register_assets(ASSETS)
        self.parts = Parts(self.config, store)
        self.decoder = decoder_of(self.config)
        self.broker = FakeBroker()
        settings = LinkSettings(
            host="127.0.0.1", port=self.broker.port, filters=("street/#",), reconnect_min_s=0.05, reconnect_max_s=0.1
        )
        self.link = Link(settings)
        self.intake = Intake(self.link, self.decoder, self.parts.filing, self.config.ingest)
        self.sql = sqlite.connect(str(self.config.store_path), isolation_level=None)
        self._mid = 0

    def connect(self) -> None:
        """Let link and broker meet."""
        meet(self.link, self.broker, lambda: self.link.turn(0.01, rows=100, max_bytes=1 << 20))

    def step(self) -> None:
        """Serve broker and ingest once."""
        self.broker.serve()
        self.intake.step(0.005)

    def say(self, topic: str, body: Any, *, retain: bool = False) -> int:
        """Publish one message; return its packet id."""
        self._mid += 1
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.broker.publish(topic, payload, self._mid, retain=retain)
        return self._mid

    def until_acknowledged(self, *mids: int, within_s: float = 5.0) -> None:
        """Run until the broker has the acknowledgements of *mids*."""
        until(lambda: set(mids) <= set(self.broker.acks), self.step, within_s=within_s)

    def items(self, *messages: Message) -> list[Item]:
        """Return *messages* decoded."""
        return [Item(message, *self.decoder.decode(message)) for message in messages]

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return what the store says, past every cache."""
        return [tuple(row) for row in self.sql.execute(statement).fetchall()]

    def values(self) -> list[float | None]:
        """Return all stored values, oldest first."""
        return [value for (value,) in self.rows("SELECT value FROM readings ORDER BY at_us, series_id")]

    def dead_letters(self) -> list[tuple[str, int]]:
        """Return (code, how many) of all dead letters."""
        return self.rows("SELECT code, letters FROM dead_letter_groups ORDER BY code")

    def close(self) -> None:
        """Let go of everything."""
        self.sql.close()
        self.link.close(wait_s=0)
        self.parts.close()
        self.broker.close()


def telemetry(**values: Any) -> dict[str, Any]:
    """Return a telemetry body of now, no two in the same millisecond: the store would take them for one."""
    return {"ts": clock.now_us() // 1000 - 60_000 + next(_numbers), **values}
