"""Brings a store to the tables of this program: at every opening, in one transaction, forward only."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from street.errors import StoreError
from street.store.engine import told_as_store_error

HEAD = "0011"  # the newest migration; known here so that an up-to-date store opens without importing Alembic
_FOLDER = Path(__file__).parent / "migrations"


def bring_up_to_date(read_engine: Engine, write_engine: Engine) -> None:
    """Run what is missing. Two processes may call it at once: one waits for the other and finds nothing to do.

    Raises:
        StoreError: the store was written by a newer program, or cannot be opened or written.
    """
    with told_as_store_error("cannot open the store"):
        with read_engine.connect() as connection:
            if revision(connection) == HEAD:
                return
        with write_engine.begin() as connection:
            if revision(connection) != HEAD:
                _upgrade(connection)


def revision(connection: Connection) -> str | None:
    """Return the newest migration that the store has seen, or None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def check_not_newer(found: str | None) -> None:
    """Refuse a store that this program does not know: *found* is its newest migration; they are numbered in order.

    Raises:
        StoreError: with the one line a keeper needs.
    """
    if found is not None and found > HEAD:
        msg = f"the store is of a newer program (its tables are {found}, ours {HEAD}): install the newer one again"
        raise StoreError(msg)


def _upgrade(connection: Connection) -> None:
    # Half a second of imports that only a new or an old store needs.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    check_not_newer(revision(connection))
    command.upgrade(config, "head")
