"""The picture behind the pages."""

import re
from typing import Any

from layouts.sign_in.ground import SIDE, ground


def feature(shape: str, coordinates: Any, **properties: str) -> dict[str, Any]:
    """Return a feature of GeoJSON."""
    return {"type": "Feature", "properties": properties, "geometry": {"type": shape, "coordinates": coordinates}}


OWN = feature("Polygon", [[[120.31, 36.06], [120.33, 36.06], [120.33, 36.08], [120.31, 36.08]]], level="subdistrict")


def test_the_subdistrict_is_in_the_middle_north_up() -> None:
    """Its corners lie around the centre; more north is higher."""
    picture = ground({"boundary": [OWN]})
    x, y, *moves = (int(it) for it in re.findall(r"-?\d+", re.findall(r'class="own" d="([^"]+)"', picture)[0]))

    assert x < SIDE / 2 < y
    assert abs((SIDE / 2 - x) - moves[0] / 2) <= 1
    assert moves[3] < 0


def test_streets_are_drawn_by_their_class_and_those_far_away_left_out() -> None:
    """A picture of some kilometres needs no street of the next city."""
    near = feature("LineString", [[120.32, 36.07], [120.321, 36.071]], **{"class": "primary"})
    far = feature("LineString", [[121.32, 36.07], [121.321, 36.071]], **{"class": "primary"})

    picture = ground({"boundary": [OWN], "streets": [near, far]})

    assert len(re.findall(r'class="street wide" d="M[^M"]+"', picture)) == 1


def test_only_the_sea_of_the_coast_is_water() -> None:
    """Beaches and piers are land."""
    pier = feature("Polygon", [[[120.31, 36.06], [120.32, 36.06], [120.32, 36.07]]], kind="pier")

    assert 'class="sea" d=""' in ground({"boundary": [OWN], "coast": [pier]})


def test_without_a_boundary_there_is_no_picture() -> None:
    """A site that has not drawn its map yet gets a plain ground."""
    assert ground({}) == ""


def test_the_picture_is_nothing_to_screen_readers() -> None:
    """It says nothing that the page does not say in words."""
    assert 'aria-hidden="true"' in ground({"boundary": [OWN]})
