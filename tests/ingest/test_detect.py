"""Lines in, one score a line out, in lock step."""

import io
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ingest.detect import LONGEST_LINE, instant, run
from street.anomalies import Detector

ROOT = Path(__file__).parents[2]


def _answers(lines: bytes, *, is_explained: bool = False) -> list[str]:
    out = io.StringIO()
    run(io.BytesIO(lines), out, is_explained=is_explained)
    return out.getvalue().splitlines()


def _lines(values: list[float]) -> bytes:
    return "".join(f"{1_400_000_000 + 300 * n},{value}\n" for n, value in enumerate(values)).encode()


def test_a_real_process_answers_each_line_before_it_gets_the_next() -> None:
    """The asker waits for each answer: a line kept back, or a doubled one, would hang or shift the whole."""
    dice = random.Random(1)
    sent = ["timestamp,value", *(f"2014-04-01 00:{n % 60:02}:00,{dice.gauss(5, 1)}" for n in range(200)), "bad", ""]
    command = [sys.executable, "-m", "ingest", "detect"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        guard = threading.Timer(30, process.kill)
        guard.start()
        answers = []
        for line in sent:
            process.stdin.write(line + "\n")
            process.stdin.flush()
            answers.append(float(process.stdout.readline()))
        process.stdin.close()
        rest = process.stdout.read()
        guard.cancel()

    assert len(answers) == len(sent)
    assert all(0 <= one <= 1 for one in answers)
    assert rest == ""
    assert process.returncode == 0


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"timestamp,value", id="header"),
        pytest.param(b"", id="empty"),
        pytest.param(b"2014-04-01 00:00:00", id="no value"),
        pytest.param(b"2014-04-01 00:00:00,", id="empty value"),
        pytest.param(b"2014-04-01 00:00:00,NaN", id="not a number"),
        pytest.param(b"2014-04-01 00:00:00,-inf", id="endless"),
        pytest.param(b"2014-04-01 00:00:00,1e999", id="too great for a float"),
        pytest.param(b"2014-04-01 00:00:00,twelve", id="word"),
        pytest.param(b"\xff\xfe\x00,\x00\xff", id="no text"),
        pytest.param(b",,,,,,", id="commas"),
        pytest.param(b"1," + b"9" * 3 * LONGEST_LINE, id="without end"),
        pytest.param(b"1,5" + b" " * 2 * LONGEST_LINE + b"0", id="longer than is read"),
    ],
)
def test_a_line_that_says_nothing_is_answered_and_changes_nothing(line: bytes) -> None:
    """The step is kept, and the lines after it score as if it had not been."""
    dice = random.Random(2)
    lines = _lines([dice.gauss(0, 1) for _ in range(80)]).splitlines(keepends=True)

    told = _answers(b"".join(lines[:40]) + line + b"\n" + b"".join(lines[40:]))

    assert float(told[40]) == 0.0
    assert told[:40] + told[41:] == _answers(b"".join(lines))


def test_a_last_line_without_its_end_is_answered() -> None:
    """Files often end so."""
    assert len(_answers(b"1,2\n2,3")) == 2


def test_the_scores_are_the_detectors() -> None:
    """Nothing is added on the way, and the times count."""
    dice = random.Random(3)
    values = [dice.gauss(0, 1) for _ in range(300)] + [40.0]
    detector = Detector()
    expected = [detector.step((1_400_000_000 + 300 * n) * 1_000_000, value).score for n, value in enumerate(values)]

    told = [float(one) for one in _answers(_lines(values))]

    assert told == pytest.approx(expected, abs=1e-8)
    assert told[-1] > 0.9


def test_explained_lines_say_the_range_and_what_differed() -> None:
    """Score, low, high, why."""
    dice = random.Random(4)
    told = _answers(_lines([*(dice.gauss(10, 1) for _ in range(300)), 60.0]), is_explained=True)

    score, low, high, why = told[-1].split(",")

    assert float(score) > 0.9
    assert float(low) < 10 < float(high) < 60
    assert why


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2014-04-01 00:05:00", 1_396_310_700_000_000),
        ("2014-04-01T08:05:00+08:00", 1_396_310_700_000_000),
        ("2014-04-01T00:05:00.5Z", 1_396_310_700_500_000),
        ("1396310700", 1_396_310_700_000_000),
        ("1396310700000", 1_396_310_700_000_000),
        ("1396310700000000", 1_396_310_700_000_000),
        ("soon", None),
        ("nan", None),
        ("-1", None),
        ("1e300", None),
        ("", None),
    ],
)
def test_instants_are_read_in_the_forms_that_occur(text: str, expected: int | None) -> None:
    """By their size, numbers are seconds, milliseconds or microseconds."""
    assert instant(text) == expected


def test_a_reading_whose_time_cannot_be_read_still_counts() -> None:
    """It is taken as the next one: a spike is a spike whatever its stamp."""
    dice = random.Random(5)

    told = _answers(_lines([dice.gauss(10, 1) for _ in range(300)]) + b"someday,60\n")

    assert float(told[-1]) > 0.9
