"""A stranger walks through every address there is: only what leads in answers."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.access import RULES
from dashboard.app import ASSETS, MAP_LIBRARY
from dashboard.desk import ASSETS as DESK_ASSETS
from dashboard.shelf import files_under
from street.config import Config
from street.people import Role
from street.policy import Action
from tests.dashboard.conftest import DISTRICT, Serving, configured, opened, signed_in, started
from tests.dashboard.test_access import addresses
from tests.door.test_matrix import EXAMPLES

OPEN = {
    "/healthz": {200},
    "/metrics": {200, 404},  # 200 to this machine alone
    "/": {303},
    "/login": {200},
    "/login/code": {303},
    "/login/password": {303},
    "/login/enrol": {303},
    "/login/oidc": {303},
    "/login/oidc/back": {303},
    "/pair": {200},
    "/pair/wait": {200, 303, 400, 401, 404},
    "/assets/tokens.css": {200},
}
LINKS = re.compile(r"""(?:src|href|action)="(/[^"#]*)""")
KNOWN_NOWHERE = ("/.git/config", "/.env", "/config.yaml", "/var/street.db", "/admin", "/_mcp", "/debug")


def files_at(root: Path, prefix: str) -> set[str]:
    """Return the addresses of the files of a folder."""
    return {f"{prefix}{path.relative_to(root).as_posix()}" for path in files_under(root)}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A configuration whose store is empty."""
    config = configured(tmp_path_factory.mktemp("crawl"))
    opened(config).close()
    return config


@pytest.fixture(scope="module")
def served(config: Config) -> Iterator[Serving]:
    """A real server."""
    serving = started(config)
    yield serving
    serving.stop()


@pytest.fixture(scope="module")
def everything(served: Serving, config: Config) -> set[str]:
    """Every address that the tables, the routes, the files and the pages of every role name."""
    found = {EXAMPLES.get(rule.pattern, rule.pattern) for rule in RULES} | set(KNOWN_NOWHERE)
    for pages in served.app.office.pages.values():
        found |= set(addresses(pages.server.router.routes))
    found |= (
        files_at(ASSETS, "/assets/")
        | files_at(DESK_ASSETS, "/desk/assets/")
        | files_at(MAP_LIBRARY, "/vendor/maplibre-gl/")
    )
    found |= files_at(config.places.directory, "/geo/")
    store = opened(config)
    for role in Role:
        browser = served.browser(signed_in(store, role, DISTRICT))
        for page in (
            "/wall",
            "/account",
            "/login",
            "/pair",
            "/desk/people",
            "/desk/audit",
            "/desk/devices",
            "/desk/assets",
        ):
            found |= {link.replace("&amp;", "&") for link in LINKS.findall(browser.get(page).text)}
    store.close()
    return found


def test_only_what_leads_in_answers_a_stranger(served: Serving, everything: set[str]) -> None:
    """Everything else says the same: sign in first. No page, no file, no list of files, no sign that it exists."""
    answers = {path: served.stranger.get(path) for path in sorted(everything) if path.startswith("/")}
    refused = {path for path, answer in answers.items() if answer.status_code == 401}
    other = {path: answer.status_code for path, answer in answers.items() if path not in refused}
    wrong = {
        path: status
        for path, status in other.items()
        if not path.startswith("/assets/sign_in/") and status not in OPEN.get(path.partition("?")[0], set())
    }

    assert len(answers) > 100
    assert wrong == {}
    assert {answers[path].text for path in refused} == {'{"error":"sign in first"}'}


def test_no_answer_lets_another_origin_read_it(served: Serving, everything: set[str]) -> None:
    """Not even one that is asked for by another page, with its own name or none."""
    origins = [{"origin": "https://evil.example"}, {"origin": "null"}]
    answers = [served.stranger.get(path, headers=origins[len(path) % 2]) for path in everything if path[:1] == "/"]

    assert len(answers) > 100
    assert [name for answer in answers for name in answer.headers if name.startswith("access-control-")] == []


def test_the_allow_list_is_what_the_table_says_is_open() -> None:
    """One list is written by hand, the other is the guard's; both must say the same."""
    named = {rule.pattern for rule in RULES if rule.action is Action.OPEN}

    assert named == set(OPEN) | {"/assets/sign_in/*"}


def test_a_stranger_learns_nothing_from_how_an_answer_looks(served: Serving) -> None:
    """The same status, headers and body for what exists and what does not, also to a browser."""
    told = []
    for path in ("/wall", "/wal1"):
        answer = served.stranger.get(path, headers={"accept": "text/html"})
        names = {"x-request-id", "date", "location"}
        told.append((answer.status_code, answer.text, {k: v for k, v in answer.headers.items() if k not in names}))

    assert told[0] == told[1]
