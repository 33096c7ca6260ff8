"""`make demo`: one command up, one key down, nothing left."""

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from street.clock import HOUR_US, now_us
from street.people import Role
from street.store import open_store
from street.store.frames import readings_frame

ROOT = Path(__file__).resolve().parents[2]
DEMO = [sys.executable, str(ROOT / "scripts" / "demo.py")]
MAKE_DEMO = ["make", "--no-print-directory", "demo"]
CONFIG = f"""
store: {{url: sqlite:///street.db}}
broker: {{directory: broker, secrets_file: secrets.json}}
places: {{directory: {ROOT}/street/geo}}
register: {{assets_file: {ROOT}/street/geo/demo_assets.csv}}
people: {{demo_accounts: true, keys_file: keys.json}}
"""
UP_WITHIN_S = 60
DOWN_WITHIN_S = 30  # of five parts, on a machine with other tests

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(180)]


class Demo:
    """A running demo of this checkout, with a configuration, a store and ports of its own."""

    def __init__(self, state: Path, command: list[str]) -> None:
        self.state = state
        self.port, self.mqtt_port = free_port(), free_port()
        self.output = state.with_suffix(".out")
        self.environ = dict(a_state(state), PORT=str(self.port), MQTT_PORT=str(self.mqtt_port))
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environ, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )

    @property
    def said(self) -> str:
        """Everything written so far."""
        return self.output.read_text(encoding="utf-8")

    def wait_until_live(self) -> None:
        """Wait for the addresses to be printed."""
        deadline = time.monotonic() + UP_WITHIN_S
        while "Ctrl-C" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            self._breathe()

    def parts(self) -> list[psutil.Process]:
        """Return every process that works on this demo's state."""
        found = []
        for process in psutil.process_iter():
            try:
                if str(self.state) in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def part(self, *words: str) -> psutil.Process:
        """Return the process that has all of *words* in its command, and nothing that follows them."""
        return next(it for it in self.parts() if it.cmdline()[1 : 1 + len(words)] == list(words))

    def wait_until_nothing_is_left(self) -> None:
        """Wait for the last process and the last port to be gone."""
        deadline = time.monotonic() + DOWN_WITHIN_S
        while self.parts() or not (is_free(self.port) and is_free(self.mqtt_port)):
            assert time.monotonic() < deadline, [it.cmdline() for it in self.parts()]
            self._breathe()

    def _breathe(self) -> None:
        try:
            self.process.wait(0.1)
        except subprocess.TimeoutExpired:
            return
        psutil.wait_procs(self.parts(), timeout=0.1)

    def end(self) -> None:
        """Leave nothing behind, whatever the test found."""
        for process in [self.process, *self.parts()]:
            process.kill()
        self.process.wait()


@pytest.fixture
def demo(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Demo]:
    """A demo that is live."""
    running = Demo(tmp_path / "state", getattr(request, "param", DEMO))
    try:
        running.wait_until_live()
        yield running
    finally:
        running.end()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_however_it_ends_nothing_is_left(demo: Demo, number: signal.Signals) -> None:
    """A port that stays taken is what the next person runs into."""
    parts = demo.parts()

    demo.process.send_signal(number)

    demo.process.wait(DOWN_WITHIN_S)
    demo.wait_until_nothing_is_left()
    assert len(parts) >= 4
    assert demo.process.returncode == (-number if number == signal.SIGKILL else 0)


