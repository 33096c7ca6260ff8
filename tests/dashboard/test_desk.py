"""The desk over HTTP, as a browser meets it: pages, callbacks and who gets what."""

import html as markup
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from dashboard.access import CALLBACK_RULES, rule_of
from dashboard.desk import PREFIX, routes, show
from dashboard.desk_view import areas_named
from dashboard.office import Office
from layouts import ids
from street.clock import now_us
from street.config.sections import StoreConfig
from street.people import Role
from street.policy import Action, may
from tests.dashboard.conftest import COMMUNITY, TESTER, Serving, Signed, Written, started, until, written_at
from tests.dashboard.desk_office import Desk, asked_by, said

CALLBACK = f"{PREFIX}/_dash-update-component"
PAGES = {
    "/desk/people": Action.SEE_PEOPLE,
    "/desk/roster": Action.SEE_ROSTER,
    "/desk/devices": Action.KEEP_DEVICES,
    "/desk/audit": Action.SEE_AUDIT,
    "/desk/audit.csv": Action.EXPORT_AUDIT,
    "/desk/people.xlsx": Action.CHANGE_PEOPLE,
    "/desk/assets": Action.SEE_ASSETS,
    "/desk/assets.csv": Action.SEE_ASSETS,
    "/desk/newcomers": Action.KEEP_ASSETS,
}


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    """One street for all tests of this file: each signs in people of its own."""
    written = written_at(tmp_path_factory.mktemp("desk"))
    yield written
    written.close()


@pytest.fixture(scope="module")
def serving(street: Written) -> Iterator[Serving]:
    """A dashboard over the street."""
    one = started(street.config)
    yield one
    one.stop()


def asked(browser: httpx.Client, who: Signed, path: str, search: str = "") -> httpx.Response:
    """Ask for a page's content as the renderer does."""
    body = {
        "output": f"{ids.DESK_BODY}.children",
        "outputs": {"id": ids.DESK_BODY, "property": "children"},
        "inputs": [
            {"id": ids.DESK_PLACE, "property": "pathname", "value": path},
            {"id": ids.DESK_PLACE, "property": "search", "value": search},
        ],
        "changedPropIds": [f"{ids.DESK_PLACE}.pathname"],
        "state": [],
    }
    return browser.post(CALLBACK, json=body, headers=who.csrf)


@pytest.mark.parametrize("role", list(Role))
def test_every_page_and_file_is_there_for_whom_the_policy_says(street: Written, serving: Serving, role: Role) -> None:
    """And for nobody else: to them it does not exist."""
    who = street.sign_in(role)
    browser = serving.browser(who)

    answers = {path: browser.get(path).status_code for path in PAGES}

    assert answers == {path: 200 if may(who.person, action) else 404 for path, action in PAGES.items()}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.WALL])
def test_a_page_of_others_looks_like_one_that_does_not_exist(street: Written, serving: Serving, role: Role) -> None:
    """Asking the callback instead of the page helps nobody."""
    who = street.sign_in(role)
    browser = serving.browser(who)
    unknown = asked(browser, who, "/desk/nothing")
    forbidden = [asked(browser, who, path) for path in list(PAGES)[:4] if not may(who.person, PAGES[path])]

    assert forbidden
    assert unknown.status_code == 200
    assert {answer.text for answer in forbidden} == {unknown.text}


def test_a_stranger_is_led_to_the_sign_in_page(serving: Serving) -> None:
    """With the way back; for a callback it is 401."""
    page = serving.stranger.get("/desk/people?q=li", headers={"accept": "text/html"})

    assert page.status_code == 303
    assert page.headers["location"] == "/login?next=/desk/people%3Fq%3Dli"
    assert serving.stranger.post(CALLBACK, json={}).status_code == 401


def test_a_page_names_files_that_are_there_and_is_in_its_language(street: Written, serving: Serving) -> None:
    """The language of the address is remembered for those without one."""
    browser = serving.browser(street.sign_in(Role.ADMIN))
    english = browser.get("/desk/people?lang=en")
    again = browser.get("/desk/roster")
    names = re.findall(r'(?:src|href)="([^"]+)"', english.text)

    assert '<html lang="en" data-theme="sun">' in english.text
    assert '<html lang="en"' in again.text
    assert any("desk.css" in name for name in names)
    assert any("tokens.css" in name for name in names)
    missing = [name for name in names if browser.get(markup.unescape(name)).status_code != 200]
    assert [name for name in missing if "favicon" not in name] == []


def test_a_page_is_kept_by_nobody_and_runs_nothing_inline(street: Written, serving: Serving) -> None:
    """Personal fields must not lie in a proxy or on a disk."""
    answer = serving.browser(street.sign_in(Role.ADMIN)).get("/desk/people")
    policy = answer.headers["content-security-policy"]

    assert answer.headers["cache-control"] == "no-store"
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert "'unsafe-eval'" not in policy


