"""The names by which elements are found."""

from layouts import ids


def test_the_wall_has_fourteen_boxes_with_the_names_of_its_plan() -> None:
    """UX §3.1 calls them W1 to W14; people talk of them by these names."""
    wanted = tuple(f"w{number}" for number in range(1, 15))

    assert wanted == ids.BOXES
