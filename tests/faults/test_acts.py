"""Contested incidents: eight processes, some of them killed, and never two who were told yes for one incident."""

import argparse
from pathlib import Path

import pytest

from bench.acts import claims

pytestmark = [pytest.mark.faults, pytest.mark.slow]


def given(incidents: int, kills: int) -> argparse.Namespace:
    """Return the contest's measure; `python -m bench.acts --only claims` has 2,000 incidents."""
    return argparse.Namespace(incidents=incidents, clients=8, kills=kills, kill_every=0.4, seed=7)


def test_nobody_is_told_yes_for_what_another_holds(tmp_path: Path) -> None:
    """None doubled, none lost, none left over; the audit's chain holds."""
    figures = claims(tmp_path, given(60, kills=5), is_naive=False)

    assert (figures["double_claims"], figures["doubled_rows"], figures["lost_claims"]) == (0, 0, 0)
    assert (figures["claimed"], figures["kills"], figures["audit_ok"]) == (60, 5, True)


def test_reading_and_then_writing_doubles_claims(tmp_path: Path) -> None:
    """The negative control: the test above can fail."""
    assert claims(tmp_path, given(300, kills=0), is_naive=True)["double_claims"] > 0
