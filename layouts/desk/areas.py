"""The areas by name: what a grant's digits are called, and which ones somebody may choose."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from street.people import AREA_DIGITS, lies_in

INDENT = "\u2003"  # a wide blank: each level of the list stands one further right


class AreaName(NamedTuple):
    """What an area is called."""

    zh: str
    en: str


class Areas:
    """District, subdistrict, communities and grid cells by their digits."""

    def __init__(self, names: Mapping[str, AreaName]) -> None:
        self._names = dict(sorted(names.items()))

    def name(self, area_id: str, language: str) -> str:
        """Return what *area_id* is called; the digits themselves where nobody knows them."""
        known = self._names.get(area_id)
        if known is None:
            return area_id
        return (known.en or known.zh) if language == "en" else known.zh

    def options(self, language: str, within: Iterable[str] | None = None) -> list[dict[str, str]]:
        """Return what a list of areas offers, each level further right than the one that holds it.

        Args:
            language: zh or en.
            within: only these areas and what lies inside them; None for all.
        """
        outer = None if within is None else tuple(within)
        offered = [
            area_id for area_id in self._names if outer is None or any(lies_in(area_id, one) for one in outer)
        ]  # fmt: skip
        least = min((AREA_DIGITS.index(len(area_id)) for area_id in offered), default=0)
        return [
            {
                "value": area_id,
                "label": INDENT * (AREA_DIGITS.index(len(area_id)) - least) + self.name(area_id, language),
                "search": f"{self.name(area_id, language)} {area_id}",
            }
            for area_id in offered
        ]

    def __contains__(self, area_id: object) -> bool:
        return area_id in self._names
