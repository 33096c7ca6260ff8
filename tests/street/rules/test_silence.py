"""Who is silent, and that nobody is while nobody listens."""

from street.assets import Asset
from street.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from street.rules.silence import Silence
from street.scenarios import load_scenarios

NOON_US = 1_795_492_800 * SECOND_US
SCENARIOS = load_scenarios()
METER = Asset(asset_id="N", kind="noise_meter", name="N")  # every 30 s
SMOKE = Asset(asset_id="S", kind="smoke_detector", name="S")  # every hour
NOBODY_KNOWS = Asset(asset_id="U", kind="unknown", name="U")
ASSETS = {it.asset_id: it for it in (METER, SMOKE, NOBODY_KNOWS)}


def a_silence(heard: dict[str, int], **stored: int) -> Silence:
    """Return a silence that has listened since long ago, unless told otherwise."""
    return Silence(SCENARIOS, ASSETS, heard, {}, **{"listening_since_us": 1, "listened_us": NOON_US, **stored})


def told(silence: Silence, now_us: int, up_since_us: int = 1) -> dict[str, int | None]:
    """Return who fell silent, or was heard again, at *now_us*."""
    silence.listen(now_us, up_since_us)
    return dict(silence.tick(now_us))


def test_an_asset_is_silent_after_three_intervals() -> None:
    """Once, dated when it was due; a detector of an hour has its time."""
    silence = a_silence({"N": NOON_US, "S": NOON_US})

    assert told(silence, NOON_US + 89 * SECOND_US) == {}
    assert told(silence, NOON_US + 91 * SECOND_US) == {"N": NOON_US + 90 * SECOND_US}
    assert told(silence, NOON_US + 120 * SECOND_US) == {}
    assert told(silence, NOON_US + 3 * HOUR_US) == {"S": NOON_US + 3 * HOUR_US}


def test_it_returns_with_its_first_word() -> None:
    """Not before."""
    heard = {"N": NOON_US}
    silence = a_silence(heard)
    told(silence, NOON_US + 91 * SECOND_US)

    heard["N"] = NOON_US + 100 * SECOND_US

    assert told(silence, NOON_US + 101 * SECOND_US) == {"N": None}


def test_what_was_never_heard_is_not_silent() -> None:
    """A register is often filled before the street is built; and who has no interval owes none."""
    assert told(a_silence({"U": NOON_US}), NOON_US + DAY_US) == {}


def test_called_offline_it_is_silent_sooner() -> None:
    """After one and a half intervals, and at least a minute after the word."""
    silence = a_silence({"S": NOON_US})
    silence.offline["S"] = NOON_US + MINUTE_US

    assert told(silence, NOON_US + 89 * MINUTE_US) == {}
    assert told(silence, NOON_US + 90 * MINUTE_US) == {"S": NOON_US + 90 * MINUTE_US}


def test_one_that_speaks_after_it_was_called_offline_is_heard() -> None:
    """Who keeps that word does not keep it well."""
    silence = a_silence({"S": NOON_US})
    silence.offline["S"] = NOON_US - 1

    assert told(silence, NOON_US + 2 * HOUR_US) == {}


def test_after_a_long_absence_of_ours_the_count_begins_anew() -> None:
    """An hour without ingest must not flood the desk; what stays silent is told in its time."""
    heard = {"N": NOON_US, "S": NOON_US}
    back_us = NOON_US + HOUR_US
    silence = a_silence(heard)

    assert told(silence, back_us, up_since_us=back_us) == {}
    assert told(silence, back_us + 89 * SECOND_US, up_since_us=back_us) == {}
    assert told(silence, back_us + 90 * SECOND_US, up_since_us=back_us) == {"N": back_us + 90 * SECOND_US}
    assert silence.listening_since_us == back_us


def test_a_short_gap_does_not_hide_a_detector_that_was_silent_for_long() -> None:
    """Else a restart a day would hide it for ever; but everybody gets ten minutes to speak again."""
    silence = a_silence({"S": NOON_US - 4 * HOUR_US}, listened_us=NOON_US - MINUTE_US)

    assert told(silence, NOON_US, up_since_us=NOON_US) == {}
    assert told(silence, NOON_US + 10 * MINUTE_US, up_since_us=NOON_US) == {"S": NOON_US + 10 * MINUTE_US}
    assert silence.listening_since_us == 1


def test_a_gap_in_the_line_while_we_run_counts_as_well() -> None:
    """The broker was away for an hour."""
    silence = a_silence({"N": NOON_US})
    back_us = NOON_US + HOUR_US
    told(silence, NOON_US)

    assert told(silence, back_us, up_since_us=back_us) == {}
    assert silence.listening_since_us == back_us


def test_at_the_very_first_start_nobody_knows_since_when_it_was_listened() -> None:
    """Nor is anybody silent."""
    silence = a_silence({"N": NOON_US - HOUR_US}, listening_since_us=0, listened_us=0)

    assert told(silence, NOON_US, up_since_us=NOON_US) == {}


def test_a_corrected_interval_counts_from_the_next_tick() -> None:
    """Somebody registers that the meter speaks once an hour."""
    silence = a_silence({"N": NOON_US})

    silence.learn({"N": Asset(asset_id="N", kind="noise_meter", name="N", interval_s=3600)})

    assert told(silence, NOON_US + 2 * HOUR_US) == {}


def test_an_asset_that_left_the_register_is_not_silent_any_more() -> None:
    """Nobody would ever clear its alarm."""
    silence = a_silence({"N": NOON_US})
    told(silence, NOON_US + HOUR_US)

    silence.learn({})

    assert told(silence, NOON_US + HOUR_US + 1) == {"N": None}
