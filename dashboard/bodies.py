"""Bodies of POST requests: read whole, within a size and a time, of the kind that the table of addresses names."""

import asyncio
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

import orjson
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from dashboard.access import Body

BODY_S: Final = 5.0  # a body that trickles longer than this is dropped
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Kind(NamedTuple):
    """What one kind of body must be."""

    media_type: str
    most_bytes: int
    most_s: float = BODY_S
    or_type: str = ""  # which will do as well


KINDS: Final[dict[Body, Kind]] = {
    "none": Kind("", 0),
    "json": Kind("application/json", 64 * 1024),
    "form": Kind("application/x-www-form-urlencoded", 16 * 1024),
    "xlsx": Kind(XLSX, 5 * 1024 * 1024, 30.0),
    "table": Kind(XLSX, 5 * 1024 * 1024, 30.0, "text/csv"),
    "list": Kind("application/octet-stream", 16 * 1024 * 1024, 60.0),
}
MOST_FIELDS: Final = 64
DEEPEST: Final = 24


class Given(NamedTuple):
    """A body as it was read: its bytes for who answers, and what it says where the guard must know."""

    raw: bytes
    json: Any = None
    fields: dict[str, str] = {}  # noqa: RUF012 - never changed, and a tuple's field


async def given(receive: Receive, headers: Headers, kind: Body) -> Given:
    """Read a body of this *kind*.

    Raises:
        HTTPException: 400 for nonsense, 408 for one that takes too long, 413 for too much, 415 for another kind.
    """
    wanted = KINDS[kind]
    said = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "none" and (not said or said not in {wanted.media_type, wanted.or_type}):
        raise HTTPException(415, f"not {wanted.media_type}")
    if int(length) > wanted.most_bytes if (length := headers.get("content-length", "0")).isdecimal() else True:
        raise HTTPException(413, "body too large")
    try:
        raw = await asyncio.wait_for(_read(receive, wanted.most_bytes), wanted.most_s)
    except TimeoutError as error:
        raise HTTPException(408, "body took too long") from error
    if kind == "json":
        return Given(raw, json=_json(raw))
    if kind == "form":
        return Given(raw, fields=_fields(raw))
    return Given(raw)


def replayed(raw: bytes, receive: Receive) -> Receive:
    """Return a receive that gives *raw* once more, and then whatever comes."""
    waiting = [{"type": "http.request", "body": raw, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _read(receive: Receive, most_bytes: int) -> bytes:
    raw = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HTTPException(400, "body broke off")
        raw += message.get("body", b"")
        more = message.get("more_body", False)
        if len(raw) > most_bytes:
            raise HTTPException(413, "body too large")
    return bytes(raw)


def _json(raw: bytes) -> Any:  # noqa: ANN401 - any JSON
    try:
        value = orjson.loads(raw)
    except ValueError as error:
        raise HTTPException(400, "not JSON") from error
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise HTTPException(400, "too deep")
        level = [inner for one in level if isinstance(one, (dict, list)) for inner in _inside(one)]
    return value


def _inside(one: dict[str, Any] | list[Any]) -> list[Any]:
    return list(one.values()) if isinstance(one, dict) else one


def _fields(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise HTTPException(400, "not a form") from error
    if len(fields := dict(pairs)) != len(pairs):
        raise HTTPException(400, "a field that stands twice")
    return fields
