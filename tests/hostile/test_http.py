"""Hostile requests to the real server: strangers, the wrong role, other people's ids, other sites, bad bodies."""

import base64
import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.hostile.accounts import BY, PASSWORD, Accounts, Reply, ask, digest
from tests.hostile.catalogue import Case, named, through, whole
from tests.hostile.conftest import A_CAMERA
from tests.journeys.stack import Stack

pytestmark = pytest.mark.hostile

CASES = through("http")
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def known(street: Stack, accounts: Accounts, pictures: None) -> dict[str, Any]:
    """What the catalogue's `$NAMES` stand for."""
    one, gone = accounts["token_operator"], accounts["ended_operator"]
    accounts.store.sessions().end(gone.session.session_id, by=BY, reason="ended")
    return {
        "HOST": f"127.0.0.1:{street.ports['PORT']}",
        "CAMERA": A_CAMERA,
        "TOKEN": one.token,
        "HALF": one.token[: len(one.token) // 2],
        "SWAPPED": one.token.swapcase(),
        "CSRF": one.session.csrf,
        "DIGEST": digest(one.token),
        "ENDED": gone.token,
        "GUEST": accounts.add("guest.operator").login,
        "PASSWORD": PASSWORD,
    }


def send(street: Stack, accounts: Accounts, sent: dict[str, Any], known: dict[str, Any]) -> Reply:
    """Send one case as a browser of ours would, but for what the case says otherwise."""
    account = accounts[sent["as"]] if sent["as"] else None
    sent = whole(sent, known | {"COOKIE": account.cookies if account else ""})
    headers: dict[str, str] = {}
    body = _body(sent, headers)
    if sent["method"] == "POST":
        headers["Origin"] = f"http://{known['HOST']}"
    if account:
        headers["Cookie"] = account.cookies
        if sent["method"] != "GET":
            headers["X-CSRFToken"] = sent.get("csrf", account.session.csrf)
    headers |= sent.get("headers", {})
    return ask(street.ports["PORT"], sent["method"], sent["path"], {k: v for k, v in headers.items() if v}, body)


def _body(sent: dict[str, Any], headers: dict[str, str]) -> bytes | None:
    if "json" in sent:
        headers["Content-Type"] = "application/json"
        return json.dumps(sent["json"]).encode()
    if "form" in sent:
        headers["Content-Type"] = FORM
        return urlencode(sent["form"]).encode()
    if "body_b64" in sent:
        return base64.b64decode(sent["body_b64"])
    return sent["body"].encode() if "body" in sent else (b"" if sent["method"] == "POST" else None)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_hostile_request_is_answered_as_the_catalogue_says(
    case: Case, street: Stack, accounts: Accounts, known: dict[str, Any]
) -> None:
    """Its status, and whatever else the case promises of the answer."""
    reply = send(street, accounts, case["sent"], known)
    expected = case["expected"]

    assert reply.status in expected["status"], f"{case['what']}: {reply.status} {reply.text[:300]}"
    assert "Traceback" not in reply.text
    assert not reply.header("server")
    _check_text(reply, expected)
    _check_headers(reply, expected, known)
    if "like" in expected:
        other = send(street, accounts, {**case["sent"], "path": expected["like"]}, known)
        assert (other.status, other.body) == (reply.status, reply.body)


def _check_text(reply: Reply, expected: dict[str, Any]) -> None:
    if "without" in expected:
        assert expected["without"] not in reply.text
    if "most_bytes" in expected:
        assert len(reply.body) <= expected["most_bytes"]


def _check_headers(reply: Reply, expected: dict[str, Any], known: dict[str, Any]) -> None:
    if "location" in expected:
        assert reply.header("location") == whole(expected["location"], known)
    if expected.get("own_location"):
        target = urlsplit(reply.header("location"))
        assert (target.scheme, target.netloc) == ("", "")
        assert target.path.startswith("/")
        assert not target.path.startswith(("//", "/\\"))
    if "without_header" in expected:
        assert expected["without_header"] not in reply.head
    if expected.get("no_cookie"):
        assert not [value for name, value in reply.headers if name.lower() == "set-cookie" and "sid=" in value]
    for name, part in expected.get("header", {}).items():
        assert part in reply.header(name)
