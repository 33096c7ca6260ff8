"""JSON as an open port must read it: whatever could mean two things, or break a store later, is refused.

orjson refuses NaN, Infinity, overflow, invalid UTF-8, a BOM, lone surrogates and trailing text, and stops at depth
1,024. What it lets pass is checked here: duplicate keys, depth over 64, NUL in text, size.
"""

import json
import re
from typing import Any, Final

import orjson

from ingest.refusals import (
    BOM,
    DEPTH,
    DUPLICATE_KEY,
    EMPTY,
    NOT_FINITE,
    NOT_JSON,
    NOT_OBJECT,
    NOT_UNICODE,
    NOT_UTF8,
    NUL_IN_TEXT,
    OUT_OF_RANGE,
    TOO_LARGE,
    TS_FORMAT,
    Ground,
    RefusedError,
)

TELEMETRY_BYTES: Final = 64 * 1024
PACKET_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 64
_DEPTH_PROBE_BYTES: Final = 8 * 1024
_BOM: Final = b"\xef\xbb\xbf"
_PACKED: Final = (b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd")  # gzip, zip, zstd: never unpacked
_NON_FINITE: Final = re.compile(r"-?(?:NaN|Infinity)")
_INTEGER: Final = re.compile(r"-?\d+(?![\d.eE])", re.ASCII)


def parse(payload: bytes, max_bytes: int = TELEMETRY_BYTES) -> Any:  # noqa: ANN401 - any JSON
    """Return the JSON document in *payload*.

    Raises:
        RefusedError: too large, or not one unambiguous JSON document.
    """
    if len(payload) > max_bytes:
        raise oversize(payload)
    try:
        document = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise explain(payload, error) from None
    check_document(payload, document)
    return document


def parse_object(payload: bytes, max_bytes: int = TELEMETRY_BYTES) -> dict[str, Any]:
    """Return the JSON object in *payload*.

    Raises:
        RefusedError: as `parse`, or the document is not an object.
    """
    document = parse(payload, max_bytes)
    if type(document) is not dict:
        raise RefusedError(NOT_OBJECT)
    return document


def check_document(payload: bytes, document: Any) -> None:  # noqa: ANN401 - any JSON
    r"""Check what orjson lets pass in *document*, which it made of *payload*.

    Without a backslash every colon byte is either a separator or stands in a string: written out again, the document
    has as many of them, unless a dropped duplicate left one too many; and it is no deeper than it has brackets. With
    a backslash (`\u003a` is a colon too) the document is
    read again, pair by pair.

    Raises:
        RefusedError: nested deeper than `MAX_DEPTH`, a key twice in one object, or NUL in a text.
    """
    has_backslash = b"\\" in payload
    if not has_backslash and payload.count(b"{") + payload.count(b"[") <= MAX_DEPTH:
        if payload.count(b":") != orjson.dumps(document).count(b":"):
            raise RefusedError(DUPLICATE_KEY)
        return
    depth, colons, has_nul = _survey(document)
    if depth > MAX_DEPTH:
        raise RefusedError(DEPTH)
    if has_backslash:
        json.loads(payload.decode(), object_pairs_hook=_unique)
    elif payload.count(b":") != colons:
        raise RefusedError(DUPLICATE_KEY)
    if has_nul:
        ts = document.get("ts") if type(document) is dict else None
        raise RefusedError(TS_FORMAT, "ts") if type(ts) is str and "\0" in ts else RefusedError(NUL_IN_TEXT)


def explain(payload: bytes, error: orjson.JSONDecodeError) -> RefusedError:
    """Return why orjson could not read *payload*."""
    ground = _no_text(payload)
    if ground is not None:
        return RefusedError(ground)
    if "depth" in error.msg:
        return RefusedError(DEPTH)
    if "surrogate" in error.msg:
        return RefusedError(NOT_UNICODE)
    if "infinity" in error.msg:
        return RefusedError(OUT_OF_RANGE if _INTEGER.match(error.doc, error.pos) else NOT_FINITE)
    return RefusedError(NOT_FINITE if _NON_FINITE.match(error.doc, error.pos) else NOT_JSON)


def _no_text(payload: bytes) -> Ground | None:
    """Return why *payload* is no UTF-8 text, or None."""
    if not payload:
        return EMPTY
    if payload.startswith(_BOM):
        return BOM
    if payload.startswith(_PACKED):
        return NOT_JSON
    if len(payload) > 1 and b"\0" in payload[:4]:
        return NOT_UTF8  # UTF-16 or UTF-32 without a mark: bytes of ASCII and NULs, which pass as UTF-8
    try:
        payload.decode()
    except UnicodeDecodeError:
        return NOT_UTF8
    return None


def oversize(payload: bytes) -> RefusedError:
    """Return why *payload*, larger than allowed, is refused; only its beginning is looked at."""
    try:
        orjson.loads(payload[:_DEPTH_PROBE_BYTES])
    except orjson.JSONDecodeError as error:
        if "depth" in error.msg:
            return RefusedError(DEPTH)
    return RefusedError(TOO_LARGE)


def _survey(document: Any) -> tuple[int, int, bool]:  # noqa: ANN401 - any JSON
    """Return depth, colons (separators and those in strings) and whether a NUL stands in a string."""
    depth, colons, has_nul = 0, 0, False
    level = [document]
    while level:
        below: list[Any] = []
        is_nested = False
        for node in level:
            kind = type(node)
            if kind is str:
                colons += node.count(":")
                has_nul = has_nul or "\0" in node
            elif kind is dict:
                is_nested = True
                colons += len(node)
                below.extend(node)
                below.extend(node.values())
            elif kind is list:
                is_nested = True
                below.extend(node)
        depth += is_nested
        level = below
    return depth, colons, has_nul


def _unique(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise RefusedError(DUPLICATE_KEY)
