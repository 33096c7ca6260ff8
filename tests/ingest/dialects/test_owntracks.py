"""OwnTracks: a position is worth nothing without its time, and names of networks go no further."""

from typing import Any

import pytest

from ingest.dialects.owntracks import Dialect
from ingest.messages import Decoded, Kind
from ingest.refusals import RefusedError
from tests.ingest.dialects.telling import hear, instant, values

TST = 1795486521


def _at(**fields: Any) -> Decoded:
    return hear(
        Dialect(), "owntracks/li/phone", {"_type": "location", "lat": 36.067, "lon": 120.326, "tst": TST, **fields}
    )


def test_a_position_has_what_the_tracker_tells() -> None:
    """Figures that are zero are left out at the source, and not made up here."""
    full = _at(acc=8, alt=31, vel=4, cog=275, batt=76, t="t", inregions=["cell 1"])

    assert (full.kind, full.time_us) == (Kind.POSITION, instant("2026-11-24T02:15:21Z"))
    assert values(full) == {
        "position": {
            "lat": 36.067,
            "lon": 120.326,
            "accuracy_m": 8,
            "altitude_m": 31,
            "speed_kmh": 4,
            "course_deg": 275,
        },
        "battery": 76,
    }
    assert values(_at(lat=36)) == {"position": {"lat": 36, "lon": 120.326}}


def test_private_fields_are_dropped_by_name() -> None:
    """What network somebody is in is nobody's business."""
    decoded = _at(SSID="home", BSSID="00:11:22:33:44:55")

    assert decoded.extra["drop_fields"] == ["SSID", "BSSID"]
    assert "home" not in str(decoded)


@pytest.mark.parametrize(
    ("fields", "quality"), [({"tst": TST - 62_000}, "stale"), ({"acc": 1500}, "low_accuracy"), ({"acc": 999}, None)]
)
def test_doubts_are_said(fields: dict[str, Any], quality: str | None) -> None:
    """Where somebody was yesterday, or somewhere in the district."""
    assert _at(**fields).readings[0].quality == quality


@pytest.mark.parametrize("tst", [None, 1795486521000, "now", 1827014400, 1.5, True])
def test_a_position_without_a_usable_time_is_refused(tst: object) -> None:
    """Missing, milliseconds, text, the future."""
    with pytest.raises(RefusedError):
        _at(tst=tst)


@pytest.mark.parametrize("fields", [{"lat": 120.3, "lon": 36.0}, {"lat": None}, {"lat": "36"}, {"lon": 181}])
def test_a_position_off_the_globe_is_refused(fields: dict[str, Any]) -> None:
    """Swapped, usually."""
    with pytest.raises(RefusedError):
        _at(**fields)


def test_a_position_elsewhere_is_marked() -> None:
    """Swapped within the globe, or on holiday."""
    assert _at(lon=12.0).extra["geo_outside"]


def test_the_will_says_gone_without_a_time() -> None:
    """Its `tst` is the time of connecting."""
    decoded = hear(Dialect(), "owntracks/li/phone", {"_type": "lwt", "tst": TST - 8000})

    assert (decoded.kind, values(decoded), decoded.time_us) == (Kind.AVAILABILITY, {"online": False}, None)


def test_a_region_is_entered_or_left() -> None:
    """An event of its own time."""
    body = {"_type": "transition", "event": "leave", "desc": "cell 1", "tst": TST, "wtst": 5, "lat": 1, "lon": 2}

    assert hear(Dialect(), "owntracks/li/phone/event", body).extra == {"event": "leave", "region": "cell 1"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"_type": "card", "name": "Li", "face": "iVBOR"}, Kind.DISCOVERY),
        ({"_type": "waypoint"}, Kind.IGNORE),
        ({"_type": "waypoints"}, Kind.IGNORE),
        ({"_type": "cmd"}, Kind.IGNORE),
        ({"_type": "status"}, Kind.LOG),
        ({"_type": "steps"}, Kind.LOG),
        ("", Kind.REMOVAL),
    ],
)
def test_other_types_are_known(body: object, kind: Kind) -> None:
    """A face is never kept."""
    decoded = hear(Dialect(), "owntracks/li/phone/x", body)

    assert decoded.kind is kind
    assert "iVBOR" not in str(decoded)


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("li/phone", {"_type": "encrypted", "data": "x"}),
        ("li/phone", {}),
        ("li/phone", {"_type": "poem"}),
        ("li", {}),
        ("li/phone/event", {"_type": "transition", "event": "stay", "tst": TST}),
        ("li/p/a/b/c", {"_type": "cmd"}),
        ("li/phone", {"_type": ["location"]}),
    ],
)
def test_what_is_none_of_its_forms_is_refused(topic: str, body: object) -> None:
    """An encrypted one too: there is no secret here."""
    with pytest.raises(RefusedError):
        hear(Dialect(), f"owntracks/{topic}", body)


def test_a_bad_figure_costs_itself() -> None:
    """The position is kept."""
    decoded = _at(vel="fast", batt="full")

    assert values(decoded) == {"position": {"lat": 36.067, "lon": 120.326}}
    assert {it["field"] for it in decoded.extra["dropped"]} == {"vel", "batt"}