def test_content_comes_by_the_callback_for_who_asks(street: Written, serving: Serving) -> None:
    """With the session's token, never without."""
    desk = Desk(street)
    desk.a_person("lina", Role.OFFICER, COMMUNITY)
    admin = street.sign_in(Role.ADMIN)
    browser = serving.browser(admin)

    good = asked(browser, admin, "/desk/people", "?q=lina")
    forged = browser.post(CALLBACK, json={})

    assert good.status_code == 200
    assert "lina" in good.text
    assert forged.status_code == 403


def test_every_callback_has_a_rule_and_every_rule_a_callback(street: Written) -> None:
    """One without would be nobody's, one too many a hole that is forgotten."""
    office = Office(street.config, now_us)
    routes(office)

    served = {output for output, told in office.pages[PREFIX].callback_map.items() if "callback" in told}

    assert served == set(CALLBACK_RULES[PREFIX])


def test_every_route_has_a_rule(street: Written) -> None:
    """The guard serves nothing that its table does not name."""
    paths = [route.path for route in routes(Office(street.config, now_us)) if "{" not in route.path]  # type: ignore[attr-defined]  # all are routes

    assert len(paths) == 20
    assert [path for path in paths if rule_of(path) is None] == []


@pytest.mark.parametrize("value", [None, 7, {"a": 1}, ["x"], 1e308, "A" * 20_000, "\x00", "?q=%ff"], ids=repr)
def test_a_page_is_asked_for_with_anything(street: Written, serving: Serving, value: Any) -> None:
    """Never a 5xx, whatever stands where the address should."""
    admin = street.sign_in(Role.ADMIN)
    browser = serving.browser(admin)

    assert asked(browser, admin, "/desk/people", value).status_code == 200
    assert asked(browser, admin, value, "").status_code == 200


@pytest.mark.parametrize("value", [None, {"a": 1}, ["x"], 1e308, True, "", "A" * 2_000, "\x00", -1], ids=repr)
def test_no_callback_ever_fails_or_writes_for_nonsense(street: Written, serving: Serving, value: Any) -> None:
    """Each of them, asked by who may, with the same nonsense for every input and state."""
    admin, auditor = street.sign_in(Role.ADMIN), street.sign_in(Role.AUDITOR)
    before = _state(street)

    codes = {}
    for output, told in serving.app.office.pages[PREFIX].callback_map.items():
        if "callback" not in told:
            continue
        who = auditor if CALLBACK_RULES[PREFIX][output] is Action.SEE_AUDIT else admin
        body = {
            "output": output,
            "outputs": _outputs(output),
            "inputs": [{**one, "value": value} for one in told["inputs"]],
            "state": [{**one, "value": value} for one in told["state"]],
            "changedPropIds": [f"{one['id']}.{one['property']}" for one in told["inputs"][:1]],
        }
        codes[output] = serving.browser(who).post(CALLBACK, json=body, headers=who.csrf).status_code

    assert len(codes) == len(CALLBACK_RULES[PREFIX])
    assert {output: code for output, code in codes.items() if code not in {200, 204}} == {}
    assert _state(street) == before


def test_a_session_that_is_ended_gets_nothing_more(street: Written, serving: Serving) -> None:
    """The tablet that was stolen: the next thing it asks is refused."""
    leader = street.sign_in(Role.SQUAD_LEADER)
    browser = serving.browser(leader)
    assert asked(browser, leader, "/desk/roster").status_code == 200

    street.store.sessions().end(leader.session.session_id, by=TESTER, reason="lost")

    until(lambda: asked(browser, leader, "/desk/roster").status_code == 401, "the session is over")


def test_a_store_that_is_away_is_said_on_the_page(street: Written, tmp_path: Path) -> None:
    """Not a blank, and not an error that only a programmer reads."""
    config = replace(street.config, store=StoreConfig(url=f"sqlite:///{tmp_path / 'missing.db'}"))
    office = Office(config, now_us)

    with asked_by(street.sign_in(Role.ADMIN)):
        shown = said(show(office, areas_named(office), "/desk/people", ""))

    assert "数据库暂不可用" in shown


def _outputs(output: str) -> object:
    names = [name.rsplit(".", 1) for name in output.strip(".").split("...")]
    told = [{"id": name, "property": prop} for name, prop in names]
    return told if output.startswith("..") else told[0]


def _state(street: Written) -> tuple[object, ...]:
    store = street.store
    return store.people().all(), store.roster().shifts(0, 2**60), [one.session_id for one in store.sessions().open()]
