"""A dump for support: what the store holds, without anything about anybody.

Columns are listed, not left out: a table or column that is new is counted and nothing more. What is listed is still
masked, since ids and reasons come from outside.
"""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, Table, func, select

from street.masking import masked
from street.store import schema
from street.store.audit_chain import KEY_MARK
from street.store.migrate import revision

MOST_ROWS: Final = 5_000  # of each table, the newest
_INSTANT: Final = ("at_us", "reported_us", "received_us", "begun_us", "starts_us", "minute", "hour")

TOLD: Final[dict[str, str]] = {
    "marks": "name value",
    "assets": "asset_id kind community_id grid_cell_id dialect interval_s is_demo",
    "series": "series_id asset_id quantity unit",
    "latest": "series_id at_us received_us value flags",
    "availability": "asset_id online at_us",
    "rule_states": "asset_id rule_id pending_since_us",
    "incidents": "short_no source matter severity asset_id confidence stage reported_us moved_us recovered_us version",
    "incident_actions": "action_no action stage at_us",
    "alarms": "asset_id rule_id quantity severity state value raised_us cleared_us announced repeats is_chattering",
    "alarm_transitions": "transition_no act state at_us severity is_announced stored_us until_us",
    "shelvings": "kind asset_id rule_id asset_kind area_id from_us until_us weekly put_us ended_us",
    "snapshots": "asset_id at_us",
    "dead_letter_groups": "group_id code dialect letters first_us last_us",
    "dead_letters": "letter_id group_id received_us size retain",
    "heartbeats": "part at_us link link_since_us",
    "changes": "seq at_us",
    "people": "is_active is_demo must_change_password left_us version",
    "grants": "role area_id",
    "sessions": "kind begun_us seen_us ends_us ended_us ended_why",
    "offers": "kind ends_us",
    "attempts": "scope level at_us",
    "audit": "entry_no at_us action outcome count hash",
    "audit_anchors": "entry_no hash at_us removed_us",
    "reveals": "kind begun_us ends_us",
    "replays": "replay_no group_id asked_us letters stored refused failed done_us",
    "matters": "kind code version department_id limits is_example changed_us",
    "own_days": "day is_workday",
    "work_windows": "starts_min ends_min",
    "notices": "notice_no kind severity at_us is_drill is_routed",
    "deliveries": "channel state tries next_us is_unsure done_us",
    "escalations": "version wait_no why level due_us",
    "escalation_steps": "wait_no level why due_us done_us",
}


def dumped(connection: Connection) -> Iterator[dict[str, Any]]:
    """Yield one object for the store, one for each table, and one for each row that may be told."""
    yield {"store": connection.dialect.name, "revision": revision(connection)}
    for table in schema.metadata.sorted_tables:
        rows = connection.execute(select(func.count()).select_from(table)).scalar_one()
        yield {"table": table.name, "rows": int(rows)}
        names = TOLD.get(table.name, "").split()
        if names:
            yield from _rows(connection, table, names)


def _rows(connection: Connection, table: Table, names: list[str]) -> Iterator[dict[str, Any]]:
    newest = next(table.c[name] for name in (*_INSTANT, *table.primary_key.columns.keys()) if name in table.c)
    statement = select(*(table.c[name] for name in names)).order_by(newest.desc()).limit(MOST_ROWS)
    if table is schema.marks:
        statement = statement.where(table.c.name != KEY_MARK)
    for row in connection.execute(statement):
        told = {
            name: masked(value) if isinstance(value, str) else value for name, value in zip(names, row, strict=True)
        }
        # The chain's hashes are random by nature, and of nobody.
        yield {"of": table.name, **told, **({"hash": row.hash} if "hash" in names else {})}
