"""Every part answers, and the one that takes all below an address comes after those with addresses of their own."""

from pathlib import Path

from dashboard import candidates, incident_page, incident_same, incident_timeline
from dashboard.office import Office
from dashboard.parts import PARTS
from tests.dashboard.conftest import configured


def test_every_part_has_addresses_of_its_own(tmp_path: Path) -> None:
    """No two answer at one address, and none at none."""
    office = Office(configured(tmp_path), lambda: 0)

    asked = [(route.path, method) for part in PARTS for route in part.routes(office) for method in route.methods or ()]

    assert all(part.routes(office) for part in PARTS)
    assert len(asked) == len(set(asked)) > 40
    office.close()


def test_what_takes_every_incident_comes_last_of_those() -> None:
    """An incident's id may hold a slash."""
    last = PARTS.index(incident_page)

    assert max(PARTS.index(it) for it in (candidates, incident_same, incident_timeline)) < last
