"""Quantities: what can be true of them; how they are written is tried in test_form."""

from pathlib import Path

import pytest

from street import strict_yaml
from street.errors import ConfigError
from street.scenarios.part import Part
from street.scenarios.quantity import Quantity, quantity_in


def read(name: str, text: str) -> Quantity:
    """Read one quantity."""
    return quantity_in(name, Part(Path("f"), strict_yaml.parse(text, "f"), "quantities", 1))


def test_a_quantity_takes_its_canonical_unit() -> None:
    """So that no file has to say that water is measured in metres."""
    assert read("water_level", "plausible: [0, 1]") == Quantity(name="water_level", unit="m", low=0, high=1)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("Level", "plausible: [0, 1]", "a name like"),
        ("level", "plausible: [1, 0]", "low below high"),
        ("level", "plausible: [0, 1]\nstuck: [[2, 1]]", "spread, seconds"),
        ("level", "plausible: [0, 1]\ntelling: 1", "true or false"),
        ("water_level", "plausible: [0, 1]\nunit: cm", "the unit of water_level"),
    ],
)
def test_a_quantity_that_cannot_be_is_refused(name: str, text: str, complaint: str) -> None:
    """A limit would compare what does not compare."""
    with pytest.raises(ConfigError, match=complaint):
        read(name, text)
