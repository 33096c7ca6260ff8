"""`python -m street upgrade`."""

from pathlib import Path

import pytest

from street.__main__ import main
from street.config import load
from street.store import migrate
from street.store.engine import open_engine, parse_url
from tests.street.commands.kept import a_street
from tests.street.keeping.conftest import an_old_store, revision_of


def test_it_says_from_where_to_where_and_the_way_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The very command to go back with."""
    path = a_street(tmp_path, lives=False)
    an_old_store(load(path, {}))

    code = main(["--config", path, "upgrade", "--to", str(tmp_path / "backups")])

    said = capsys.readouterr().out
    assert code == 0
    assert f"tables 0001 -> {migrate.HEAD}" in said
    assert f"`python -m street restore {tmp_path}/backups/sky-eye-" in said
    assert revision_of(load(path, {})) == migrate.HEAD


@pytest.mark.parametrize(
    "command",
    [["check"], ["upgrade", "--to", "FOLDER/backups"], ["backup", "--to", "FOLDER/backups"], ["drill"]],
    ids=lambda it: it[0],
)
def test_an_older_program_refuses_a_newer_store_in_one_line(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever it was to do; it says what to install."""
    path = a_street(tmp_path)
    engine = open_engine(parse_url(load(path, {}).store.url), writes=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()

    code = main(["--config", path, *(it.replace("FOLDER", str(tmp_path)) for it in command)])

    last = capsys.readouterr().err.splitlines()[-1]
    assert code == 75
    expected = (
        f"the store is of a newer program (its tables are 9999, ours {migrate.HEAD}): install the newer one again"
    )
    assert last == f"store: {expected}"
