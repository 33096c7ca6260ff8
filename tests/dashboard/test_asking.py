"""Who asks."""

import asyncio

from dashboard import asking
from dashboard.threads import off_loop
from street.people import Person


def test_outside_a_request_everybody_is_nobody() -> None:
    """A callback that a test calls directly must not act in somebody's name."""
    assert (asking.person(), asking.session(), asking.address(), asking.request_id()) == (None, None, "", "")
    assert asking.actor().login == ""


def test_who_asks_is_known_in_threads_and_forgotten_after() -> None:
    """Callbacks run off the loop; two requests at once must not take each other's name."""

    async def request(login: str) -> str:
        token = asking.begin(asking.Asking(Person(person_id=login, login=login, name="x"), None, "192.0.2.7", "r1"))
        await asyncio.sleep(0)
        told = await off_loop(asking.actor)()
        asking.end(token)
        return f"{told.person_id} {told.address} {told.request_id}"

    async def both() -> list[str]:
        return await asyncio.gather(request("one"), request("two"))

    assert asyncio.run(both()) == ["one 192.0.2.7 r1", "two 192.0.2.7 r1"]
    assert asking.person() is None
