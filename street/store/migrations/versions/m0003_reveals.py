"""Reveals: who may look at what unmasked, until when. Why stands here and in the audit."""

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKey, Index, Text
from sqlalchemy.dialects.sqlite import INTEGER

revision = "0003"
down_revision = "0002"

_WHOLE = BigInteger().with_variant(INTEGER(), "sqlite")


def upgrade() -> None:
    """Add the table; nothing that was there is touched."""
    op.create_table(
        "reveals",
        Column("reveal_id", Text(), primary_key=True, nullable=False),
        Column("person_id", Text(), ForeignKey("people.person_id", ondelete="CASCADE"), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("thing_id", Text(), nullable=False),
        Column("still_us", _WHOLE, nullable=False, autoincrement=False),
        Column("reason", Text(), nullable=False),
        Column("begun_us", _WHOLE, nullable=False, autoincrement=False),
        Column("ends_us", _WHOLE, nullable=False, autoincrement=False),
        Index("reveals_person", "person_id", "kind", "thing_id"),
        Index("reveals_ends", "ends_us"),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
