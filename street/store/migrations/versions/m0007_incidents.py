"""Incidents that move: who handles them, their clocks, merges, and the acts that moved them."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Text, text
from sqlalchemy.dialects.sqlite import INTEGER

revision = "0007"
down_revision = "0006"

_WHOLE = BigInteger().with_variant(INTEGER(), "sqlite")


def upgrade() -> None:
    """Add the columns; what was there is as if nobody had acted on it yet."""
    instants = (
        "due_us", "warn_us", "handle_due_us", "overall_due_us", "filed_us", "dispatched_us", "handled_us", "closed_us",
    )  # fmt: skip
    of_incidents: tuple[Column[Any], ...] = (
        _text("handler_id"), _text("department_id"), *map(_maybe, instants), _maybe("suspended_us"),
        _text("paused", "[]"), Column("stage_before", Text(), nullable=True),
        *map(_count, ("rework_count", "return_count", "extension_count", "escalation")),
        *map(_count, ("is_urgent", "is_supervised", "is_drill")), _text("merged_into"), _maybe("score"),
        _text("dispatched_by"), _text("handled_by"),
    )  # fmt: skip
    for column in of_incidents:
        op.add_column("incidents", column)
    is_open = text("stage NOT IN ('closed', 'dismissed', 'merged')")
    place = ["severity", "reported_us", "incident_id"]
    op.create_index("incidents_queue", "incidents", place, sqlite_where=is_open, postgresql_where=is_open)
    op.create_index("incidents_handler", "incidents", ["handler_id"])
    op.create_index("incidents_merged", "incidents", ["merged_into"])
    op.create_index("incidents_due", "incidents", ["due_us"])
    of_actions: tuple[Column[Any], ...] = (
        Column("action_id", Text(), nullable=True), *map(_maybe, ("counted_us", "stored_us", "version")),
        *map(_text, ("person_id", "login", "note", "reason")), _text("details", "{}"), _text("answer", "{}"),
    )  # fmt: skip
    for column in of_actions:
        op.add_column("incident_actions", column)
    op.create_index("incident_actions_id", "incident_actions", ["action_id"], unique=True)


def _text(name: str, default: str = "") -> Column[str]:
    return Column(name, Text(), nullable=False, server_default=default)


def _maybe(name: str) -> Column[int]:
    return Column(name, _WHOLE, nullable=True, autoincrement=False)


def _count(name: str) -> Column[int]:
    return Column(name, _WHOLE, nullable=False, autoincrement=False, server_default="0")
