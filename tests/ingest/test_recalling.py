"""What ingest recalls when it starts, so that a restart changes nothing."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest.recalling import live_values, recent, usual
from street.assets import Asset
from street.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from street.readings import Reading
from street.rules import Raise, Rules
from street.scenarios import load_scenarios
from street.store import Reader, open_store

NOON_US = 1_795_492_800 * SECOND_US  # a whole hour
ASSETS = {
    it.asset_id: it
    for it in (
        Asset(asset_id="WL", kind="water_level", name="WL"),
        Asset(asset_id="NOI", kind="noise_meter", name="NOI"),
        Asset(asset_id="BIN", kind="waste_bin", name="BIN"),
        Asset(asset_id="MH", kind="manhole", name="MH"),
    )
}
SCENARIOS = load_scenarios()


def said(asset_id: str, quantity: str, minutes_ago: float, value: float) -> Reading:
    """A reading of then that came at once."""
    at_us = NOON_US - int(minutes_ago * MINUTE_US)
    return Reading(asset_id, quantity, at_us, at_us, value)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """A store that was told some hours, and of noise some weeks."""
    with closing(open_store(f"sqlite:///{tmp_path}/street.db", now_us=lambda: NOON_US)) as store:
        store.register_assets(list(ASSETS.values()))
        with closing(store.writer()) as writer:
            batch = writer.begin(NOON_US)
            weeks = [said("NOI", "noise_laeq", week * 7 * 1440, 50.0 + week) for week in range(6, 0, -1)]
            batch.add_readings(
                [
                    *weeks, said("NOI", "noise_laeq", 3, 61.0), said("MH", "cover_open", 2 * 1440, 1.0),
                    said("MH", "cover_open", 600, 1.0), said("MH", "cover_open", 300, 0.0),
                    said("WL", "water_level", 20, 0.0), said("WL", "water_level", 9, 0.01),
                    said("BIN", "fill_level", 40, 3.0),
                ]
            )  # fmt: skip
            batch.commit()
        with closing(store.reader()) as opened:
            yield opened


def test_readings_are_recalled_as_far_as_a_rule_looks_back(reader: Reader) -> None:
    """A day of the cover, ten minutes' worth of the water and its gauge's day; of a bin that others count the last."""
    found = list(recent(reader, SCENARIOS, ASSETS, reader.latest(), NOON_US))

    values = {(it.asset_id, it.value) for it in found}
    assert {("MH", 1.0), ("MH", 0.0), ("WL", 0.0), ("WL", 0.01), ("BIN", 3.0)} <= values
    assert len([it for it in found if it.asset_id == "MH"]) == 2
    assert all(it.at_us > NOON_US - DAY_US for it in found if it.asset_id == "MH")


def test_a_rise_that_began_before_a_restart_raises_after_it(reader: Reader) -> None:
    """The window is that of the store."""
    rules = Rules(SCENARIOS, assets=ASSETS, recent=recent(reader, SCENARIOS, ASSETS, reader.latest(), NOON_US))

    moves = rules.observe(ASSETS["WL"], said("WL", "water_level", 0, 0.07))

    assert [move.alarm.rule_id for move in moves if isinstance(move, Raise)] == ["water-rising"]


def test_what_is_usual_comes_from_the_hours_of_the_weeks_before(reader: Reader) -> None:
    """Of the quantities that somebody asks it of, and no others."""
    found = usual(reader, SCENARIOS, ASSETS, reader.latest(), NOON_US)

    assert found.keys() == {("NOI", "noise_laeq")}
    assert found["NOI", "noise_laeq"].usual(NOON_US // HOUR_US) == (53.5, 53.5)


def test_live_values_bring_hours_where_a_stillness_is_watched(reader: Reader) -> None:
    """Else a microphone that has been stuck for a day would be believed again after each restart."""
    found = {it.asset_id: it for it in live_values(reader, SCENARIOS, ASSETS, reader.latest(), NOON_US)}

    assert found["NOI"].hours == (((NOON_US - 3 * MINUTE_US) // HOUR_US * HOUR_US, 61.0, 61.0),)
    assert found["WL"].hours == ()
