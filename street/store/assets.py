"""Assets in the store: what was registered, and whether their devices say they are there."""

from typing import Any

from sqlalchemy import Connection, Row, select

from street.assets import Asset
from street.store import schema
from street.store.statements import upsert

COLUMNS = tuple(schema.assets.columns.keys())


def register(connection: Connection, assets: list[Asset], *, replaces: bool) -> None:
    """Add *assets*; those of an id that is there already are replaced, or left alone."""
    statement = upsert(connection.dialect, schema.assets)
    if replaces:
        replaced = {name: statement.excluded[name] for name in COLUMNS if name != "asset_id"}
        statement = statement.on_conflict_do_update(index_elements=["asset_id"], set_=replaced)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=["asset_id"])
    rows = [{name: getattr(asset, name) for name in COLUMNS} | {"is_demo": int(asset.is_demo)} for asset in assets]
    connection.execute(statement, rows)


def all_assets(connection: Connection) -> list[Asset]:
    """Return every registered asset, by id."""
    return [_asset(row) for row in connection.execute(select(schema.assets).order_by(schema.assets.c.asset_id))]


def one_asset(connection: Connection, asset_id: str) -> Asset | None:
    """Return the asset of this id, or None."""
    row = connection.execute(select(schema.assets).where(schema.assets.c.asset_id == asset_id)).first()
    return None if row is None else _asset(row)


def move_availability(connection: Connection, rows: list[tuple[str, int, int]]) -> None:
    """Store (asset, online, at); one older than what is stored changes nothing."""
    table = schema.availability
    statement = upsert(connection.dialect, table)
    statement = statement.on_conflict_do_update(
        index_elements=["asset_id"],
        set_={"online": statement.excluded.online, "at_us": statement.excluded.at_us},
        where=statement.excluded.at_us >= table.c.at_us,
    )
    connection.execute(statement, [dict(zip(("asset_id", "online", "at_us"), row, strict=True)) for row in rows])


def availability(connection: Connection) -> dict[str, tuple[bool, int]]:
    """Return, by asset, whether its device says it is online, and since when [µs]."""
    table = schema.availability.c
    rows = connection.execute(select(table.asset_id, table.online, table.at_us))
    return {asset_id: (bool(online), at_us) for asset_id, online, at_us in rows}


def _asset(row: Row[Any]) -> Asset:
    return Asset(**{**row._mapping, "is_demo": bool(row.is_demo)})
