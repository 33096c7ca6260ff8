"""A heartbeat carries what its part has counted since it started, as JSON, for the metrics."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; an older heartbeat has counted nothing."""
    op.add_column("heartbeats", sa.Column("counts", sa.Text(), nullable=True))
