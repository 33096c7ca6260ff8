"""What people do to alarms: acknowledged, shelved, out of service; and how often each called."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Text, text
from sqlalchemy.dialects.sqlite import INTEGER

revision = "0009"
down_revision = "0008"

_WHOLE = BigInteger().with_variant(INTEGER(), "sqlite")
_UNSEEN = text("announced > acknowledged")


def upgrade() -> None:
    """Add columns and a table; alarms that stand have called once, those that are over ask nothing of anybody."""
    of_alarms: tuple[Column[Any], ...] = (
        _count("announced"), _count("repeats"), _maybe("last_us"), _count("is_chattering"), _count("is_held"),
        _count("acknowledged"), _maybe("acknowledged_us"), _text("acknowledged_by"),
    )  # fmt: skip
    of_transitions: tuple[Column[Any], ...] = (
        _text("act"), _count("is_announced"), _maybe("severity"), _maybe("stored_us"), _maybe("until_us"),
        Column("action_id", Text(), nullable=True), *map(_text, ("person_id", "login", "reason")),
    )  # fmt: skip
    for column in of_alarms:
        op.add_column("alarms", column)
    for column in of_transitions:
        op.add_column("alarm_transitions", column)
    op.execute("UPDATE alarms SET repeats = 1")
    op.execute("UPDATE alarms SET announced = 1 WHERE state = 'active'")
    op.execute("UPDATE alarm_transitions SET is_announced = 1 WHERE state = 'active'")
    op.create_index("alarms_unseen", "alarms", ["raised_us"], sqlite_where=_UNSEEN, postgresql_where=_UNSEEN)
    op.create_index("alarm_transitions_at", "alarm_transitions", ["at_us"])
    op.create_index("alarm_transitions_action", "alarm_transitions", ["action_id"], unique=True)
    _make_shelvings()


def _make_shelvings() -> None:
    op.create_table(
        "shelvings",
        Column("shelving_id", Text(), primary_key=True, nullable=False),
        Column("action_id", Text(), nullable=True),
        *(Column(name, Text(), nullable=False) for name in ("kind", "asset_id", "rule_id", "asset_kind", "area_id")),
        Column("from_us", _WHOLE, nullable=False, autoincrement=False),
        _maybe("until_us"),
        *(Column(name, Text(), nullable=False) for name in ("weekly", "reason", "person_id", "by", "alarm_id")),
        Column("put_us", _WHOLE, nullable=False, autoincrement=False),
        _maybe("ended_us"),
        _text("ended_by"),
        sqlite_strict=True,
    )
    op.create_index("shelvings_action", "shelvings", ["action_id"], unique=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text(), nullable=False, server_default="")


def _maybe(name: str) -> Column[int]:
    return Column(name, _WHOLE, nullable=True, autoincrement=False)


def _count(name: str) -> Column[int]:
    return Column(name, _WHOLE, nullable=False, autoincrement=False, server_default="0")
