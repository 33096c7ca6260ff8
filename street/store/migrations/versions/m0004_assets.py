"""Assets grow: codes of the standard, datum, expectations by quantity, inspections; places; newcomers that wait."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Double, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.dialects.sqlite import INTEGER, REAL
from sqlalchemy.types import TypeEngine

revision = "0004"
down_revision = "0003"

_WHOLE = BigInteger().with_variant(INTEGER(), "sqlite")
_NUMBER: TypeEngine[float] = Double().with_variant(REAL(), "sqlite")
# What rows that are there get: nobody has said anything of it.
_NEW_TEXTS = {
    "name_en": "",
    "standard_id": "",
    "component": "",
    "department": "",
    "source_datum": "",
    "intervals": "{}",
    "ranges": "{}",
}


def _text(name: str, *parts: Any, key: bool = False, null: bool = False) -> Column[Any]:  # noqa: ANN401 - a ForeignKey
    return Column(name, Text(), *parts, primary_key=key, nullable=null)


def _whole(name: str, *parts: Any, key: bool = False) -> Column[Any]:  # noqa: ANN401 - a ForeignKey
    return Column(name, _WHOLE, *parts, primary_key=key, nullable=False, autoincrement=False)


def _table(name: str, *parts: Any) -> None:  # noqa: ANN401 - columns and indexes
    op.create_table(name, *parts, sqlite_strict=True, sqlite_with_rowid=True)


def upgrade() -> None:
    """Add to what is there; no row is lost."""
    for name, default in _NEW_TEXTS.items():
        op.add_column("assets", Column(name, Text(), nullable=False, server_default=default))
    op.add_column("assets", _text("inspection_due", null=True))
    op.add_column("assets", Column("inspection_days", _WHOLE, nullable=True))
    op.create_index("assets_inspection", "assets", ["inspection_due"])
    _table(
        "places",
        _text("place_id", key=True),
        _text("kind"),
        _text("name"),
        _text("name_en"),
        _text("department"),
        Column("lon", _NUMBER, nullable=True),
        Column("lat", _NUMBER, nullable=True),
        _text("outline"),
        _text("source_datum"),
        _whole("is_key_area"),
    )
    _table(
        "newcomers",
        _whole("newcomer_id", key=True),
        _text("dialect"),
        _text("device_id"),
        _text("state"),
        _text("asset_id"),
        _whole("messages"),
        _whole("first_us"),
        _whole("last_us"),
        _text("guesses"),
        _whole("guessed"),
        Index("newcomers_device", "dialect", "device_id", unique=True),
        Index("newcomers_state", "state", "last_us"),
    )
    _table(
        "newcomer_messages",
        Column("message_id", _WHOLE, primary_key=True, nullable=False, autoincrement=True),
        _whole("newcomer_id", ForeignKey("newcomers.newcomer_id", ondelete="CASCADE")),
        _whole("received_us"),
        _whole("size"),
        Column("topic", LargeBinary(), nullable=False),
        Column("payload", LargeBinary(), nullable=False),
        _whole("retain"),
        Index("newcomer_messages_newcomer", "newcomer_id", "message_id", "size"),
    )
