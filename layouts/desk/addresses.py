"""Addresses of the desk: all that is chosen stands in the address, so that it can be shared, kept and gone back to."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode

PEOPLE: Final = "/desk/people"
ROSTER: Final = "/desk/roster"
DEVICES: Final = "/desk/devices"
AUDIT: Final = "/desk/audit"
ASSETS: Final = "/desk/assets"
NEWCOMERS: Final = "/desk/newcomers"
HEALTH: Final = "/desk/health"
HEALTH_NOW: Final = "/desk/health/now"
PAGES: Final = (PEOPLE, ROSTER, DEVICES, AUDIT, ASSETS, NEWCOMERS, HEALTH)
AUDIT_CSV: Final = "/desk/audit.csv"
TEMPLATE: Final = "/desk/people.xlsx"
IMPORT: Final = "/api/people/import"
ASSETS_IMPORT: Final = "/api/assets/import"
ASSET_TEMPLATE: Final = "/desk/assets-template.xlsx"
MOST_FIELDS: Final = 30
LONGEST: Final = 200  # of one field; nobody types more, and an address has an end


def query_of(search: object) -> dict[str, str]:
    """Return the fields of an address' query; nothing where it is none."""
    if not isinstance(search, str):
        return {}
    try:
        pairs = parse_qsl(search.removeprefix("?"), max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        return {}
    return {name: value[:LONGEST] for name, value in pairs if "\x00" not in value}


def search_of(query: Mapping[str, str], **changes: str | int | None) -> str:
    """Return the query with *changes*, as it stands in an address; what is empty is left out."""
    given = {**query, **{name: "" if value is None else str(value) for name, value in changes.items()}}
    kept = {name: value for name, value in given.items() if value}
    return f"?{urlencode(kept)}" if kept else ""
