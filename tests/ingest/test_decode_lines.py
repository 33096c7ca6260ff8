"""Lines in, lines out; and the sample folder, where it lies beside the project."""

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from ingest.decode import default_routes
from ingest.decode_lines import run

SAMPLES = Path(__file__).parents[3] / "shared" / "payloads"
OURS = ("zigbee2mqtt/", "v3/", "street/")
COMPARED = ("metric", "value", "unit", "path", "time", "channel", "quality")
ABOUT_THE_SAMPLE = {"readings_subset"}  # says how to compare, not what a decoder must say


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


def _samples() -> list[dict[str, Any]]:
    lines = [line for path in sorted(SAMPLES.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    return [sample for sample in map(json.loads, lines) if sample["topic"].startswith(OURS)]


def _key(reading: dict[str, Any]) -> str:
    return json.dumps([reading.get(name) for name in COMPARED])


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample folder lies beside the project only where it is made")
def test_every_sample_of_our_dialects_is_decoded_as_it_expects() -> None:
    """Kind, device, time, readings in any order, extra facts and reason."""
    samples = _samples()
    assert len(samples) > 20
    for sample, got in zip(samples, _run(json.dumps(sample) for sample in samples), strict=True):
        expected = sample["expect"]
        for name in ("kind", "device_id", "time", "reason"):
            assert got.get(name) == expected.get(name), (sample["desc"], name)
        wanted, had = sorted(map(_key, expected["readings"])), sorted(map(_key, got["readings"]))
        extra = expected.get("extra") or {}
        if extra.get("readings_subset"):
            had = [it for it in had if it in wanted]
        assert had == wanted, sample["desc"]
        facts = {name: fact for name, fact in extra.items() if name not in ABOUT_THE_SAMPLE}
        assert facts.items() <= got["extra"].items(), sample["desc"]
