"""Flapping: one alarm of many, told twice at most, held while it will not be still, over when it is."""

from dataclasses import dataclass, field

import pytest

from street.alarms import Alarm, AlarmState
from street.clock import MINUTE_US, SECOND_US
from street.rules.causes import Shift
from street.rules.flapping import QUIET, WINDOW_US, Again, FlappedMove, Flapping, Repeat, Turn
from street.rules.moves import Clear, Pend, Raise, Regrade

T0 = 1_795_492_800 * SECOND_US


def an_alarm(at_us: int = T0, **changes: object) -> Alarm:
    """Return an alarm as the rules raise it: named for its instant."""
    row = {
        "alarm_id": f"a:{at_us}", "asset_id": "n-1", "rule_id": "loud", "quantity": "noise_laeq", "severity": 3,
        "state": AlarmState.ACTIVE, "value": 91.0, "raised_us": at_us,
    }  # fmt: skip
    return Alarm(**{**row, **changes})  # type: ignore[arg-type]  # made of parts


@dataclass
class Street:
    """A signal at one asset, and what a store would keep of it."""

    flapping: Flapping = field(default_factory=Flapping)
    moves: list[FlappedMove] = field(default_factory=list)
    states: dict[tuple[str, str], int] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    standing: dict[str, Alarm] = field(default_factory=dict)
    current: str = ""

    def keep(self, moves: list[FlappedMove]) -> None:
        """Store moves."""
        self.moves += moves
        for move in moves:
            match move:
                case Raise(alarm=alarm):
                    self.standing[alarm.alarm_id] = alarm
                    self.turns.append(Turn(alarm.alarm_id, "n-1", "loud", True, alarm.raised_us))
                case Again(back=back):
                    changes = {"alarm_id": back.alarm_id, "is_chattering": back.is_chattering}
                    self.standing[back.alarm_id] = an_alarm(back.at_us, **changes)
                    self.turns.append(Turn(back.alarm_id, "n-1", "loud", True, back.at_us))
                case Clear(alarm_id=alarm_id, at_us=at_us):
                    del self.standing[alarm_id]
                    self.turns.append(Turn(alarm_id, "n-1", "loud", False, at_us))
                case Pend(asset_id=asset_id, rule_id=rule_id, since_us=since_us):
                    self.states.pop((asset_id, rule_id), None)
                    self.states |= {} if since_us is None else {(asset_id, rule_id): since_us}
                case _:
                    pass

    def raises(self, at_us: int, **changes: object) -> None:
        """Break the limit."""
        self.keep(list(self.flapping.tick(at_us)))
        self.current = f"a:{at_us}"
        self.keep(list(self.flapping.take(Raise(an_alarm(at_us, **changes), None))))

    def clears(self, at_us: int) -> None:
        """Heal it."""
        self.keep(list(self.flapping.tick(at_us)))
        self.keep(list(self.flapping.take(Clear(self.current, at_us, 50.0, None))))

    def passes(self, now_us: int) -> None:
        """Let time pass."""
        self.keep(list(self.flapping.tick(now_us)))

    def restart(self, now_us: int) -> None:
        """Begin again from what is stored; the rules know what stands by its stored id."""
        quiet = {(asset, state.removeprefix(QUIET)): since for (asset, state), since in self.states.items()}
        recent = [turn for turn in self.turns if turn.at_us >= now_us - WINDOW_US]
        self.flapping = Flapping(self.standing.values(), recent, quiet)
        self.current = next(iter(self.standing), self.current)

    def toggle(self, from_us: int, minutes: float, every_s: int = 10, *, restarts: bool = False) -> int:
        """Break and heal the limit every so often; return when it was healed last."""
        steps = int(minutes * 60 / every_s)
        for step in range(steps + steps % 2):
            at_us = from_us + step * every_s * SECOND_US
            (self.clears if step % 2 else self.raises)(at_us)
            if restarts:
                self.restart(at_us)
        return at_us

    @property
    def told(self) -> int:
        """How often people were called."""
        return sum(isinstance(move, (Raise, Again)) for move in self.moves)


