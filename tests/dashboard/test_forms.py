"""Posted forms."""

import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from dashboard.forms import posted


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param(b"", {}, id="nothing"),
        pytest.param(b"a=1&b=", {"a": "1", "b": ""}, id="left empty"),
        pytest.param(b"password=%E5%AF%86+a%2B", {"password": "密 a+"}, id="as browsers send it"),
    ],
)
def test_a_form_is_read_as_browsers_send_it(body: bytes, fields: dict[str, str]) -> None:
    """Spaces, plus signs and Han characters of a password arrive as they were typed."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)

    assert asyncio.run(posted(request)) == fields
