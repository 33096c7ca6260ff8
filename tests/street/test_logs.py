"""One event is one line, whatever outside text it carries."""

import io
import logging
import re

import pytest

from street import logs


@pytest.fixture
def written() -> io.StringIO:
    """Return where log lines go; the root logger is as it was afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    logs.set_up(stream=stream)
    yield stream
    root.handlers[:], root.level = before[0], before[1]
    logging.captureWarnings(capture=False)


def test_a_line_says_when_how_grave_and_who(written: io.StringIO) -> None:
    """UTC with milliseconds."""
    logging.getLogger("street.test").warning("lost count=%d", 3)

    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARNING street\.test lost count=3\n", written.getvalue()
    )


def test_outside_text_cannot_forge_a_second_line(written: io.StringIO) -> None:
    """A topic with a line break and a terminal's escape in it."""
    logging.getLogger("t").info("topic %s", "x\n2026-01-01 ERROR all is lost\x1b[31m\r")

    assert written.getvalue().count("\n") == 1
    assert "\x1b" not in written.getvalue()
    assert "\r" not in written.getvalue()


def test_a_traceback_is_folded_into_its_line(written: io.StringIO) -> None:
    """A unforeseen error is one event."""
    try:
        _ = {}["missing"]
    except KeyError:
        logging.getLogger("t").exception("bug")

    assert written.getvalue().count("\n") == 1
    assert "KeyError: 'missing'" in written.getvalue()


def test_quoted_text_is_short_and_shows_its_controls() -> None:
    """For topics and names from outside."""
    assert logs.quoted("a\x00b") == r"'a\x00b'"
    assert logs.quoted("x" * 200, limit=5) == "'xxxx…'"


@pytest.mark.parametrize("secret", ["13812345678", "370202199001011234", "鲁B12345", "hunter2-secret"])
def test_a_line_tells_of_nobody(written: io.StringIO, secret: str) -> None:
    """Not as an argument, not in a traceback; what is plain beside it stays."""
    try:
        raise ValueError(f"password={secret}") if secret.startswith("hunter") else ValueError(secret)
    except ValueError:
        logging.getLogger("t").exception("refused topic=%r at_us=%d", f"street/token={secret}/x", 1_795_480_000_000_000)

    assert secret not in written.getvalue()
    assert "refused topic=" in written.getvalue()
    assert "at_us=1795480000000000" in written.getvalue()
