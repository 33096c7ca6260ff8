"""Requests nobody thought of, made from what the server says of itself: its callbacks and its table of addresses."""

import itertools
import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.access import CALLBACK_RULES, RULES, Rule, rule_of
from street import clock
from street.people import Role
from street.policy import Action, may
from street.store import Reader, open_store
from tests.hostile.accounts import Accounts, store_of
from tests.hostile.browsing import Browser, asked, browsing, dependencies
from tests.hostile.digests import digest_of
from tests.journeys.stack import Stack

pytestmark = pytest.mark.hostile

APPS = tuple(CALLBACK_RULES)
# Accounts of this file's own: the guard counts how often each session asks.
ASKERS = ("values_admin", "values_auditor", "values_squad_leader", "stranger_squad_leader")
EVERYBODY = (None, *(f"routes_{role}" for role in Role))
WRITES = {"/logout"}  # ends the asker's own session, as it should
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40)
VALUES = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=8), below, max_size=4),
    max_leaves=8,
)
NAMES = st.text(max_size=30) | st.sampled_from(["..", ".", "%2e%2e", "\0", "\u202e", "a/b", "a" * 600, "__class__"])
TYPES = st.sampled_from(
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
        "multipart/form-data",
        "",
        "application/json;x",
    ]
)
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
QUICK = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def reader(street: Stack) -> Iterator[Reader]:
    """Reads the store."""
    with closing(open_store(f"sqlite:///{store_of(street)}", clock.now_us)) as store, closing(store.reader()) as opened:
        yield opened


@pytest.fixture(scope="module")
def browsers(street: Stack, accounts: Accounts) -> Iterator[dict[str | None, Browser]]:
    """A browser for everybody, and for nobody."""
    names = dict.fromkeys((*ASKERS, *EVERYBODY))
    opened = {name: Browser(street.ports["PORT"], accounts, name) for name in names}
    yield opened
    for browser in opened.values():
        browser.close()


@pytest.fixture(scope="module")
def callbacks(street: Stack, accounts: Accounts) -> list[tuple[str, dict[str, Any]]]:
    """Every callback of every app, as the apps list them."""
    whose = {"": "operator", "/desk": "admin"}
    port = street.ports["PORT"]
    return [(app, one) for app in APPS for one in dependencies(port, accounts[whose[app]], app)]


@pytest.fixture(scope="module")
def real_values(accounts: Accounts) -> st.SearchStrategy[Any]:
    """Ids, names and texts that mean something here; to a stranger they must open nothing."""
    people = accounts.store.people().all()
    sessions = accounts.store.sessions().open()
    known = [
        *(person.person_id for person in people[:8]),
        *(person.login for person in people[:4]),
        *(session.session_id for session in sessions[:8]),
        "370202007", "370202007001", "officer", "2026-11-25", "08:00", "16:00", "?person=" + people[0].person_id, 1,
    ]  # fmt: skip
    subjects = [{"person_id": it.person_id, "version": it.version} for it in people[:8]]
    return st.sampled_from([*known, *subjects, *([it] for it in known[:6])])


def test_every_app_lists_its_callbacks_and_each_has_a_rule(callbacks: list[tuple[str, dict[str, Any]]]) -> None:
    """The fuzz below is made from this list: were it empty, it would prove nothing."""
    listed = {(app, one["output"]) for app, one in callbacks if not one["clientside_function"]}

    assert listed == {(app, output) for app, rules in CALLBACK_RULES.items() for output in rules}
    assert len(listed) > 5


@pytest.mark.parametrize("name", ASKERS)
def test_any_values_in_any_callback_are_handled(
    name: str,
    browsers: dict[str | None, Browser],
    callbacks: list[tuple[str, dict[str, Any]]],
    reader: Reader,
) -> None:
    """Made from each callback's own signature: never 5xx, never a write."""
    before = digest_of(reader)

    @QUICK
    @given(which=st.sampled_from(callbacks), values=st.lists(VALUES, min_size=1, max_size=10))
    def ask(which: tuple[str, dict[str, Any]], values: list[Any]) -> None:
        app, dependency = which
        reply = browsers[name].call(app, asked(dependency, itertools.cycle(values)))
        assert reply.status < 500, reply.text
        assert reply.status != 429

    ask()
    assert digest_of(reader) == before


def test_true_ids_open_nothing_to_a_stranger(
    browsers: dict[str | None, Browser],
    callbacks: list[tuple[str, dict[str, Any]]],
    real_values: st.SearchStrategy[Any],
    reader: Reader,
) -> None:
    """A squad leader of another subdistrict who knows our ids, areas and hours still changes nothing."""
    before = digest_of(reader)

    @QUICK
    @given(which=st.sampled_from(callbacks), values=st.lists(real_values, min_size=8, max_size=8))
    def ask(which: tuple[str, dict[str, Any]], values: list[Any]) -> None:
        app, dependency = which
        reply = browsers["stranger_squad_leader"].call(app, asked(dependency, itertools.cycle(values)))
        assert reply.status < 500, reply.text

    ask()
    assert digest_of(reader) == before


@pytest.mark.parametrize("name", EVERYBODY)
def test_any_request_to_any_address_is_answered(
    name: str | None, browsers: dict[str | None, Browser], accounts: Accounts, reader: Reader
) -> None:
    """Made from the table of addresses: never 5xx, never a write, and nothing to whom it does not belong."""
    person = accounts[name].person if name else None
    before = digest_of(reader)
    rules = [rule for rule in RULES if rule.pattern not in WRITES and rule.pattern != "/stream"]

    @settings(QUICK, max_examples=60)
    @given(
        rule=st.sampled_from(rules), method=METHODS, names=NAMES, query=st.text(max_size=30), kind=TYPES, body=VALUES
    )
    def ask(rule: Rule, method: str, names: str, query: str, kind: str, body: Any) -> None:
        path = rule.pattern.replace("*", quote(names, safe="/%")) or "/"
        address = f"{path}?{quote(query, safe='=&')}"
        headers = {"Content-Type": kind, "Accept": "application/json"}
        raw = json.dumps(body).encode() if method not in {"GET", "HEAD"} else None

        reply = browsers[name].send(method, address, headers, raw)

        assert reply.status < 500, reply.text
        assert "Traceback" not in reply.text
        if reply.status < 300 and rule.action is not Action.OPEN:
            found = rule_of(unquote(path))
            assert found is not None
            assert found.action is not None
            assert may(person, found.action)

    ask()
    assert digest_of(reader) == before


def test_an_anonymous_crawl_meets_only_what_is_open(browsers: dict[str | None, Browser]) -> None:
    """Every address of the table, asked by a stranger: what is not open answers 401, existing or not."""
    answers = {}
    for rule in RULES:
        path = rule.pattern.replace("*", "x")
        answers[path] = browsers[None].send("GET", path, {"Accept": "application/json"}).status
    answers["/nothing/here"] = browsers[None].send("GET", "/nothing/here", {}).status

    is_open = {rule.pattern.replace("*", "x") for rule in RULES if rule.action is Action.OPEN}
    assert {path for path, status in answers.items() if status != 401} <= is_open
    assert answers["/nothing/here"] == answers["/wall"] == 401


def test_a_new_browser_can_still_work(street: Stack, accounts: Accounts) -> None:
    """After all that, the desk shows its people."""
    with browsing(street.ports["PORT"], accounts, "admin") as browser:
        reply = browser.send("GET", "/desk/people", {"Accept": "text/html"})

    assert reply.status == 200
