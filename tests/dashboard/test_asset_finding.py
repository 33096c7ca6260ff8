"""Finding assets: by what shows, within what one may see."""

import pytest

from dashboard.asset_finding import find, fits, kind_names, titles, unit_of
from street.asset_words import words
from street.assets import Asset
from street.clock import now_us
from street.people import Role
from tests.dashboard.conftest import COMMUNITY, SUBDISTRICT, Written
from tests.dashboard.desk_office import Desk, asked_by

ELSEWHERE = "370202007002"


@pytest.mark.parametrize(
    ("query", "is_fitting"),
    [
        pytest.param({}, True, id="no filter"),
        pytest.param({"q": "sl-0"}, True, id="part of the id, other case"),
        pytest.param({"q": "0x77"}, True, id="the device"),
        pytest.param({"q": "gate"}, False, id="another name"),
        pytest.param({"kind": "streetlight"}, True, id="its kind"),
        pytest.param({"kind": "bin"}, False, id="another kind"),
        pytest.param({"area": SUBDISTRICT}, True, id="the area around"),
        pytest.param({"area": ELSEWHERE}, False, id="another area"),
    ],
)
def test_filters_find_what_is_meant(query: dict[str, str], *, is_fitting: bool) -> None:
    """By text, kind and area together."""
    lamp = Asset(asset_id="SL-01", kind="streetlight", name="lamp", community_id=COMMUNITY, device_id="0x77")

    assert fits(lamp, query) == is_fitting


def test_what_is_found_says_how_it_stands(street: Written) -> None:
    """And every live value, also of what the filters leave out."""
    street.read(21.5)
    desk = Desk(street)

    with asked_by(street.sign_in(Role.ADMIN, SUBDISTRICT)), desk.office.reader() as reader:
        found = find(desk.office, reader, {"kind": "noise_meter"}, now_us())

    assert list(found.seen) == ["NM-01", "WX-01"]
    assert [(one.asset.asset_id, one.standing.state) for one in found.fitting] == [("NM-01", "unknown")]
    assert list(found.live) == ["WX-01"]
    assert found.of_state("online") == []
    assert found.of_state("") == found.fitting


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_kind_and_every_alarm_has_its_words(lang: str) -> None:
    """Kinds without a scenario too: they can be registered."""
    assert set(words("kinds").values()) <= kind_names(lang).keys()
    assert all(kind_names(lang).values())
    assert all(titles(lang).values())


def test_a_second_channel_has_the_unit_of_its_first() -> None:
    """What nobody knows has none."""
    assert (unit_of("power.2"), unit_of("smoke"), unit_of("xyz")) == ("W", None, None)
