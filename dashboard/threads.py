"""Off the loop: Dash on FastAPI runs plain callbacks on the event loop, where one slow one stops every stream."""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


def off_loop(function: Callable[Given, Result]) -> Callable[Given, Awaitable[Result]]:
    """Return *function* as a coroutine that runs in a worker thread; context variables go with it."""

    @functools.wraps(function)
    async def in_thread(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        return await asyncio.to_thread(function, *args, **kwargs)

    return in_thread
