"""The wall's session ends while somebody watches."""

import time
from collections.abc import Callable
from contextlib import closing

from playwright.sync_api import expect

from street.people import Role
from tests.journeys.conftest import Opened
from tests.journeys.stack import TESTER, Stack

IN_TIME_MS = 5_000


def test_a_page_whose_session_is_ended_goes_to_the_sign_in_page(
    street: Stack, open_own_wall: Callable[..., Opened]
) -> None:
    """A stolen tablet shows nothing any more within five seconds, and comes back to its page after signing in."""
    page, _ = open_own_wall(street, query="?lang=en", role=Role.OPERATOR)
    with closing(street.store()) as store:
        newest = store.sessions().open()[0]
        store.sessions().end(newest.session_id, by=TESTER, reason="stolen")
    began = time.monotonic()
    expect(page).to_have_url(f"{street.address}/login?next=%2Fwall%3Flang%3Den", timeout=IN_TIME_MS)

    assert time.monotonic() - began < IN_TIME_MS / 1000
    assert page.locator("#wall").count() == 0
    page.goto(street.url)
    expect(page).to_have_url(f"{street.address}/login?next=/wall")


def test_a_page_that_comes_back_from_an_outage_without_a_session_goes_there_too(
    street: Stack, open_own_wall: Callable[..., Opened]
) -> None:
    """Its stream cannot say goodbye any more: the first answer it gets says that nobody is signed in."""
    page, _ = open_own_wall(street, role=Role.OPERATOR)
    street.kill("dashboard")
    with closing(street.store()) as store:
        store.sessions().end(store.sessions().open()[0].session_id, by=TESTER, reason="stolen")
    street.start("dashboard")

    expect(page).to_have_url(f"{street.address}/login?next=%2Fwall", timeout=60_000)
