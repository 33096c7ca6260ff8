"""The catalogue itself: whole, without doubles, and every case of it is sent by somebody."""

from pathlib import Path

import pytest

from tests.hostile.catalogue import CASES

HERE = Path(__file__).parent
LEAST = 400
ROWS = {*(f"B{number}" for number in range(50, 107)), *(f"A{number:02}" for number in range(1, 6))}
ELSEWHERE = {"B104": "street/config/wrong.yaml"}  # wrong configurations have a catalogue of their own
RUNNERS = {
    "mqtt": "test_mqtt.py",
    "raw": "test_raw_http.py",
    "http": "test_http.py",
    "callback": "test_callbacks.py",
    "screen": "test_screens.py",
    "xlsx": "test_sheets.py",
    "register": "test_sheets.py",
    "password": "test_passwords.py",
    "export": "test_exports.py",
    "sign-in": "test_sign_in.py",
}


def test_there_are_enough_cases_and_each_has_a_name_of_its_own() -> None:
    """Four hundred were asked for; two of one name would be one test."""
    ids = [case["id"] for case in CASES]

    assert len(CASES) >= LEAST
    assert len(set(ids)) == len(ids)


def test_no_case_is_sent_twice() -> None:
    """A copy proves nothing that its original does not."""
    sent = [(case["door"], str(case["sent"])) for case in CASES]

    assert len(set(sent)) == len(sent)


def test_every_row_of_the_catalogue_has_a_case() -> None:
    """B50 to B106 and A01 to A05; what has a corpus elsewhere says where, and it is there."""
    rows = {case["row"] for case in CASES}

    assert rows | ELSEWHERE.keys() == ROWS
    assert not rows & ELSEWHERE.keys()
    assert all((HERE.parent / path).is_file() for path in ELSEWHERE.values())


@pytest.mark.parametrize("door", sorted({case["door"] for case in CASES}))
def test_every_door_has_a_runner(door: str) -> None:
    """A case that nobody sends passes for ever."""
    runner = (HERE / RUNNERS[door]).read_text(encoding="utf-8")

    assert f'through("{door}")' in runner


def test_every_case_says_what_is_sent_and_what_must_come_of_it() -> None:
    """Its row and door are in its name; nothing is expected of nothing."""
    fields = {"id", "row", "door", "what", "sent", "expected"}

    odd = [
        case
        for case in CASES
        if case.keys() != fields
        or not case["id"].startswith(f"{case['row']}-{case['door']}-")
        or not (case["what"] and case["sent"] and case["expected"])
    ]

    assert not odd
