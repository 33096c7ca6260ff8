"""Key areas' visits, and what people say of cameras' events."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the tables; nothing that was there is touched."""
