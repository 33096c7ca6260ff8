"""What people do to alarms: ISA-18.2's whole table on a real store, once each, written down."""

import itertools
from collections.abc import Callable

import pytest

from ingest.applying import apply
from street.alarms import ALARM_MOVES, PEOPLE_DO, AlarmAct, AlarmState, Back, Life, life
from street.assets import Asset
from street.clock import HOUR_US, MINUTE_US
from street.errors import FieldError, IllegalTransitionError, UnknownAlarmError
from street.people import Actor
from street.rules.shelves import Shelves
from street.scenarios import Scenarios
from street.shelving import SHIFT_US, Shelving, ShelvingKind
from street.store import Batch, Reader, Store, Writer
from tests.street.store.makers import NOON_US, Now, an_alarm, deeds, rows

WANG, LI = Actor("p-1", "wang"), Actor("p-2", "li")
METER = Asset(asset_id="n-1", kind="noise_meter", name="N", community_id="370202007001")


class Desk:
    """One alarm on a desk, with ids that are never used twice."""

    def __init__(self, store: Store, writer: Writer, now: Now) -> None:
        self.store, self._writer, self.now = store, writer, now
        self._count = itertools.count()
        store.register_assets([METER])

    def rules(self, step: Callable[[Batch], object]) -> None:
        """Let the rules write something."""
        batch = self._writer.begin(self.now.us)
        step(batch)
        batch.commit()

    def act(self, act: AlarmAct, by: Actor = WANG, **said: object) -> Life:
        """Do *act* with what it needs; return where the alarm stands then."""
        needs = {"reason": "works on the street"} if act in {AlarmAct.SHELVE, AlarmAct.TAKE_OUT} else {}
        until = {"until_us": self.now.us + HOUR_US} if act is AlarmAct.SHELVE else {}
        told = {"action_id": f"tap-{next(self._count)}", **needs, **until, **said}
        return self.store.alarm_desk().act("a-1", act, by=by, **told).life  # type: ignore[arg-type]  # made of parts

    def does(self, act: AlarmAct) -> None:
        """Let people, rules or time do *act*, whoever does it."""
        at_us = self.now.us
        match act:
            case AlarmAct.RAISE:
                self.rules(lambda it: it.raise_again(Back("a-1", "n-1", "loud", at_us, 92.0, 3), None))
            case AlarmAct.CLEAR:
                self.rules(lambda it: it.clear_alarm("a-1", at_us, 50.0))
            case AlarmAct.SUPPRESS:
                self.rules(lambda it: it.shift_alarm("a-1", AlarmState.SUPPRESSED, at_us))
            case AlarmAct.RELEASE:
                self.rules(lambda it: it.shift_alarm("a-1", AlarmState.ACTIVE, at_us))
            case AlarmAct.EXPIRE:
                self.now.pass_by(hours=2)
            case _:
                self.act(act)
        self.pass_a_tick()

    def pass_a_tick(self) -> None:
        """Let the rules see which shelvings hold now."""
        desk = self.store.alarm_desk()
        standing = [alarm for alarm in desk.open_alarms() if alarm.state is not AlarmState.CLEARED]
        shelves = Shelves(Scenarios({}), {METER.asset_id: METER}, standing, desk.shelvings())
        batch = self._writer.begin(self.now.us)
        apply(shelves.tick(self.now.us), batch)
        batch.commit()

    @property
    def life(self) -> Life:
        """Where the alarm stands."""
        reader = self.store.reader()
        [alarm] = reader.alarms(["a-1"])
        reader.close()
        return life(alarm, self.store.alarm_desk().shelvings(), self.now.us, METER)

    def bring_to(self, wanted: Life) -> None:
        """Bring the alarm into a state, by the ways there are."""
        first = AlarmState.SUPPRESSED if wanted is Life.SUPPRESSED else AlarmState.ACTIVE
        self.rules(lambda it: it.raise_alarm(an_alarm(state=first)))
        ways = {
            Life.NORMAL: (AlarmAct.ACKNOWLEDGE, AlarmAct.CLEAR),
            Life.ACKNOWLEDGED: (AlarmAct.ACKNOWLEDGE,),
            Life.RETURNED_UNACKNOWLEDGED: (AlarmAct.CLEAR,),
            Life.SHELVED: (AlarmAct.SHELVE,),
            Life.OUT_OF_SERVICE: (AlarmAct.TAKE_OUT,),
        }
        for act in ways.get(wanted, ()):
            self.does(act)
        assert self.life is wanted


@pytest.fixture
def desk(store: Store, writer: Writer, now: Now) -> Desk:
    """Give a desk without an alarm."""
    return Desk(store, writer, now)


