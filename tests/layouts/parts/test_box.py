"""The pieces that every box is made of."""

from typing import Any

from dash.development.base_component import Component

from layouts.parts.box import area, box, part


def props_of(component: Component) -> dict[str, Any]:
    """Return what Dash would send to the browser."""
    return dict(component.to_plotly_json()["props"])  # type: ignore[no-untyped-call]  # Dash is half typed


def test_a_box_is_found_by_people_tests_and_style_sheets() -> None:
    """One name as id and test id, a role, and a name to be read aloud."""
    props = props_of(box("w1", "text", label="data", classes="head", role="status"))

    assert props == {
        "children": "text",
        "id": "w1",
        "className": "box head",
        "data-testid": "w1",
        "role": "status",
        "aria-label": "data",
    }


def test_a_box_without_a_name_has_no_empty_one() -> None:
    """An empty label hides what is inside from a screen reader."""
    assert "aria-label" not in props_of(box("w2", "text"))


def test_a_place_is_marked_for_the_module_that_fills_it() -> None:
    """Inline with a first text, or a block."""
    assert props_of(part("clock", "12:00"))["data-part"] == "clock"
    assert props_of(area("map"))["data-part"] == "map"
