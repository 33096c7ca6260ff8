"""Hostile messages through the broker and ingest to the store: each ends as the catalogue says, beside good ones."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text

from bench.mqtt_socket import packet
from street import clock
from street.incidents import Incident
from street.store import Reader, StoredLetter, open_store
from tests.hostile.accounts import store_of
from tests.hostile.catalogue import Case, named, through, whole
from tests.hostile.conftest import Listener, camera_of, publisher
from tests.hostile.stills import STILLS
from tests.journeys.stack import Stack, until

pytestmark = pytest.mark.hostile

CASES = through("mqtt")
CUT_OFF = {case["id"] for case in CASES if "broker" in case["expected"]}  # those cost their sender the connection
WITNESS = "NM-02"  # speaks after every hostile message, and must be heard


@dataclass
class Outcome:
    """What became of all messages."""

    letters: dict[tuple[str, bytes], StoredLetter] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    stills: dict[str, bytes] = field(default_factory=dict)
    witnessed: set[int] = field(default_factory=set)
    cut_off: set[str] = field(default_factory=set)
    last_took_s: float = 0.0
    log: str = ""


def _message(case: Case, known: dict[str, Any]) -> tuple[str, bytes]:
    """Return the topic and payload of a case; what has no name of its own is given the case's."""
    sent = whole(case["sent"], known | {"CAMERA": camera_of(case)})
    if "still" in sent:
        return sent["topic"], STILLS[sent["still"]]()
    if "text" in sent:
        return sent["topic"], sent["text"].encode()
    if "incident" in sent:
        body = {"id": case["id"]} | sent["incident"]
        return f"street/incidents/{sent['source']}", json.dumps(body, ensure_ascii=False).encode()
    return sent["topic"], json.dumps(sent["json"] | {"seq": CASES.index(case)}, ensure_ascii=False).encode()


@pytest.fixture(scope="module")
def messages(listener: Listener) -> dict[str, tuple[str, bytes]]:
    """All messages by case."""
    known = {"NOW": clock.now_us() // 1000, "LISTENER": listener.port}
    return {case["id"]: _message(case, known) for case in CASES}


@pytest.fixture(scope="module")
def outcome(street: Stack, messages: dict[str, tuple[str, bytes]]) -> Iterator[Outcome]:
    """Send everything, a good reading after each, and read what came of it."""
    cut_off = {name for name in CUT_OFF if _is_cut_off(street, messages[name])}
    began_ms = clock.now_us() // 1000 - len(messages)
    packets = []
    for number, (name, (topic, payload)) in enumerate(messages.items()):
        good = json.dumps({"ts": began_ms + number, "noise_laeq": number}).encode()
        packets += [] if name in CUT_OFF else [packet(topic, payload, 2 * number + 1)]
        packets += [packet(f"street/{WITNESS}/telemetry", good, 2 * number + 2)]
    with closing(publisher(street)) as line:
        line.publish(packets, within_s=60)
        confirmed_s = time.monotonic()
    with closing(open_store(f"sqlite:///{store_of(street)}", clock.now_us)) as store, closing(store.reader()) as reader:
        wanted = set(range(len(messages)))
        until(lambda: _witnessed(reader) == wanted, f"every good reading is stored\n{street.logs()}", 20)
        yield _gathered(reader, street, cut_off, time.monotonic() - confirmed_s)


def _is_cut_off(street: Stack, message: tuple[str, bytes]) -> bool:
    with closing(publisher(street)) as line:
        try:
            line.publish([packet(*message, 1)], within_s=5)
        except ConnectionError:
            return True
    return False


def _witnessed(reader: Reader) -> set[int]:
    query = "SELECT value FROM readings JOIN series USING (series_id) WHERE asset_id = :asset AND quantity = :what"
    rows = reader.rows(text(query), {"asset": WITNESS, "what": "noise_laeq"})
    return {int(row[0]) for row in rows}


def _gathered(reader: Reader, street: Stack, cut_off: set[str], took_s: float) -> Outcome:
    ids = [f"hostile/{case['id']}" for case in CASES]
    stills = {camera_of(case): reader.snapshot(camera_of(case)) for case in CASES if "still" in case["sent"]}
    return Outcome(
        letters={(one.letter.topic, one.letter.payload): one for one in reader.dead_letters(limit=5_000)},
        incidents={one.incident_id: one for one in reader.incidents(ids)},
        names={name for asset_id, quantity, _ in reader.series().values() for name in (asset_id, quantity)},
        stills={name: still[1] for name, still in stills.items() if still},
        witnessed=_witnessed(reader),
        cut_off=cut_off,
        last_took_s=took_s,
        log="".join(log.read_text(errors="replace") for log in street.folder.glob("ingest*.log")),
    )


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_hostile_message_ends_as_the_catalogue_says(
    case: Case, outcome: Outcome, messages: dict[str, tuple[str, bytes]], listener: Listener
) -> None:
    """Refused with the code it deserves, or stored letter for letter; nothing in between, nothing altered."""
    topic, payload = messages[case["id"]]
    letter = outcome.letters.get((topic, payload))
    expected = case["expected"]

    if "broker" in expected:
        assert case["id"] in outcome.cut_off
        return
    if "code" in expected:
        assert letter is not None, case["what"]
        assert (letter.letter.code, letter.letter.field) == (
            expected["code"],
            expected.get("field", letter.letter.field),
        )
        assert f"hostile/{case['id']}" not in outcome.incidents
        return
    assert letter is None, letter
    stored = whole(expected["stored"], {"LISTENER": listener.port})
    for name, value in stored.items():
        if name == "still":
            assert outcome.stills[camera_of(case)] == payload
        elif name in ("asset", "quantity"):
            assert value in outcome.names
        else:
            kept = getattr(outcome.incidents[f"hostile/{case['id']}"], name)
            assert kept == (tuple(value) if isinstance(value, list) else value)


def test_every_good_message_beside_a_hostile_one_is_stored_at_once(outcome: Outcome) -> None:
    """Poison costs itself: all neighbours are there, the last within a second of the broker's word."""
    assert outcome.witnessed == set(range(len(CASES)))
    assert outcome.last_took_s <= 1.0


def test_no_address_in_a_message_is_ever_fetched(outcome: Outcome, listener: Listener) -> None:
    """Names of pictures are text: nobody inside is called because a device said so."""
    assert any(str(listener.port) in one.media[0] for one in outcome.incidents.values() if one.media)
    assert listener.calls == 0


def test_the_log_holds_neither_controls_nor_secrets(outcome: Outcome) -> None:
    """No line that a device wrote, no colour, no password that somebody put into an address or a topic."""
    assert "ingest up" in outcome.log
    assert "S3cretMarker7" not in outcome.log
    assert "\x1b" not in outcome.log
    assert not [
        line for line in outcome.log.splitlines() if "signed in login=admin" in line and line.startswith("2026")
    ]
    assert "Traceback" not in outcome.log