@pytest.mark.parametrize("act", list(AlarmAct), ids=str)
@pytest.mark.parametrize("stands", list(Life), ids=str)
def test_the_whole_table_of_states_and_acts_holds(desk: Desk, stands: Life, act: AlarmAct) -> None:
    """Seventy cells: what the table knows happens, what it does not is refused, and leaves nothing behind."""
    desk.bring_to(stands)
    before = rows(desk.store, "SELECT count(*) FROM alarm_transitions")

    if (stands, act) in ALARM_MOVES:
        desk.does(act)
        assert desk.life in ALARM_MOVES[stands, act]
    elif act in PEOPLE_DO:
        with pytest.raises(IllegalTransitionError):
            desk.does(act)
        assert desk.life is stands
        assert rows(desk.store, "SELECT count(*) FROM alarm_transitions") == before
    else:
        desk.does(act)
        assert desk.life is stands


def test_the_table_has_seven_states_and_says_both() -> None:
    """A table that allowed all, or nothing, would pass too."""
    cells = list(itertools.product(Life, AlarmAct))

    assert len(cells) == 70
    assert 0.3 < len(ALARM_MOVES) / len(cells) < 0.7


@pytest.mark.parametrize("act", sorted(PEOPLE_DO), ids=str)
def test_every_move_of_a_person_says_who_when_and_why(desk: Desk, act: AlarmAct) -> None:
    """A transition, an entry in the audit and a change, together."""
    desk.bring_to(
        {AlarmAct.UNSHELVE: Life.SHELVED, AlarmAct.PUT_BACK: Life.OUT_OF_SERVICE}.get(act, Life.UNACKNOWLEDGED)
    )
    desk.now.pass_by(minutes=3)
    seq = rows(desk.store, "SELECT max(seq) FROM changes")[0][0]

    desk.act(act, LI, reason="the plaza is being paved")
    last = desk.store.alarm_desk().transitions("a-1")[-1]
    entry = deeds(desk.store, f"alarm.{act}")[-1]
    told = rows(desk.store, f"SELECT body FROM changes WHERE seq > {seq}")

    assert (last.act, last.by, last.stored_us, last.reason) == (
        act.value,
        "li",
        desk.now.us,
        "the plaza is being paved",
    )
    assert (entry.by.login, entry.object, entry.reason) == ("li", "alarm/a-1", "the plaza is being paved")
    assert len(told) == 1
    assert '"al":["a-1"]' in told[0][0]


def test_the_same_action_is_done_once(desk: Desk) -> None:
    """A tablet that heard no answer sends again; the id is nobody else's."""
    desk.bring_to(Life.UNACKNOWLEDGED)
    acts = desk.store.alarm_desk()

    first = acts.act("a-1", AlarmAct.ACKNOWLEDGE, by=WANG, action_id="tap")
    second = acts.act("a-1", AlarmAct.ACKNOWLEDGE, by=WANG, action_id="tap")

    assert (first.is_repeat, second.is_repeat, second.life) == (False, True, Life.ACKNOWLEDGED)
    assert len(deeds(desk.store, "alarm.acknowledge")) == 1
    with pytest.raises(FieldError, match="used"):
        acts.act("a-1", AlarmAct.ACKNOWLEDGE, by=LI, action_id="tap")


def test_who_acknowledges_second_is_told_who_was_first(desk: Desk) -> None:
    """And the alarm is as the first left it."""
    desk.bring_to(Life.ACKNOWLEDGED)

    with pytest.raises(IllegalTransitionError) as refused:
        desk.act(AlarmAct.ACKNOWLEDGE, LI)

    assert refused.value.by == "wang"


def test_an_unknown_alarm_is_nobodys(desk: Desk) -> None:
    """Nothing is written down of what there is not."""
    with pytest.raises(UnknownAlarmError):
        desk.act(AlarmAct.ACKNOWLEDGE)

    assert deeds(desk.store) == []


@pytest.mark.parametrize(
    ("act", "said", "field", "code"),
    [
        pytest.param(AlarmAct.SHELVE, {"reason": ""}, "reason", "missing", id="no reason"),
        pytest.param(AlarmAct.TAKE_OUT, {"reason": " "}, "reason", "missing", id="a blank reason"),
        pytest.param(AlarmAct.SHELVE, {"reason": "x" * 501}, "reason", "long", id="a long reason"),
        pytest.param(AlarmAct.SHELVE, {"until_us": None}, "until", "missing", id="no end"),
        pytest.param(AlarmAct.SHELVE, {"until_us": NOON_US - 1}, "until", "early", id="over before it begins"),
        pytest.param(AlarmAct.SHELVE, {"until_us": NOON_US + SHIFT_US + HOUR_US}, "until", "long", id="past a shift"),
    ],
)
def test_shelving_needs_a_reason_and_ends_with_the_shift(
    desk: Desk, act: AlarmAct, said: dict[str, object], field: str, code: str
) -> None:
    """ISA-18.2: a limit, a reason, a person; what lacks one leaves nothing behind."""
    desk.bring_to(Life.UNACKNOWLEDGED)

    with pytest.raises(FieldError) as refused:
        desk.act(act, **said)

    assert (refused.value.field, refused.value.code) == (field, code)
    assert desk.life is Life.UNACKNOWLEDGED
    assert desk.store.alarm_desk().shelvings() == []


