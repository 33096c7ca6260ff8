"""`python -m street matters`: a site's matters and its calendar, in and out as XLSX."""

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from street.commands import matters
from street.config import load
from street.errors import ConfigError, NotAllowedError
from tests.street.sheets import a_workbook

Told = tuple[int, str, str]
HEAD = ("类别", "代码", "处置时限")


@pytest.fixture
def street(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Give a way to run `matters …`: code, what it said, what it complained of."""
    path = tmp_path / "config.yaml"
    path.write_text("store: {url: sqlite:///street.db}\npeople: {keys_file: keys.json}\n", encoding="utf-8")
    parser = argparse.ArgumentParser()
    matters.add_to(parser.add_subparsers())

    def run(*arguments: str | Path) -> Told:
        options = parser.parse_args(["matters", *map(str, arguments)])
        code = options.run(load(path, {}), options)
        return (code, *capsys.readouterr())

    return run


def written(folder: Path, **sheets: list[tuple[object, ...]]) -> Path:
    """Return a workbook of these sheets."""
    path = folder / "a.xlsx"
    path.write_bytes(a_workbook(**sheets))
    return path


def test_a_list_is_taken_in_and_listed(street: Callable[..., Told], tmp_path: Path) -> None:
    """Each change is the next version and no example any more."""
    file = written(tmp_path, 事项=[HEAD, ("事项", "06010", "2工作时")], 日历=[("日期", "类别"), ("2027-01-01", "放假")])

    code, said, _ = street("import", file)

    assert (code, said) == (0, "1 of 1 matters and 1 of 1 days changed\n")
    own = street("list", "--own")[1].splitlines()
    assert [line.split("\t")[:3] for line in own] == [["matter", "06010", "暴露垃圾"]]
    assert "dispatched 2 work_hours" in own[0]
    assert own[0].endswith("version 2")
    assert len(street("list")[1].splitlines()) == 403


def test_one_faulty_row_keeps_everything_out(street: Callable[..., Told], tmp_path: Path) -> None:
    """The good row above it, and the day on the other sheet."""
    rows = [HEAD, ("事项", "06010", "2工作时"), ("事项", "06011", "很快")]
    file = written(tmp_path, 事项=rows, 日历=[("日期", "类别"), ("2027-01-01", "放假")])

    code, said, complained = street("import", file)

    assert (code, said) == (1, "1 faults: nothing was taken in\n")
    assert complained == f"{file}: 事项, row 3: dispatched: limit '很快'\n"
    assert street("list", "--own") == (0, "", "")
    assert street("days", 2027)[0] == 1


def test_a_dry_run_changes_nothing(street: Callable[..., Told], tmp_path: Path) -> None:
    """It only says what would be."""
    file = written(tmp_path, 事项=[HEAD, ("事项", "06010", "2工作时")])

    assert street("import", file, "--dry-run") == (0, "1 matters and 0 days could be taken in\n", "")
    assert street("list", "--own") == (0, "", "")


def test_what_goes_out_comes_in_unchanged(street: Callable[..., Told], tmp_path: Path) -> None:
    """All 403, and the days."""
    street("import", written(tmp_path, 日历=[("日期", "类别"), ("2027-01-01", "放假")]))

    assert street("export", tmp_path / "out.xlsx")[0] == 0
    code, said, _ = street("import", tmp_path / "out.xlsx")

    assert (code, said) == (0, "0 of 403 matters and 0 of 1 days changed\n")


def test_a_year_shows_its_odd_days(street: Callable[..., Told]) -> None:
    """Holidays that fall on weekdays, and weekends that are worked."""
    code, said, _ = street("days", 2026)

    lines = said.splitlines()
    assert (code, lines[-1]) == (0, "248 working days")
    assert "2026-10-10\tSat\tworked\t-" in lines
    assert "2026-10-01\tThu\toff\t-" in lines
    assert sum("worked" in line for line in lines[:-1]) == 6


def test_a_year_nobody_announced_is_said_aloud(street: Callable[..., Told], tmp_path: Path) -> None:
    """Until its New Year's Day is settled."""
    unknown = street("days", 2098)
    street("import", written(tmp_path, 日历=[("日期", "类别", "名称"), (date(2098, 1, 1), "放假", "元旦")]))
    known = street("days", 2098)

    assert (unknown[0], "2098 are not known" in unknown[1]) == (1, True)
    assert known[0] == 0
    assert known[1].splitlines()[0] == "2098-01-01\tWed\toff\t元旦"


def test_windows_are_shown_and_set(street: Callable[..., Told]) -> None:
    """And refused where they cannot be."""
    before = street("windows")[1]
    after = street("windows", "08:00-12:00 14:00-18:00")[1]

    assert (before, after) == ("08:30-12:00 13:30-17:30\n", "08:00-12:00 14:00-18:00\n")
    with pytest.raises(NotAllowedError, match="expected windows like"):
        street("windows", "9 to 5")
    assert street("windows")[1] == after


@pytest.mark.parametrize("arguments", [("import", "/nowhere.xlsx"), ("export", "/nowhere/a.xlsx")])
def test_a_file_that_cannot_be_used_is_named(street: Callable[..., Told], arguments: tuple[str, ...]) -> None:
    """A typing error is not a stack trace."""
    with pytest.raises(ConfigError, match=arguments[1]):
        street(*arguments)


def test_a_broken_workbook_is_told_in_one_line(street: Callable[..., Told], tmp_path: Path) -> None:
    """And nothing is taken in."""
    (tmp_path / "a.xlsx").write_bytes(a_workbook(事项=[HEAD])[:300])

    code, _, complained = street("import", tmp_path / "a.xlsx")

    assert (code, complained) == (1, f"{tmp_path}/a.xlsx: file: not-xlsx\n")
