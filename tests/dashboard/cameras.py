"""A street with cameras in two grid cells, a still in each, and two incidents that tell of somebody."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from street.assets import Asset
from street.clock import now_us
from street.people import Role
from street.store import StoredEntry
from tests.dashboard.conftest import Serving, Signed, Written, an_incident, started, written_at

HERE, THERE = "370202007001001", "370202007002001"
PHONE, PLATE = "13812345678", "鲁B12345"


def a_still(colour: str = "#336699", width: int = 640) -> bytes:
    """Return a plain JPEG."""
    out = BytesIO()
    Image.new("RGB", (width, width // 2), colour).save(out, "JPEG")
    return out.getvalue()


@dataclass
class Stage:
    """That street, and a dashboard over it; tests of one file share it, each with people of its own."""

    street: Written
    serving: Serving

    def sign_in(self, role: Role, area_id: str = HERE, **changes: Any) -> Signed:
        """Sign in somebody new."""
        return self.street.sign_in(role, area_id, **changes)

    def get(self, who: Signed, path: str) -> httpx.Response:
        """Ask as *who*."""
        with self.serving.browser(who) as browser:
            return browser.get(path)

    def reveal(self, who: Signed, of: str, thing_id: str, **said: Any) -> httpx.Response:
        """Ask to see one thing unmasked."""
        body = {"kind": of, "id": thing_id, "reason": "违停取证", **said}
        with self.serving.browser(who) as browser:
            return browser.post("/api/reveals", json=body, headers=who.csrf)

    def audited(self, who: Signed, **sought: Any) -> list[StoredEntry]:
        """Return what the audit says of *who*."""
        return self.street.store.audit().find(actor=who.person.login, **sought)

    def take(self, asset_id: str) -> int:
        """Let a camera take a still now; return when."""
        return take(self.street, asset_id)


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """Set the stage in *folder*."""
    street = written_at(folder)
    equip(street)
    serving = started(street.config)
    yield Stage(street, serving)
    serving.stop()
    street.close()


def equip(street: Written) -> None:
    """Put cameras, stills and incidents on the street."""
    street.store.register_assets(
        [
            Asset(asset_id=name, kind="camera", name=name, community_id=cell[:12], grid_cell_id=cell)
            for name, cell in (("CAM-1", HERE), ("CAM-2", THERE), ("CAM-BROKEN", HERE))
        ]
    )
    take(street, "CAM-1")
    take(street, "CAM-2")
    take(street, "CAM-BROKEN", b"\xff\xd8\xff<script>alert(1)</script>")
    for number, cell in enumerate((HERE, THERE)):
        street.report(
            an_incident(
                f"hotline/{number}", source="hotline", title=f"来电{PHONE}", description=f"=车辆{PLATE}占道",
                community_id=cell[:12], grid_cell_id=cell,
            )
        )  # fmt: skip


def take(street: Written, asset_id: str, jpeg: bytes | None = None) -> int:
    """Let a camera take a still now; return when."""
    at_us = now_us()
    batch = street.writer.begin(at_us)
    batch.add_snapshot(asset_id, at_us, jpeg or a_still())
    batch.commit()
    return at_us
