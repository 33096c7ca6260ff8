"""What people do to alarms: acknowledged, shelved, out of service."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the tables; nothing that was there is touched."""
