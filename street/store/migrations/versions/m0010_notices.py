"""Notices and their deliveries, escalations, where officers were last."""

from alembic import op
from sqlalchemy import BigInteger, Column, Double, ForeignKey, Index, Text
from sqlalchemy.dialects.sqlite import INTEGER, REAL
from sqlalchemy.types import TypeEngine

revision = "0010"
down_revision = "0009"

_WHOLE = BigInteger().with_variant(INTEGER(), "sqlite")
_NUMBER: TypeEngine[float] = Double().with_variant(REAL(), "sqlite")


def upgrade() -> None:
    """Add the tables; nothing that was there is touched."""
    _add_notices()
    op.create_table(
        "officer_positions",
        _text("person_id", ForeignKey("people.person_id", ondelete="CASCADE"), key=True),
        *map(_whole, ("at_us", "received_us")),
        *(Column(name, _NUMBER, nullable=False) for name in ("lon", "lat")),
        Column("accuracy_m", _NUMBER, nullable=True),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "escalations",
        _text("incident_id", _incident(), key=True),
        *map(_whole, ("version", "wait_no")),
        _text("why"),
        _whole("level"),
        Column("due_us", _WHOLE, nullable=True, autoincrement=False),
        Index("escalations_due", "due_us"),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "escalation_steps",
        _text("incident_id", _incident(), key=True),
        *(_whole(name, key=True) for name in ("wait_no", "level")),
        _text("why"),
        *map(_whole, ("due_us", "done_us")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _add_notices() -> None:
    op.create_table(
        "notices",
        Column("notice_no", _WHOLE, primary_key=True, nullable=False, autoincrement=True),
        *map(_text, ("notice_id", "kind", "incident_id")),
        *map(_whole, ("severity", "at_us", "is_drill", "is_routed")),
        _text("fields"),
        Index("notices_id", "notice_id", unique=True),
        Index("notices_routed", "is_routed", "notice_no"),
        Index("notices_at", "at_us"),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "notice_readers",
        _text("person_id", ForeignKey("people.person_id", ondelete="CASCADE"), key=True),
        _whole("notice_no", ForeignKey("notices.notice_no", ondelete="CASCADE"), key=True),
        Column("read_us", _WHOLE, nullable=True, autoincrement=False),
        Index("notice_readers_notice", "notice_no"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "deliveries",
        Column("delivery_no", _WHOLE, primary_key=True, nullable=False, autoincrement=True),
        _whole("notice_no", ForeignKey("notices.notice_no", ondelete="CASCADE")),
        *map(_text, ("channel", "person_id", "state")),
        *map(_whole, ("tries", "next_us", "is_unsure")),
        _text("worker"),
        Column("done_us", _WHOLE, nullable=True, autoincrement=False),
        _text("reason"),
        Index("deliveries_whom", "notice_no", "channel", "person_id", unique=True),
        Index("deliveries_next", "channel", "state", "next_us"),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _text(name: str, *parts: ForeignKey, key: bool = False) -> Column[str]:
    return Column(name, Text(), *parts, primary_key=key, nullable=False)


def _whole(name: str, *parts: ForeignKey, key: bool = False) -> Column[int]:
    return Column(name, _WHOLE, *parts, primary_key=key, nullable=False, autoincrement=False)


def _incident() -> ForeignKey:
    return ForeignKey("incidents.incident_id", deferrable=True, initially="DEFERRED")
