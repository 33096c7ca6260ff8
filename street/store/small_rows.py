"""The small tables of a batch: snapshots, pending rules, heartbeats."""

from sqlalchemy import Connection, delete, select

from street.store import schema
from street.store.statements import upsert

SNAPSHOTS_KEPT = 20  # per asset


def add_snapshot(connection: Connection, asset_id: str, at_us: int, jpeg: bytes) -> None:
    """Store a still and drop the asset's oldest beyond `SNAPSHOTS_KEPT`; the same instant again is the same still."""
    snapshots = schema.snapshots
    statement = upsert(connection.dialect, snapshots).on_conflict_do_nothing()
    connection.execute(statement, {"asset_id": asset_id, "at_us": at_us, "jpeg": jpeg})
    of_asset = snapshots.c.asset_id == asset_id
    newest_too_many = (
        select(snapshots.c.at_us)
        .where(of_asset)
        .order_by(snapshots.c.at_us.desc())
        .limit(1)
        .offset(SNAPSHOTS_KEPT)
        .scalar_subquery()
    )
    connection.execute(delete(snapshots).where(of_asset, snapshots.c.at_us <= newest_too_many))


def newest_snapshot(connection: Connection, asset_id: str, at_us: int | None = None) -> tuple[int, bytes] | None:
    """Return the newest still of an asset as (at [µs], JPEG), or the one of *at_us*."""
    snapshots = schema.snapshots.c
    statement = select(snapshots.at_us, snapshots.jpeg).where(snapshots.asset_id == asset_id)
    if at_us is not None:
        statement = statement.where(snapshots.at_us == at_us)
    row = connection.execute(statement.order_by(snapshots.at_us.desc()).limit(1)).first()
    return None if row is None else (row.at_us, bytes(row.jpeg))


def set_rule_state(connection: Connection, asset_id: str, rule_id: str, pending_since_us: int | None) -> None:
    """Remember since when a rule's limit is broken but its delay not over; None forgets it."""
    states = schema.rule_states
    if pending_since_us is None:
        connection.execute(delete(states).where(states.c.asset_id == asset_id, states.c.rule_id == rule_id))
        return
    statement = upsert(connection.dialect, states)
    statement = statement.on_conflict_do_update(
        index_elements=["asset_id", "rule_id"], set_={"pending_since_us": statement.excluded.pending_since_us}
    )
    row = {"asset_id": asset_id, "rule_id": rule_id, "pending_since_us": pending_since_us}
    connection.execute(statement, row)


def rule_states(connection: Connection) -> dict[tuple[str, str], int]:
    """Return since when [µs] each (asset, rule) is pending."""
    states = schema.rule_states.c
    rows = connection.execute(select(states.asset_id, states.rule_id, states.pending_since_us))
    return {(asset_id, rule_id): since_us for asset_id, rule_id, since_us in rows}


def beat(connection: Connection, at_us: int, link: bool, link_since_us: int, counts: str | None = None) -> None:
    """Store that ingest is alive, whether it has its broker, and what it has counted (JSON)."""
    statement = upsert(connection.dialect, schema.heartbeats)
    moved = {name: statement.excluded[name] for name in ("at_us", "link", "link_since_us", "counts")}
    statement = statement.on_conflict_do_update(index_elements=["part"], set_=moved)
    row = {"part": "ingest", "at_us": at_us, "link": int(link), "link_since_us": link_since_us, "counts": counts}
    connection.execute(statement, row)


def heartbeat(connection: Connection) -> tuple[int, bool, int] | None:
    """Return ingest's last sign of life as (at [µs], link, link since [µs])."""
    beats = schema.heartbeats.c
    statement = select(beats.at_us, beats.link, beats.link_since_us).where(beats.part == "ingest")
    row = connection.execute(statement).first()
    return None if row is None else (row.at_us, bool(row.link), row.link_since_us)
