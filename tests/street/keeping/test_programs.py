"""What other programs say in their last breath is what the keeper hears."""

from pathlib import Path

import pytest

from street.errors import StoreError
from street.keeping import programs


def test_a_program_that_fails_is_told_by_its_first_line() -> None:
    """Without its own name twice."""
    with pytest.raises(StoreError, match=r"^ls: (cannot access|.*No such)"):
        programs.run("ls", ["/no/such/folder"], {"LC_ALL": "C"})


def test_a_program_that_is_missing_says_what_to_install(tmp_path: Path) -> None:
    """A machine with SQLite alone has none of them."""
    with pytest.raises(StoreError, match="pg_nothing is not installed: apt-get install postgresql-client"):
        programs.found("pg_nothing", tmp_path)


def test_the_newest_of_debians_is_taken(tmp_path: Path) -> None:
    """15 comes after 9."""
    for version in ("9", "15"):
        place = tmp_path / version / "bin" / "pg_nothing"
        place.parent.mkdir(parents=True)
        place.touch()

    assert programs.found("pg_nothing", tmp_path) == str(tmp_path / "15" / "bin" / "pg_nothing")


def test_a_pipe_makes_a_private_file(tmp_path: Path) -> None:
    """What the shell says is what happens."""
    (tmp_path / "a").write_bytes(b"abc")

    programs.pipe("tr a-c x-z | cat", tmp_path / "a", tmp_path / "b")

    assert (tmp_path / "b").read_bytes() == b"xyz"
    assert (tmp_path / "b").stat().st_mode & 0o077 == 0


def test_a_pipe_that_fails_leaves_no_file(tmp_path: Path) -> None:
    """Half a file looks like a whole one."""
    (tmp_path / "a").write_bytes(b"abc")

    with pytest.raises(StoreError, match="--pipe ended with 1: it said nothing"):
        programs.pipe("cat; false", tmp_path / "a", tmp_path / "b")

    assert not (tmp_path / "b").exists()
