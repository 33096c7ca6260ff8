"""Whether the process is alive."""

import asyncio

import pytest
from starlette.requests import Request

from dashboard.health import Health
from tests.dashboard.conftest import Serving


def test_a_living_server_says_ok_and_nothing_else(served: Serving) -> None:
    """A stranger learns nothing here; also without a store the process is alive."""
    answer = served.client.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")


@pytest.mark.parametrize(("alive", "code"), [(True, 200), (False, 503)])
def test_a_dead_follower_is_a_reason_to_restart(alive: bool, code: int) -> None:
    """Serving a picture that nobody keeps would be worse than not serving."""
    answer = asyncio.run(Health(lambda: alive).answer(Request({"type": "http"})))

    assert answer.status_code == code
