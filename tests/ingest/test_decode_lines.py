"""Lines in, lines out; and the sample folder, where it lies beside the project."""

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from ingest.decode import default_routes
from ingest.decode_lines import run
from ingest.timestamps import rfc3339_us

SAMPLES = Path(__file__).parents[3] / "shared" / "payloads"
COMPARED = ("metric", "value", "unit", "path", "time", "channel", "quality")
ABOUT_THE_SAMPLE = {"readings_subset", "note"}  # how to compare, and why; not what a decoder must say


def _run(lines: Iterable[str]) -> list[dict[str, Any]]:
    out = io.StringIO()
    run(lines, out, default_routes())
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_says_what_its_message_says() -> None:
    """The whole form, once."""
    line = {
        "id": 7,
        "topic": "street/WS-01/telemetry",
        "received_at": "2026-11-24T02:15:30.250Z",
        "payload": {"ts": "2026-11-24T10:15:29.100+08:00", "wind_direction": 270, "rain": None},
    }

    assert _run([json.dumps(line)]) == [
        {
            "id": 7,
            "kind": "telemetry",
            "device_id": "WS-01",
            "time": "2026-11-24T02:15:29.1Z",
            "readings": [
                {"metric": "wind_direction", "value": 270, "unit": "deg", "path": "wind_direction"},
                {"metric": "rain", "value": None, "unit": "mm", "path": "rain", "quality": "missing"},
            ],
            "extra": {},
            "reason": None,
        }
    ]


def test_bytes_come_as_base64_and_retained_is_said() -> None:
    """`online` in base64, and an empty payload."""
    lines = [
        '{"topic":"street/a/status","payload_b64":"b25saW5l","retain":true}',
        '{"topic":"street/a/status","payload_b64":""}',
        '{"topic":"street/a/telemetry","payload":{"noise_laeq":5},"retain":true}',
    ]

    first, second, third = _run(lines)

    assert first["readings"] == [{"metric": "online", "value": True, "unit": None}]
    assert second["kind"] == "removal"
    assert third["extra"] == {"retained": True}


def test_lines_are_fed_in_order_to_one_decoder() -> None:
    """A registry message counts for what follows it."""
    exposes = [{"type": "numeric", "property": "voltage", "unit": "mV"}]
    device = {"ieee_address": "0x1", "type": "EndDevice", "friendly_name": "n", "definition": {"exposes": exposes}}
    lines = [
        {"topic": "zigbee2mqtt/n", "payload": {"voltage": 900}},
        {"topic": "zigbee2mqtt/bridge/devices", "payload": [device]},
        {"topic": "zigbee2mqtt/n", "payload": {"voltage": 900}},
    ]

    before, _, after = _run(json.dumps(line) for line in lines)

    assert (before["readings"][0]["metric"], before["readings"][0]["value"]) == ("voltage", 900)
    assert (after["readings"][0]["metric"], after["readings"][0]["value"]) == ("battery_voltage", 0.9)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "not-json"),
        ("[" * 100_000, "not-json"),
        ("5", "not-object"),
        ('{"payload":{}}', "schema-missing"),
        ('{"topic":5,"payload":{}}', "type"),
        ('{"topic":"street/a/status"}', "schema-missing"),
        ('{"topic":"street/a/status","payload_b64":"?"}', "not-json"),
        ('{"topic":"street/a/status","payload_b64":5}', "type"),
        ('{"topic":"street/a/status","payload":1,"received_at":"now"}', "ts-format"),
        (r'{"topic":"street/a/telemetry","payload":{"a":"\ud800"}}', "not-utf8"),
        ('{"topic":"street/a/telemetry","payload":{"noise_laeq":NaN}}', "not-json"),
    ],
)
def test_a_line_that_is_no_message_is_a_reject_and_the_next_one_is_read(line: str, code: str) -> None:
    """The command answers every line."""
    first, second = _run([line, "", '{"id":"next","topic":"street/a/status","payload_b64":"b25saW5l"}'])

    assert (first["kind"], first["extra"]["code"]) == ("reject", code)
    assert (second["id"], second["kind"]) == ("next", "availability")


def test_mqtt5_properties_reach_the_dialect() -> None:
    """Binary CloudEvents have nothing else; pairs or an object."""
    attributes = {"specversion": "1.0", "id": "1", "source": "/gw", "type": "reading"}
    lines = [
        {"topic": "x/ce", "payload": {"t": 5}, "mqtt5": {"content_type": "application/json", "user_properties": it}}
        for it in (attributes, list(attributes.items()))
    ]

    first, second = _run(map(json.dumps, lines))

    assert first == second
    assert (first["device_id"], first["readings"][0]["metric"]) == ("/gw", "temperature")
    assert _run([json.dumps({**lines[0], "mqtt5": 5})])[0]["extra"]["code"] == "schema-missing"


def _samples() -> list[Any]:
    return [pytest.param(path, id=path.stem) for path in sorted(SAMPLES.glob("*.jsonl"))] or [
        pytest.param(None, marks=pytest.mark.skip("the sample folder lies beside the project only where it is made"))
    ]


def _instant(text: str | None) -> int | None:
    """Return the instant: decimals may be written or not."""
    return None if text is None else rfc3339_us(text)


def _key(reading: dict[str, Any]) -> str:
    """Return a reading as text, numbers as numbers: 5 is 5.0, and true is neither."""
    fields = [_instant(reading.get(name)) if name == "time" else reading.get(name) for name in COMPARED]
    return json.dumps([float(it) if type(it) is int and abs(it) < 2**53 else it for it in fields])


@pytest.mark.parametrize("path", _samples())
def test_every_sample_is_decoded_as_it_expects(path: Path) -> None:
    """Kind, device, time, readings in any order, extra facts and reason; one decoder a file, fed in order."""
    samples = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(samples) > 4
    for sample, got in zip(samples, _run(json.dumps(sample) for sample in samples), strict=True):
        expected = sample["expect"]
        for name in ("kind", "device_id", "reason"):
            assert got.get(name) == expected.get(name), (sample["desc"], name)
        assert _instant(got.get("time")) == _instant(expected.get("time")), sample["desc"]
        wanted, had = sorted(map(_key, expected["readings"])), sorted(map(_key, got["readings"]))
        extra = expected.get("extra") or {}
        if extra.get("readings_subset"):
            had = [it for it in had if it in wanted]
        assert had == wanted, sample["desc"]
        facts = {name: fact for name, fact in extra.items() if name not in ABOUT_THE_SAMPLE}
        assert {name: got["extra"].get(name) for name in facts} == facts, sample["desc"]
