"""Reveals over HTTP: who may, for what, with which reason; every body that is not one is refused."""

from collections.abc import Iterator
from typing import Any

import pytest

from street.people import Role
from street.store.reveals import MOST_AN_HOUR
from tests.dashboard.cameras import Stage, staged


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A dashboard over the street with cameras."""
    with staged(tmp_path_factory.mktemp("street")) as made:
        yield made


@pytest.mark.parametrize("kind", ["still", "incident"])
def test_a_reveal_says_until_when_and_is_in_the_audit(stage: Stage, kind: str) -> None:
    """Before anything is shown."""
    leader = stage.sign_in(Role.SQUAD_LEADER)
    thing_id = {"still": "CAM-1", "incident": "hotline/0"}[kind]

    answer = stage.reveal(leader, kind, thing_id)
    entry = stage.audited(leader, action="reveal")[0].entry

    assert answer.status_code == 201
    assert answer.json().keys() == {"kind", "id", "until"} | ({"at"} if kind == "still" else set())
    assert (entry.by.login, entry.by.session_id) == (leader.person.login, leader.session.session_id)
    assert (entry.object, entry.reason, entry.by.address) == (f"{kind}/{thing_id}", "违停取证", "127.0.0.1")


@pytest.mark.parametrize(
    ("role", "kind", "thing_id"),
    [
        pytest.param(Role.SQUAD_LEADER, "still", "CAM-2", id="another cell's camera"),
        pytest.param(Role.SQUAD_LEADER, "incident", "hotline/1", id="another cell's incident"),
        pytest.param(Role.SQUAD_LEADER, "still", "NO-SUCH", id="no such camera"),
        pytest.param(Role.SQUAD_LEADER, "incident", "hotline/9", id="no such incident"),
        pytest.param(Role.SQUAD_LEADER, "incident", "CAM-1", id="an id of another kind"),
        pytest.param(Role.SQUAD_LEADER, "still", "CAM-1\x00", id="NUL"),
        pytest.param(Role.OFFICER, "still", "CAM-1", id="an officer off duty"),
        pytest.param(Role.GRID_WORKER, "still", "CAM-1", id="a role that never may"),
        pytest.param(Role.LEADER, "incident", "hotline/0", id="a leader"),
        pytest.param(Role.ADMIN, "incident", "hotline/0", id="an admin"),
    ],
)
def test_who_may_not_gets_the_answer_for_what_there_is_not(stage: Stage, role: Role, kind: str, thing_id: str) -> None:
    """TRUST B74, and nothing is begun."""
    who = stage.sign_in(role, has_totp=True)

    answer = stage.reveal(who, kind, thing_id)

    assert (answer.status_code, answer.json()) == (404, {"error": "not found"})
    assert stage.audited(who, action="reveal", outcome="done") == []


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"reason": ""}, id="no reason"),
        pytest.param({"reason": " a  "}, id="too short a reason"),
        pytest.param({"reason": "x" * 501}, id="too long a reason"),
        pytest.param({"reason": "why\x00not"}, id="NUL"),
        pytest.param({"reason": None}, id="null"),
        pytest.param({"reason": ["违停取证"]}, id="a list"),
        pytest.param({"kind": "person"}, id="another kind"),
        pytest.param({"id": ""}, id="no id"),
        pytest.param({"id": 7}, id="a number"),
        pytest.param({"id": "x" * 301}, id="a long id"),
        pytest.param({"minutes": 9_999}, id="a field more"),
    ],
)
def test_what_is_no_wish_is_refused(stage: Stage, said: dict[str, Any]) -> None:
    """422, and nothing is begun."""
    who = stage.sign_in(Role.SQUAD_LEADER)

    answer = stage.reveal(who, "still", "CAM-1", **said)

    assert answer.status_code == 422
    assert stage.audited(who, action="reveal") == []


@pytest.mark.parametrize("body", [b"[]", b"1", b'"x"', b"null", b"{}"])
def test_other_json_is_refused(stage: Stage, body: bytes) -> None:
    """An object with three texts, nothing else."""
    leader = stage.sign_in(Role.SQUAD_LEADER)
    with stage.serving.browser(leader) as browser:
        headers = {**leader.csrf, "content-type": "application/json"}
        answer = browser.post("/api/reveals", content=body, headers=headers)

    assert answer.status_code == 422


def test_without_the_sessions_token_nothing_is_revealed(stage: Stage) -> None:
    """Another site's page must not open pictures in somebody's name."""
    leader = stage.sign_in(Role.SQUAD_LEADER)
    with stage.serving.browser(leader) as browser:
        answer = browser.post("/api/reveals", json={"kind": "still", "id": "CAM-1", "reason": "违停取证"})

    assert answer.status_code == 403
    assert stage.audited(leader, action="reveal", outcome="done") == []


def test_who_browses_is_stopped(stage: Stage) -> None:
    """TRUST T-14."""
    leader = stage.sign_in(Role.SQUAD_LEADER)

    answers = [stage.reveal(leader, "incident", "hotline/0") for _ in range(MOST_AN_HOUR + 1)]

    assert {answer.status_code for answer in answers[:-1]} == {201}
    assert (answers[-1].status_code, answers[-1].json()) == (429, {"error": "too-many"})
