"""Areas by name."""

from tests.layouts.desk.reading import AREAS, CELL, COMMUNITY, SUBDISTRICT


def test_an_area_is_called_by_its_language_and_else_by_what_there_is() -> None:
    """A grid cell without an English name keeps its own; unknown digits stay digits."""
    assert AREAS.name(COMMUNITY, "en") == "Qidong Rd Community"
    assert AREAS.name(CELL, "en") == "齐东路社区第2网格"
    assert AREAS.name("999999", "zh") == "999999"


def test_a_list_stands_in_the_order_and_depth_of_the_areas() -> None:
    """Each level one further right, beginning with the widest that is offered."""
    labels = [option["label"] for option in AREAS.options("zh")]

    assert labels == ["江苏路街道", "\u2003齐东路社区", "\u2003\u2003齐东路社区第2网格"]


def test_only_what_lies_inside_is_offered() -> None:
    """Somebody of one community grants nothing beyond it; nowhere is an empty list, not all."""
    assert [option["value"] for option in AREAS.options("zh", [COMMUNITY])] == [COMMUNITY, CELL]
    assert AREAS.options("zh", []) == []
    assert AREAS.options("zh", [COMMUNITY])[0]["label"] == "齐东路社区"


def test_what_is_known_is_known() -> None:
    """By its digits."""
    assert SUBDISTRICT in AREAS
    assert "1" not in AREAS
