"""A courier with a real receiver: what arrives, how often, and what becomes of failures."""

import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.duty import wire
from ingest.duty.courier import FIRST_WAIT_S, LONGEST_WAIT_S, SPACING_S, Courier, Means, wait_s
from ingest.duty.message import reference
from ingest.duty.plan import plan_of
from ingest.duty.robots import Secrets
from street.clock import MINUTE_US, SECOND_US
from street.config.channels import Channel
from street.config.sections import NoticesConfig
from street.notices import Notice, to_person
from street.store import Store, open_store
from street.store.deliveries import LEASE_US, MOST_TRIES
from tests.ingest.duty.receivers import FEISHU_OK, Receiver, mailing, receiving, trusting
from tests.street.store.makers import KEY, NOON_US, Now, add_person

KEYS = Secrets("key-of-robot", "secret-of-robot")


class Round:
    """A store, a clock, a receiver and a courier between them."""

    def __init__(self, folder: Path, channel: Channel, trust: ssl.SSLContext | None = None) -> None:
        self.now = Now()
        self.store: Store = open_store(f"sqlite:///{folder}/street.db", self.now, audit_key=KEY)
        self.channel, self.trust = channel, trust or ssl.create_default_context()
        self.who = add_person(self.store, phone="13900010002")
        self.courier = self.another()

    def another(self) -> Courier:
        """Return a courier as a new process has it."""
        means = Means(self.store.deliveries(), self.now, self.trust, spacing_s=0.0)
        return Courier(self.channel, KEYS, means)

    def tell(self, *numbers: int, severity: int = 1, **changes: Any) -> None:
        """Have notices go out."""
        for number in numbers:
            fields = {"no": str(number), "title": "噪声超限"}
            notice = Notice(
                notice_id=f"n-{number}", kind="closed", at_us=self.now.us, severity=severity,
                to=(to_person(self.who.person_id),), fields=fields, **changes,
            )  # fmt: skip
            self.store.notices().put(notice)
        config = NoticesConfig(channels=(self.channel,), quiet="")
        self.store.deliveries().route(plan_of(config, self.now))

    def state(self) -> tuple[int, int, int, str]:
        """Return how many wait, arrived, are dead; and why the last did not arrive."""
        [state] = self.store.deliveries().states()
        return state.waiting, state.done, state.dead, state.reason


def a_channel(kind: str, url: str, **changes: Any) -> Channel:
    """Return a channel of this kind."""
    return Channel(name="c", kind=kind, url=url, key_env="K", **changes)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A web server on this machine."""
    with receiving() as made:
        yield made


@pytest.fixture
def robot(tmp_path: Path, receiver: Receiver) -> Iterator[Round]:
    """A WeCom robot on this machine."""
    made = Round(tmp_path, a_channel("wecom", f"{receiver.url}/cgi-bin/webhook/send"))
    yield made
    made.store.close()


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu", "sms"])
def test_every_kind_delivers_over_https(tmp_path: Path, kind: str) -> None:
    """From the notice to the receiver and back to "done", with the key where it belongs."""
    with receiving(tmp_path) as receiver:
        if kind == "feishu":
            receiver.answers = lambda _number: FEISHU_OK
        made = Round(tmp_path, a_channel(kind, f"{receiver.url}/send"), trusting(tmp_path))
        made.tell(1)
        assert made.courier.step() == 1
        made.store.close()

    [got] = receiver.got
    assert reference("n-1") in got.raw.decode()
    where = {"wecom": got.query.get("key"), "dingtalk": got.query.get("access_token"),
             "feishu": [got.path.rpartition("/")[2]], "sms": [got.headers.get("authorization", "")[7:]]}  # fmt: skip
    assert where[kind] == ["key-of-robot"]
    assert got.headers["content-type"].startswith("application/json")


def test_mail_is_delivered(tmp_path: Path) -> None:
    """To a real server, with everything that waited in one."""
    with mailing() as box:
        channel = a_channel("email", box.url, sender="eye@example.org", to=("duty@example.org",))
        made = Round(tmp_path, channel)
        made.tell(1, 2)
        assert made.courier.step() == 2
        made.store.close()

    [(to, mail)] = box.mails
    assert to == ["duty@example.org"]
    assert mail["Subject"] == "2条通知"


def test_what_waits_goes_as_one_message_gravest_first(robot: Round, receiver: Receiver) -> None:
    """Ten at once and no more."""
    robot.tell(*range(1, 12), severity=3)
    robot.tell(99, severity=1)

    settled = [robot.courier.step() for _ in range(3)]

    assert settled == [10, 2, 0]
    first = receiver.got[0].body["text"]["content"].split("\n")
    assert first[0] == "10条通知"
    assert "99号" in first[1]


def test_a_robot_is_asked_twenty_times_a_minute_at_most(robot: Round, receiver: Receiver) -> None:
    """Its pace holds however much waits, and nothing is lost by waiting."""
    assert SPACING_S == 3.0
    means = Means(robot.store.deliveries(), robot.now, robot.trust)
    courier = Courier(robot.channel, KEYS, means)
    robot.tell(*range(25))

    settled = [courier.step() for _ in range(5)]

    assert settled == [10, 0, 0, 0, 0]
    assert (len(receiver.got), robot.state()[0]) == (1, 15)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        pytest.param(429, b"", "status 429", id="429"),
        pytest.param(500, b"", "status 500", id="500"),
        pytest.param(200, b'{"errcode":45009,"errmsg":"api freq out of limit"}', "45009", id="errcode"),
        pytest.param(200, b"oops", "no JSON", id="nonsense"),
    ],
)
def test_what_fails_comes_again_later_and_arrives(
    robot: Round, receiver: Receiver, status: int, body: bytes, reason: str
) -> None:
    """Not at once, and under the same reference."""
    receiver.answers = lambda number: (status, body) if number == 0 else (200, {"errcode": 0})
    robot.tell(1)
    robot.courier.step()
    waiting, _, _, why = robot.state()
    assert (waiting, reason in why) == (1, True)

    assert robot.courier.step() == 0
    robot.now.pass_by(seconds=FIRST_WAIT_S)
    assert robot.courier.step() == 1

    assert robot.state() == (0, 1, 0, "")
    texts = [got.body["text"]["content"] for got in receiver.got]
    assert all(reference("n-1") in text for text in texts)
    assert ("可能重复" in texts[1]) == (status == 500 or body == b"oops")


def test_a_receiver_that_hangs_costs_seconds_not_the_notice(
    robot: Round, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried again and says that it may be a repeat."""
    monkeypatch.setattr(wire, "TIMEOUT_S", 0.2)
    receiver.hold = threading.Event()
    robot.tell(1)
    robot.courier.step()
    assert robot.state()[3].endswith("timed out")

    receiver.hold.set()
    robot.now.pass_by(seconds=FIRST_WAIT_S)
    robot.courier.step()

    assert robot.state() == (0, 1, 0, "")
    assert "可能重复" in receiver.got[1].body["text"]["content"]


