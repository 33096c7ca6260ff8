"""All rules at all assets: which readings count, what survives a restart, and that alarms alternate."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from street.alarms import Alarm, AlarmState
from street.assets import Asset
from street.clock import SECOND_US
from street.readings import NOT_LIVE, Flag, Reading
from street.rules import Clear, Move, Pend, Raise, Rules
from street.scenarios import Scenarios, load_scenarios

NOON_US = 1_795_492_800 * SECOND_US
GAUGE = Asset(asset_id="G-1", kind="gauge", name="gauge one", lon=120.3, lat=36.0)
WHY = "why: {cause: {zh: 因, en: C}, consequence: {zh: 果, en: E}, response: {zh: 办, en: R}}"
FORM = """
kind: gauge
name: {zh: 水位, en: Gauge}
icon: water
interval_s: 60
quantities:
  water_level: {unit: m, plausible: [-5, 20]}
  tilt: {unit: °, plausible: [0, 90]}
rules:
  wet: {quantity: water_level, raise_above: 1, clear_at: 0.5, on_delay_s: 30, off_delay_s: 20, severity: 2,
        title: {zh: 积水, en: Wet}, WHY}
  deep: {quantity: water_level, raise_above: 3, clear_at: 2, severity: 1, title: {zh: 深水, en: Deep}, WHY}
""".replace("WHY", WHY)


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory: pytest.TempPathFactory) -> Scenarios:
    """Two rules of one quantity, one of them with delays; a second quantity without rules."""
    folder: Path = tmp_path_factory.mktemp("scenarios")
    (folder / "gauge.yaml").write_text(FORM, encoding="utf-8")
    return load_scenarios(folder)


@pytest.fixture(scope="module")
def two_kinds(tmp_path_factory: pytest.TempPathFactory) -> Scenarios:
    """Two kinds that measure one quantity and mean other things by it."""
    folder: Path = tmp_path_factory.mktemp("kinds")
    level = FORM.partition("rules:")[0].replace("kind: gauge", "kind: level")
    rule = "  low: {quantity: water_level, raise_below: 1, clear_at: 2, severity: 3, title: {zh: 低, en: Low}, WHY}"
    (folder / "gauge.yaml").write_text(FORM, encoding="utf-8")
    (folder / "level.yaml").write_text(f"{level}rules:\n{rule.replace('WHY', WHY)}\n", encoding="utf-8")
    return load_scenarios(folder)


def at(second: float, value: float | None, flags: int = 0, quantity: str = "water_level") -> Reading:
    """A reading so many seconds past noon that arrives at once."""
    at_us = NOON_US + int(second * SECOND_US)
    return Reading("G-1", quantity, at_us, at_us, value, flags)


def names(moves: list[Move]) -> list[str]:
    """Say in short what moved."""
    return [
        f"{type(move).__name__} {move.alarm.rule_id if isinstance(move, Raise) else move[0]}"
        if not isinstance(move, Pend)
        else f"Pend {move.rule_id} {'off' if move.since_us is None else 'on'}"
        for move in moves
    ]


@pytest.mark.parametrize("flag", [flag for flag in Flag if flag & NOT_LIVE])
def test_what_says_nothing_about_now_raises_nothing(scenarios: Scenarios, flag: Flag) -> None:
    """A retained or late value is history; an implausible one is a broken sensor, not a flood."""
    assert Rules(scenarios).observe(GAUGE, at(0, 5, int(flag))) == []


@pytest.mark.parametrize("flag", [Flag.ASSUMED_TIME, Flag.CLOCK_SKEW])
def test_a_doubtful_clock_is_no_reason_to_stay_silent(scenarios: Scenarios, flag: Flag) -> None:
    """The value is real even where the source's time is not."""
    assert "Raise deep" in names(Rules(scenarios).observe(GAUGE, at(0, 5, int(flag))))


def test_a_reading_that_is_not_live_does_not_clear_either(scenarios: Scenarios) -> None:
    """A retained zero after a reconnect must not end a flood."""
    rules = Rules(scenarios)
    rules.observe(GAUGE, at(0, 5))

    assert rules.observe(GAUGE, at(1, 0, int(Flag.RETAINED))) == []


