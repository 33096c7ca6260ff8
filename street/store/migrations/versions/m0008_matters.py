"""A site's own matters, all versions of each; its own days; its working windows."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Text
from sqlalchemy.dialects.sqlite import INTEGER

revision = "0008"
down_revision = "0007"

_WHOLE = BigInteger().with_variant(INTEGER(), "sqlite")


def upgrade() -> None:
    """Add the tables; nothing that was there is touched."""
    texts = ("name", "name_en", "department_id", "limits", "file_when", "close_when")
    op.create_table(
        "matters", _text("kind", key=True), _text("code", key=True), _whole("version", key=True), *map(_text, texts),
        _whole("is_example"), _whole("changed_us"), _text("login"), sqlite_strict=True, sqlite_with_rowid=True,
    )  # fmt: skip
    op.create_table(
        "own_days", _text("day", key=True), _whole("is_workday"), _text("name"), sqlite_strict=True,
        sqlite_with_rowid=True,
    )  # fmt: skip
    op.create_table(
        "work_windows", _whole("starts_min", key=True), _whole("ends_min"), sqlite_strict=True, sqlite_with_rowid=True
    )


def _text(name: str, *, key: bool = False) -> Column[Any]:
    return Column(name, Text(), primary_key=key, nullable=False)


def _whole(name: str, *, key: bool = False) -> Column[Any]:
    return Column(name, _WHOLE, primary_key=key, nullable=False, autoincrement=False)
