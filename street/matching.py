"""The same matter, told twice: which open incidents may be one, so that one officer goes and not two.

Two are proposed as one where their classes are kin, they lie within 50 m, and were reported within 15 minutes. It is a
proposal: a person merges, and can split again. Two sensors of two assets tell of two things, however near; the same
asset tells of one, whatever it is called; and a report that may be of several assets is of the nearest.
"""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from street.clock import MINUTE_US
from street.incidents import ENDED, Incident
from street.places import distance_m

WITHIN_M: Final = 50.0
WITHIN_US: Final = 15 * MINUTE_US
# Classes that one thing on the street is called by: what people mix up, seen from the standard's own neighbours.
FAMILIES: Final = (
    ("06010", "06011", "06012", "06018", "06036"),  # rubbish, spoil, dirt, cuttings, piles
    ("06042", "03005", "03004"),  # an overflowing bin, and the bin
    ("09001", "09005", "09006", "09022"),  # hawkers, goods before the shop, goods on the road
    ("09009", "09012", "09019"),  # cars where none may stand
    ("09010", "09011", "02025", "02026"),  # bicycles
    ("01037", "01006", "01060"),  # lamps, their covers and boxes
    ("01001", "01002", "01003", "01004", "01005", "01007", "01010", "01011", "01022", "01023", "02013"),  # covers
    ("06028", "08001"),  # noise, and noise of a site
    ("04001", "04002", "04003"),  # trees
    ("08004", "08005", "08006", "08007"),  # a site's dust, waste, heaps, fence
    ("06025", "06026", "06030"),  # foul water
)
_FAMILY: Final[Mapping[str, int]] = {code: number for number, codes in enumerate(FAMILIES) for code in codes}


class Same(NamedTuple):
    """Why an incident may be another: how far apart they are [m], and how long [s]."""

    incident: Incident
    distance_m: float
    apart_s: float


def proposals(incident: Incident, others: Iterable[Incident]) -> list[Same]:
    """Return which of *others* may be the same matter as *incident*, likeliest first.

    Args:
        incident: open or not; without a position only its own asset tells.
        others: ended ones among them are left out, and so is the incident itself.
    """
    around = [it for it in others if it.incident_id != incident.incident_id and it.stage not in ENDED]
    alike = [it for it in around if _may_be_same(incident, it)]
    if not incident.asset_id:
        about = _asset_of(incident, alike)
        alike = [it for it in alike if it.asset_id in {"", about}]
    else:
        rivals = [incident, *(it for it in around if it.asset_id)]
        alike = [it for it in alike if it.asset_id or _asset_of(it, rivals) == incident.asset_id]
    found = [Same(it, *_apart(incident, it)) for it in alike]
    return sorted(
        found, key=lambda it: (it.distance_m / WITHIN_M + it.apart_s * 1e6 / WITHIN_US, it.incident.incident_id)
    )


def _asset_of(report: Incident, others: Iterable[Incident]) -> str:
    """Return which asset a report without one is about, of those that told something alike; "" for none."""
    near = [(_apart(report, it)[0], it.asset_id) for it in others if it.asset_id and _may_be_same(report, it)]
    return min(near)[1] if near else ""


def are_kin(matter: str, other: str) -> bool:
    """Return whether two classes may be names of one thing; an unknown class is kin to none."""
    family = _FAMILY.get(matter)
    return bool(matter) and (matter == other or (family is not None and family == _FAMILY.get(other)))


def _may_be_same(incident: Incident, other: Incident) -> bool:
    if abs(incident.reported_us - other.reported_us) > WITHIN_US:
        return False
    if incident.asset_id and other.asset_id:
        return incident.asset_id == other.asset_id
    if not are_kin(incident.matter, other.matter):
        return False
    return _apart(incident, other)[0] <= WITHIN_M


def _apart(incident: Incident, other: Incident) -> tuple[float, float]:
    apart_s = abs(incident.reported_us - other.reported_us) / 1e6
    places = (incident.lon, incident.lat, other.lon, other.lat)
    if incident.asset_id and incident.asset_id == other.asset_id:
        return 0.0, apart_s
    lon_a, lat_a, lon_b, lat_b = places
    if lon_a is None or lat_a is None or lon_b is None or lat_b is None:
        return float("inf"), apart_s
    return distance_m(lon_a, lat_a, lon_b, lat_b), apart_s
