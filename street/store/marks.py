"""Single numbers that the store remembers by name."""

from sqlalchemy import Connection, select

from street.store import schema
from street.store.statements import upsert


def read_mark(connection: Connection, name: str, default: int) -> int:
    """Return the number under *name*, or *default*."""
    found = connection.execute(select(schema.marks.c.value).where(schema.marks.c.name == name)).scalar()
    return default if found is None else int(found)


def write_mark(connection: Connection, name: str, value: int) -> None:
    """Remember *value* under *name*, in the caller's transaction."""
    statement = upsert(connection.dialect, schema.marks)
    statement = statement.on_conflict_do_update(index_elements=["name"], set_={"value": statement.excluded.value})
    connection.execute(statement, {"name": name, "value": value})


def count_mark(connection: Connection, name: str) -> None:
    """Add one to the number under *name*, 0 before the first, in the caller's transaction."""
    statement = upsert(connection.dialect, schema.marks)
    counted = {"value": schema.marks.c.value + 1}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_=counted), {"name": name, "value": 1}
    )
