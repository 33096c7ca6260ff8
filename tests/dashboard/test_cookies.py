"""The two cookies."""

from dataclasses import replace

import pytest
from starlette.responses import Response

from dashboard import cookies
from street.clock import DAY_US
from street.config import Config
from street.config.sections import DashboardConfig
from street.store import Session

SESSION = Session(
    session_id="s1", person_id="p1", kind="person", name="", address="", begun_us=0, seen_us=0,
    ends_us=DAY_US, idle_us=0, csrf="text-of-the-session",
)  # fmt: skip


def given(https: str, kind: str = "person") -> list[str]:
    """Return the cookies that a browser is given."""
    answer = Response()
    config = Config(dashboard=DashboardConfig(https=https))
    cookies.give(answer, config, "token", replace(SESSION, kind=kind), 0)
    return [value.decode() for name, value in answer.raw_headers if name == b"set-cookie"]


def test_over_https_the_session_is_bound_to_this_host_and_hidden_from_scripts() -> None:
    """A neighbour on another port or a sub-domain can neither read nor set it."""
    session, csrf = given("own")

    assert session == "__Host-sid=token; HttpOnly; Path=/; SameSite=strict; Secure"
    assert csrf == "__Host-csrf=text-of-the-session; Path=/; SameSite=strict; Secure"


def test_over_loopback_it_is_as_strict_as_http_allows() -> None:
    """Browsers drop secure cookies there."""
    assert given("none")[0] == "sid=token; HttpOnly; Path=/; SameSite=strict"


@pytest.mark.parametrize(("kind", "lasts"), [("person", False), ("tablet", True), ("screen", True)])
def test_only_a_device_stays_signed_in_when_its_browser_closes(kind: str, *, lasts: bool) -> None:
    """A person who closes the browser has left; a wall that restarts at night must come back by itself."""
    assert [f"Max-Age={DAY_US // 1_000_000}" in cookie for cookie in given("own", kind)] == [lasts, lasts]


def test_signing_out_takes_both_away() -> None:
    """With the attributes they were given with, else browsers keep them."""
    answer = Response()
    cookies.take(answer, Config(dashboard=DashboardConfig(https="proxy")))
    told = [value.decode() for name, value in answer.raw_headers if name == b"set-cookie"]

    assert [cookie.partition("=")[0] for cookie in told] == ["__Host-sid", "__Host-csrf"]
    assert all("Max-Age=0" in cookie and "Secure" in cookie for cookie in told)
