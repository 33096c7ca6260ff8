"""The table of grounds."""

from ingest import refusals
from ingest.refusals import Ground, RefusedError
from street.errors import PayloadError
from street.readings import DEAD_LETTER_CODES

GROUNDS = [it for it in vars(refusals).values() if isinstance(it, Ground)]


def test_every_ground_has_a_code_of_the_closed_list() -> None:
    """A code outside it could not be stored."""
    assert len(GROUNDS) > 30
    assert {ground.code for ground in GROUNDS} <= DEAD_LETTER_CODES


def test_no_two_grounds_say_the_same() -> None:
    """A sentence tells which of them it was."""
    assert len({ground.reason for ground in GROUNDS}) == len(GROUNDS)


def test_a_refusal_costs_one_message() -> None:
    """It is what the house calls a payload error; a long field name is cut."""
    refused = RefusedError(refusals.NOT_JSON, "x" * 100)

    assert isinstance(refused, PayloadError)
    assert (refused.code, refused.reason, refused.field) == ("not-json", "invalid JSON", "x" * 64)
