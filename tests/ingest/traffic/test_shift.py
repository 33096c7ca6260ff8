"""Times inside a payload move, and nothing else does."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.traffic.shift import shifted
from street.clock import DAY_US, HOUR_US, SECOND_US

AT_US = 1_795_514_400_000_000  # 2026-11-24T10:00:00Z


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(b'{"ts":1795514399123,"pm25":35}', b'{"ts":1795517999123,"pm25":35}', id="ms"),
        pytest.param(b'{"tst": 1795514399, "t": "p"}', b'{"tst": 1795517999, "t": "p"}', id="s"),
        pytest.param(b'{"bt":1.795514399e9}', b'{"bt":1.795514399e9}', id="a form that no device of ours writes"),
        pytest.param(b'{"ts":1795514399.25}', b'{"ts":1795517999.25}', id="s with decimals"),
        pytest.param(b"[1795514399123456]", b"[1795517999123456]", id="us"),
        pytest.param(b'{"time":1795514399123456789}', b'{"time":1795517999123456789}', id="ns"),
        pytest.param(b'{"ts":"1795514399123"}', b'{"ts":"1795517999123"}', id="ms as text"),
        pytest.param(b'{"t":"2026-11-24T09:59:59Z"}', b'{"t":"2026-11-24T10:59:59Z"}', id="ISO"),
        pytest.param(b'"2026-11-24T23:30:00.5+08:00"', b'"2026-11-25T00:30:00.5+08:00"', id="over midnight, zone kept"),
        pytest.param(
            b'"2026-11-24T09:59:59.123456789Z"', b'"2026-11-24T10:59:59.123456789Z"', id="TTN's nine decimals"
        ),
        pytest.param(b'{"Time":"2026-11-24T18:00:00"}', b'{"Time":"2026-11-24T19:00:00"}', id="Tasmota's local time"),
        pytest.param(b"2026-11-24T09:59:59Z|t|21", b"2026-11-24T10:59:59Z|t|21", id="Ultralight"),
        pytest.param(b'{"at":"2026-11-24 09:59:59"}', b'{"at":"2026-11-24 10:59:59"}', id="a blank between"),
        pytest.param(b'{"id":"dev-1795514399"}', b'{"id":"dev-1795514399"}', id="part of a name"),
        pytest.param(b'{"total":1795514399.1.2}', b'{"total":1795514399.1.2}', id="a version"),
        pytest.param(b'{"wh":1295514399}', b'{"wh":1295514399}', id="a counter, years away"),
        pytest.param(b'{"since":"2019-01-01T00:00:00Z"}', b'{"since":"2019-01-01T00:00:00Z"}', id="an old date"),
        pytest.param(b'{"x":"2026-13-44T10:00:00Z"}', b'{"x":"2026-13-44T10:00:00Z"}', id="no date"),
        pytest.param(b"\xff1795514399", b"\xff1795514399", id="no text"),
        pytest.param(b"", b"", id="nothing"),
    ],
)
def test_an_hour_is_added_to_what_is_a_time(before: bytes, after: bytes) -> None:
    """Written by hand, a dialect each."""
    assert shifted(before, AT_US, HOUR_US) == after


@given(st.binary(max_size=300), st.integers(-400 * DAY_US, 400 * DAY_US))
def test_it_never_raises_and_keeps_what_is_no_text(payload: bytes, shift_us: int) -> None:
    """Whatever the bytes are."""
    shifted(payload, AT_US, shift_us)
    stills = b"\xff\xd8\xff" + base64.b64encode(payload)

    assert shifted(stills, AT_US, shift_us) == stills


@given(st.integers(-30 * DAY_US // SECOND_US, 30 * DAY_US // SECOND_US), st.integers(-20 * DAY_US, 20 * DAY_US))
def test_there_and_back_is_the_same(offset_s: int, shift_us: int) -> None:
    """In milliseconds, which is what the shift is rounded to here."""
    shift_us = shift_us // 1000 * 1000
    payload = b'{"ts":%d}' % ((AT_US // 1000) + offset_s * 1000)

    there = shifted(payload, AT_US, shift_us)

    assert shifted(there, AT_US + shift_us, -shift_us) == payload
