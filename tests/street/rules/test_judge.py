"""Limits, silence, causes and quality together, and that a judge can be rebuilt from what is stored."""

from street.alarms import Alarm, AlarmState
from street.assets import Asset
from street.clock import HOUR_US, MINUTE_US, SECOND_US
from street.quality import Fault
from street.readings import Flag, Reading
from street.rules import Clear, Raise
from street.rules.judge import Judge, JudgedMove, Listen, LiveValue, Memory
from street.scenarios import load_scenarios

NOON_US = 1_795_492_800 * SECOND_US + 4 * HOUR_US  # noon in Qingdao is 04:00 UTC; what matters here is the day's rule
SCENARIOS = load_scenarios()
METER = Asset(asset_id="N", kind="noise_meter", name="N", interval_s=30)
ASSETS = {"N": METER}


def a_judge(**memory: object) -> Judge:
    """Return a judge that remembers this and has listened for long."""
    return Judge(SCENARIOS, ASSETS, Memory(**{"listening_since_us": 1, "listened_us": NOON_US, **memory}))  # type: ignore[arg-type]  # a memory's fields


def say(judge: Judge, second: float, value: float, quantity: str = "noise_laeq") -> list[JudgedMove]:
    """Hear one value, as ingest does: judged, then observed."""
    at_us = NOON_US + int(second * SECOND_US)
    flags = judge.quality.judge(METER, quantity, at_us, at_us, value, 0)
    return [*judge.observe(METER, Reading("N", quantity, at_us, at_us, value, flags)), *judge.faults()]


def rules_of(moves: list[JudgedMove]) -> list[str]:
    """Return the rules that raised."""
    return [move.alarm.rule_id for move in moves if isinstance(move, Raise)]


def test_a_limit_passes_through_at_once() -> None:
    """25 s of 90 dB."""
    judge = a_judge()
    say(judge, 0, 90.0)

    assert rules_of(say(judge, 30, 90.4)) == ["noise-very-loud"]


def test_an_alarm_over_a_stuck_value_ends() -> None:
    """No reading could ever clear it: they are not believed any more."""
    judge = a_judge()
    moves = [move for second in range(0, 2400, 30) for move in say(judge, second, 90.0)]

    [raised] = [move for move in moves if isinstance(move, Raise) and move.alarm.rule_id == "noise-very-loud"]

    assert any(isinstance(move, Clear) and move.alarm_id == raised.alarm.alarm_id for move in moves)
    assert Fault("N", "noise_laeq", "stuck", NOON_US) in moves


def test_what_is_kept_by_the_broker_is_no_sign_of_life() -> None:
    """At every reconnection it comes again."""
    judge = a_judge()
    say(judge, 0, 60.0)
    late_us = NOON_US + 80 * SECOND_US
    judge.observe(METER, Reading("N", "noise_laeq", late_us, late_us, 60.0, int(Flag.RETAINED)))

    assert rules_of(list(judge.tick(NOON_US + 90 * SECOND_US, listening_since_us=1))) == ["silent"]


def test_a_word_of_absence_counts_until_the_device_is_there_again() -> None:
    """After one and a half intervals; 'online' takes it back."""
    gone, back = a_judge(), a_judge()
    for judge in (gone, back):
        say(judge, 0, 60.0)
        judge.note_presence("N", NOON_US + SECOND_US, is_there=False)
    back.note_presence("N", NOON_US + 2 * SECOND_US, is_there=True)

    found = [rules_of(list(it.tick(NOON_US + 61 * SECOND_US, listening_since_us=1))) for it in (gone, back)]

    assert found == [["silent"], []]


def test_it_is_told_since_when_nothing_went_by_unheard() -> None:
    """Once: the store remembers it over a restart."""
    judge = a_judge(listening_since_us=0)

    first, second = (list(judge.tick(NOON_US + it, listening_since_us=NOON_US)) for it in (0, SECOND_US))

    assert (first, second) == ([Listen(NOON_US)], [])


def test_a_silent_quantity_is_found_by_the_sweep() -> None:
    """Every ten seconds; its asset still speaks."""
    judge = a_judge()
    say(judge, 0, 70.0, "noise_lamax")
    moves = []
    for second in range(0, 130, 10):
        say(judge, second, 60.0 + second / 10)
        moves += list(judge.tick(NOON_US + second * SECOND_US, listening_since_us=1))

    assert moves == [Fault("N", "noise_lamax", "silent", NOON_US)]


def test_nobody_looks_for_silent_quantities_when_we_are_just_back() -> None:
    """What was sent while the line was down may be lost: everybody gets ten minutes to speak again."""
    judge = a_judge()
    say(judge, 0, 70.0, "noise_lamax")
    back_us = NOON_US + 100 * SECOND_US
    found = []
    for minutes in (1, 9, 11):
        say(judge, 100 + 60 * minutes, 60.0 + minutes)
        moves = judge.tick(back_us + minutes * MINUTE_US, listening_since_us=back_us)
        found.append([it.fault for it in moves if isinstance(it, Fault)])

    assert found == [[], [], ["silent"]]


def test_a_judge_begins_where_the_store_ends() -> None:
    """Alarm, heard, fault and delay; a reading older than the live one moves nothing."""
    silent = Alarm(
        alarm_id="silent:N:1", asset_id="N", rule_id="silent", quantity="", severity=4, state=AlarmState.ACTIVE,
        value=None, raised_us=NOON_US - MINUTE_US,
    )  # fmt: skip
    live = [LiveValue("N", "noise_laeq", NOON_US - HOUR_US, NOON_US - HOUR_US, 60.0, 0),
            LiveValue("gone", "noise_laeq", NOON_US, NOON_US, 60.0, 0)]  # fmt: skip
    judge = a_judge(alarms=[silent], live=live, states={("N", "fault:clock:"): 5, ("N", "noise-by-day"): 7})

    quiet = list(judge.tick(NOON_US, listening_since_us=NOON_US))
    say(judge, 5, 60.0)
    heard = list(judge.tick(NOON_US + 6 * SECOND_US, listening_since_us=NOON_US))

    assert [move for move in quiet if isinstance(move, Raise | Clear)] == []
    assert [move for move in heard if isinstance(move, Clear)] == [
        Clear("silent:N:1", NOON_US + 5 * SECOND_US, None, None)
    ]


def test_a_line_that_is_down_is_told_after_a_minute() -> None:
    """By whoever asks each second."""
    judge = a_judge()

    found = [rules_of(list(judge.link_lost(NOON_US + it * SECOND_US, NOON_US))) for it in (59, 60, 61)]

    assert found == [[], ["broker-silent"], []]


def test_a_new_register_is_known_to_all() -> None:
    """Silence, groups and courses."""
    judge = a_judge()
    say(judge, 0, 60.0)

    judge.learn({"N": Asset(asset_id="N", kind="noise_meter", name="N", interval_s=600)})

    assert list(judge.tick(NOON_US + 300 * SECOND_US, listening_since_us=1)) == []
