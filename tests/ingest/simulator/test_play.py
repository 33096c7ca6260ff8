"""When messages go out."""

import io
import json

import pytest

from ingest.simulator.play import JsonLines, Pace, Player
from ingest.simulator.speech import Posting
from street.clock import HOUR_US, SECOND_US

NOW_US = 1_795_492_800 * SECOND_US


class Desk:
    """A line and its clock: waiting is the only thing that takes time."""

    def __init__(self, now_us: int = NOW_US) -> None:
        self.clock_us = now_us
        self.went: list[tuple[int, str, bytes]] = []
        self.acknowledged = 0
        self.waits: list[float] = []

    def now_us(self) -> int:
        """The time on the desk's clock."""
        return self.clock_us

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Note when it went."""
        self.went.append((self.clock_us, topic, payload))
        self.acknowledged += 1

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.waits.append(seconds)
        self.clock_us += max(1, round(seconds * SECOND_US))

    def close(self) -> None:
        """Nothing is open."""


def postings(*offsets_s: float) -> list[Posting]:
    """Messages that tell of so many seconds against now."""
    return [Posting(NOW_US + int(offset * SECOND_US), f"t/{offset:g}", b"{}") for offset in offsets_s]


def test_a_live_message_goes_out_at_its_instant() -> None:
    """Not before: a stamp in the future would look like a broken clock."""
    desk = Desk()
    Player(desk, now_us=desk.now_us).play(postings(0, 1.5, 90), Pace(NOW_US).due_us)

    late_us = [went - NOW_US for went, _, _ in desk.went]
    assert late_us == [0, int(1.5 * SECOND_US), 90 * SECOND_US]
    assert max(desk.waits) <= 0.5


def test_old_messages_go_out_at_once() -> None:
    """What began before the start is told at the start."""
    desk = Desk()
    Player(desk, now_us=desk.now_us).play(postings(-500, -3, 0), Pace(NOW_US).due_us)

    assert [went for went, _, _ in desk.went] == [NOW_US] * 3


@pytest.mark.parametrize(("speed", "hours"), [(2, 1), (60, 6), (600, 24), (1e6, 240)])
def test_a_filled_in_past_meets_the_present(speed: float, hours: float) -> None:
    """At every point of the past: never sent before it happened, in order, and the last one just as it happens."""
    pace = Pace(NOW_US, speed=speed, hours=hours)
    live_us, begin_us = int(pace.span.live_s * SECOND_US), int(pace.span.begin_s * SECOND_US)
    past = [begin_us + (live_us - begin_us) * share // 1000 for share in range(1001)]
    due = [pace.due_us(at_us) for at_us in past]

    assert begin_us == NOW_US - int(hours * HOUR_US)
    assert all(later >= at_us for later, at_us in zip(due, past, strict=True))
    assert due == sorted(due)
    assert due[0] == NOW_US
    assert due[-1] == pytest.approx(live_us, abs=2000)
    assert pace.due_us(live_us + 7) == live_us + 7


def test_a_stop_ends_the_play_while_it_waits() -> None:
    """Ctrl-C must not wait for the next message of a quiet street."""
    desk = Desk()
    player = Player(desk, now_us=desk.now_us)

    def due_us(at_us: int) -> int:
        if at_us > NOW_US:
            player.stop()
        return at_us

    player.play(postings(0, 3600), due_us)
    player.wait(3600)

    assert (player.sent, desk.waits) == (1, [])


def test_the_play_ends_when_its_time_is_over() -> None:
    """`--minutes` holds even though the story has no end."""
    desk = Desk()
    player = Player(desk, now_us=desk.now_us)
    player.play(postings(0, 59, 60, 61), Pace(NOW_US).due_us, NOW_US + 60 * SECOND_US)

    assert player.sent == 3


def test_waiting_takes_the_time_it_says() -> None:
    """In small pieces, so that the connection is served and a stop is noticed."""
    desk = Desk()
    Player(desk, now_us=desk.now_us).wait(2.2)

    assert desk.clock_us == pytest.approx(NOW_US + 2.2 * SECOND_US, abs=10)
    assert len(desk.waits) == 5


def test_rates_are_told_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """What was sent and what was confirmed: the difference is what the broker owes us."""
    caplog.set_level("INFO")
    desk = Desk()
    Player(desk, now_us=desk.now_us).play(postings(*range(0, 130, 10)), Pace(NOW_US).due_us)

    assert [record.getMessage() for record in caplog.records] == [
        "sent=7 acknowledged=7 rate=0.1/s",
        "sent=13 acknowledged=13 rate=0.1/s",
    ]


def test_json_lines_can_be_decoded_again() -> None:
    """The form that `python -m ingest decode` reads: JSON as JSON, all else as base64."""
    out = io.StringIO()
    line = JsonLines(out)
    line.publish("a/街", '{"x":"街"}'.encode())
    line.publish("b", b"\xff\x00", retain=True)
    line.wait(5)
    line.close()

    assert [json.loads(text) for text in out.getvalue().splitlines()] == [
        {"topic": "a/街", "payload": {"x": "街"}, "retain": False},
        {"topic": "b", "payload_b64": "/wA=", "retain": True},
    ]
    assert line.acknowledged == 2
