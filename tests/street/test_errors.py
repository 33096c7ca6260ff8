"""Errors: foreseen ones have one root, and a payload's says its code and its reason."""

import pytest

from street import errors
from street.errors import PayloadError, StreetError


@pytest.mark.parametrize("name", [it for it in vars(errors) if it.endswith("Error")])
def test_everything_foreseen_has_one_root(name: str) -> None:
    """Whoever catches StreetError has caught all of ours and nothing else."""
    assert issubclass(getattr(errors, name), StreetError)


def test_a_refused_payload_keeps_code_and_reason_apart() -> None:
    """One is stored and counted, the other read by a person."""
    error = PayloadError("ts-naive", "the time has no zone")

    assert (error.code, error.reason) == ("ts-naive", "the time has no zone")
    assert str(error) == "ts-naive: the time has no zone"
