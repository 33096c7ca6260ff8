"""The first tables: readings and their rollups, alarms, incidents, dead letters, changes.

A migration is history: it keeps its own column makers, so that later changes of `schema` cannot rewrite it.
"""

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import BigInteger, Column, Double, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.dialects.sqlite import INTEGER, REAL
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None

_WHOLE = BigInteger().with_variant(INTEGER(), "sqlite")
_NUMBER: TypeEngine[float] = Double().with_variant(REAL(), "sqlite")


def _whole(name: str, *parts: Any, key: bool = False, null: bool = False) -> Column[Any]:  # noqa: ANN401 - a ForeignKey
    return Column(name, _WHOLE, *parts, primary_key=key, nullable=null, autoincrement=False)


def _number(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, _NUMBER, nullable=null)


def _text(name: str, *parts: Any, key: bool = False, null: bool = False) -> Column[Any]:  # noqa: ANN401 - a ForeignKey
    return Column(name, Text(), *parts, primary_key=key, nullable=null)


def _bytes(name: str) -> Column[Any]:
    return Column(name, LargeBinary(), nullable=False)


def _counted(name: str) -> Column[Any]:
    return Column(name, _WHOLE, primary_key=True, autoincrement=True)


def _rolled_up() -> tuple[Column[Any], ...]:
    return _whole("n"), _number("low"), _number("high"), _number("total")


def _last() -> tuple[Column[Any], ...]:
    return _whole("last_us"), _number("last")


def _table(name: str, *parts: Any, clustered: bool = False) -> None:  # noqa: ANN401 - columns and indexes
    op.create_table(name, *parts, sqlite_strict=True, sqlite_with_rowid=not clustered)


def _incident_key() -> ForeignKey:
    # Deferred: an alarm and its incident arrive in either order, and are both there at commit, or neither.
    return ForeignKey("incidents.incident_id", deferrable=True, initially="DEFERRED")


def upgrade() -> None:
    """Create everything in an empty database."""
    _create_readings()
    _create_rollups()
    _create_incidents()
    _create_the_rest()
    # Tells one store from another of the same name: sequences of two stores never compare.
    marks = sa.table("marks", sa.column("name"), sa.column("value"))
    op.execute(marks.insert().values(name="epoch", value=secrets.randbits(40)))


def _create_readings() -> None:
    _table("marks", _text("name", key=True), _whole("value"))
    _table(
        "assets",
        _text("asset_id", key=True),
        _text("kind"),
        _text("name"),
        _number("lon", null=True),
        _number("lat", null=True),
        _text("community_id"),
        _text("grid_cell_id"),
        _text("road"),
        _text("gateway_id"),
        _text("circuit_id"),
        _text("dialect"),
        _text("device_id"),
        _number("interval_s", null=True),
        _whole("is_demo"),
    )
    _table(
        "series",
        _whole("series_id", key=True),
        _text("asset_id"),
        _text("quantity"),
        _text("unit", null=True),
        Index("series_name", "asset_id", "quantity", unique=True),
    )
    _table(
        "readings",
        _whole("minute", key=True),
        _whole("series_id", key=True),
        _whole("at_us", key=True),
        _whole("received_us"),
        _number("value", null=True),
        _whole("flags"),
        clustered=True,
    )
    _table(
        "latest",
        _whole("series_id", key=True),
        _whole("at_us"),
        _whole("received_us"),
        _number("value", null=True),
        _whole("flags"),
    )
    _table("availability", _text("asset_id", key=True), _whole("online"), _whole("at_us"))


def _create_rollups() -> None:
    _table(
        "rollup_minute",
        _whole("block", key=True),
        _whole("series_id", key=True),
        _whole("minute", key=True),
        *_rolled_up(),
        *_last(),
        clustered=True,
    )
    _table(
        "rollup_hour",
        _whole("hour", key=True),
        _whole("series_id", key=True),
        *_rolled_up(),
        *_last(),
        clustered=True,
    )
    _table(
        "rollup_area_hour",
        _text("quantity", key=True),
        _whole("hour", key=True),
        _text("community_id", key=True),
        *_rolled_up(),
        clustered=True,
    )


def _create_incidents() -> None:
    _table(
        "rule_states",
        _text("asset_id", key=True),
        _text("rule_id", key=True),
        _whole("pending_since_us"),
        clustered=True,
    )
    _table(
        "incidents",
        _text("incident_id", key=True),
        _text("source"),
        _text("matter"),
        _whole("severity"),
        _text("title"),
        _text("title_en"),
        _text("description"),
        _text("address"),
        _number("lon", null=True),
        _number("lat", null=True),
        _text("community_id"),
        _text("grid_cell_id"),
        _text("asset_id"),
        _text("alarm_id"),
        _number("confidence", null=True),
        _text("media"),
        _text("stage"),
        _whole("reported_us"),
        _whole("moved_us"),
        _whole("recovered_us", null=True),
        _whole("short_no"),
        _whole("version"),
        Index("incidents_reported", "reported_us"),
        Index("incidents_stage", "stage"),
    )
    _table(
        "incident_actions",
        _counted("action_no"),
        _text("incident_id", _incident_key()),
        _text("action"),
        _text("stage"),
        _whole("at_us"),
        Index("incident_actions_incident", "incident_id"),
    )
    _table(
        "alarms",
        _text("alarm_id", key=True),
        _text("asset_id"),
        _text("rule_id"),
        _text("quantity"),
        _whole("severity"),
        _text("state"),
        _number("value", null=True),
        _whole("raised_us"),
        _whole("cleared_us", null=True),
        _text("incident_id", _incident_key(), null=True),
        Index("alarms_raised", "raised_us"),
        Index("alarms_state", "state"),
    )
    _table(
        "alarm_transitions",
        _counted("transition_no"),
        _text("alarm_id", ForeignKey("alarms.alarm_id")),
        _text("state"),
        _whole("at_us"),
        _number("value", null=True),
        Index("alarm_transitions_alarm", "alarm_id"),
    )


def _create_the_rest() -> None:
    _table(
        "snapshots",
        _text("asset_id", key=True),
        _whole("at_us", key=True),
        _bytes("jpeg"),
    )
    _table(
        "dead_letter_groups",
        _whole("group_id", key=True),
        _text("code"),
        _text("dialect"),
        _text("field"),
        _whole("letters"),
        _whole("first_us"),
        _whole("last_us"),
        Index("dead_letter_groups_name", "code", "dialect", "field", unique=True),
    )
    _table(
        "dead_letters",
        _counted("letter_id"),
        _whole("group_id", ForeignKey("dead_letter_groups.group_id")),
        _whole("received_us"),
        _whole("size"),
        _bytes("topic"),
        _bytes("payload"),
        _whole("retain"),
        _text("reason"),
        Index("dead_letters_group", "group_id", "letter_id", "size"),
    )
    _table(
        "heartbeats",
        _text("part", key=True),
        _whole("at_us"),
        _whole("link"),
        _whole("link_since_us"),
    )
    _table(
        "changes",
        _whole("seq", key=True),
        _whole("at_us"),
        _text("body"),
    )
