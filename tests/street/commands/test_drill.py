"""`python -m street drill`."""

import re
from pathlib import Path

import pytest

from street.__main__ import main
from tests.street.commands.kept import a_street


def test_a_drill_says_both_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What can be lost with a timer each ten minutes, and how long a restore takes."""
    code = main(["--config", a_street(tmp_path), "drill"])

    last = capsys.readouterr().out.splitlines()[-1]
    found = re.fullmatch(r"rpo_s=(\d+\.\d) goal=900 rto_s=(\d+\.\d) goal=600 mb=\d+\.\d rows=\d+ met", last)
    assert code == 0
    assert found
    assert 600 <= float(found[1]) <= 610


def test_a_timer_that_is_too_slow_misses_the_goal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Fifteen minutes and the backup itself are more than fifteen minutes."""
    code = main(["--config", a_street(tmp_path), "drill", "--every-min", "16"])

    assert code == 1
    assert "MISSED" in capsys.readouterr().out


def test_an_old_backup_misses_the_goal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The timer has stopped, and the nightly drill says so."""
    path = a_street(tmp_path)
    main(["--config", path, "backup", "--to", str(tmp_path / "backups")])
    manifest = next((tmp_path / "backups").glob("sky-eye-*/manifest.json"))
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(re.sub(r'"begun_us": \d+', '"begun_us": 1700000000000000', text), encoding="utf-8")

    code = main(["--config", path, "drill", "--of", str(tmp_path / "backups")])

    assert code == 1
    assert "MISSED" in capsys.readouterr().out