def test_what_never_arrives_is_dead_with_its_reason(robot: Round, receiver: Receiver) -> None:
    """Eight tries, each later than the one before; then a person reads why on the health page."""
    receiver.answers = lambda _number: (503, b"")
    robot.tell(1)
    begun_us = robot.now.us

    while robot.state()[0]:
        robot.courier.step()
        robot.now.pass_by(seconds=10)

    assert robot.state() == (0, 0, 1, "status 503")
    assert len(receiver.got) == MOST_TRIES
    assert 10 * MINUTE_US < robot.now.us - begun_us < 35 * MINUTE_US


def test_what_is_refused_for_good_is_not_tried_again(robot: Round, receiver: Receiver) -> None:
    """A key that is none stays none."""
    receiver.answers = lambda _number: (200, {"errcode": 93000, "errmsg": "invalid webhook url"})
    robot.tell(1)

    robot.courier.step()

    assert robot.state() == (0, 0, 1, "the robot refused: 93000 invalid webhook url")
    assert "key-of-robot" not in robot.state()[3]


def test_a_courier_that_dies_after_sending_is_followed_by_one_that_says_so(robot: Round, receiver: Receiver) -> None:
    """Between the robot's yes and our note of it: at least once, under the same reference, marked."""
    robot.tell(1)
    deliveries = robot.store.deliveries()
    claimed = deliveries.claim("c", "dead", robot.now.us, 10)
    assert len(claimed) == 1  # it sent, and was killed

    second = robot.another()
    assert second.step() == 0
    robot.now.us += LEASE_US
    assert second.step() == 1

    text = receiver.got[0].body["text"]["content"]
    assert reference("n-1") in text
    assert "可能重复" in text
    assert robot.state() == (0, 1, 0, "")


def test_one_channel_that_is_down_holds_up_no_other(tmp_path: Path, receiver: Receiver) -> None:
    """Each has a thread of its own."""
    made = Round(tmp_path, a_channel("wecom", f"{receiver.url}/a"))
    down = Channel(name="down", kind="wecom", url="http://127.0.0.1:1/b", key_env="K")
    made.store.notices().put(Notice(notice_id="n", kind="late", at_us=NOON_US, severity=1))
    made.store.deliveries().route(plan_of(NoticesConfig(channels=(down, made.channel)), made.now))
    means = Means(made.store.deliveries(), made.now, made.trust)
    couriers = [Courier(it, KEYS, means) for it in (down, made.channel)]

    for courier in couriers:
        courier.start()
    deadline = threading.Event()
    for _ in range(400):
        if {it.channel: (it.done, bool(it.reason)) for it in made.store.deliveries().states()} == {
            "c": (1, False), "down": (0, True)
        }:  # fmt: skip
            break
        deadline.wait(0.02)
    for courier in couriers:
        courier.stop()

    assert {it.channel: it.done for it in made.store.deliveries().states()} == {"c": 1, "down": 0}
    assert [it.is_alive() for it in couriers] == [False, False]
    made.store.close()


def test_waits_double_and_differ() -> None:
    """So that not all come back in the same second, and none waits for ever."""
    for tries in range(1, 12):
        waits = {wait_s(tries) for _ in range(20)}
        longest = min(FIRST_WAIT_S * 2 ** (tries - 1), LONGEST_WAIT_S)
        assert longest / 2 <= min(waits) < max(waits) <= longest
    assert int(LONGEST_WAIT_S) * SECOND_US < 20 * MINUTE_US
