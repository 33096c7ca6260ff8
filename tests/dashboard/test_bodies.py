"""Bodies: of the kind that was named, or refused."""

import asyncio
from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message

from dashboard import bodies
from dashboard.access import Body
from dashboard.bodies import DEEPEST, MOST_FIELDS, XLSX, Given

JSON, FORM = "application/json; charset=utf-8", "application/x-www-form-urlencoded"


def read(raw: bytes, media_type: str, kind: Body, *, is_broken: bool = False, **headers: str) -> Given:
    """Read *raw*, sent in two pieces."""
    pieces: list[Message] = [{"type": "http.request", "body": raw[:3], "more_body": True}]
    pieces.append({"type": "http.disconnect"} if is_broken else {"type": "http.request", "body": raw[3:]})

    async def receive() -> Message:
        return pieces.pop(0)

    return asyncio.run(bodies.given(receive, Headers({"content-type": media_type, **headers}), kind))


def refused(*args: Any, **kwargs: Any) -> int:
    """Return with which status a body is refused."""
    with pytest.raises(HTTPException) as refusal:
        read(*args, **kwargs)
    return refusal.value.status_code


def test_a_body_is_read_whole_and_understood() -> None:
    """The guard reads what it must know, and hands on every byte."""
    assert read(b'{"a": [1]}', JSON, "json") == Given(b'{"a": [1]}', json={"a": [1]})
    assert read(b"csrf=a%20b&x=", FORM, "form") == Given(b"csrf=a%20b&x=", fields={"csrf": "a b", "x": ""})
    assert read(b"PK\3\4...", XLSX, "xlsx") == Given(b"PK\3\4...")
    assert read(b"id,name", "application/octet-stream", "list") == Given(b"id,name")


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("raw", "media_type", "kind", "code"),
    [
        pytest.param(b"{}", "text/plain", "json", 415, id="a type that any page can send"),
        pytest.param(b"{}", "", "json", 415, id="no type"),
        pytest.param(b"{}", JSON, "form", 415, id="another type"),
        pytest.param(b"", JSON, "json", 400, id="empty"),
        pytest.param(b"{'a':1}", JSON, "json", 400, id="no JSON"),
        pytest.param(b'{"a":NaN}', JSON, "json", 400, id="NaN"),
        pytest.param(b'{"a":"\\ud800"}', JSON, "json", 400, id="half a character"),
        pytest.param(b"\xff\xfe{}", JSON, "json", 400, id="not UTF-8"),
        pytest.param(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), JSON, "json", 400, id="too deep"),
        pytest.param(b"[" * 60_000, JSON, "json", 400, id="far too deep"),
        pytest.param(b"x" * 70_000, JSON, "json", 413, id="too large"),
        pytest.param(b"a=1&a=2", FORM, "form", 400, id="a field twice"),
        pytest.param(b"&".join([b"a=1"] * (MOST_FIELDS + 1)), FORM, "form", 400, id="too many fields"),
        pytest.param(b"a=%ff", FORM, "form", 400, id="not UTF-8 in a field"),
        pytest.param(b"x", "", "none", 413, id="where there is to be none"),
    ],
)
def test_any_other_body_is_refused(raw: bytes, media_type: str, kind: Body, code: int) -> None:
    """4xx, before anybody behind has seen a byte."""
    assert refused(raw, media_type, kind) == code


@pytest.mark.hostile
@pytest.mark.parametrize("length", ["10000000000", "-1", "x", "1e3", "²"])
def test_a_length_that_is_too_much_or_none_is_refused_before_it_is_read(length: str) -> None:
    """Ten gigabytes are announced in one line."""
    assert refused(b"{}", JSON, "json", **{"content-length": length}) == 413


def test_a_body_that_breaks_off_is_no_body() -> None:
    """Half an order is none."""
    assert refused(b'{"a": 1}', JSON, "json", is_broken=True) == 400


def test_the_deepest_body_passes() -> None:
    """Dash's own bodies are about six deep."""
    assert read(b"[" * DEEPEST + b"]" * DEEPEST, JSON, "json").json


def test_what_was_read_can_be_read_again_once() -> None:
    """Then comes what comes: the end of the line."""

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def twice() -> list[Message]:
        again = bodies.replayed(b"abc", receive)
        return [await again(), await again()]

    first, second = asyncio.run(twice())

    assert (first["body"], first["more_body"]) == (b"abc", False)
    assert second["type"] == "http.disconnect"
