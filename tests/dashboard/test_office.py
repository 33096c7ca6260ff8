"""The office: store, keys, places, and the room where passwords are hashed."""

import asyncio
import threading
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException

from dashboard import asking
from dashboard.office import HASHERS, MOST_WAITING, Office
from street.clock import now_us
from street.errors import StoreError
from street.people import Person
from street.policy import Thing
from tests.dashboard.conftest import Written, configured, until


def test_a_store_that_is_not_there_yet_is_found_when_it_is(tmp_path: Path, street: Written) -> None:
    """The dashboard may start first; it never makes a store."""
    away = Office(configured(tmp_path / "elsewhere"), now_us)
    with pytest.raises(StoreError):
        away.people.all()
    away.close()
    there = Office(street.config, now_us)

    assert there.people.all() == []
    assert not (tmp_path / "elsewhere" / "street.db").exists()
    there.close()


def test_the_audit_is_kept_with_the_key_of_the_keys_file(street: Written) -> None:
    """Another key would make every entry look forged."""
    street.sign_in()
    office = Office(street.config, now_us)
    verdict = office.audit.verify()

    assert (verdict.ok, verdict.rows) == (True, 2)
    office.close()


def test_what_lies_nowhere_in_particular_is_the_subdistricts(street: Written) -> None:
    """Nobody of one community may act on it, everybody of the subdistrict may."""
    office = Office(street.config, now_us)

    assert office.thing() == Thing("370202007", "")
    assert office.thing("370202007001", "p1") == Thing("370202007001", "p1")
    office.close()


def test_hashing_takes_turns_and_nothing_else_waits_for_it(street: Written) -> None:
    """Fifty sign-ins at once: two are worked on, some wait, the rest are told to come back; other threads are free."""
    office = Office(street.config, now_us)
    go_on, running = threading.Event(), []

    def slow(number: int) -> tuple[int, str]:
        running.append(number)
        go_on.wait(20)
        return number, asking.actor().login

    async def story() -> None:
        token = asking.begin(asking.Asking(Person(person_id="p", login="op", name="p")))
        turns = [asyncio.create_task(office.hashed(slow, number)) for number in range(MOST_WAITING)]
        await asyncio.to_thread(until, lambda: len(running) == HASHERS, "two are worked on")
        with pytest.raises(HTTPException) as refused:
            await office.hashed(slow, -1)
        free = await asyncio.wait_for(asyncio.to_thread(lambda: "free"), 5)
        at_once = len(running)
        go_on.set()
        done = await asyncio.gather(*turns)
        asking.end(token)

        assert (refused.value.status_code, refused.value.headers) == (429, {"retry-after": "5"})
        assert free == "free"
        assert at_once == HASHERS
        assert done == [(number, "op") for number in range(MOST_WAITING)]

    asyncio.run(story())
    office.close()