def test_a_missing_value_moves_nothing(scenarios: Scenarios) -> None:
    """None is a gap, never zero."""
    rules = Rules(scenarios)
    rules.observe(GAUGE, at(0, 5))

    assert rules.observe(GAUGE, at(1, None)) == []


@pytest.mark.parametrize("second", [0, -1, -300])
def test_a_reading_no_newer_than_the_last_is_ignored(scenarios: Scenarios, second: float) -> None:
    """Messages overtake each other; an older zero must not end what a newer reading began."""
    rules = Rules(scenarios)
    rules.observe(GAUGE, at(0, 5))

    assert rules.observe(GAUGE, at(second, 0)) == []


def test_one_reading_can_break_two_limits(scenarios: Scenarios) -> None:
    """A flood deep at once is deep at once, while the milder rule still waits."""
    moves = Rules(scenarios).observe(GAUGE, at(0, 5))

    assert names(moves) == ["Pend wet on", "Raise deep"]


def test_quantities_and_kinds_without_rules_move_nothing(scenarios: Scenarios) -> None:
    """Most of the traffic; it must also cost nothing (see the bench)."""
    rules = Rules(scenarios)

    assert rules.observe(GAUGE, at(0, 80, quantity="tilt")) == []
    assert rules.observe(replace(GAUGE, kind="unheard_of"), at(0, 80)) == []


def test_assets_do_not_share_their_delays(scenarios: Scenarios) -> None:
    """The neighbour's flood is the neighbour's."""
    rules = Rules(scenarios)
    rules.observe(GAUGE, at(0, 2))
    neighbour = replace(GAUGE, asset_id="G-2")

    assert names(rules.observe(neighbour, at(40, 2)._replace(asset_id="G-2"))) == ["Pend wet on"]


def test_a_fast_clock_at_the_source_does_not_hide_what_follows(scenarios: Scenarios) -> None:
    """A stamp of tomorrow counts as now; else a corrected clock would be ignored until tomorrow."""
    rules = Rules(scenarios)
    rules.observe(GAUGE, at(0, 5)._replace(at_us=NOON_US + 200 * SECOND_US))

    assert "Clear" in names(rules.observe(GAUGE, at(1, 0)))[-1]


def test_the_clock_raises_what_no_reading_contradicts(scenarios: Scenarios) -> None:
    """A sensor that reports once an hour must not delay its alarm by an hour."""
    rules = Rules(scenarios)
    rules.observe(GAUGE, at(0, 2))

    assert rules.tick(NOON_US + 29 * SECOND_US) == []
    assert names(rules.tick(NOON_US + 30 * SECOND_US)) == ["Pend wet off", "Raise wet"]
    assert rules.tick(NOON_US + 31 * SECOND_US) == []


def test_a_delay_survives_a_restart(scenarios: Scenarios) -> None:
    """Else whoever restarts often enough never hears an alarm."""
    before = Rules(scenarios)
    [pend] = before.observe(GAUGE, at(0, 2))
    assert isinstance(pend, Pend)
    assert pend.since_us is not None

    after = Rules(scenarios, pending={(pend.asset_id, pend.rule_id): pend.since_us}, assets={"G-1": GAUGE})
    moves = after.tick(NOON_US + 30 * SECOND_US)

    raised = moves[-1]
    assert isinstance(raised, Raise)
    assert raised.alarm.raised_us == NOON_US + 30 * SECOND_US
    assert (raised.alarm.value, raised.incident and raised.incident.asset_id) == (None, "G-1")


def test_silence_says_nothing_while_nobody_listens(scenarios: Scenarios) -> None:
    """The reading that would have stopped the alarm may still wait at the broker."""
    rules = Rules(scenarios, pending={("G-1", "wet"): NOON_US}, assets={"G-1": GAUGE})
    back_us = NOON_US + 600 * SECOND_US

    assert rules.tick(back_us, listening_since_us=back_us) == []
    assert names(rules.tick(back_us + 30 * SECOND_US, listening_since_us=back_us)) == ["Pend wet off", "Raise wet"]