@pytest.mark.parametrize("demo", [MAKE_DEMO], indirect=True, ids=["make"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_a_signal_to_make_alone_is_enough(demo: Demo, number: signal.Signals) -> None:
    """make keeps such a signal to itself and waits, so the demo has to notice."""
    demo.process.send_signal(number)

    demo.process.wait(DOWN_WITHIN_S)
    demo.wait_until_nothing_is_left()
    assert "Ctrl-C" in demo.said


@pytest.mark.parametrize("demo", [[*MAKE_DEMO, "TLS=1"]], indirect=True, ids=["make"])
def test_with_tls_it_is_served_over_a_certificate_of_its_own(demo: Demo) -> None:
    """Whoever trusts the authority it names sees the pages; who does not is warned by the browser."""
    (ca,) = re.findall(r"installs (\S+) once", demo.said)
    address = f"https://127.0.0.1:{demo.port}/healthz"

    answer = httpx.get(address, verify=ssl.create_default_context(cafile=ca))

    assert f"https://127.0.0.1:{demo.port}/wall" in demo.said
    assert answer.status_code == 200
    with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
        httpx.get(address)


def test_a_part_that_dies_ends_all_with_one_line(demo: Demo) -> None:
    """A street without ingest only looks alive; the line says which part and where its log is."""
    ingest = next(it for it in demo.parts() if it.cmdline()[-1].endswith("config.yaml") and "ingest" in it.cmdline())

    ingest.kill()

    demo.process.wait(DOWN_WITHIN_S)
    demo.wait_until_nothing_is_left()
    (line,) = re.findall(r"^ingest ended by itself \(signal SIGKILL\).*its log: (.+)$", demo.said, re.MULTILINE)
    assert Path(line).is_file()
    assert demo.process.returncode == 1


def test_a_second_demo_on_the_same_store_is_refused(demo: Demo) -> None:
    """Two streets in one store would mix."""
    second = subprocess.run(DEMO, cwd=ROOT, env=demo.environ, capture_output=True, check=False)

    assert second.returncode == 1
    assert second.stderr.decode().count("\n") == 1
    assert f"process {demo.process.pid}" in second.stderr.decode()


@pytest.mark.parametrize("name", ["PORT", "MQTT_PORT"])
def test_a_port_in_use_is_one_line_that_says_what_to_do(tmp_path: Path, name: str) -> None:
    """Before anything is started."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environ = {"PORT": str(free_port()), "MQTT_PORT": str(free_port()), name: str(port)}
        refused = subprocess.run(DEMO, cwd=ROOT, env=a_state(tmp_path) | environ, capture_output=True, check=False)

    assert refused.returncode == 1
    assert refused.stdout == b""
    assert re.fullmatch(rf"port {port} cannot be used .*: make demo {name}=\d+\n", refused.stderr.decode())


def test_a_wrong_configuration_is_one_line(tmp_path: Path) -> None:
    """The same line that every other command says."""
    environ = a_state(tmp_path)
    Path(environ["CONFIG"]).write_text("wall: {lang: fr}\n", encoding="utf-8")

    refused = subprocess.run(DEMO, cwd=ROOT, env=environ, capture_output=True, check=False)

    assert refused.returncode == 1
    assert refused.stderr.decode() == f"{environ['CONFIG']}:1: wall.lang: expected one of zh, en, got 'fr'\n"


def test_the_line_it_prints_replays_a_recording_into_it(demo: Demo, tmp_path: Path) -> None:
    """Copied as it stands; with a moved demo it names where that went."""
    recording = tmp_path / "two hours.csv"
    recording.write_text("time,device,laeq\n2020-01-01T00:00Z,Bally mun,60\n2020-01-01T01:00Z,Bally mun,61\n")
    (printed,) = re.findall(r"^ +replay +(make replay .+)$", demo.said, re.MULTILINE)
    command = printed.replace("recording.csv", f'"{recording}"')
    plain = {name: value for name, value in os.environ.items() if name not in {"PORT", "MQTT_PORT", "CONFIG"}}

    done = subprocess.run(command, shell=True, cwd=ROOT, env=plain, capture_output=True, check=False)  # noqa: S602 - as a person would

    assert done.returncode == 0, done.stderr.decode()
    assert "sent 2, acknowledged 2\nrows 2\n" in done.stderr.decode()
    deadline = time.monotonic() + UP_WITHIN_S
    while stored_values(demo, "Bally-mun") != [60.0, 61.0]:
        assert time.monotonic() < deadline


def test_it_says_where_to_sign_in_and_one_click_is_enough(demo: Demo) -> None:
    """Whoever opens the wall's address first meets the page with a button for each role."""
    address = f"http://127.0.0.1:{demo.port}"
    with httpx.Client(base_url=address, timeout=30) as browser:
        led = browser.get("/wall", headers={"accept": "text/html"})
        page = browser.get("/login").text
        entered = browser.post("/login", data={"login": "wall", "password": "demo-wall", "next": "/wall"})
        wall = browser.get("/wall")

    assert f"sign in  {address}/login (demo accounts, one click each)" in demo.said
    assert led.headers["location"] == "/login?next=/wall"
    assert page.count("data-demo=") == len(Role)
    assert (entered.headers["location"], wall.status_code) == ("/wall", 200)


def test_a_replay_of_nothing_says_what_is_missing() -> None:
    """`make replay` alone."""
    refused = subprocess.run(
        ["make", "--no-print-directory", "replay"],
        cwd=ROOT,
        env=dict(os.environ, FILE=""),
        capture_output=True,
        check=False,
    )

    assert refused.returncode == 2
    assert "which recording? make replay FILE=recording.csv.gz\n" in refused.stdout.decode()


def a_state(folder: Path) -> dict[str, str]:
    """Return the environment of a demo that keeps everything in *folder*."""
    folder.mkdir(exist_ok=True)
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return dict(os.environ, CONFIG=str(folder / "config.yaml"))


def stored_values(demo: Demo, asset_id: str) -> list[float]:
    """Return what the demo's store holds of an asset, oldest first."""
    store = open_store(f"sqlite:///{demo.state / 'street.db'}", now_us=lambda: 0)
    reader = store.reader()
    frame = readings_frame(reader, asset_id, now_us() - 3 * HOUR_US, now_us())
    reader.close()
    store.close()
    return [float(value) for value in frame["value"]]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Return whether somebody could listen on *port*."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
