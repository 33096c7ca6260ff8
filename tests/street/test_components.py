"""Codes of the standard, and the ids that are made of them."""

import pytest

from street.components import component_of, components, is_component


def test_the_table_is_the_standards() -> None:
    """153 classes; the gaps are gaps in the source."""
    assert len(components()) == 153
    assert components()["01037"].name == "路灯"
    assert not {"01016", "05001", "05004"} & components().keys()


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("01037", True),
        ("01999", True),
        ("01080", True),
        ("01078", False),
        ("06001", False),
        ("1037", False),
        ("", False),
    ],
)
def test_a_code_is_of_the_standard_or_a_citys_own(code: str, known: bool) -> None:
    """Own minors go from 999 downwards, never below 080."""
    assert is_component(code) is known


@pytest.mark.parametrize(
    ("standard_id", "component"),
    [
        pytest.param("37020201037000123", "01037", id="good"),
        pytest.param("3702020103700123", None, id="16 digits, of the standard before"),
        pytest.param("37020201016000123", None, id="a class that is a gap"),
        pytest.param("03702020103700012", None, id="no district begins with 0"),
        pytest.param("３702020103700012３", None, id="full-width digits"),
    ],
)
def test_seventeen_digits_name_their_class(standard_id: str, component: str | None) -> None:
    """District 6, class 5, serial 6."""
    assert component_of(standard_id) == component
