"""The tables of the store, as SQLAlchemy Core; what creates them are the migrations.

Instants are integers [µs since 1970 UTC]. Rollup keys are whole minutes or hours since 1970.

How the hot tables are clustered decides what a batch costs: every page it touches is written to the log and once more
to the file. Rows that lie by series alone cost a page each. So each hot table lies by time first, in steps that hold
a few hundred pages at a thousand readings a second (measured: 9 instead of 14 µs a reading), and by series inside:
one asset's hour of `readings` is 60 seeks, its day of `rollup_minute` 480.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Double, ForeignKey, Index, LargeBinary, MetaData, Table, Text, text
from sqlalchemy.dialects.sqlite import INTEGER, REAL
from sqlalchemy.types import TypeEngine

metadata = MetaData()
OPEN = "stage NOT IN ('closed', 'dismissed', 'merged')"  # as its index says it, word by word
UNSEEN = "announced > acknowledged"  # an alarm that has called and nobody has acknowledged it

# STRICT tables know INTEGER and REAL, not BIGINT and DOUBLE.
WHOLE = BigInteger().with_variant(INTEGER(), "sqlite")
NUMBER: TypeEngine[float] = Double().with_variant(REAL(), "sqlite")


def _whole(name: str, *parts: Any, key: bool = False, null: bool = False) -> Column[Any]:  # noqa: ANN401 - a ForeignKey
    return Column(name, WHOLE, *parts, primary_key=key, nullable=null, autoincrement=False)


def _number(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, NUMBER, nullable=null)


def _text(name: str, *parts: Any, key: bool = False, null: bool = False) -> Column[Any]:  # noqa: ANN401 - a ForeignKey
    return Column(name, Text(), *parts, primary_key=key, nullable=null)


def _said_later(name: str, default: str = "") -> Column[Any]:
    return Column(name, Text(), nullable=False, server_default=default)  # rows were there before the column


def _counted_later(name: str) -> Column[Any]:
    return Column(name, WHOLE, nullable=False, autoincrement=False, server_default="0")


def _bytes(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, LargeBinary(), nullable=null)


def _counted(name: str) -> Column[Any]:
    return Column(name, WHOLE, primary_key=True, autoincrement=True)


def _rolled_up() -> tuple[Column[Any], ...]:
    return _whole("n"), _number("low"), _number("high"), _number("total")


def _last() -> tuple[Column[Any], ...]:
    return _whole("last_us"), _number("last")


def _table(name: str, *parts: Any, clustered: bool = False) -> Table:  # noqa: ANN401 - columns and indexes
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=not clustered)


def _person_key() -> ForeignKey:
    return ForeignKey("people.person_id", ondelete="CASCADE")


def _incident_key() -> ForeignKey:
    # Deferred: an alarm and its incident arrive in either order, and are both there at commit, or neither.
    return ForeignKey("incidents.incident_id", deferrable=True, initially="DEFERRED")


marks = _table("marks", _text("name", key=True), _whole("value"))

assets = _table(
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
    _said_later("name_en"),
    _said_later("standard_id"),
    _said_later("component"),
    _said_later("department"),
    _said_later("source_datum"),
    _said_later("intervals", "{}"),  # JSON: quantity to seconds
    _said_later("ranges", "{}"),  # JSON: quantity to lowest and highest, null where open
    _text("inspection_due", null=True),  # an ISO day
    _whole("inspection_days", null=True),
    Index("assets_inspection", "inspection_due"),
)

places = _table(
    "places",
    _text("place_id", key=True),
    _text("kind"),
    _text("name"),
    _text("name_en"),
    _text("department"),
    _number("lon", null=True),
    _number("lat", null=True),
    _text("outline"),  # WKT, "" for a point
    _text("source_datum"),
    _whole("is_key_area"),
)

newcomers = _table(
    "newcomers",
    _whole("newcomer_id", key=True),
    _text("dialect"),
    _text("device_id"),
    _text("state"),  # waiting, ignored, settled
    _text("asset_id"),  # whose it is once settled
    _whole("messages"),  # all that came, also those no longer kept
    _whole("first_us"),
    _whole("last_us"),
    _text("guesses"),  # JSON, "" until somebody looked
    _whole("guessed"),  # how many messages there were then
    Index("newcomers_device", "dialect", "device_id", unique=True),
    Index("newcomers_state", "state", "last_us"),
)

newcomer_messages = _table(
    "newcomer_messages",
    _counted("message_id"),
    _whole("newcomer_id", ForeignKey("newcomers.newcomer_id", ondelete="CASCADE")),
    _whole("received_us"),
    _whole("size"),
    _bytes("topic"),
    _bytes("payload"),
    _whole("retain"),
    Index("newcomer_messages_newcomer", "newcomer_id", "message_id", "size"),
)

series = _table(
    "series",
    _whole("series_id", key=True),
    _text("asset_id"),
    _text("quantity"),
    _text("unit", null=True),
    Index("series_name", "asset_id", "quantity", unique=True),
)

readings = _table(
    "readings",
    _whole("minute", key=True),
    _whole("series_id", key=True),
    _whole("at_us", key=True),
    _whole("received_us"),
    _number("value", null=True),
    _whole("flags"),
    clustered=True,
)

latest = _table(
    "latest",
    _whole("series_id", key=True),
    _whole("at_us"),
    _whole("received_us"),
    _number("value", null=True),
    _whole("flags"),
)

rollup_minute = _table(
    "rollup_minute",
    _whole("block", key=True),  # three minutes since 1970
    _whole("series_id", key=True),
    _whole("minute", key=True),
    *_rolled_up(),
    *_last(),
    clustered=True,
)

rollup_hour = _table(
    "rollup_hour",
    _whole("hour", key=True),
    _whole("series_id", key=True),
    *_rolled_up(),
    *_last(),
    clustered=True,
)

rollup_area_hour = _table(
    "rollup_area_hour",
    _text("quantity", key=True),
    _whole("hour", key=True),
    _text("community_id", key=True),  # where the asset belonged when the reading was stored; "" where unknown
    *_rolled_up(),
    clustered=True,
)

availability = _table("availability", _text("asset_id", key=True), _whole("online"), _whole("at_us"))

rule_states = _table(
    "rule_states",
    _text("asset_id", key=True),
    _text("rule_id", key=True),
    _whole("pending_since_us"),
    clustered=True,
)

incidents = _table(
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
    _text("media"),  # a JSON list
    _text("stage"),
    _whole("reported_us"),
    _whole("moved_us"),
    _whole("recovered_us", null=True),
    _whole("short_no"),
    _whole("version"),
    _said_later("handler_id"),
    _said_later("department_id"),
    _whole("due_us", null=True),
    _whole("warn_us", null=True),
    _whole("handle_due_us", null=True),
    _whole("overall_due_us", null=True),
    _whole("filed_us", null=True),
    _whole("dispatched_us", null=True),
    _whole("handled_us", null=True),
    _whole("closed_us", null=True),
    _whole("suspended_us", null=True),
    _said_later("paused", "[]"),  # JSON: pairs of from and to
    _text("stage_before", null=True),
    _counted_later("rework_count"),
    _counted_later("return_count"),
    _counted_later("extension_count"),
    _counted_later("escalation"),
    _counted_later("is_urgent"),
    _counted_later("is_supervised"),
    _counted_later("is_drill"),
    _said_later("merged_into"),
    _whole("score", null=True),
    _said_later("dispatched_by"),
    _said_later("handled_by"),
    Index("incidents_reported", "reported_us"),
    Index("incidents_stage", "stage"),
    Index(
        "incidents_queue",
        "severity",
        "reported_us",
        "incident_id",
        sqlite_where=text(OPEN),
        postgresql_where=text(OPEN),
    ),
    Index("incidents_handler", "handler_id"),
    Index("incidents_merged", "merged_into"),
    Index("incidents_due", "due_us"),
)

incident_actions = _table(
    "incident_actions",
    _counted("action_no"),
    _text("incident_id", _incident_key()),
    _text("action"),
    _text("stage"),  # where the incident stood afterwards
    _whole("at_us"),  # as the device said
    _text("action_id", null=True),  # null where a machine noted something
    _whole("counted_us", null=True),  # when it counts as done; as `at_us` where null
    _whole("stored_us", null=True),  # when the store learnt of it
    _whole("version", null=True),  # of the incident afterwards
    _said_later("person_id"),
    _said_later("login"),
    _said_later("note"),
    _said_later("reason"),
    _said_later("details", "{}"),  # JSON: what else the order said
    _said_later("answer", "{}"),  # JSON: what the act left behind, for who asks again
    Index("incident_actions_incident", "incident_id"),
    Index("incident_actions_id", "action_id", unique=True),
)

alarms = _table(
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
    _counted_later("announced"),
    _counted_later("repeats"),
    _whole("last_us", null=True),
    _counted_later("is_chattering"),
    _counted_later("is_held"),
    _counted_later("acknowledged"),  # from here on people write, above the rules
    _whole("acknowledged_us", null=True),
    _said_later("acknowledged_by"),
    Index("alarms_raised", "raised_us"),
    Index("alarms_state", "state"),
    Index("alarms_unseen", "raised_us", sqlite_where=text(UNSEEN), postgresql_where=text(UNSEEN)),
)

alarm_transitions = _table(
    "alarm_transitions",
    _counted("transition_no"),
    _text("alarm_id", ForeignKey("alarms.alarm_id")),
    _text("state"),
    _whole("at_us"),
    _number("value", null=True),
    _said_later("act"),
    _counted_later("is_announced"),  # whether it called people
    _whole("severity", null=True),  # where it moved
    _whole("stored_us", null=True),  # of what people did: when the store learnt of it
    _whole("until_us", null=True),
    _text("action_id", null=True),
    _said_later("person_id"),
    _said_later("login"),
    _said_later("reason"),
    Index("alarm_transitions_alarm", "alarm_id"),
    Index("alarm_transitions_at", "at_us"),
    Index("alarm_transitions_action", "action_id", unique=True),
)

shelvings = _table(
    "shelvings",  # one row each, ended by a column of its own
    _text("shelving_id", key=True),
    _text("action_id", null=True),
    _text("kind"),
    _text("asset_id"),
    _text("rule_id"),
    _text("asset_kind"),
    _text("area_id"),
    _whole("from_us"),
    _whole("until_us", null=True),
    _text("weekly"),  # JSON: days, begin, end; "" where it is one time
    _text("reason"),
    _text("person_id"),
    _text("by"),
    _text("alarm_id"),
    _whole("put_us"),
    _whole("ended_us", null=True),
    _said_later("ended_by"),
    Index("shelvings_action", "action_id", unique=True),
)

snapshots = _table(
    "snapshots",
    _text("asset_id", key=True),
    _whole("at_us", key=True),
    _bytes("jpeg"),
)

dead_letter_groups = _table(
    "dead_letter_groups",
    _whole("group_id", key=True),
    _text("code"),
    _text("dialect"),
    _text("field"),
    _whole("letters"),  # all that ever came, also those no longer kept
    _whole("first_us"),
    _whole("last_us"),
    Index("dead_letter_groups_name", "code", "dialect", "field", unique=True),
)

dead_letters = _table(
    "dead_letters",
    _counted("letter_id"),
    _whole("group_id", ForeignKey("dead_letter_groups.group_id")),
    _whole("received_us"),
    _whole("size"),
    _bytes("topic"),  # as received: may hold NUL or lone surrogates, which text columns refuse
    _bytes("payload"),
    _whole("retain"),
    _text("reason"),
    Index("dead_letters_group", "group_id", "letter_id", "size"),
)

heartbeats = _table(
    "heartbeats",
    _text("part", key=True),
    _whole("at_us"),
    _whole("link"),
    _whole("link_since_us"),
    _text("counts", null=True),  # JSON: what the part has counted since it started
)

changes = _table(
    "changes",
    _whole("seq", key=True),  # gapless: taken inside the write transaction, and the newest row is never removed
    _whole("at_us"),
    _text("body"),  # JSON
)

people = _table(
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
    _whole("password_us", null=True),  # when it was set
    _bytes("second_factor", null=True),  # sealed
    _whole("last_step"),  # the newest step of the second factor that was used
    _whole("left_us", null=True),  # since when the account is not active
    _whole("version"),
    Index("people_login", "login", unique=True),
)

old_passwords = _table(
    "old_passwords",
    _text("person_id", _person_key(), key=True),
    _whole("password_us", key=True),
    _text("password_hash"),
)

grants = _table(
    "grants",
    _text("person_id", _person_key(), key=True),
    _text("role", key=True),
    _text("area_id", key=True),
)

subjects = _table(
    "subjects",  # whom an OIDC provider means
    _text("issuer", key=True),
    _text("subject", key=True),
    _text("person_id", _person_key()),
)

shifts = _table(
    "shifts",
    _text("person_id", _person_key(), key=True),
    _whole("starts_us", key=True),
    _whole("ends_us"),
    Index("shifts_ends", "ends_us"),
)

sessions = _table(
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

offers = _table(
    "offers",  # screens and tablets that show a pairing code
    _text("code", key=True),
    _text("token_hash"),
    _text("kind"),
    _text("name"),
    _text("address"),
    _whole("ends_us"),
    _text("person_id", _person_key(), null=True),  # whose session it will be, once approved
    Index("offers_token", "token_hash", unique=True),
)

attempts = _table(
    "attempts",
    _text("scope", key=True),
    _text("name", key=True),  # a digest: what is typed as a login may be a password
    _number("level"),  # failures, leaking away
    _whole("at_us"),
    _whole("free_us"),  # when the next attempt may be made
    _whole("succeeded_us"),  # 0: never
)

audit = _table(
    "audit",
    _whole("entry_no", key=True),  # gapless: taken inside the write transaction
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

audit_anchors = _table(
    "audit_anchors",  # where the chain begins again after old entries were removed
    _whole("entry_no", key=True),  # the last that was removed
    _text("hash"),
    _whole("at_us"),
    _whole("removed_us"),
    _text("seal"),
)

reveals = _table(
    "reveals",
    _text("reveal_id", key=True),
    _text("person_id", _person_key()),
    _text("kind"),
    _text("thing_id"),
    _whole("still_us"),  # which picture; 0 where the thing is an incident
    _text("reason"),
    _whole("begun_us"),
    _whole("ends_us"),
    Index("reveals_person", "person_id", "kind", "thing_id"),
    Index("reveals_ends", "ends_us"),
)

replays = _table(
    "replays",  # what the dashboard asks of ingest: try these dead letters again
    _counted("replay_no"),
    _whole("group_id", ForeignKey("dead_letter_groups.group_id")),
    _text("login"),  # who asked; the audit has the rest
    _whole("asked_us"),
    _whole("letters"),  # how many were kept then
    _whole("upto_id"),  # the newest of them
    _whole("last_id"),  # the last that was tried: where ingest goes on
    _whole("stored"),
    _whole("refused"),
    _whole("failed"),
    _whole("done_us", null=True),
    Index("replays_group", "group_id"),
    Index("replays_done", "done_us"),
)

notices = _table(
    "notices",
    _counted("notice_no"),
    _text("notice_id"),
    _text("kind"),
    _text("incident_id"),  # "" where it is about none
    _whole("severity"),
    _whole("at_us"),
    _whole("is_drill"),
    _whole("is_routed"),  # whether duty has seen to its channels
    _text("fields"),  # JSON
    Index("notices_id", "notice_id", unique=True),
    Index("notices_routed", "is_routed", "notice_no"),
    Index("notices_at", "at_us"),
)

notice_readers = _table(
    "notice_readers",
    _text("person_id", _person_key(), key=True),
    _whole("notice_no", ForeignKey("notices.notice_no", ondelete="CASCADE"), key=True),
    _whole("read_us", null=True),
    Index("notice_readers_notice", "notice_no"),
    clustered=True,
)

deliveries = _table(
    "deliveries",  # what goes out: one row a notice, channel and person
    _counted("delivery_no"),
    _whole("notice_no", ForeignKey("notices.notice_no", ondelete="CASCADE")),
    _text("channel"),
    _text("person_id"),  # "" where the channel is a group
    _text("state"),  # waiting, claimed, done, dead
    _whole("tries"),
    _whole("next_us"),  # waiting: not before; claimed: until when the claim holds
    _whole("is_unsure"),  # an earlier try may have arrived
    _text("worker"),
    _whole("done_us", null=True),
    _text("reason"),
    Index("deliveries_whom", "notice_no", "channel", "person_id", unique=True),
    Index("deliveries_next", "channel", "state", "next_us"),
)

officer_positions = _table(
    "officer_positions",  # the latest of each, and only while on duty
    _text("person_id", _person_key(), key=True),
    _whole("at_us"),
    _whole("received_us"),
    _number("lon"),
    _number("lat"),
    _number("accuracy_m", null=True),
)

escalations = _table(
    "escalations",  # what each open incident waits for, and when that goes up
    _text("incident_id", _incident_key(), key=True),
    _whole("version"),  # of the incident, when this was last thought about
    _whole("wait_no"),  # the version that the wait began with
    _text("why"),  # unanswered, unclaimed, no_progress
    _whole("level"),  # the next step
    _whole("due_us", null=True),  # null: there is none
    Index("escalations_due", "due_us"),
)

escalation_steps = _table(
    "escalation_steps",  # what went up: written with the act, never twice
    _text("incident_id", _incident_key(), key=True),
    _whole("wait_no", key=True),
    _whole("level", key=True),
    _text("why"),
    _whole("due_us"),
    _whole("done_us"),
)

matters = _table(
    "matters",  # what a site has made of the shipped ones, every version of it
    _text("kind", key=True),
    _text("code", key=True),
    _whole("version", key=True),
    _text("name"),
    _text("name_en"),
    _text("department_id"),
    _text("limits"),  # JSON: stage to limit
    _text("file_when"),
    _text("close_when"),
    _whole("is_example"),
    _whole("changed_us"),
    _text("login"),
)

own_days = _table(
    "own_days",  # over the statutory calendar
    _text("day", key=True),  # ISO
    _whole("is_workday"),
    _text("name"),
)

work_windows = _table("work_windows", _whole("starts_min", key=True), _whole("ends_min"))  # none: the standard ones

sightings = _table(
    "sightings",  # what a camera saw stand where it may not, and what people say of it
    _text("sighting_id", key=True),  # <camera's asset id>/<the event's own id>
    _text("asset_id"),
    _text("label"),
    _text("zones"),  # one space between two
    _text("matter"),
    _number("confidence", null=True),
    _whole("first_us"),
    _whole("last_us"),
    _whole("has_ended"),
    _text("verdict"),  # "", confirmed, rejected
    _text("reason"),
    _text("decided_by"),
    _whole("decided_us", null=True),
    _whole("is_automatic"),  # filed before anybody looked
    _text("incident_id"),
    Index("sightings_waiting", "verdict", "first_us"),
    Index("sightings_judged", "asset_id", "matter", "decided_us"),
)

area_visits = _table(
    "area_visits",  # of officers on duty to key areas; kept as long as patrols count
    _text("place_id", key=True),
    _text("person_id", _person_key(), key=True),
    _whole("entered_us", key=True),
    _whole("seen_us"),
    _whole("left_us", null=True),
    Index("area_visits_left", "left_us"),
)
