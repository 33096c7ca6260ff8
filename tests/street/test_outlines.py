"""Outlines as WKT, within bounds."""

import pytest

from street.outlines import MOST_CORNERS, checked, moved, polygons_of, wkt_of

SQUARE = "POLYGON ((0 0, 1 0, 1 1, 0 0))"


@pytest.mark.parametrize(
    "wkt",
    [
        SQUARE,
        "POLYGON ((0 0, 9 0, 9 9, 0 0), (1 1, 2 1, 2 2, 1 1))",
        "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((-2.5 -2.25, -1 -2, -1 -1, -2.5 -2.25)))",
    ],
)
def test_an_outline_is_written_as_it_was_read(wkt: str) -> None:
    """With holes, in several parts."""
    assert wkt_of(polygons_of(wkt)) == wkt


@pytest.mark.parametrize(
    "wkt",
    [
        "", "POINT (1 2)", "POLYGON", "POLYGON ()", "POLYGON (())", "POLYGON ((0 0, 1 0, 1 1))",
        "POLYGON ((0 0, 1 0, 1 1, 5 5))", "POLYGON ((0 0, 1 0, 1 1, 0 0)", "POLYGON ((0 0 9, 1 0 9, 1 1 9, 0 0 9))",
        "POLYGON ((181 0, 1 0, 1 1, 181 0))", "POLYGON ((nan 0, 1 0, 1 1, nan 0))",
        "POLYGON ((((0 0, 1 0, 1 1, 0 0))))",
        "MULTIPOLYGON ((0 0, 1 0, 1 1, 0 0))", "POLYGON " + "(" * 10_000,
    ],
)  # fmt: skip
def test_what_is_no_outline_is_refused(wkt: str) -> None:
    """Open rings, three dimensions, depth without end."""
    with pytest.raises(ValueError, match=r"polygon|POLYGON|ring|Expecting|Extra|depth|nested"):
        polygons_of(wkt)


def test_an_outline_has_an_end() -> None:
    """A map draws each corner on every screen."""
    ring = [(0.0, 0.0)] * (MOST_CORNERS + 1)

    with pytest.raises(ValueError, match="too many"):
        checked([[ring]])


def test_every_corner_moves() -> None:
    """From one datum to another."""
    assert wkt_of(moved(polygons_of(SQUARE), lambda lon, lat: (lon + 1, lat))) == "POLYGON ((1 0, 2 0, 2 1, 1 0))"
