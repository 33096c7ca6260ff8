"""Alarms: which of them are a person's business at once."""

import pytest

from street.alarms import opens_incident


@pytest.mark.parametrize(("severity", "opens"), [(1, True), (2, True), (3, False), (4, False)])
def test_only_the_two_severest_open_an_incident_by_themselves(severity: int, opens: bool) -> None:
    """The rest would bury an operator."""
    assert opens_incident(severity) is opens
