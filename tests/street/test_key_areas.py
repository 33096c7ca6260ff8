"""Key areas: where they end, and how they stand."""

import math

import pytest

from street.clock import HOUR_US
from street.key_areas import INSIDE_M, OUTSIDE_M, Facts, Outline, standing

NOON_US = 1_789_999_200_000_000
LON, LAT = 120.32, 36.06
M_LAT = 1 / 111_195.08
M_LON = M_LAT / math.cos(math.radians(LAT))
WELL = Facts(0, 0, 0, 0, 4, 4, NOON_US)


def at(x_m: float, y_m: float) -> tuple[float, float]:
    """Return the position so many metres east and north of the middle."""
    return LON + x_m * M_LON, LAT + y_m * M_LAT


def box(wide_m: float, high_m: float) -> str:
    """Return a rectangle around the middle, without its brackets."""
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    return ", ".join("{:.9f} {:.9f}".format(*at(x * wide_m / 2, y * high_m / 2)) for x, y in corners)


SQUARE = Outline(f"POLYGON (({box(200, 200)}))")
CORRIDOR = Outline(f"POLYGON (({box(8, 1000)}))")
RING = Outline(f"POLYGON (({box(200, 200)}), ({box(100, 100)}))")


@pytest.mark.parametrize(
    ("outline", "x_m", "y_m", "depth_m"),
    [
        pytest.param(SQUARE, 0, 0, 100, id="the middle"),
        pytest.param(SQUARE, 97, 0, 3, id="just inside"),
        pytest.param(SQUARE, 110, 0, -10, id="outside"),
        pytest.param(SQUARE, 103, 104, -5, id="off a corner: by the straight line"),
        pytest.param(CORRIDOR, 0, 480, 4, id="a street's corridor"),
        pytest.param(RING, 0, 0, -50, id="in the hole"),
        pytest.param(RING, 75, 0, 25, id="between hole and border"),
    ],
)
def test_how_deep_inside(outline: Outline, x_m: float, y_m: float, depth_m: float) -> None:
    """Metres from the border, on a plane around the area."""
    assert outline.depth_m(*at(x_m, y_m)) == pytest.approx(depth_m, abs=0.1)
    assert outline.holds(*at(x_m, y_m)) is (depth_m > 0)


@pytest.mark.parametrize(
    ("x_m", "from_outside", "from_inside"),
    [
        pytest.param(0, True, True, id="in the middle"),
        pytest.param(94, True, True, id="well behind the border"),
        pytest.param(97, False, True, id="behind the border, not far enough to enter"),
        pytest.param(110, False, True, id="before the border, not far enough to leave"),
        pytest.param(116, False, False, id="gone"),
    ],
)
def test_the_border_has_inertia(x_m: float, from_outside: bool, from_inside: bool) -> None:
    """Twenty metres of it, more than a receiver jitters."""
    assert (INSIDE_M, OUTSIDE_M) == (5, -15)
    assert SQUARE.keeps(*at(x_m, 0), was_inside=False) is from_outside
    assert SQUARE.keeps(*at(x_m, 0), was_inside=True) is from_inside


def test_who_walks_along_the_border_never_flaps() -> None:
    """A hundred fixes that jitter by ten metres around the line make one entrance at most."""
    is_inside, turns = False, 0
    for step in range(100):
        was, is_inside = is_inside, SQUARE.keeps(*at(100 + 10 * math.sin(step * 2.4), 0), was_inside=is_inside)
        turns += was != is_inside

    assert turns == 1


def test_a_narrow_street_can_be_entered() -> None:
    """Nobody is ever five metres deep in a lane of eight."""
    assert CORRIDOR.keeps(*at(0, 0), was_inside=False)
    assert not CORRIDOR.keeps(*at(3, 0), was_inside=False)
    assert not CORRIDOR.keeps(*at(20, 0), was_inside=True)


@pytest.mark.parametrize("wkt", ["", "POINT (120 36)", "POLYGON ((120 36, 121 36))"])
def test_what_is_no_polygon_is_no_outline(wkt: str) -> None:
    """Said at once, not at the first officer who comes by."""
    with pytest.raises(ValueError, match=r"POLYGON|ring"):
        Outline(wkt)


def test_all_well_is_a_hundred() -> None:
    """Each part at its own weight."""
    assert standing(WELL, NOON_US) == (100, {"alarms": 25, "incidents": 35, "devices": 20, "patrol": 20})


@pytest.mark.parametrize(
    ("changes", "part", "points"),
    [
        pytest.param({"open_alarms": 1}, "alarms", 22, id="one alarm costs 3"),
        pytest.param({"open_alarms": 1, "grave_alarms": 1}, "alarms", 13, id="a grave one 12"),
        pytest.param({"open_alarms": 50, "grave_alarms": 50}, "alarms", 0, id="never below nothing"),
        pytest.param({"open_incidents": 2}, "incidents", 29, id="two incidents cost 6"),
        pytest.param({"open_incidents": 1, "overdue_incidents": 1}, "incidents", 23, id="an overdue one 12"),
        pytest.param({"devices_well": 1}, "devices", 5, id="a quarter of the devices"),
        pytest.param({"devices": 0, "devices_well": 0}, "devices", 20, id="none to be ill"),
        pytest.param({"last_patrol_us": None}, "patrol", 0, id="nobody ever came"),
        pytest.param({"last_patrol_us": NOON_US - 8 * HOUR_US}, "patrol", 20, id="this shift"),
        pytest.param({"last_patrol_us": NOON_US - 16 * HOUR_US}, "patrol", 10, id="half way to a day"),
        pytest.param({"last_patrol_us": NOON_US - 24 * HOUR_US}, "patrol", 0, id="a day ago"),
        pytest.param({"last_patrol_us": NOON_US + HOUR_US}, "patrol", 20, id="by a clock that runs ahead"),
    ],
)
def test_what_costs_points(changes: dict[str, int | None], part: str, points: int) -> None:
    """Worked by hand; the other parts stay whole."""
    got = standing(WELL._replace(**changes), NOON_US)  # type: ignore[arg-type]  # as the table says

    assert got.parts[part] == points
    assert got.points == sum(got.parts.values()) == 100 - (standing(WELL, NOON_US).parts[part] - points)
