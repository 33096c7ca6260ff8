"""Which steps stand between a password and a session."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from dashboard.office import Office
from dashboard.sign_in_steps import begun, device_name, missing, needs_factor
from street.clock import DAY_US, now_us
from street.people import Grant, Person, Role
from tests.dashboard.accounts import HASH
from tests.dashboard.conftest import SUBDISTRICT, TESTER, configured, opened


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office with an empty store."""
    config = configured(tmp_path)
    store = opened(config)
    made = Office(config, now_us)
    yield made
    made.close()
    store.close()


def a_person(office: Office, role: Role, **changes: Any) -> Person:
    """Add somebody with a password; return her as she would be with *changes*."""
    grants = (Grant(role, SUBDISTRICT),)
    person = Person(person_id="", login=role.value, name="李伟", grants=grants)
    return replace(office.people.add(person, password_hash=HASH, by=TESTER), **changes)


@pytest.mark.parametrize(
    ("role", "changes", "step"),
    [
        pytest.param(Role.OFFICER, {}, "", id="nothing"),
        pytest.param(Role.OFFICER, {"has_totp": True}, "code", id="who has a second factor"),
        pytest.param(Role.OFFICER, {"must_change_password": True}, "password", id="a given password"),
        pytest.param(Role.ADMIN, {}, "enrol", id="a role that needs one"),
        pytest.param(Role.ADMIN, {"is_demo": True}, "", id="the demo's admin"),
        pytest.param(Role.ADMIN, {"has_totp": True, "must_change_password": True}, "code", id="the code first"),
        pytest.param(Role.ADMIN, {"must_change_password": True}, "password", id="the password before setting one up"),
    ],
)
def test_the_next_step(office: Office, role: Role, changes: dict[str, Any], step: str) -> None:
    """What protects most comes first, and a demo is one click."""
    person = a_person(office, role, **changes)

    assert missing(office, person, begun(office, person, "")) == step


def test_after_the_code_it_is_not_asked_again(office: Office) -> None:
    """The next step is the one after."""
    person = a_person(office, Role.ADMIN, has_totp=True, must_change_password=True)

    assert missing(office, person, replace(begun(office, person, ""), has_code=True)) == "password"


def test_a_password_of_three_months_is_replaced_where_the_policy_wants_it(office: Office) -> None:
    """等保 asks for it; NIST does not."""
    person = a_person(office, Role.OFFICER)
    later = Office(office.config, lambda: now_us() + 91 * DAY_US)
    calm = Office(replace(office.config, people=replace(office.config.people, password_policy="nist")), later.now_us)

    steps = begun(office, person, "")

    assert [missing(it, person, steps) for it in (office, later, calm)] == ["", "password", ""]
    assert missing(later, replace(person, is_demo=True), steps) == ""
    later.close()
    calm.close()


def test_a_role_is_enough_whichever_it_is_of_several(office: Office) -> None:
    """An officer who is also an auditor needs one."""
    both = Person(person_id="p", login="p", name="p", grants=(Grant(Role.OFFICER, "1"), Grant(Role.AUDITOR, "1")))

    assert needs_factor(office.config, both)
    assert not needs_factor(office.config, replace(both, grants=both.grants[:1]))


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge · Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox · Linux"),
        ("Mozilla/5.0 (Linux; Android 14; SM-T636B) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari · iPad"),
        ("curl/8.0 <script>", ""),
        ("", ""),
    ],
)
def test_a_browser_is_called_by_what_its_owner_would_know(agent: str, name: str) -> None:
    """Nothing of what it says itself is taken over."""
    request = Request({"type": "http", "headers": [(b"user-agent", agent.encode())]})

    assert device_name(request) == name
