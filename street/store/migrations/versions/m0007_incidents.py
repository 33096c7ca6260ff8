"""Incidents that move: proof, clocks, merges, the acts that moved them."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the tables; nothing that was there is touched."""
