"""`python -m street check`."""

from datetime import date
from pathlib import Path

import pytest

from street.__main__ import main
from street.clock import DAY_US
from street.commands.check import unknown_years
from street.config import load
from street.worktime import Calendar
from tests.street.commands.kept import a_street
from tests.street.keeping.conftest import an_old_store, revision_of


def test_a_good_street_is_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows, newest reading, the audit's end."""
    code = main(["--config", a_street(tmp_path), "check"])

    said = capsys.readouterr().out
    assert code == 0
    assert "configuration" in said
    assert "store: good" in said
    assert "audit to entry 2" in said


def test_a_wrong_configuration_is_one_line_and_78(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before a restart that would not come back."""
    path = tmp_path / "config.yaml"
    path.write_text("wal:\n  lang: zh\n", encoding="utf-8")

    code = main(["--config", str(path), "check"])

    assert (code, capsys.readouterr().err) == (78, f"{path}:1: wal: unknown key; did you mean wall?\n")


def test_no_store_yet_is_no_fault_and_none_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On the first day."""
    code = main(["--config", a_street(tmp_path, lives=False), "check"])

    assert code == 0
    assert "not there yet" in capsys.readouterr().out
    assert not (tmp_path / "store" / "street.db").exists()
    assert not (tmp_path / "secret").exists()


def test_an_old_store_is_not_brought_up_to_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says which command does."""
    path = a_street(tmp_path, lives=False)
    an_old_store(load(path, {}))

    code = main(["--config", path, "check"])

    assert code == 0
    assert "`python -m street upgrade`" in capsys.readouterr().out
    assert revision_of(load(path, {})) == "0001"


def test_a_damaged_store_is_75(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And says so."""
    path = a_street(tmp_path)
    (tmp_path / "store" / "street.db").write_bytes(b"rubbish" * 5_000)

    code = main(["--config", path, "check"])

    assert code == 75
    assert "not a database" in capsys.readouterr().err


def test_a_year_whose_holidays_nobody_knows_is_told_two_months_ahead() -> None:
    """Before its first deadline is worked out wrong; until then it is normal, and once it is settled it is silent."""
    new_years_eve_us, known = 4_070_880_000_000_000 - DAY_US, {date(2098, 1, 1): True}  # 2098-12-31 in Asia/Shanghai
    calendar = Calendar(own_days=known)

    told = [unknown_years(calendar, at_us) for at_us in (new_years_eve_us - 70 * DAY_US, new_years_eve_us)]

    assert told[0] == []
    assert [line[:17] for line in told[1]] == ["holidays of 2099 "]
    assert unknown_years(Calendar(own_days={**known, date(2099, 1, 1): False}), new_years_eve_us) == []
