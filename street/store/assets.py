"""Assets and places in the store: what was registered, and whether devices say they are there."""

import math
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from street.assets import Asset
from street.places import Place
from street.store import schema
from street.store.statements import upsert

COLUMNS = tuple(schema.assets.columns.keys())
PLACE_COLUMNS = tuple(schema.places.columns.keys())


def register(connection: Connection, assets: list[Asset], *, replaces: bool) -> None:
    """Add *assets*; those of an id that is there already are replaced, or left alone."""
    statement = upsert(connection.dialect, schema.assets)
    if replaces:
        replaced = {name: statement.excluded[name] for name in COLUMNS if name != "asset_id"}
        statement = statement.on_conflict_do_update(index_elements=["asset_id"], set_=replaced)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=["asset_id"])
    connection.execute(statement, [_asset_row(asset) for asset in assets])


def all_assets(connection: Connection) -> list[Asset]:
    """Return every registered asset, by id."""
    return [_asset(row) for row in connection.execute(select(schema.assets).order_by(schema.assets.c.asset_id))]


def one_asset(connection: Connection, asset_id: str) -> Asset | None:
    """Return the asset of this id, or None."""
    row = connection.execute(select(schema.assets).where(schema.assets.c.asset_id == asset_id)).first()
    return None if row is None else _asset(row)


def assets_by_id(connection: Connection, asset_ids: list[str]) -> list[Asset]:
    """Return those of *asset_ids* that are registered, by id."""
    table = schema.assets
    found = select(table).where(table.c.asset_id.in_(asset_ids)).order_by(table.c.asset_id)
    return [_asset(row) for row in connection.execute(found)]


def to_inspect(connection: Connection, until: date) -> list[Asset]:
    """Return the assets whose inspection is due on *until* or before, longest overdue first."""
    table = schema.assets.c
    statement = select(schema.assets).where(table.inspection_due <= until.isoformat())
    return [_asset(row) for row in connection.execute(statement.order_by(table.inspection_due, table.asset_id))]


def register_places(connection: Connection, places: list[Place]) -> None:
    """Add *places*; those of an id that is there already are replaced."""
    statement = upsert(connection.dialect, schema.places)
    replaced = {name: statement.excluded[name] for name in PLACE_COLUMNS if name != "place_id"}
    statement = statement.on_conflict_do_update(index_elements=["place_id"], set_=replaced)
    rows = [
        {name: getattr(place, name) for name in PLACE_COLUMNS} | {"is_key_area": int(place.is_key_area)}
        for place in places
    ]
    connection.execute(statement, rows)


def all_places(connection: Connection) -> list[Place]:
    """Return every registered place and key area, by id."""
    found = connection.execute(select(schema.places).order_by(schema.places.c.place_id))
    return [Place(**{**row._mapping, "is_key_area": bool(row.is_key_area)}) for row in found]


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


def _asset_row(asset: Asset) -> dict[str, Any]:
    row = {name: getattr(asset, name) for name in COLUMNS}
    ranges = {name: [_closed(low), _closed(high)] for name, (low, high) in asset.ranges.items()}
    due = asset.inspection_due
    return row | {
        "is_demo": int(asset.is_demo),
        "intervals": orjson.dumps(dict(asset.intervals)).decode(),
        "ranges": orjson.dumps(ranges).decode(),
        "inspection_due": due.isoformat() if due else None,
    }


def _asset(row: Row[Any]) -> Asset:
    said = dict(row._mapping)
    ranges = orjson.loads(said["ranges"])
    due = said["inspection_due"]
    said["is_demo"] = bool(said["is_demo"])
    said["intervals"] = orjson.loads(said["intervals"])
    said["ranges"] = {
        name: (-math.inf if low is None else low, math.inf if high is None else high)
        for name, (low, high) in ranges.items()
    }
    said["inspection_due"] = date.fromisoformat(due) if due else None
    return Asset(**said)


def _closed(limit: float) -> float | None:
    return limit if math.isfinite(limit) else None  # JSON has no infinity
