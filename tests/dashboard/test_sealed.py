"""What a browser keeps for us, sealed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from dashboard import sealed
from dashboard.office import Office
from dashboard.sealed import OFFER, STEPS
from street.clock import SECOND_US
from tests.dashboard.conftest import configured

CONTENT = {"who": "p1", "secret": "ABCD"}


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at_us = 1_795_480_000 * SECOND_US

    def __call__(self) -> int:
        """Return the time."""
        return self.at_us


@pytest.fixture
def clock() -> Clock:
    """The clock of the test."""
    return Clock()


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    """An office with keys of its own."""
    made = Office(configured(tmp_path), clock)
    yield made
    made.close()


def kept(office: Office) -> str:
    """Return what the browser is given."""
    answer = Response()
    sealed.keep(answer, office, STEPS, CONTENT)
    assert "HttpOnly" in answer.headers["set-cookie"]
    return answer.headers["set-cookie"].split(";")[0].partition("=")[2]


def brought(name: str, value: str) -> Request:
    """Return a request with this cookie."""
    return Request({"type": "http", "headers": [(b"cookie", f"{name}={value}".encode())]})


def test_what_was_sealed_comes_back_and_says_nothing_outside(office: Office) -> None:
    """Neither the person nor a proxy can read it."""
    value = kept(office)

    assert "p1" not in value
    assert sealed.read(brought("step", value), office, STEPS) == CONTENT


def test_it_is_over_after_its_time(office: Office, clock: Clock) -> None:
    """Somebody who went for lunch starts over."""
    value = kept(office)
    clock.at_us += (STEPS.lasts_s + 1) * SECOND_US

    assert sealed.read(brought("step", value), office, STEPS) is None


def test_one_purpose_is_nothing_to_another(office: Office) -> None:
    """A device's offer is not a step of a sign-in, under whatever name it is brought."""
    assert sealed.read(brought("offer", kept(office)), office, OFFER) is None


@pytest.mark.parametrize("value", ["", "x", "gAAAA", "A" * 4000, "%00"])
def test_what_we_did_not_seal_is_nothing(office: Office, value: str) -> None:
    """Never an error."""
    assert sealed.read(brought("step", value), office, STEPS) is None


def test_another_installation_cannot_open_it(office: Office, tmp_path: Path, clock: Clock) -> None:
    """Keys are made once for each."""
    other = Office(configured(tmp_path / "other"), clock)

    assert sealed.read(brought("step", kept(office)), other, STEPS) is None
    other.close()


def test_forgetting_takes_it_away(office: Office) -> None:
    """The browser drops it at once."""
    answer = Response()

    sealed.forget(answer, office, STEPS)

    assert "Max-Age=0" in answer.headers["set-cookie"]
