"""Callbacks asked wrongly: malformed bodies, other ids, values of every kind; never 5xx, never a write."""

import base64
import copy
import itertools
import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from street import clock
from street.store import open_store
from tests.hostile.accounts import Accounts, store_of
from tests.hostile.browsing import CALLBACK, asked, browsing, dependencies
from tests.hostile.catalogue import Case, named, through, whole
from tests.hostile.digests import digest_of
from tests.journeys.stack import Stack

pytestmark = pytest.mark.hostile

DESK = "/desk"
BODIES = [case for case in through("callback") if "every_value" not in case["sent"]]
VALUES = [case for case in through("callback") if "every_value" in case["sent"]]
ROLES = ("admin", "auditor", "squad_leader", "operator")
A_PAGE = "people-go.search"  # the callback whose body is spoilt: several inputs, one state


@pytest.fixture(scope="module")
def callbacks(street: Stack, accounts: Accounts) -> dict[str, dict[str, Any]]:
    """The desk's callbacks by output."""
    told = dependencies(street.ports["PORT"], accounts["admin"], DESK)
    return {one["output"]: one for one in told}


@pytest.fixture
def unchanged(street: Stack, accounts: Accounts) -> Iterator[None]:
    """Nothing that only a person's deed may change is changed by the test; accounts are made before."""
    for role in ROLES:
        assert accounts[role]
    with closing(open_store(f"sqlite:///{store_of(street)}", clock.now_us)) as store, closing(store.reader()) as reader:
        before = digest_of(reader)
        yield
        assert digest_of(reader) == before


def spoilt(case: Case, dependency: dict[str, Any]) -> bytes:
    """Return the body of a case: as it stands, or a true one with one thing changed."""
    sent = case["sent"]
    if "body_b64" in sent:
        return base64.b64decode(sent["body_b64"])
    if "body" in sent or "body_parts" in sent:
        return str(whole(sent, {})["body"]).encode()
    body = asked(dependency)
    if "change" in sent:
        path, value = sent["change"]
        _put(body, path, whole(value, {"OUTPUT": dependency["output"]}))
    if "append" in sent:
        path, value = sent["append"]
        _put(body, path, [*body[path[0]], value])
    if "remove" in sent:
        *path, last = sent["remove"]
        del _at(body, path)[last]
    text = json.dumps(body)
    if "twice" in sent:
        return f'{{"{sent["twice"]}": "x.y", {text[1:]}'.encode()
    return _with_raw(text).encode()


def _put(body: Any, path: list[Any], value: Any) -> None:
    _at(body, path[:-1])[path[-1]] = value


def _at(body: Any, path: list[Any]) -> Any:
    for step in path:
        body = body[step]
    return body


def _with_raw(text: str) -> str:
    """Return *text* with what stands behind `$RAW:` as it is, which no JSON writer would write."""
    begin = text.find('"$RAW:')
    if begin < 0:
        return text
    value, length = json.JSONDecoder().raw_decode(text[begin:])
    return text[:begin] + value.removeprefix("$RAW:") + text[begin + length :]


@pytest.mark.parametrize("case", BODIES, ids=named)
def test_a_malformed_callback_costs_4xx(
    case: Case, street: Stack, accounts: Accounts, callbacks: dict[str, dict[str, Any]], unchanged: None
) -> None:
    """Dash answers 19 of 31 such bodies with 500; here each has its refusal, and nothing is written."""
    headers = {"Content-Type": "application/json"} | case["sent"].get("headers", {})
    with browsing(street.ports["PORT"], accounts, case["sent"]["as"]) as browser:
        path = f"{DESK}{CALLBACK}{case['sent'].get('query', '')}"

        reply = browser.send("POST", path, headers, spoilt(case, callbacks[A_PAGE]))

    assert reply.status in case["expected"]["status"], f"{case['what']}: {reply.status} {reply.text[:200]}"
    assert "Traceback" not in reply.text


def test_the_body_that_is_spoilt_is_a_good_one(
    street: Stack, accounts: Accounts, callbacks: dict[str, dict[str, Any]]
) -> None:
    """Else every refusal above would prove nothing."""
    with browsing(street.ports["PORT"], accounts, "admin") as browser:
        assert browser.call(DESK, asked(callbacks[A_PAGE])).status in {200, 204}


@pytest.mark.parametrize("case", VALUES, ids=named)
def test_a_value_of_any_kind_in_every_argument_is_handled(
    case: Case, street: Stack, accounts: Accounts, callbacks: dict[str, dict[str, Any]], unchanged: None
) -> None:
    """Every callback, as everybody who may ask one: an answer or a refusal, never a crash, never a write."""
    failed = []
    for role in ROLES:
        with browsing(street.ports["PORT"], accounts, role) as browser:
            for output, dependency in callbacks.items():
                body = asked(dependency, itertools.repeat(copy.deepcopy(case["sent"]["every_value"])))
                reply = browser.call(DESK, body)
                if reply.status >= 500 or "Traceback" in reply.text:
                    failed.append((role, output, reply.status, reply.text[:200]))

    assert not failed