def test_a_delay_without_its_asset_waits_for_a_reading(scenarios: Scenarios) -> None:
    """Only the asset knows the place of the incident."""
    rules = Rules(scenarios, pending={("G-1", "wet"): NOON_US})
    assert rules.tick(NOON_US + 60 * SECOND_US) == []

    assert names(rules.observe(GAUGE, at(61, 2))) == ["Pend wet off", "Raise wet"]


def an_alarm(rule_id: str, severity: int = 1, quantity: str = "water_level") -> Alarm:
    """An active alarm as the store gives it back."""
    return Alarm(
        alarm_id=f"{rule_id}:G-1:1", asset_id="G-1", rule_id=rule_id, quantity=quantity, severity=severity,
        state=AlarmState.ACTIVE, value=5.0, raised_us=NOON_US, incident_id=f"sensing/{rule_id}:G-1:1",
    )  # fmt: skip


def test_an_alarm_survives_a_restart(scenarios: Scenarios) -> None:
    """It is not raised a second time, and its end is still seen."""
    rules = Rules(scenarios, alarms=[an_alarm("deep")])

    assert names(rules.observe(GAUGE, at(1, 5))) == ["Pend wet on"]
    assert rules.observe(GAUGE, at(2, 1.5)) == [Clear("deep:G-1:1", NOON_US + 2 * SECOND_US, 1.5, "sensing/deep:G-1:1")]


def test_an_alarm_whose_rule_is_gone_is_cleared(scenarios: Scenarios) -> None:
    """A rule taken out of its file would leave it standing for ever."""
    rules = Rules(scenarios, alarms=[an_alarm("abolished")], pending={("G-1", "forgotten"): NOON_US})
    now_us = NOON_US + SECOND_US

    assert rules.tick(now_us) == [
        Clear("abolished:G-1:1", now_us, None, "sensing/abolished:G-1:1"),
        Pend("G-1", "forgotten", None),
    ]
    assert rules.tick(now_us) == []


def test_an_alarm_whose_rule_watches_another_quantity_now_is_cleared(scenarios: Scenarios) -> None:
    """No reading of the new quantity says anything about the old breach."""
    rules = Rules(scenarios, alarms=[an_alarm("deep", quantity="tilt")])

    assert names(rules.tick(NOON_US)) == ["Clear deep:G-1:1"]


LEVEL = replace(GAUGE, kind="level")


def test_an_asset_of_another_kind_leaves_its_old_alarms(two_kinds: Scenarios) -> None:
    """Somebody has corrected the register: no reading would ever clear what the old kind's rules had raised."""
    assets = {"G-1": GAUGE}
    rules = Rules(two_kinds, assets=assets)
    [_, raised] = rules.observe(GAUGE, at(0, 5))
    assert isinstance(raised, Raise)
    assets["G-1"] = replace(GAUGE, kind="unknown")

    moves = rules.tick(NOON_US + SECOND_US)

    assert names(moves) == ["Pend wet off", f"Clear {raised.alarm.alarm_id}"]
    assert rules.tick(NOON_US + 60 * SECOND_US) == []


def test_an_asset_of_another_kind_is_watched_by_its_new_rules(two_kinds: Scenarios) -> None:
    """From its first reading on."""
    rules = Rules(two_kinds, assets={"G-1": LEVEL})
    rules.observe(GAUGE, at(0, 0))

    assert "Raise low" in names(rules.observe(LEVEL, at(1, 0.2)))


def test_an_alarm_of_an_asset_that_is_of_another_kind_now_is_cleared(two_kinds: Scenarios) -> None:
    """Also when the register was corrected while nobody was running."""
    rules = Rules(two_kinds, [an_alarm("deep")], {("G-1", "wet"): NOON_US}, {"G-1": LEVEL})

    assert names(rules.tick(NOON_US)) == ["Clear deep:G-1:1", "Pend wet off"]


