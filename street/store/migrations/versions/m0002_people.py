"""People: accounts, grants, roster, sessions, pairing, the throttle of attempts, and the audit with its guards.

A migration is history: it keeps its own column makers, so that later changes of `schema` cannot rewrite it.
"""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Double, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.dialects.sqlite import INTEGER, REAL
from sqlalchemy.types import TypeEngine

revision = "0002"
down_revision = "0001"

_WHOLE = BigInteger().with_variant(INTEGER(), "sqlite")
_NUMBER: TypeEngine[float] = Double().with_variant(REAL(), "sqlite")

# Entries are only ever added. What is older than its retention goes with an anchor that says so; an update never.
_SQLITE_GUARDS = """
CREATE TRIGGER audit_kept BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit is only added to');
END
--
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
WHEN OLD.entry_no > coalesce((SELECT max(entry_no) FROM audit_anchors), 0) BEGIN
    SELECT RAISE(ABORT, 'the audit is only added to');
END
--
CREATE TRIGGER audit_anchors_kept BEFORE UPDATE ON audit_anchors BEGIN
    SELECT RAISE(ABORT, 'the audit is only added to');
END
--
CREATE TRIGGER audit_anchors_stay BEFORE DELETE ON audit_anchors BEGIN
    SELECT RAISE(ABORT, 'the audit is only added to');
END
"""
_POSTGRESQL_GUARDS = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'the audit is only added to';
END $$
--
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.entry_no > coalesce((SELECT max(entry_no) FROM audit_anchors), 0) THEN
        RAISE EXCEPTION 'the audit is only added to';
    END IF;
    RETURN OLD;
END $$
--
CREATE TRIGGER audit_kept BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()
--
CREATE TRIGGER audit_stays BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_stays()
--
CREATE TRIGGER audit_whole BEFORE TRUNCATE ON audit EXECUTE FUNCTION audit_refuse()
--
CREATE TRIGGER audit_anchors_kept BEFORE UPDATE OR DELETE ON audit_anchors
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
--
CREATE TRIGGER audit_anchors_whole BEFORE TRUNCATE ON audit_anchors EXECUTE FUNCTION audit_refuse()
"""


def _whole(name: str, *parts: Any, key: bool = False, null: bool = False) -> Column[Any]:  # noqa: ANN401 - a ForeignKey
    return Column(name, _WHOLE, *parts, primary_key=key, nullable=null, autoincrement=False)


def _number(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, _NUMBER, nullable=null)


def _text(name: str, *parts: Any, key: bool = False, null: bool = False) -> Column[Any]:  # noqa: ANN401 - a ForeignKey
    return Column(name, Text(), *parts, primary_key=key, nullable=null)


def _bytes(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, LargeBinary(), nullable=null)


def _table(name: str, *parts: Any) -> None:  # noqa: ANN401 - columns and indexes
    op.create_table(name, *parts, sqlite_strict=True, sqlite_with_rowid=True)


def _person_key() -> ForeignKey:
    return ForeignKey("people.person_id", ondelete="CASCADE")


def upgrade() -> None:
    """Add the tables; nothing that was there is touched."""
    _create_people()
    _create_sessions()
    _create_audit()
    guards = {"sqlite": _SQLITE_GUARDS, "postgresql": _POSTGRESQL_GUARDS}
    for guard in guards[op.get_bind().dialect.name].split("--"):
        op.execute(guard)


def _create_people() -> None:
    _table(
        "people",
        _text("person_id", key=True),
        _text("login"),
        _text("name"),
        _text("name_en"),
        _text("phone"),
        _text("unit"),
        _whole("is_active"),
        _whole("is_demo"),
        _whole("must_change_password"),
        _text("password_hash", null=True),
        _whole("password_us", null=True),
        _bytes("second_factor", null=True),
        _whole("last_step"),
        _whole("left_us", null=True),
        _whole("version"),
        Index("people_login", "login", unique=True),
    )
    _table(
        "old_passwords",
        _text("person_id", _person_key(), key=True),
        _whole("password_us", key=True),
        _text("password_hash"),
    )
    _table(
        "grants",
        _text("person_id", _person_key(), key=True),
        _text("role", key=True),
        _text("area_id", key=True),
    )
    _table(
        "subjects",
        _text("issuer", key=True),
        _text("subject", key=True),
        _text("person_id", _person_key()),
    )
    _table(
        "shifts",
        _text("person_id", _person_key(), key=True),
        _whole("starts_us", key=True),
        _whole("ends_us"),
        Index("shifts_ends", "ends_us"),
    )


def _create_sessions() -> None:
    _table(
        "sessions",
        _text("session_id", key=True),
        _text("token_hash"),
        _text("person_id", _person_key()),
        _text("kind"),
        _text("name"),
        _text("address"),
        _whole("begun_us"),
        _whole("seen_us"),
        _whole("ends_us"),
        _whole("idle_us"),
        _text("csrf"),
        _whole("ended_us", null=True),
        _text("ended_why"),
        Index("sessions_token", "token_hash", unique=True),
        Index("sessions_person", "person_id"),
    )
    _table(
        "offers",
        _text("code", key=True),
        _text("token_hash"),
        _text("kind"),
        _text("name"),
        _text("address"),
        _whole("ends_us"),
        _text("person_id", _person_key(), null=True),
        Index("offers_token", "token_hash", unique=True),
    )
    _table(
        "attempts",
        _text("scope", key=True),
        _text("name", key=True),
        _number("level"),
        _whole("at_us"),
        _whole("free_us"),
        _whole("succeeded_us"),
    )


def _create_audit() -> None:
    _table(
        "audit",
        _whole("entry_no", key=True),
        _whole("at_us"),
        _text("action"),
        _text("object"),
        _text("outcome"),
        _text("person_id"),
        _text("login"),
        _text("address"),
        _text("session_id"),
        _text("request_id"),
        _text("before"),
        _text("after"),
        _text("reason"),
        _whole("count"),
        _text("hash"),
        Index("audit_at", "at_us"),
        Index("audit_login", "login", "entry_no"),
    )
    _table(
        "audit_anchors",
        _whole("entry_no", key=True),
        _text("hash"),
        _whole("at_us"),
        _whole("removed_us"),
        _text("seal"),
    )
