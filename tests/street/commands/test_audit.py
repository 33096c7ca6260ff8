"""`python -m street audit`: verify, head, export."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from street.__main__ import main
from street.people import Actor
from street.store import Entry, Store
from tests.street.keeping.conftest import configured, opened
from tests.street.store.makers import NOON_US

DAY_S = 86_400


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Give a street's store with three entries, a day apart."""
    store = opened(configured(tmp_path, "sqlite:///store/street.db"))
    by = Actor("p-1", "wang", "10.0.0.1")
    store.audit().add([
        Entry(NOON_US + day * DAY_S * 1_000_000, "person.change", f"person/{day}", "done", by, reason="=1+1")
        for day in range(3)
    ])  # fmt: skip
    return store


@pytest.fixture
def audit(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Give a way to run `audit …`: code, what it said, what it complained of."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        code = main(["--config", str(tmp_path / "config.yaml"), "audit", *map(str, arguments)])
        return (code, *capsys.readouterr())

    return run


def tamper(store: Store, statement: str) -> None:
    """Change the database as its owner could."""
    with store._write_engine.begin() as connection:
        for name in ("kept", "stays"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS audit_{name}")
        connection.exec_driver_sql(statement)


def test_a_good_chain_is_good(audit: Callable[..., tuple[int, str, str]]) -> None:
    """With how much of it there is."""
    assert audit("verify") == (0, "good: 3 entries, 0 noted heads\n", "")


def test_a_broken_chain_is_told_by_its_first_bad_entry(
    audit: Callable[..., tuple[int, str, str]], store: Store
) -> None:
    """And ends with 1, for a timer to notice."""
    tamper(store, "UPDATE audit SET login = 'li' WHERE entry_no = 2")

    assert audit("verify") == (1, "broken: entry 2 is changed; 1 before it are good\n", "")


def test_heads_noted_outside_find_a_cut(
    audit: Callable[..., tuple[int, str, str]], store: Store, tmp_path: Path
) -> None:
    """The file grows by a line each time."""
    heads = tmp_path / "heads.txt"
    for _ in range(2):
        audit("head", "--into", heads)
    good = audit("verify", "--heads", heads)

    tamper(store, "DELETE FROM audit WHERE entry_no = 3")

    assert good == (0, "good: 3 entries, 2 noted heads\n", "")
    assert audit("verify")[0] == 0
    assert audit("verify", "--heads", heads) == (1, "broken: entry 3 is cut; 2 before it are good\n", "")


def test_the_head_is_one_line(audit: Callable[..., tuple[int, str, str]], store: Store) -> None:
    """Number, hash, when."""
    number, digest, at = audit("head")[1].split()

    assert (int(number), digest) == store.audit().head()
    assert at.endswith("Z")


@pytest.mark.parametrize("content", ["one line", "3", "x y", "é 1"])
def test_a_file_of_no_heads_is_told(audit: Callable[..., tuple[int, str, str]], tmp_path: Path, content: str) -> None:
    """A check against nothing would look like a good one."""
    (tmp_path / "heads.txt").write_text(content, encoding="utf-8")

    assert audit("verify", "--heads", tmp_path / "heads.txt")[0] == 78
    assert audit("verify", "--heads", tmp_path / "none.txt")[0] == 78
    assert audit("head", "--into", tmp_path)[0] == 78


def test_the_export_is_csv_without_formulas(audit: Callable[..., tuple[int, str, str]]) -> None:
    """Oldest first, all that the chain covers, and the hash."""
    rows = list(csv.DictReader(io.StringIO(audit("export")[1])))

    assert [row["no"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["login"] == "wang"
    assert rows[0]["reason"] == "'=1+1"
    assert len(rows[0]["hash"]) == 64


def test_the_export_is_of_days_on_the_street(audit: Callable[..., tuple[int, str, str]], store: Store) -> None:
    """From the first to before the last, in Asia/Shanghai: one in the morning is the evening before in UTC."""
    morning_us = NOON_US + 3 * 3_600_000_000
    store.audit().add([Entry(morning_us, "a", "b", "done", Actor.system("t"))])

    rows = list(csv.DictReader(io.StringIO(audit("export", "--from", "2026-09-22", "--to", "2026-09-23")[1])))

    assert [row["at"] for row in rows] == ["2026-09-22T14:00:00Z", "2026-09-21T17:00:00Z"]


def test_a_day_that_is_none_is_not_understood(
    audit: Callable[..., tuple[int, str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """With how it should look."""
    with pytest.raises(SystemExit) as ended:
        audit("export", "--from", "yesterday")

    assert ended.value.code == 2
    assert "2026-11-24" in capsys.readouterr().err


def test_the_export_goes_on_after_a_lot(audit: Callable[..., tuple[int, str, str]], store: Store) -> None:
    """Two thousand entries are not cut at one."""
    store.audit().add([Entry(NOON_US, "a", "b", "done", Actor.system("t"))] * 2_000)

    assert audit("export")[1].count("\n") == 2_004