@pytest.fixture(scope="module")
def buttons(tmp_path_factory: pytest.TempPathFactory) -> Scenarios:
    """Every level above one is a press that needs somebody."""
    folder: Path = tmp_path_factory.mktemp("buttons")
    rule = """rules:
  press: {quantity: water_level, raise_above: 1, clear_at: 0, off_delay_s: 20, momentary: true, severity: 1,
          title: {zh: 按, en: Press}, WHY}
  flat: {quantity: water_level, raise_below: -4, clear_at: 0, severity: 4, title: {zh: 低, en: Flat}, WHY}
""".replace("WHY", WHY)
    (folder / "gauge.yaml").write_text(FORM.partition("rules:")[0] + rule, encoding="utf-8")
    return load_scenarios(folder)


def test_a_press_that_comes_after_its_release_is_still_one(buttons: Scenarios) -> None:
    """A broker sends again what nobody acknowledged, behind what is newer: somebody has called for help."""
    rules = Rules(buttons)
    rules.observe(GAUGE, at(2, 0))

    raised, cleared = rules.observe(GAUGE, at(1, 1))

    pressed_us = NOON_US + SECOND_US
    assert isinstance(raised, Raise)
    assert raised.incident is not None
    assert (raised.alarm.alarm_id, raised.alarm.value) == (f"press:G-1:{pressed_us}", 1)
    assert cleared == Clear(raised.alarm.alarm_id, pressed_us, None, raised.incident.incident_id)
    assert rules.tick(NOON_US + 60 * SECOND_US) == []


def test_a_late_press_after_a_restart_is_still_one(buttons: Scenarios) -> None:
    """The release was stored before the crash, the press was not."""
    rules = Rules(buttons, assets={"G-1": GAUGE}, seen={("G-1", "water_level"): NOON_US})

    assert names(rules.observe(GAUGE, at(-1, 1)))[0] == "Raise press"


@pytest.mark.parametrize("second", [1, 5, 29])
def test_a_late_press_inside_an_alarm_is_the_same_call(buttons: Scenarios, second: float) -> None:
    """It raised at 0 and cleared at 30: the officer knows, before its end and after."""
    rules = Rules(buttons)
    rules.observe(GAUGE, at(0, 1))
    rules.observe(GAUGE, at(10, 0))

    assert rules.observe(GAUGE, at(second if second < 10 else 9, 1)) == []
    assert names(rules.tick(NOON_US + 31 * SECOND_US))[0] == "Pend press off"
    assert rules.observe(GAUGE, at(40, 0)) == []
    assert rules.observe(GAUGE, at(second, 1)) == []


def test_a_late_press_before_an_alarm_is_a_call_of_its_own(buttons: Scenarios) -> None:
    """And the one that stands keeps standing."""
    rules = Rules(buttons)
    rules.observe(GAUGE, at(10, 1))

    assert [it.split()[0] for it in names(rules.observe(GAUGE, at(5, 1)))] == ["Raise", "Clear"]
    assert names(rules.observe(GAUGE, at(20, 0))) == ["Pend press on"]


def test_a_late_press_is_told_once(buttons: Scenarios) -> None:
    """Whatever the store makes of a second reading of that instant."""
    rules = Rules(buttons)
    rules.observe(GAUGE, at(2, 0))
    rules.observe(GAUGE, at(1, 1))

    assert rules.observe(GAUGE, at(1, 1)) == []


@pytest.mark.parametrize(
    "reading",
    [
        pytest.param(at(1, 0), id="a late release"),
        pytest.param(at(1, -5), id="a late breach of a rule beside it that must be now"),
        pytest.param(at(1, 1, int(Flag.LATE)), id="a press that is history"),
        pytest.param(at(1, 1, int(Flag.RETAINED)), id="a press that the broker kept"),
    ],
)
def test_other_late_readings_move_nothing(buttons: Scenarios, reading: Reading) -> None:
    """Only a live press counts whenever it comes."""
    rules = Rules(buttons)
    rules.observe(GAUGE, at(2, -1))

    assert rules.observe(GAUGE, reading) == []


def test_what_is_older_than_the_stored_value_comes_too_late_after_a_restart(scenarios: Scenarios) -> None:
    """A flood that is over must not be raised by what the broker sends again."""
    rules = Rules(scenarios, seen={("G-1", "water_level"): NOON_US})

    assert rules.observe(GAUGE, at(-1, 5)) == []
    assert "Raise deep" in names(rules.observe(GAUGE, at(1, 5)))


