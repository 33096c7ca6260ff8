"""A recording is played to the broker as it was: bytes, order and timing."""

import io
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from bench.ingest_process import Rig
from ingest.client import Link, settings_of
from ingest.simulator.__main__ import on_the_line
from ingest.simulator.play import Player
from ingest.traffic.recording import Recorded, RecordingFile
from ingest.traffic.replay import Part, Playback
from street import clock
from street.clock import SECOND_US
from street.config import Config, load
from street.errors import ConfigError
from tests.ingest.fake_broker import until

AT_US = 1_795_514_400_000_000  # 2026-11-24T10:00:00Z
NOW_US = AT_US + 86_400 * SECOND_US


class Ear:
    """A line that notes what goes out, and when; its waiting is the passing of time."""

    def __init__(self) -> None:
        self.now_us = NOW_US
        self.went: list[tuple[int, str, bytes, bool]] = []
        self.acknowledged = 0

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Note one message, with how long after the start it went out."""
        self.went.append((self.now_us - NOW_US, topic, payload, retain))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now_us += round(seconds * SECOND_US)

    def close(self) -> None:
        """Nothing to close."""


def a_file(folder: Path, *messages: Recorded) -> Path:
    """Write a recording."""
    path = folder / "t.jsonl.gz"
    with RecordingFile(path) as file:
        file.add(messages)
    return path


def a_message(second: float, **changes: Any) -> Recorded:
    """Return a message that came so long after ten o'clock, stamped a second before it came."""
    at_us = AT_US + int(second * SECOND_US)
    payload = b'{"ts":%d}' % (at_us // 1000 - 1000)
    return Recorded(at_us, "street/a/telemetry", payload, retain=False, qos=1)._replace(**changes)


def played(path: Path, part: Part, filters: list[str] | None = None) -> tuple[Ear, str]:
    """Play *path* to an ear; return it, and what was said."""
    ear, progress = Ear(), io.StringIO()
    playback = Playback(path, part, filters, progress)
    playback.play(Player(ear, now_us=lambda: ear.now_us), NOW_US)
    return ear, progress.getvalue()


@pytest.mark.parametrize(
    ("speed", "expected"),
    [
        pytest.param(1.0, [0, 2_000_000, 10_000_000], id="as it was"),
        pytest.param(4.0, [0, 500_000, 2_500_000], id="four times as fast"),
        pytest.param(0.5, [0, 4_000_000, 20_000_000], id="half as fast"),
        pytest.param(0.0, [0, 0, 0], id="at once"),
    ],
)
def test_it_keeps_its_timing(tmp_path: Path, speed: float, expected: list[int]) -> None:
    """The first message goes out now; payloads stay to the byte."""
    sent = [a_message(0), a_message(2), a_message(10)]

    ear, _said = played(a_file(tmp_path, *sent), Part(speed=speed))

    assert [at_us for at_us, *_ in ear.went] == expected
    assert [payload for _, _, payload, _ in ear.went] == [it.payload for it in sent]


@pytest.mark.parametrize("speed", [1.0, 4.0])
def test_times_inside_move_along_where_it_is_wanted(tmp_path: Path, speed: float) -> None:
    """What was a second old when it came is a second old when it is played."""
    ear, _said = played(a_file(tmp_path, a_message(0), a_message(8)), Part(speed=speed, is_shifted=True))

    stamps = [b'{"ts":%d}' % ((NOW_US + at_us) // 1000 - 1000) for at_us, *_ in ear.went]
    assert [payload for _, _, payload, _ in ear.went] == stamps


def test_at_once_the_last_message_is_the_present(tmp_path: Path) -> None:
    """Nothing is stamped in the future."""
    ear, _said = played(a_file(tmp_path, a_message(0), a_message(8)), Part(speed=0, is_shifted=True))

    assert [payload for _, _, payload, _ in ear.went] == [
        b'{"ts":%d}' % (NOW_US // 1000 - 9000),
        b'{"ts":%d}' % (NOW_US // 1000 - 1000),
    ]


def test_a_part_of_it_can_be_played(tmp_path: Path) -> None:
    """From an instant on, and before another."""
    path = a_file(tmp_path, *(a_message(second) for second in range(10)))

    ear, said = played(path, Part(from_us=AT_US + 3 * SECOND_US, to_us=AT_US + 5 * SECOND_US))

    assert [payload for _, _, payload, _ in ear.went] == [a_message(3).payload, a_message(4).payload]
    assert "2 messages, 2026-11-24T10:00:03Z … 2026-11-24T10:00:04Z, 1 times as fast" in said


def test_what_the_broker_would_not_take_is_left_out_and_counted(tmp_path: Path) -> None:
    """The embedded one drops it without a word."""
    path = a_file(tmp_path, a_message(0), a_message(1, topic="elsewhere/x"), a_message(2, retain=True))

    ear, said = played(path, Part(speed=0), ["street/#"])

    assert [(topic, retain) for _, topic, _, retain in ear.went] == [
        ("street/a/telemetry", False),
        ("street/a/telemetry", True),
    ]
    assert "1 left out: the embedded broker takes only what a route (ingest.routes) takes" in said


def test_a_file_that_was_cut_off_says_so(tmp_path: Path) -> None:
    """And is played as far as it goes."""
    path = a_file(tmp_path, *(a_message(second) for second in range(50)))
    path.write_bytes(path.read_bytes()[:-40])

    ear, said = played(path, Part(speed=0))

    assert 0 < len(ear.went) <= 50
    assert "the file was cut off: played up to there" in said


def test_progress_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every few seconds; here with each message."""
    monkeypatch.setattr("ingest.traffic.replay.TELL_S", 0.0)

    _ear, said = played(a_file(tmp_path, a_message(0), a_message(1)), Part(speed=0))

    assert "1/2 messages, 50%, sent 1" in said


def test_nothing_to_play_is_a_mistake(tmp_path: Path) -> None:
    """Somebody has mistyped an hour."""
    with pytest.raises(ConfigError, match="holds no message to be played"):
        played(a_file(tmp_path, a_message(0)), Part(from_us=AT_US + SECOND_US))


@pytest.mark.parametrize("speed", [-1.0, float("nan"), float("inf")])
def test_a_speed_that_is_none_is_refused(tmp_path: Path, speed: float) -> None:
    """Before anything is sent."""
    with pytest.raises(ConfigError, match="--speed"):
        Playback.of(a_config(tmp_path), options(a_file(tmp_path, a_message(0)), speed=speed))


def test_an_embedded_broker_takes_what_the_routes_take(tmp_path: Path) -> None:
    """Another one is asked."""
    path = a_file(tmp_path, a_message(0), a_message(1, topic="elsewhere/x"))

    own = Playback.of(a_config(tmp_path), options(path))
    other = Playback.of(a_config(tmp_path, "  embedded: false\n"), options(path))

    assert (own.count, own.unwelcome) == (1, 1)
    assert (other.count, other.unwelcome) == (2, 0)


@pytest.mark.broker
def test_a_real_broker_hears_again_what_was_recorded(tmp_path: Path) -> None:
    """To the byte, retained copies included, as the user and over the line of the command itself."""
    odd = [b"", b"\xff\x00", '{"名":1}'.encode(), bytes(range(256)) * 400]
    sent = [a_message(n / 100, topic=f"street/灯-{n}/status", payload=odd[n % 4], retain=n == 1) for n in range(40)]
    path = a_file(tmp_path, *sent)
    with Rig(assets=1) as rig:
        link = Link(settings_of(rig.config, user="ingest", client_id="ear", filters=["street/#"]))
        until(lambda: link.is_up, lambda: link.turn(0.02, rows=100, max_bytes=1 << 20))

        playback = Playback.of(rig.config, options(path, speed=2.0))
        code = on_the_line(rig.config, "r", lambda player: playback.play(player, clock.now_us()), within_s=10)

        until(lambda: len(link.held) == 40, lambda: link.turn(0.02, rows=100, max_bytes=1 << 24))
        late = Link(settings_of(rig.config, user="ingest", client_id="late", filters=["street/#"]), clean_session=True)
        until(lambda: late.held, lambda: late.turn(0.02, rows=100, max_bytes=1 << 20))
        heard, kept = link.take(), late.take()
        link.close()
        late.close()

    assert code == 0
    assert [(it.topic, it.payload) for it in heard] == [(it.topic, it.payload) for it in sent]
    assert [(it.topic, it.payload, it.retain) for it in kept] == [(sent[1].topic, sent[1].payload, True)]


def options(path: Path, **changes: Any) -> Namespace:
    """Return what the command line would say."""
    return Namespace(**{"file": path, "speed": None, "begin": None, "end": None, "shift": False} | changes)


def a_config(folder: Path, more: str = "") -> Config:
    """Return a configuration with routes of one filter."""
    path = folder / "config.yaml"
    path.write_text(
        f"store:\n  url: sqlite:///street.db\nbroker:\n  port: 1\n{more}ingest:\n  routes:\n    native: [street/#]\n",
        encoding="utf-8",
    )
    return load(path, {})
