"""Tallies: how large the store is, and how much each dialect brings; for the page that says how the system is."""

from sqlalchemy import Connection, func, literal_column, select

from street.store import schema


def size_bytes(connection: Connection) -> int:
    """Return what the database takes; of a file without the log beside it."""
    if connection.dialect.name == "sqlite":
        pages, size = (
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size")
        )
        return int(pages) * int(size)
    return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())


def readings_by_dialect(connection: Connection, hour: int) -> dict[str, int]:
    """Return the readings of one hour that were counted, by the dialect of their asset; of assets no more known: ""."""
    sums, series, assets = schema.rollup_hour, schema.series, schema.assets
    joined = sums.join(series, sums.c.series_id == series.c.series_id).outerjoin(
        assets, series.c.asset_id == assets.c.asset_id
    )
    dialect = func.coalesce(assets.c.dialect, literal_column("''"))  # a parameter each would be two to PostgreSQL
    statement = select(dialect, func.sum(sums.c.n)).select_from(joined).where(sums.c.hour == hour).group_by(dialect)
    return {name: int(readings) for name, readings in connection.execute(statement)}
