"""The stream over a real connection: what a screen gets, and what becomes of it."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dashboard.stream import MOST_EACH
from street.config import Config
from street.people import Grant, Role
from tests.dashboard.conftest import (
    COMMUNITY,
    SUBDISTRICT,
    TESTER,
    Screen,
    Serving,
    Signed,
    Written,
    an_incident,
    until,
)


def incidents_in(event: dict[str, Any]) -> dict[str, Any]:
    """Return the incidents that an event tells of."""
    return event["data"].get("i", {}) if isinstance(event["data"], dict) else {}


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
    seen = []
    again.until(lambda event: seen.append(event) or event["event"] == "ping")

    assert {event["event"] for event in seen} == {"hello", "message", "ping"}
    assert [name for event in seen for name in incidents_in(event)] == ["native/2", "native/3"]
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


# ------------------------------------------------------------------------------------------------------ who watches


def ended(screen: Screen) -> tuple[float, str]:
    """Wait until the stream ends; return after how long [s] and what it said last."""
    began, events = time.monotonic(), []
    with pytest.raises(StopIteration):
        screen.until(lambda event: events.append(event["event"]))
    screen.close()
    return time.monotonic() - began, events[-1] if events else ""


def test_a_stream_ends_when_its_session_does_and_says_so(live: Serving, street: Written) -> None:
    """A stolen tablet goes dark within two seconds, and its page asks who is there."""
    who = street.sign_in()
    screen = Screen(live, client=live.browser(who))
    screen.until(lambda event: event["event"] == "ping")
    street.store.sessions().end(who.session.session_id, by=TESTER, reason="stolen")
    ended_s, last = ended(screen)

    assert ended_s < 2
    assert last == "bye"


def test_a_stream_of_somebody_who_left_ends_too(live: Serving, street: Written) -> None:
    """Whatever ends a session ends what it watches."""
    who = street.sign_in()
    screen = Screen(live, client=live.browser(who))
    screen.until(lambda event: event["event"] == "ping")
    person = street.store.people().get(who.person.person_id)
    assert person is not None
    street.store.people().change(replace(person, is_active=False), by=TESTER)
    ended_s, last = ended(screen)

    assert ended_s < 2
    assert last == "bye"


def test_who_may_see_something_else_now_is_given_a_new_stream(live: Serving, street: Written) -> None:
    """She moves to another community: her page comes back by itself and gets a whole picture."""
    who = street.sign_in(Role.GRID_WORKER, COMMUNITY)
    client = live.browser(who)
    screen = Screen(live, client=client)
    screen.until(lambda event: event["event"] == "ping")
    moved = replace(who.person, grants=(Grant(Role.GRID_WORKER, COMMUNITY), Grant(Role.LEADER, SUBDISTRICT)))
    street.store.people().change(moved, by=TESTER)
    ended_s, _last = ended(screen)

    assert ended_s < 2


def seen_by(live: Serving, who: Signed) -> Screen:
    """Return a screen of *who* that has its snapshot."""
    screen = Screen(live, client=live.browser(who))
    assert screen.next()["event"] == "hello"
    return screen


def test_a_stream_carries_only_what_its_reader_may_see(live: Serving, street: Written) -> None:
    """A grid worker of one community is told nothing of another: neither things, nor numbers, nor that they went."""
    theirs = {"community_id": "370202007004", "asset_id": "", "title": "marker-theirs"}
    street.report(an_incident("native/theirs", **theirs))
    street.report(an_incident("native/ours", community_id=COMMUNITY, title="marker-ours"))
    until(lambda: live.client.get("/api/snapshot").json()["c"].get("reported") == 2, "both are counted")
    who = street.sign_in(Role.GRID_WORKER, COMMUNITY)
    screen = seen_by(live, who)
    whole = screen.next()["data"]
    street.report(an_incident("native/theirs-2", **theirs))
    street.report(an_incident("native/ours-2", community_id=COMMUNITY, title="marker-ours"))
    moved = []
    screen.until(lambda event: moved.append(event["data"]) or "native/ours-2" in incidents_in(event))
    screen.close()
    polled = live.browser(who).get("/api/snapshot")

    assert set(whole["i"]) == {"native/ours"}
    assert set(whole["assets"]) == set(whole["a"]) == {"NM-01"}
    assert (whole["c"]["open"], whole["c"]["reported"], whole["c"]["areas"]) == (1, 1, {COMMUNITY: 1})
    assert "theirs" not in str([whole, moved]) + polled.text
    assert "marker-ours" in polled.text


@pytest.mark.parametrize("role", [Role.SQUAD_LEADER, Role.OPERATOR, Role.WALL, Role.LEADER])
def test_personal_texts_are_masked_for_everybody(live: Serving, street: Written, role: Role) -> None:
    """A reporter's number stands in a title now and then; the wall hangs where visitors pass."""
    street.report(an_incident("native/1", title="call 13812345678", address="at 13812345678"))
    until(lambda: live.client.get("/api/snapshot").json()["i"], "the incident is known")
    who = street.sign_in(role, SUBDISTRICT)
    screen = seen_by(live, who)
    told = screen.next()["data"]["i"]["native/1"]
    street.report(an_incident("native/2", title="call 13812345678"))
    moved = screen.until(lambda event: "native/2" in incidents_in(event))["data"]["i"]["native/2"]
    screen.close()

    assert not ["13812345678" in text for text in (told["title"], told["place"], moved["title"])].count(True)
    assert "13812345678" not in live.browser(who).get("/api/snapshot").text


def test_one_session_cannot_take_all_streams(live: Serving, street: Written) -> None:
    """A broken script that opens streams for ever must leave some for the others."""
    client = live.browser(street.sign_in())
    screens = [Screen(live, client=client) for _ in range(MOST_EACH + 1)]
    codes = [screen.response.status_code for screen in screens]
    other = Screen(live)
    other_code = other.response.status_code
    for screen in [*screens, other]:
        screen.close()

    assert codes == [200] * MOST_EACH + [503]
    assert other_code == 200
