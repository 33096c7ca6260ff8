"""Real processes, killed, starved and stopped: nothing that was acknowledged is lost, nothing is stored twice."""

import signal
import threading
import time
from collections.abc import Iterator

import pytest
from pysqlite3 import dbapi2 as sqlite

from bench.ingest_process import Rig, kill
from bench.kills import EAGER, kill_under_load
from bench.mqtt_socket import Publisher, packet, reading_packets
from street import clock
from tests.ingest.fake_broker import until

pytestmark = pytest.mark.faults
ASSETS = 50


@pytest.fixture
def rig() -> Iterator[Rig]:
    """Return a street whose broker runs."""
    with Rig(assets=ASSETS) as it:
        yield it


def speak(rig: Rig, packets: list[bytes], rate: float | None = None) -> None:
    """Publish *packets* as the devices, and wait until the broker has confirmed them."""
    publisher = Publisher("127.0.0.1", rig.port, "devices", rig.password("devices"), client_id="devices")
    publisher.publish(packets, rate=rate, within_s=60)
    publisher.close()


def readings(count: int, first: int = 0) -> list[bytes]:
    """Return *count* readings of the last minutes, numbered from *first*."""
    return reading_packets(count, ASSETS, clock.now_us() // 1000 - 120_000, first)


def count(rig: Rig, statement: str) -> int:
    """Return one number from the store."""
    with sqlite.connect(f"file:{rig.config.store_path}?mode=ro", uri=True) as connection:
        found = int(connection.execute(statement).fetchone()[0])
    connection.close()
    return found


def test_kill_9_loses_nothing_and_doubles_nothing() -> None:
    """Four kills at random times under load; twenty in `bench/kills.py`."""
    figures = kill_under_load(4, 1_500, seed=3)

    assert figures["confirmed"] == figures["published"]
    assert (figures["lost"], figures["duplicates"]) == (0, 0)


def test_an_ingest_that_acknowledges_too_early_loses() -> None:
    """The negative control: the test above can fail."""
    figures = kill_under_load(2, 1_500, seed=3, script=EAGER)

    assert figures["confirmed"] == figures["published"]
    assert figures["lost"] > 0


def test_sigterm_under_load_finishes_what_it_holds(rig: Rig) -> None:
    """Exit 0, and the next start goes on where it ended."""
    ingest = rig.start_ingest()
    load = threading.Thread(target=speak, args=(rig, readings(3_000), 2_000))
    load.start()
    rig.wait_for_rows(500, within_s=20)

    ingest.terminate()
    assert ingest.wait(10) == 0
    load.join()
    rig.start_ingest()

    rows = rig.wait_for_rows(3_000, within_s=30)
    assert len(rows) == len(set(rows)) == 3_000
    assert "ingest down" in rig.log("ingest.log")


def test_a_store_locked_for_three_seconds_costs_only_time(rig: Rig) -> None:
    """A backup holds the write lock: nothing is lost, the process stays, the line stays."""
    ingest = rig.start_ingest()
    speak(rig, readings(100))
    rig.wait_for_rows(100, within_s=10)
    locker = sqlite.connect(str(rig.config.store_path), isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    release_s = clock.monotonic_s() + 3

    speak(rig, readings(200, first=100))
    assert count(rig, "SELECT count(*) FROM readings") == 100
    until(lambda: clock.monotonic_s() > release_s, lambda: time.sleep(0.05))
    locker.execute("ROLLBACK")
    locker.close()

    rows = rig.wait_for_rows(300, within_s=15)
    assert len(rows) == len(set(rows)) == 300
    assert ingest.is_running()
    assert rig.log("ingest.log").count("broker up") == 1


def test_a_store_locked_beyond_its_patience_is_told_and_taken_up_again(rig: Rig) -> None:
    """Longer than SQLite waits: the error is logged, the messages are held, the end of it is logged."""
    rig.start_ingest()
    locker = sqlite.connect(str(rig.config.store_path), isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    speak(rig, readings(200))

    until(lambda: "store refuses" in rig.log("ingest.log"), lambda: time.sleep(0.1), within_s=15)
    locker.execute("ROLLBACK")
    locker.close()

    rows = rig.wait_for_rows(200, within_s=20)
    until(lambda: "store back after" in rig.log("ingest.log"), lambda: time.sleep(0.05))
    assert len(rows) == len(set(rows)) == 200


def test_ingest_may_start_before_its_broker(rig: Rig) -> None:
    """The order of starts never matters."""
    kill(rig.broker)
    ingest = rig.start_ingest(wait=False)
    until(lambda: "ingest up" in rig.log("ingest.log"), lambda: time.sleep(0.05), within_s=15)

    rig.start_broker()
    until(lambda: "broker up" in rig.log("ingest.log"), lambda: time.sleep(0.05), within_s=5)
    speak(rig, readings(50))

    assert len(rig.wait_for_rows(50, within_s=10)) == 50
    assert ingest.is_running()


def test_a_second_ingest_is_refused_and_the_first_goes_on(rig: Rig) -> None:
    """Somebody started it by hand beside the service."""
    first = rig.start_ingest()

    second = rig.start_ingest(wait=False)

    assert second.wait(15) == 75
    assert "has a writer already" in rig.log("ingest.log")
    speak(rig, readings(20))
    assert len(rig.wait_for_rows(20, within_s=10)) == 20
    assert first.is_running()


def test_hostile_bytes_leave_the_process_alive(rig: Rig) -> None:
    """Every one a dead letter or nothing; the next valid reading is stored within a second."""
    ingest = rig.start_ingest()
    payloads = [b"", b"{", b"[" * 50_000, b"\xff" * 100, b'{"ts": 1e999}', b'{"a": 1, "a": 2}', b'{"x": NaN}', b"null"]
    hostile = [packet("street/bench-0001/telemetry", payload, mid) for mid, payload in enumerate(payloads, start=1)]

    speak(rig, hostile)
    speak(rig, readings(1))
    rows = rig.wait_for_rows(1, within_s=1)

    assert len(rows) == 1
    assert ingest.is_running()
    assert count(rig, "SELECT sum(letters) FROM dead_letter_groups") >= len(payloads) - 1


def test_a_stopped_ingest_goes_on_where_it_was(rig: Rig) -> None:
    """SIGSTOP for some seconds: the broker may have dropped the line meanwhile; nothing is lost."""
    ingest = rig.start_ingest()
    ingest.send_signal(signal.SIGSTOP)
    speak(rig, readings(300))
    resume_s = clock.monotonic_s() + 4
    until(lambda: clock.monotonic_s() > resume_s, lambda: time.sleep(0.05))

    ingest.send_signal(signal.SIGCONT)

    rows = rig.wait_for_rows(300, within_s=20)
    assert len(rows) == len(set(rows)) == 300


def test_ten_kills_of_the_broker_lose_nothing(rig: Rig) -> None:
    """Each time the session is there again, and what was confirmed arrives."""
    rig.start_ingest()
    for number in range(10):
        speak(rig, readings(50, first=50 * number))
        if number % 2:
            rig.wait_for_rows(50 * (number + 1), within_s=15)
        kill(rig.broker)
        rig.start_broker()

    rows = rig.wait_for_rows(500, within_s=20)

    assert len(rows) == len(set(rows)) == 500
