"""How large a wall looks, from what its address says."""

import pytest

from layouts.profiles import wall_arc_minutes


@pytest.mark.parametrize(
    ("query", "minutes"),
    [
        pytest.param({}, 699, id="98 inches at 6 m unless said otherwise"),
        pytest.param({"profile": "3x55"}, 392, id="a named wall"),
        pytest.param({"h_mm": "1220", "d_m": "6"}, 699, id="height and distance, worked by hand: 1220 / (0.29089 · 6)"),
        pytest.param({"h_mm": "1220", "d_m": "3"}, 1398, id="half as far looks twice as high"),
        pytest.param({"d_m": "4"}, 1048.5, id="the usual wall from nearer: 699 · 6 / 4"),
        pytest.param({"h_mm": "610"}, 349.5, id="a height alone is seen from 6 m"),
        pytest.param({"profile": "3x55", "d_m": "3"}, 784, id="a named wall from nearer"),
        pytest.param({"profile": "nonsense"}, 699, id="an unknown name"),
        pytest.param({"h_mm": "1", "d_m": "100"}, 200, id="a slip of the keyboard is bounded below"),
        pytest.param({"h_mm": "999999", "d_m": "1"}, 3000, id="and above"),
    ],
)
def test_a_wall_is_as_high_as_it_looks(query: dict[str, str], minutes: float) -> None:
    """One minute of arc is 0.29 mm at one metre."""
    assert wall_arc_minutes(query) == pytest.approx(minutes, rel=0.002)


@pytest.mark.parametrize("text", ["", "abc", "-5", "0", "nan", "inf", "1e999"])
def test_what_is_no_length_counts_as_not_said(text: str) -> None:
    """A wall must not stay dark because of its address."""
    assert wall_arc_minutes({"h_mm": text, "d_m": text}) == 699