def test_shelving_again_counts_from_now(desk: Desk) -> None:
    """The last word holds, and only that."""
    desk.bring_to(Life.SHELVED)
    desk.now.pass_by(minutes=30)

    desk.act(AlarmAct.SHELVE, until_us=desk.now.us + 2 * HOUR_US)

    [shelving] = desk.store.alarm_desk().shelvings()
    assert shelving.until_us == desk.now.us + 2 * HOUR_US


def test_what_a_wider_shelving_holds_is_not_taken_from_it(desk: Desk) -> None:
    """One alarm's end would end maintenance of a whole community."""
    desk.bring_to(Life.ACKNOWLEDGED)
    wide = Shelving(
        kind=ShelvingKind.MAINTENANCE, area_id="370202007001", from_us=NOON_US, until_us=NOON_US + HOUR_US,
        reason="works",
    )  # fmt: skip
    put = desk.store.alarm_desk().put_shelving(wide, by=WANG, action_id="wide")

    with pytest.raises(IllegalTransitionError, match=put.shelving_id):
        desk.act(AlarmAct.UNSHELVE, LI)

    assert desk.life is Life.SHELVED
    desk.store.alarm_desk().end_shelving(put.shelving_id, by=LI)
    assert desk.life is Life.ACKNOWLEDGED


def test_a_shelving_is_put_once_and_ended_once(desk: Desk) -> None:
    """With an entry in the audit each; its end is not removed."""
    acts, wide = desk.store.alarm_desk(), Shelving(
        rule_id="loud", from_us=NOON_US, until_us=NOON_US + HOUR_US, reason="a fair"
    )  # fmt: skip

    first, second = (acts.put_shelving(wide, by=WANG, action_id="tap") for _ in range(2))
    acts.end_shelving(first.shelving_id, by=LI, reason="it rains")
    with pytest.raises(IllegalTransitionError):
        acts.end_shelving(first.shelving_id, by=LI)

    assert first == second
    assert acts.shelvings() == []
    assert [(it.action, it.by.login) for it in deeds(desk.store, "shelving.")] == [
        ("shelving.put", "wang"), ("shelving.end", "li"),
    ]  # fmt: skip
    assert acts.shelving(first.shelving_id).ended_us == NOON_US  # type: ignore[union-attr]  # it is there


def test_an_acknowledged_alarm_that_comes_back_calls_again(desk: Desk) -> None:
    """Acknowledged is what somebody has seen; she has not seen this."""
    desk.bring_to(Life.NORMAL)

    desk.does(AlarmAct.RAISE)

    assert desk.life is Life.UNACKNOWLEDGED
    [alarm] = desk.store.alarm_desk().open_alarms()
    assert (alarm.announced, alarm.acknowledged, alarm.acknowledged_by, alarm.repeats) == (2, 1, "wang", 2)


def test_machine_and_people_write_columns_of_their_own(desk: Desk, reader: Reader) -> None:
    """Whoever is later takes nothing of the other away."""
    desk.bring_to(Life.UNACKNOWLEDGED)
    [raised] = reader.alarms(["a-1"])

    desk.act(AlarmAct.ACKNOWLEDGE)
    [seen] = reader.alarms(["a-1"])
    desk.does(AlarmAct.CLEAR)
    [cleared] = reader.alarms(["a-1"])

    own = {"acknowledged", "acknowledged_us", "acknowledged_by"}
    names = list(raised.__dataclass_fields__)
    assert {name for name in names if getattr(raised, name) != getattr(seen, name)} == own
    assert {name for name in names if getattr(seen, name) != getattr(cleared, name)} == {"state", "cleared_us"}


def test_open_is_what_stands_and_what_nobody_has_seen(desk: Desk) -> None:
    """What is over and acknowledged is history."""
    desk.bring_to(Life.RETURNED_UNACKNOWLEDGED)
    acts = desk.store.alarm_desk()
    waiting = [it.alarm_id for it in acts.open_alarms()]

    desk.act(AlarmAct.ACKNOWLEDGE)

    assert (waiting, acts.open_alarms()) == (["a-1"], [])


def test_only_calls_are_counted(desk: Desk) -> None:
    """Neither what is suppressed, nor a clear, nor an acknowledgement is an annunciation."""
    desk.bring_to(Life.SUPPRESSED)
    desk.does(AlarmAct.RELEASE)
    desk.act(AlarmAct.ACKNOWLEDGE)
    desk.does(AlarmAct.CLEAR)

    calls = desk.store.alarm_desk().calls(NOON_US - MINUTE_US, NOON_US + MINUTE_US)

    assert [(it.at_us, it.rule_id, it.severity) for it in calls] == [(NOON_US, "loud", 3)]
