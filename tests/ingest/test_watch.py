"""What happens by the clock, with a clock that the test moves."""

import faulthandler
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.counts import Counts
from ingest.watch import Watch


class Hands:
    """A clock and what the watch did by it."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.beats = 0
        self.left = 0
        self.purges = 0
        self.counts = Counts()
        self.watch = Watch(
            self.beat, self.purge, self.counts, purge_interval_s=3600, hang_s=30, monotonic_s=lambda: self.now_s
        )

    def beat(self) -> None:
        """Count a heartbeat."""
        self.beats += 1

    def purge(self) -> int:
        """Remove ten rows of those that are left."""
        self.purges += 1
        self.left = max(self.left - 10, 0)
        return self.left

    def pass_by(self, seconds: float) -> None:
        """Let time pass in steps of a tenth of a second."""
        for _ in range(round(seconds * 10)):
            self.now_s += 0.1
            self.watch.look()


@pytest.fixture
def hands() -> Iterator[Hands]:
    """Return a watch at its start."""
    it = Hands()
    yield it
    it.watch.rest()
    faulthandler.cancel_dump_traceback_later()


def test_it_beats_once_a_second(hands: Hands) -> None:
    """However often it looks."""
    hands.pass_by(10)

    assert 9 <= hands.beats <= 11


def test_it_says_how_long_nothing_is_due(hands: Hands) -> None:
    """So that the loop can wait for messages meanwhile."""
    hands.watch.look()
    hands.now_s += 0.4

    assert hands.watch.wait_s() == pytest.approx(0.6)


def test_it_purges_each_hour_a_piece_a_second(hands: Hands) -> None:
    """Each piece holds the write lock for a moment only."""
    hands.left = 40
    hands.pass_by(120)

    assert hands.purges == 4
    hands.pass_by(3500)
    assert hands.purges == 4
    hands.pass_by(200)
    assert hands.purges == 5


def test_refusals_are_summed_once_a_minute_with_an_example(hands: Hands, caplog: pytest.LogCaptureFixture) -> None:
    """A broken device is one line a minute, not a thousand."""
    for number in range(500):
        hands.counts.refuse("not-json", f"street/A-{number}/telemetry")
    with caplog.at_level(logging.WARNING):
        hands.pass_by(61)
        hands.pass_by(61)
        hands.counts.refuse("depth", "x\ny")
        hands.pass_by(61)

    assert [record.message for record in caplog.records] == [
        "refused code=not-json count=500 topic='street/A-499/telemetry'",
        r"refused code=depth count=1 topic='x\ny'",
    ]


def test_a_loop_that_stands_still_ends_the_process() -> None:
    """With the stack of where it stood; the supervisor starts it again."""
    script = (
        "import time\n"
        "from ingest.watch import Counts, Watch\n"
        "watch = Watch(lambda: None, lambda: 0, Counts(), purge_interval_s=9, hang_s=0.3)\n"
        "watch.look()\n"
        "time.sleep(20)\n"
    )
    root = Path(__file__).resolve().parents[2]

    ended = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, timeout=15, check=False)

    assert ended.returncode == 1
    assert b"Timeout" in ended.stderr
    assert b"line 5 in <module>" in ended.stderr


def test_a_shorter_interval_of_purging_holds_at_once(hands: Hands) -> None:
    """Who has little disk left does not wait for the hour that was set before; a longer one holds from then on."""
    hands.pass_by(61)
    assert hands.purges == 1

    hands.watch.purge_every(120)
    hands.pass_by(125)

    assert hands.purges == 2
    hands.watch.purge_every(7200)
    hands.pass_by(125)
    assert hands.purges == 3
    hands.pass_by(1000)
    assert hands.purges == 3
