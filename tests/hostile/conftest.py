"""One street for the whole folder: a real broker, ingest and dashboard, and a register with hostile assets."""

import csv
import io
import itertools
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Self

import httpx
import pytest

from bench.mqtt_socket import Publisher, packet
from street import clock
from street.store import open_store
from tests.hostile.accounts import Accounts, store_of
from tests.hostile.catalogue import Case, through
from tests.hostile.stills import STILLS
from tests.journeys.stack import ROOT, Stack, until

_LINES = itertools.count()
CAMERA = "{id},camera,hostile camera,120.32450,36.06520,370202007001,370202007001001,莱芜二路,,60,native,\n"


def asset_of(case: Case) -> str:
    """Return the asset that has a case's text for its name."""
    return f"T-{case['id']}"


def _named_assets() -> str:
    """Return rows of the register: assets whose names attack."""
    out = io.StringIO()
    for case in through("screen"):
        if case["sent"]["sink"] == "asset's name":
            row = [
                asset_of(case),
                "lamp",
                case["sent"]["text"],
                120.3245,
                36.0652,
                "370202007004",
                "",
                "",
                "",
                "60",
                "native",
                "",
            ]
            csv.writer(out).writerow(row)
    return out.getvalue()


def camera_of(case: dict[str, object]) -> str:
    """Return the camera that a case's still comes from: each has its own, so that none hides another's."""
    return f"H-{case['id']}"


A_CAMERA = "H-B88"  # shows a plain picture that says where it was taken
PEOPLE = 'people: {{keys_file: "{folder}/keys.json", demo_accounts: true, totp_for: ""}}\n'


class HostileStreet(Stack):
    """A street whose people need no second factor."""

    def __init__(self, folder: Path, assets: Path) -> None:
        super().__init__(folder, assets)
        sections = [line for line in self.config.read_text(encoding="utf-8").splitlines() if line[:7] != "people:"]
        self.config.write_text("\n".join(sections) + "\n" + PEOPLE.format(folder=folder), encoding="utf-8")

    def is_live(self) -> bool:
        """Return whether the server answers and ingest has its broker."""
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.ports['PORT']}/healthz", timeout=5)
        except httpx.HTTPError:
            return False
        return answer.is_success and store_of(self).exists() and self._has_heartbeat()

    def _has_heartbeat(self) -> bool:
        with (
            closing(open_store(f"sqlite:///{store_of(self)}", clock.now_us)) as store,
            closing(store.reader()) as reader,
        ):
            beat = reader.heartbeat()
        return bool(beat and beat[1])


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The street that all hostile input goes to; it must be as well at the end as at the beginning."""
    folder = tmp_path_factory.mktemp("hostile")
    register = folder / "assets.csv"
    names = [A_CAMERA, *(camera_of(case) for case in through("mqtt") if "still" in case["sent"])]
    cameras = [CAMERA.format(id=name) for name in names]
    demo = (ROOT / "street/geo/demo_assets.csv").read_text(encoding="utf-8")
    register.write_text(demo + "".join(cameras) + _named_assets(), encoding="utf-8")
    stack = HostileStreet(folder / "street", register)
    try:
        stack.open()
        yield stack
        said = "".join(log.read_text(errors="replace") for log in stack.folder.glob("*.log"))
        assert "Traceback" not in said, said[said.index("Traceback") - 500 :][:3_000]
    finally:
        stack.close()


@pytest.fixture(scope="session")
def accounts(street: Stack) -> Iterator[Accounts]:
    """Somebody of every role, signed in."""
    opened = Accounts(street)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def pictures(street: Stack) -> None:
    """Have one camera show a picture, whichever test comes first."""
    with closing(publisher(street)) as line:
        line.publish([packet(f"street/{A_CAMERA}/snapshot", STILLS["jpeg-gps"](), 1)])
    with closing(open_store(f"sqlite:///{store_of(street)}", clock.now_us)) as store, closing(store.reader()) as reader:
        until(lambda: reader.snapshot(A_CAMERA), "the picture is stored")


def publisher(street: Stack) -> Publisher:
    """Return a line to the broker that may publish everything."""
    secrets = json.loads((street.folder / "secrets.json").read_text(encoding="utf-8"))
    name = f"hostile-{next(_LINES)}"
    return Publisher("127.0.0.1", street.ports["MQTT_PORT"], "simulator", secrets["simulator"], client_id=name)


@pytest.fixture(scope="session")
def listener() -> Iterator["Listener"]:
    """A port inside that nobody may ever call."""
    with Listener() as it:
        yield it


class Listener:
    """Counts who connects."""

    def __init__(self) -> None:
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _listen(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            line.close()
