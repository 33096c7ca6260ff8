"""What a command says while it works does not mix with what it found."""

import pytest

from street.commands.telling import tell


def test_progress_is_not_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    """`backup … >log` logs one line."""
    tell("copied 10 %")

    assert capsys.readouterr() == ("", "copied 10 %\n")
