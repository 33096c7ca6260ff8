"""Off the loop."""

import asyncio
import threading
from contextvars import ContextVar

from dashboard.threads import off_loop

WHO: ContextVar[str] = ContextVar("who")


def test_a_slow_callback_leaves_the_loop_free() -> None:
    """On the loop, two of them would stop every stream for as long as they take together."""
    both = threading.Barrier(2, timeout=5)

    async def story() -> list[int]:
        return await asyncio.gather(*(off_loop(both.wait)() for _ in range(2)))

    assert sorted(asyncio.run(story())) == [0, 1]


def test_a_callback_keeps_its_name_its_arguments_and_its_context() -> None:
    """Dash registers it by name; who is asking travels in a context variable."""

    def greeting(word: str, *, times: int) -> str:
        return f"{word} {WHO.get()} " * times

    async def story() -> str:
        WHO.set("officer")
        return await off_loop(greeting)("hello", times=2)

    assert off_loop(greeting).__name__ == "greeting"
    assert asyncio.run(story()) == "hello officer hello officer "
