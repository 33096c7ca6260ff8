"""Key areas' visits, and what people say of cameras' sightings."""

from alembic import op
from sqlalchemy import BigInteger, Column, Double, ForeignKey, Index, Text
from sqlalchemy.dialects.sqlite import INTEGER, REAL
from sqlalchemy.types import TypeEngine

revision = "0011"
down_revision = "0010"

_WHOLE = BigInteger().with_variant(INTEGER(), "sqlite")
_NUMBER: TypeEngine[float] = Double().with_variant(REAL(), "sqlite")


def upgrade() -> None:
    """Add the tables; nothing that was there is touched."""
    op.create_table(
        "sightings",
        Column("sighting_id", Text(), primary_key=True, nullable=False),
        *(Column(name, Text(), nullable=False) for name in ("asset_id", "label", "zones", "matter")),
        Column("confidence", _NUMBER, nullable=True),
        *(_whole(name) for name in ("first_us", "last_us", "has_ended")),
        *(Column(name, Text(), nullable=False) for name in ("verdict", "reason", "decided_by")),
        _whole("decided_us", null=True),
        _whole("is_automatic"),
        Column("incident_id", Text(), nullable=False),
        Index("sightings_waiting", "verdict", "first_us"),
        Index("sightings_judged", "asset_id", "matter", "decided_us"),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "area_visits",
        Column("place_id", Text(), primary_key=True, nullable=False),
        Column(
            "person_id", Text(), ForeignKey("people.person_id", ondelete="CASCADE"), primary_key=True, nullable=False
        ),
        _whole("entered_us", key=True),
        _whole("seen_us"),
        _whole("left_us", null=True),
        Index("area_visits_left", "left_us"),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _whole(name: str, *, key: bool = False, null: bool = False) -> Column[int]:
    return Column(name, _WHOLE, primary_key=key, nullable=null, autoincrement=False)
