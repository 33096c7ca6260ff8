"""One row: what follows from what it says, and what contradicts."""

from typing import Any

import pytest

from street.asset_rows import Line, RowFault, asset_in, place_in
from tests.street.asset_makers import INSIDE, a_known, ground


def a_line(**texts: Any) -> tuple[Line, list[RowFault]]:
    """Return a row of sheet s, and where its faults go."""
    faults: list[RowFault] = []
    return Line("s", 7, {"id": "A", "name": "a", "kind": "路灯", **texts}, faults), faults


def test_community_and_grid_cell_follow_from_the_position() -> None:
    """Nobody types fifteen digits who has a map."""
    line, faults = a_line(lon=str(INSIDE["lon"]), lat=str(INSIDE["lat"]))

    asset = asset_in(line, "asset", a_known())

    cell = ground().grid_cell_of(INSIDE["lon"], INSIDE["lat"])
    assert cell is not None
    assert faults == []
    assert (asset.community_id, asset.grid_cell_id) == (cell.community_id, cell.grid_cell_id)


def test_the_community_follows_from_the_grid_cell() -> None:
    """Where there is no position."""
    cell = next(iter(ground().grid_cells.values()))
    line, _ = a_line(grid_cell_id=cell.grid_cell_id)

    assert asset_in(line, "asset", a_known()).community_id == cell.community_id


def test_an_asset_without_a_position_has_none_of_a_datum() -> None:
    """0, 0 would be in the sea off Africa."""
    line, _ = a_line(datum="gcj02")

    asset = asset_in(line, "asset", a_known())

    assert (asset.lon, asset.lat, asset.source_datum) == (None, None, "")


@pytest.mark.parametrize(
    ("part", "kind", "faults"),
    [
        pytest.param("gateway", "", [], id="a gateway needs no kind"),
        pytest.param("gateway", "路灯", [RowFault("s", 7, "kind", "other-part", "路灯")], id="nor has another"),
        pytest.param("asset", "", [RowFault("s", 7, "kind", "missing", "")], id="an asset does"),
    ],
)
def test_the_part_says_the_kind(part: str, kind: str, faults: list[RowFault]) -> None:
    """Of gateways and circuits."""
    line, found = a_line(kind=kind)

    asset_in(line, part, a_known())

    assert found == faults


def test_a_key_area_moves_with_its_datum() -> None:
    """Every corner; far from the street it is a fault."""
    far = "POLYGON ((121 36, 122 36, 122 37, 121 36))"
    line, faults = a_line(outline=far, kind="")

    place_in(line, "key_area", a_known())

    assert [(fault.column, fault.code) for fault in faults] == [("outline", "off-map")]


def test_what_was_found_is_told_but_not_all_of_it() -> None:
    """A cell may hold thirty thousand characters."""
    line, faults = a_line(dialect="x" * 500)

    asset_in(line, "asset", a_known())

    assert faults == [RowFault("s", 7, "dialect", "unknown", "x" * 60)]


@pytest.mark.parametrize(
    ("said", "kind", "codes"),
    [("路灯", "streetlight", []), ("school", "school", []), ("", "place", []), ("A b", "place", ["kind"])],
)
def test_a_place_is_of_any_kind(said: str, kind: str, codes: list[str]) -> None:
    """A word that is known, or a plain name of its own."""
    line, faults = a_line(kind=said)

    place = place_in(line, "place", a_known())

    assert (place.kind, [fault.code for fault in faults]) == (kind, codes)
