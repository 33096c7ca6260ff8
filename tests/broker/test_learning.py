"""What ingest learns to listen to, and the one thing it says, on real brokers."""

from collections.abc import Iterator

import pytest

from bench.ingest_process import Rig
from tests.broker.mosquitto import RIGS
from tests.broker.test_session import ASSETS, a_link, connect, readings, speak, turn
from tests.ingest.fake_broker import until

pytestmark = pytest.mark.broker


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """Return a street whose broker runs."""
    with RIGS[request.param](assets=ASSETS) as it:
        yield it


def test_a_learnt_topic_is_heard_and_one_that_is_forgotten_is_not(rig: Rig) -> None:
    """While the line stands, and after a new connection."""
    link = a_link(rig, filters=("homeassistant/#",))
    connect(link)
    link.listen({"street/+/telemetry"})
    for _ in range(5):
        turn(link)

    speak(rig, readings(1))
    until(lambda: len(link.held) == 1, lambda: turn(link))
    link.take()
    link.listen(set())
    for _ in range(5):
        turn(link)
    speak(rig, readings(1, first=1))
    for _ in range(20):
        turn(link)

    assert link.held == []
    link.close()


def test_a_node_can_be_asked_to_be_born_again(rig: Rig) -> None:
    """The broker's rules allow ingest this and nothing else."""
    link = a_link(rig, filters=("spBv1.0/#", "street/#"))
    connect(link)

    assert link.say("street/W-1/telemetry", b"{}")
    assert link.say("spBv1.0/g/NCMD/gw", b"\x0a\x01")

    until(lambda: link.held, lambda: turn(link))
    assert [(it.topic, it.payload) for it in link.held] == [("spBv1.0/g/NCMD/gw", b"\x0a\x01")]
    link.close()
