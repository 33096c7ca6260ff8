"""Refusals as a browser gets them."""

from typing import Any

import pytest

from dashboard.answers import refused, to_sign_in
from street.config import Config
from street.config.sections import DashboardConfig

CONFIG = Config(dashboard=DashboardConfig(title="<b>street</b>"))


def asked(path: str = "/wall", query: bytes = b"", accept: str = "text/html", method: str = "GET") -> dict[str, Any]:
    """Return a request's scope."""
    headers = [(b"accept", accept.encode())]
    return {"type": "http", "method": method, "path": path, "query_string": query, "headers": headers}


@pytest.mark.parametrize(
    ("path", "query", "location"),
    [
        pytest.param("/wall", b"", "/login?next=/wall", id="a page"),
        pytest.param("/wall", b"lang=en&a=b", "/login?next=/wall%3Flang%3Den%26a%3Db", id="with a query"),
        pytest.param("/", b"", "/login", id="home"),
        pytest.param("/login", b"next=x", "/login", id="the sign-in page itself"),
        pytest.param("//evil.example/", b"", "/login", id="another host"),
        pytest.param("/\\evil.example", b"", "/login", id="another host to some browsers"),
        pytest.param("/" + "x" * 2_000, b"", "/login", id="too long"),
        pytest.param("/a\r\nset-cookie: x", b"", "/login?next=/a%0D%0Aset-cookie%3A%20x", id="a line of its own"),
    ],
)
def test_a_stranger_is_led_to_the_sign_in_page_and_back(path: str, query: bytes, location: str) -> None:
    """Only to addresses of our own."""
    answer = to_sign_in(asked(path, query))

    assert answer.status_code == 303
    assert answer.headers["location"] == location


@pytest.mark.parametrize(
    ("status", "accept", "method", "is_page"),
    [
        (404, "text/html", "GET", True),
        (404, "application/json", "GET", False),
        (404, "text/html", "POST", False),
        (403, "text/html", "GET", False),
    ],
)
def test_who_reads_gets_a_page_and_who_computes_gets_json(
    status: int, accept: str, method: str, *, is_page: bool
) -> None:
    """A script that is answered with a page fails at a place that says nothing."""
    answer = refused(asked(accept=accept, method=method), CONFIG, status, "because")

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html" if is_page else "application/json")


def test_a_404_never_says_why() -> None:
    """Unknown, forbidden and elsewhere are one answer; the title cannot run as a script."""
    plain = refused(asked(accept="*/*"), CONFIG, 404, "it exists, but not for you")
    page = refused(asked(), CONFIG, 404, "it exists, but not for you")

    assert plain.body == b'{"error":"not found"}'
    assert b"exists" not in page.body
    assert b"<b>street" not in page.body