def test_a_grave_limit_may_be_broken_in_doubt_and_nothing_else_moves(scenarios: Scenarios) -> None:
    """A flood is raised by its arrival though its stamp is an hour old; one that stands is not ended by such a one."""
    rules, now_us = Rules(scenarios), NOON_US + 3600 * SECOND_US
    late = at(0, 5, int(Flag.LATE))._replace(received_us=now_us)

    assert rules.observe(GAUGE, late) == []
    moves = rules.observe(GAUGE, late, in_doubt=True)

    raised = [move.alarm for move in moves if isinstance(move, Raise)]
    assert [(it.rule_id, it.raised_us) for it in raised] == [("deep", now_us)]
    assert rules.observe(GAUGE, late._replace(value=0.0), in_doubt=True) == []


def test_what_is_implausible_is_no_alarm_in_doubt_either(scenarios: Scenarios) -> None:
    """More speaks against it than its age."""
    late = at(0, 5, int(Flag.LATE | Flag.IMPLAUSIBLE))

    assert Rules(scenarios).observe(GAUGE, late, in_doubt=True) == []


def test_a_wrong_clock_is_judged_by_arrival(scenarios: Scenarios) -> None:
    """An hour behind: what it says after a right reading is newer all the same."""
    rules, behind_us = Rules(scenarios), 3600 * SECOND_US
    rules.observe(GAUGE, at(0, 0))

    said = at(10, 5, int(Flag.CLOCK_SKEW))
    moves = rules.observe(GAUGE, said._replace(at_us=said.at_us - behind_us))

    assert "Raise deep" in names(moves)


STEPS = st.lists(
    st.tuples(
        st.integers(0, 40),  # seconds since the step before
        st.sampled_from([0.0, 0.5, 0.7, 1.0, 1.5, 2.0, 2.5, 3.0, 9.0]),
        st.integers(-50, 5),  # the stamp against the arrival [s]
        st.booleans(),  # does the clock tick afterwards
        st.booleans(),  # is the process started anew afterwards
    ),
    max_size=60,
)


@given(STEPS)
def test_alarms_of_one_rule_and_asset_alternate(
    scenarios: Scenarios, steps: list[tuple[int, float, int, bool, bool]]
) -> None:
    """Never two active at once, no clear without its raise, no id twice, whatever comes late or after a restart."""
    rules = Rules(scenarios)
    active: dict[str, Alarm] = {}
    delays: dict[tuple[str, str], int] = {}
    ids: set[str] = set()
    stamps: set[int] = set()  # the store lets none through twice
    now_us = NOON_US

    for pause_s, value, lag_s, is_tick, is_restart in steps:
        now_us += pause_s * SECOND_US
        reading = Reading("G-1", "water_level", now_us + lag_s * SECOND_US, now_us, value)
        if reading.at_us in stamps:
            continue
        stamps.add(reading.at_us)
        moves = rules.observe(GAUGE, reading) + (rules.tick(now_us) if is_tick else [])
        for move in moves:
            _take(move, active, delays, ids)
        if is_restart:
            rules = Rules(scenarios, active.values(), delays, {"G-1": GAUGE})


def _take(move: Move, active: dict[str, Alarm], delays: dict[tuple[str, str], int], ids: set[str]) -> None:
    """Keep what a store would keep, and refuse what it must never see."""
    if isinstance(move, Pend):
        key = (move.asset_id, move.rule_id)
        if move.since_us is None:
            del delays[key]
        else:
            assert key not in delays
            delays[key] = move.since_us
    elif isinstance(move, Raise):
        assert move.alarm.rule_id not in active
        assert move.alarm.alarm_id not in ids
        ids.add(move.alarm.alarm_id)
        active[move.alarm.rule_id] = move.alarm
    else:
        [rule_id] = [rule_id for rule_id, alarm in active.items() if alarm.alarm_id == move.alarm_id]
        assert move.at_us >= active[rule_id].raised_us
        del active[rule_id]
