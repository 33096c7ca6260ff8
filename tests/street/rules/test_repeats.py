"""Repeats: a thousand messages are one alarm and a count, also where the store was restarted."""

from pathlib import Path

import pytest

from ingest.applying import apply
from street.assets import Asset
from street.clock import SECOND_US
from street.readings import Flag, Reading
from street.rules.judge import Judge, Memory
from street.scenarios import load_scenarios
from street.store import open_store

T0 = 1_795_492_800 * SECOND_US
SCENARIOS = load_scenarios()
DETECTOR = Asset(asset_id="S-1", kind="smoke_detector", name="S")
[SMOKE] = [rule for it in SCENARIOS.values() for rule in it.rules if rule.rule_id == "smoke"]


def said(number: int, value: float = 1.0, flags: int = 0) -> Reading:
    """Return the detector's message of second *number*."""
    at_us = T0 + number * SECOND_US
    return Reading("S-1", SMOKE.quantity, at_us, at_us, value, flags)


@pytest.mark.parametrize("every", [1_000, 7], ids=["in one run", "restarted every 70 messages"])
def test_a_thousand_repeats_are_one_alarm_with_a_count(tmp_path: Path, every: int) -> None:
    """First and last time are told; one transition, one call, one incident."""
    store = open_store(f"sqlite:///{tmp_path}/street.db", lambda: T0)
    store.register_assets([DETECTOR])
    writer, reader = store.writer(), store.reader()
    judge = Judge(SCENARIOS, {"S-1": DETECTOR}, Memory(now_us=T0))
    for lot in range(100):
        if lot % every == every - 1:
            judge = Judge(SCENARIOS, {"S-1": DETECTOR}, Memory(alarms=writer.active_alarms(), now_us=T0))
        batch = writer.begin(T0)
        for number in range(lot * 10, lot * 10 + 10):
            apply(judge.observe(DETECTOR, said(number)), batch)
        batch.commit()

    [alarm] = reader.active_alarms()
    transitions = reader.alarm_turns(0)
    incidents = reader.open_incidents()
    reader.close()
    writer.close()
    store.close()

    assert (alarm.repeats, alarm.raised_us, alarm.last_us) == (1_000, T0, T0 + 999 * SECOND_US)
    assert (alarm.announced, len(transitions), len(incidents)) == (1, 1, 1)


def test_only_live_readings_that_break_the_limit_count() -> None:
    """Neither a good value, nor an old one, nor one that cannot be believed."""
    judge = Judge(SCENARIOS, {"S-1": DETECTOR}, Memory(now_us=T0))
    judge.observe(DETECTOR, said(0))

    assert len(judge.observe(DETECTOR, said(1))) == 1
    assert judge.observe(DETECTOR, said(2, flags=int(Flag.IMPLAUSIBLE))) == []
    assert judge.observe(DETECTOR, said(3, flags=int(Flag.RETAINED))) == []


def test_what_is_over_is_not_counted_any_more() -> None:
    """Nothing is left behind either."""
    judge = Judge(SCENARIOS, {"S-1": DETECTOR}, Memory(now_us=T0))
    judge.observe(DETECTOR, said(0))
    judge.observe(DETECTOR, said(1, value=0.0))
    list(judge.tick(T0 + 3_600 * SECOND_US, listening_since_us=T0))

    assert judge._repeats.standing == {}
