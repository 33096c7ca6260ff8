"""The health page's doings: who sees it, who may replay and forget, what is refreshed."""

from pathlib import Path

import orjson
import pytest

from dashboard.desk_health import forget, page, replay, told_now
from dashboard.desk_view import viewer_at
from dashboard.guard import UNASKED
from layouts.desk.addresses import HEALTH, HEALTH_NOW
from street.clock import now_us
from street.people import Role
from street.readings import DeadLetter
from tests.dashboard.conftest import Written, started
from tests.dashboard.desk_office import Desk, asked_by, ids_of
from tests.dashboard.desk_office import said as text_of

KEEPERS = {Role.ADMIN}
WATCHERS = {Role.ADMIN, Role.OPERATOR, Role.LEADER}


def refuse(street: Written, code: str = "type", payload: bytes = b'{"a": "call 13812345678"}') -> None:
    """Put a letter on the shelf."""
    batch = street.writer.begin(now_us())
    batch.add_dead_letter(DeadLetter(now_us(), "native", "street/A/telemetry", payload, code, "why", "a"))
    batch.commit()


def test_the_page_shows_what_was_refused_and_covers_who_called(street: Written) -> None:
    """UX 3.8, with the sample of the group that is opened."""
    desk = Desk(street)
    refuse(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        shown = text_of(page(desk.office, viewer_at(desk.office, HEALTH, "?group=1"), desk.areas))

    assert "类型不对" in shown
    assert '{"a": "call 138****5678"}' in shown
    assert "13812345678" not in shown
    desk.close()


def test_who_only_watches_gets_no_buttons(street: Written) -> None:
    """An operator sees why; an admin does something."""
    desk = Desk(street)
    refuse(street)
    offered = {}

    for role in sorted(WATCHERS):
        with asked_by(street.sign_in(role)):
            shown = page(desk.office, viewer_at(desk.office, HEALTH, "?group=1"), desk.areas)
            offered[role] = "letters-forget" in ids_of(shown)

    assert {role for role, is_offered in offered.items() if is_offered} == KEEPERS
    desk.close()


@pytest.mark.parametrize("group", ["99", "x", "-1", "1' or 1=1"])
def test_a_group_that_is_none_is_said_to_be_gone(street: Written, group: str) -> None:
    """Addresses are kept for long."""
    desk = Desk(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        shown = text_of(page(desk.office, viewer_at(desk.office, HEALTH, f"?group={group}"), desk.areas))

    assert "没有这一组" in shown
    desk.close()


def test_a_replay_is_asked_for_once_and_written_down(street: Written) -> None:
    """Ingest finds the request in the store."""
    desk = Desk(street)
    refuse(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        viewer = viewer_at(desk.office, HEALTH, "?group=1")
        told = [text_of(replay(desk.office, viewer, {"group": 1})) for _ in range(2)]
        refreshed = text_of(told_now(desk.office, "?group=1"))

    waits = street.store.replays().next()
    assert told == ["已请求重放 1 条，采集端正在处理", "这一组正在重放，请等它结束"]
    assert waits is not None
    assert waits.group_id == 1
    assert "采集端没有心跳，恢复后继续" in refreshed
    assert [deed for deed in desk.actions() if deed[0].startswith("letters.")] == [
        ("letters.replay", "done", waits.login)
    ]
    desk.close()


def test_forgetting_leads_to_the_group_without_them(street: Written) -> None:
    """Counted, written down, gone."""
    desk = Desk(street)
    refuse(street)
    refuse(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        _said, led = forget(desk.office, viewer_at(desk.office, HEALTH, "?group=1&lang=en"), {"group": 1})
        again, stays = forget(desk.office, viewer_at(desk.office, HEALTH, "?group=1"), {"group": 1})
        shown = text_of(page(desk.office, viewer_at(desk.office, HEALTH, led), desk.areas))

    assert led == "?group=1&lang=en&forgot=2"
    assert "2 samples were forgotten" in shown
    assert "No samples are kept" in shown
    assert text_of(again) == "这一组没有留存样本"
    assert not isinstance(stays, str)
    assert [deed[:2] for deed in desk.actions() if deed[0].startswith("letters.")] == [("letters.forget", "done")]
    desk.close()


@pytest.mark.parametrize("role", sorted(set(Role) - KEEPERS))
def test_nobody_else_replays_or_forgets(street: Written, role: Role) -> None:
    """Whatever button they made themselves; that they wanted to is noted."""
    desk = Desk(street)
    refuse(street)

    with asked_by(street.sign_in(role)):
        viewer = viewer_at(desk.office, HEALTH, "?group=1")
        told = text_of([replay(desk.office, viewer, {"group": 1}), forget(desk.office, viewer, {"group": 1})[0]])

    assert told.count("没有权限") == 2
    assert street.store.replays().next() is None
    desk.close()


@pytest.mark.parametrize("which", [None, {}, {"group": "1"}, {"group": True}, {"group": -1}, {"group": 2**70}, [1], 7])
def test_odd_subjects_are_nothing(street: Written, which: object) -> None:
    """The browser says which group; it may say anything."""
    desk = Desk(street)
    refuse(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        viewer = viewer_at(desk.office, HEALTH, "")
        told = text_of([replay(desk.office, viewer, which), forget(desk.office, viewer, which)[0]])

    assert told == "这一组没有留存样本|这一组没有留存样本"
    desk.close()


def test_the_told_address_leads_to_the_page_and_the_page_refreshes(street: Written, tmp_path: Path) -> None:
    """Over HTTP: /system/health for those who may, the refreshing as components, nothing for the rest."""
    refuse(street)
    people = {role: street.sign_in(role) for role in (Role.LEADER, Role.OFFICER)}
    serving = started(street.config)
    leader, officer = (serving.browser(who) for who in people.values())

    led = leader.get("/system/health?lang=en&group=1")
    parts = orjson.loads(leader.get("/desk/health/now?group=1&told_in=en").content)
    hidden = [officer.get(path).status_code for path in ("/system/health", "/desk/health", "/desk/health/now")]
    serving.stop()

    assert (led.status_code, led.headers["location"]) == (303, "/desk/health?lang=en&group=1")
    assert len(parts) == 10
    assert b"wrong type" in orjson.dumps(parts)
    assert b'"href":"?group=1"' in orjson.dumps(parts)
    assert hidden == [404, 404, 404]


def test_a_page_that_refreshes_itself_keeps_no_session_awake() -> None:
    """Whoever went home with the page open is signed out all the same."""
    assert HEALTH_NOW in UNASKED
