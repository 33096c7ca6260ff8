"""Replays: dead letters that the dashboard asks ingest to try again, and what came of it."""

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKey, Index, Text
from sqlalchemy.dialects.sqlite import INTEGER

revision = "0006"
down_revision = "0005"

_WHOLE = BigInteger().with_variant(INTEGER(), "sqlite")


def upgrade() -> None:
    """Add the table; nothing that was there is touched."""
    numbers = ("asked_us", "letters", "upto_id", "last_id", "stored", "refused", "failed")
    op.create_table(
        "replays",
        Column("replay_no", _WHOLE, primary_key=True, nullable=False, autoincrement=True),
        Column("group_id", _WHOLE, ForeignKey("dead_letter_groups.group_id"), nullable=False, autoincrement=False),
        Column("login", Text(), nullable=False),
        *(Column(name, _WHOLE, nullable=False, autoincrement=False) for name in numbers),
        Column("done_us", _WHOLE, nullable=True, autoincrement=False),
        Index("replays_group", "group_id"),
        Index("replays_done", "done_us"),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
