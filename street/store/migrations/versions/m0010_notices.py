"""Notices that wait to be told, escalations, claims."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the tables; nothing that was there is touched."""
