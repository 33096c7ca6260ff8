"""JSON that could mean two things, or break a store later, is refused."""

import time

import pytest

from ingest.refusals import RefusedError
from ingest.strict_json import MAX_DEPTH, TELEMETRY_BYTES, parse, parse_object


@pytest.mark.parametrize(
    ("payload", "document"),
    [
        (b'{"a":{"b":[1,{"c":2}]}}', {"a": {"b": [1, {"c": 2}]}}),
        (b'{"a":"x:y","b:c":1}', {"a": "x:y", "b:c": 1}),
        (rb'{"a":"\\u0000","b":"\"{["}', {"a": r"\u0000", "b": '"{['}),
        (rb'{"a\u003a":1,"a":2}', {"a:": 1, "a": 2}),
        (b'[{"a":1},{"a":1}]', [{"a": 1}, {"a": 1}]),
        (b" 5 ", 5),
    ],
)
def test_an_unambiguous_document_is_read(payload: bytes, document: object) -> None:
    """Colons, brackets and escapes inside texts mislead nobody."""
    assert parse(payload) == document


@pytest.mark.parametrize(
    ("payload", "code", "reason"),
    [
        (b"", "empty", "empty"),
        (b"\xef\xbb\xbf{}", "bom", "BOM"),
        (b'{"a":"\xff"}', "not-utf8", "invalid UTF-8"),
        (b'{"a":', "not-json", "invalid JSON"),
        (b'{"a":-Infinity}', "not-json", "non-finite number"),
        (b'{"a":1e999}', "not-json", "non-finite number"),
        (b'{"a":' + b"9" * 400 + b"}", "range", "out of range"),
        (rb'{"a":"\udfff"}', "charset", "string is not valid Unicode"),
        (rb'{"a":["\u0000"]}', "charset", "NUL in text"),
        (rb'{"\u0000":1}', "charset", "NUL in text"),
        (b'{"a":{"b":1,"b":1}}', "dup-key", "duplicate key"),
        (rb'{"a":1,"\u0061":1}', "dup-key", "duplicate key"),
        (rb'[{"x":"\u003a","a":1,"a":2}]', "dup-key", "duplicate key"),
        (b"[" * 5000 + b"]" * 5000, "depth", "nesting depth"),
    ],
)
def test_what_cannot_be_read_says_why(payload: bytes, code: str, reason: str) -> None:
    """Code and sentence come from one table."""
    with pytest.raises(RefusedError) as caught:
        parse(payload)

    assert (caught.value.code, caught.value.reason) == (code, reason)


def test_the_deepest_document_allowed_is_read_and_one_level_more_is_not() -> None:
    """The bound is exact."""
    parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)

    with pytest.raises(RefusedError, match="depth"):
        parse(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))


def test_size_is_checked_before_reading() -> None:
    """One byte too many, though it is only a blank."""
    parse(b"1" + b" " * (TELEMETRY_BYTES - 1))

    with pytest.raises(RefusedError, match="too-large"):
        parse(b"1" + b" " * TELEMETRY_BYTES)


@pytest.mark.parametrize("payload", [b"[" * 100_000, b'{"a":' * 50_000], ids=["brackets", "objects"])
def test_a_deep_document_costs_no_time(payload: bytes) -> None:
    """Best of five under 5 ms, no RecursionError."""
    took_s = []
    for _ in range(5):
        began = time.perf_counter()
        with pytest.raises(RefusedError, match="depth"):
            parse(payload)
        took_s.append(time.perf_counter() - began)

    assert min(took_s) < 0.005


@pytest.mark.parametrize("payload", [b"null", b"true", b"5", b'"x"', b"[]", b"[{}]"])
def test_a_message_is_an_object(payload: bytes) -> None:
    """Valid JSON is not enough."""
    with pytest.raises(RefusedError, match="expected object"):
        parse_object(payload)
