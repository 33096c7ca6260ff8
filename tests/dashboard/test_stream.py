"""The stream over a real connection: what a screen gets, and what becomes of it."""

import time
from collections.abc import Callable

import pytest

from street.config import Config
from tests.dashboard.conftest import Screen, Serving, Written, an_incident, until


@pytest.fixture
def live(serve: Callable[[Config], Serving], street: Written) -> Serving:
    """A dashboard that has read the store."""
    serving = serve(street.config)
    until(lambda: "WX-01" in serving.client.get("/api/snapshot").json()["assets"], "the store was read")
    return serving


def test_a_stream_is_never_stored_nor_held_back(live: Serving) -> None:
    """A proxy that buffers would make a dead wall of it."""
    screen = Screen(live)

    assert screen.response.headers["content-type"].startswith("text/event-stream")
    assert "no-cache" in screen.response.headers["cache-control"]
    assert screen.response.headers["x-accel-buffering"] == "no"
    assert "content-encoding" not in screen.response.headers
    screen.close()


def test_a_reading_reaches_the_screen_as_a_small_frame(live: Serving, street: Written) -> None:
    """Device to screen: the number that was stored, with when it was true and how often it is expected."""
    screen = Screen(live)
    screen.until(lambda event: event["event"] == "snapshot")
    at_us = street.read(21.5)
    frame = screen.until(lambda event: "f" in event["data"])

    assert frame["data"]["f"] == {"temperature": [21.5, round(at_us / 1e6, 1), 60]}
    screen.close()


@pytest.mark.parametrize("by_header", [True, False])
def test_a_screen_resumes_without_loss_by_the_id_it_saw(live: Serving, street: Written, *, by_header: bool) -> None:
    """A dropped line costs the operator nothing, whether the browser or our own script comes back."""
    first = Screen(live)
    first.until(lambda event: event["event"] == "snapshot")
    street.report(an_incident("native/1"))
    first.until(lambda event: event["event"] == "message" and "native/1" in event["data"].get("i", {}))
    first.close()
    street.report(an_incident("native/2"))
    until(lambda: "native/2" in live.client.get("/api/snapshot").json()["i"])
    street.report(an_incident("native/3"))
    until(lambda: "native/3" in live.client.get("/api/snapshot").json()["i"])
    again = Screen(live, "old-1" if by_header else first.last_id, {"Last-Event-ID": first.last_id} if by_header else {})
    seen = [again.next() for _ in range(4)]

    assert [event["event"] for event in seen] == ["hello", "message", "message", "ping"]
    assert [list(event["data"]["i"]) for event in seen[1:3]] == [["native/2"], ["native/3"]]
    again.close()


def test_a_ping_carries_the_heartbeat_of_ingest(live: Serving, street: Written) -> None:
    """The page can tell a dead ingest from a dead line."""
    at_us = street.beat()
    screen = Screen(live)
    ping = screen.until(lambda event: event["event"] == "ping" and event["data"][1] == round(at_us / 1e6, 1))

    assert ping["data"][2:] == [1, 1795480000.0]
    screen.close()


def test_a_screen_that_goes_is_forgotten(live: Serving) -> None:
    """A kiosk that reloads every night must not leave a reader behind each time."""
    screen = Screen(live)
    until(lambda: live.app.hub.screens == 1)
    screen.close()

    until(lambda: live.app.hub.screens != 1, "somebody has left")
    assert live.app.hub.screens == 0


def test_open_streams_end_at_once_when_the_server_stops(live: Serving) -> None:
    """Else a restart would take as long as the longest-lived screen, or be killed."""
    screen = Screen(live)
    screen.until(lambda event: event["event"] == "snapshot")
    began = time.monotonic()
    live.server.should_exit = True
    with pytest.raises(StopIteration):
        screen.until(lambda _event: False)
    ended_s = time.monotonic() - began
    screen.close()

    assert ended_s < 1.5  # less than the grace that is given to what hangs


def test_more_screens_than_can_be_served_are_told_to_come_back(live: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are served must not suffer from those that are too many."""
    monkeypatch.setattr("dashboard.live.MOST_SCREENS", 0)
    answer = live.client.get("/stream")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
