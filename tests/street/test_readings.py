"""Readings: what a flag keeps a value out of, and the closed list of reasons."""

import re

import pytest

from street.readings import DEAD_LETTER_CODES, NOT_COUNTED, NOT_LIVE, UNITS, Flag


@pytest.mark.parametrize(
    "flag",
    [Flag.LATE, Flag.RETAINED, Flag.IMPLAUSIBLE, Flag.MISSING, Flag.SIMULATED, Flag.HISTORY, Flag.STUCK, Flag.JUMPING],
)
def test_what_is_old_stored_or_doubtful_moves_no_alarm(flag: Flag) -> None:
    """A retained message after a restart must not call the fire brigade."""
    assert flag & NOT_LIVE


@pytest.mark.parametrize("flag", [Flag.ASSUMED_TIME, Flag.CLOCK_SKEW])
def test_a_doubtful_clock_silences_no_alarm(flag: Flag) -> None:
    """Smoke is smoke, whatever the detector thinks the time is."""
    assert not flag & NOT_LIVE


def test_a_late_value_still_counts_and_an_implausible_one_does_not() -> None:
    """History is completed by what comes late; 6553.5 °C would spoil a mean."""
    assert not (Flag.LATE | Flag.HISTORY | Flag.RETAINED) & NOT_COUNTED
    assert Flag.IMPLAUSIBLE & NOT_COUNTED
    assert Flag.MISSING & NOT_COUNTED
    assert Flag.STUCK & NOT_COUNTED
    assert Flag.JUMPING & NOT_COUNTED


def test_a_repeating_source_is_told_and_its_values_still_count() -> None:
    """What it repeats is stored once; what it says next is as good as ever."""
    assert not Flag.REPEATED & (NOT_LIVE | NOT_COUNTED)


def test_every_flag_has_a_bit_of_its_own() -> None:
    """They are stored together in one integer."""
    assert sum(Flag) == 2 ** len(Flag) - 1


def test_reasons_and_quantities_are_words_for_machines() -> None:
    """They are stored, compared and translated; sentences stand elsewhere."""
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", code) for code in DEAD_LETTER_CODES)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", quantity) for quantity in UNITS)