@pytest.mark.parametrize("restarts", [False, True], ids=["in one run", "restarted after every change"])
def test_a_signal_that_toggles_for_half_an_hour_is_told_twice(*, restarts: bool) -> None:
    """Once as it is, once as chattering; then one end, dated when it was last healed, whatever was restarted."""
    street = Street()

    last_us = street.toggle(T0, 30, restarts=restarts)
    during = street.standing[f"a:{T0}"]
    street.passes(last_us + WINDOW_US - 1)
    before = list(street.standing)
    street.passes(last_us + WINDOW_US)

    assert street.told == 2
    assert during.is_chattering
    assert before == [f"a:{T0}"]
    assert street.standing == {}
    assert street.moves[-1] == Clear(f"a:{T0}", last_us, None, None)
    assert street.states == {}
    assert sum(isinstance(move, Repeat) for move in street.moves) == 88  # of 90 raises, two were told


def test_an_alarm_that_comes_back_soon_is_the_same_alarm() -> None:
    """One row, called again; not chattering yet."""
    street = Street()
    street.raises(T0)
    street.clears(T0 + MINUTE_US)

    street.raises(T0 + 3 * MINUTE_US)

    [again] = [move for move in street.moves if isinstance(move, Again)]
    assert (again.back.alarm_id, again.back.is_chattering) == (f"a:{T0}", False)


def test_three_in_ten_minutes_are_one_row_that_chatters() -> None:
    """UX S-04: one row, three times, told as chattering; slower than ISA-18.2's minute, no less a nuisance."""
    street = Street()

    for minute in (0, 3, 6):
        street.raises(T0 + minute * MINUTE_US)
        street.clears(T0 + (minute + 1) * MINUTE_US)

    assert list(street.standing) == [f"a:{T0}"]
    assert street.standing[f"a:{T0}"].is_chattering
    assert street.told == 3


def test_what_comes_back_late_is_a_new_alarm() -> None:
    """Ten minutes after it was over, nobody thinks of the old one."""
    street = Street()
    street.raises(T0)
    street.clears(T0 + MINUTE_US)

    street.raises(T0 + MINUTE_US + WINDOW_US + 1)

    assert [move.alarm.alarm_id for move in street.moves if isinstance(move, Raise)] == [
        f"a:{T0}", f"a:{T0 + MINUTE_US + WINDOW_US + 1}",
    ]  # fmt: skip


def test_an_ordinary_alarm_is_cleared_at_once() -> None:
    """Holding is for those that flap."""
    street = Street()
    street.raises(T0)

    street.clears(T0 + MINUTE_US)

    assert street.moves[-1] == Clear(f"a:{T0}", T0 + MINUTE_US, 50.0, None)


def test_after_its_quiet_a_chattering_alarm_begins_anew() -> None:
    """What it did an hour ago is not held against it."""
    street = Street()
    last_us = street.toggle(T0, 2)
    street.passes(last_us + WINDOW_US)

    street.raises(last_us + 2 * WINDOW_US)
    street.clears(last_us + 2 * WINDOW_US + MINUTE_US)

    assert street.standing == {}
    assert street.told == 3


def test_two_assets_do_not_chatter_together() -> None:
    """Each has its own course."""
    flapping = Flapping()
    told = [
        move
        for number in range(6)
        for move in flapping.take(
            Raise(an_alarm(T0 + number * SECOND_US, asset_id=f"n-{number}"), None)
        )
    ]  # fmt: skip

    assert all(isinstance(move, Raise) for move in told)


def test_what_moves_a_returned_alarm_finds_its_row() -> None:
    """The rules know it by a new name, the store by its old."""
    street = Street()
    street.raises(T0)
    street.clears(T0 + MINUTE_US)
    street.raises(T0 + 2 * MINUTE_US)

    grade = list(street.flapping.take(Regrade(street.current, 2, T0 + 3 * MINUTE_US, 95.0, None)))
    shift = list(street.flapping.take(Shift(street.current, AlarmState.SUPPRESSED, T0 + 4 * MINUTE_US)))

    assert [move.alarm_id for move in (*grade, *shift)] == [f"a:{T0}"] * 2  # type: ignore[union-attr]  # both have one


def test_a_held_alarm_goes_under_its_cause() -> None:
    """The circuit's alarm speaks for a lamp, also for one that chattered."""
    street = Street()
    last_us = street.toggle(T0, 2)

    street.raises(last_us + MINUTE_US, state=AlarmState.SUPPRESSED)

    assert street.moves[-1] == Shift(f"a:{T0}", AlarmState.SUPPRESSED, last_us + MINUTE_US)


def test_what_is_over_is_forgotten() -> None:
    """A year of alarms does not fill memory."""
    street = Street()
    street.raises(T0)
    street.clears(T0 + MINUTE_US)

    street.passes(T0 + MINUTE_US + WINDOW_US)

    assert street.flapping._runs == {}
    assert street.flapping._of_alarm == {}
