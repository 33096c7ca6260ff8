"""Migrations run on the connection they are given, inside its transaction."""

from pathlib import Path

from sqlalchemy import inspect

from street.store import migrate
from street.store.engine import open_engine, parse_url


def test_a_migration_that_fails_leaves_an_empty_database(tmp_path: Path) -> None:
    """Half the tables would be worse than none."""
    engine = open_engine(parse_url(f"sqlite:///{tmp_path}/street.db"), writes=True)

    with engine.connect() as connection:
        transaction = connection.begin()
        migrate._upgrade(connection)
        seen = migrate.revision(connection)
        transaction.rollback()

    assert seen == migrate.HEAD
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()
