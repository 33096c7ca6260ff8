"""What the headings and words of a list of assets mean; the words stand in asset_sheet.yaml."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from street import strict_yaml
from street.scenarios import Scenarios

COLUMNS: Final = (
    "part", "id", "kind", "name", "name_en", "standard_id", "component", "department", "lon", "lat", "datum",
    "source_datum", "community_id", "grid_cell_id", "road", "gateway_id", "circuit_id", "dialect", "device_id",
    "interval_s", "quantity_intervals", "quantity_ranges", "inspection_due", "inspection_days", "is_demo", "outline",
)  # fmt: skip
NEEDED: Final = ("id", "name")
ASSET: Final = "asset"
KEY_AREA: Final = "key_area"
PLACE: Final = "place"
_WORDS: Final = Path(__file__).with_name("asset_sheet.yaml")


def plain(text: str) -> str:
    """Return *text* without what does not count in a heading or a word."""
    return re.sub(r"[\s_*]+", "", unicodedata.normalize("NFKC", text)).casefold()


@cache
def words(group: str) -> Mapping[str, str]:
    """Return what each word of one group means, by its plain form: parts, columns, kinds, dialects …."""
    meanings = strict_yaml.read(_WORDS)[group].items()
    return {plain(word): meaning for meaning, said in meanings for word in (meaning, *said)}


def kind_words(scenarios: Scenarios) -> dict[str, str]:
    """Return what each word for a kind means: those of the scenarios, and those without one."""
    named = {kind: (kind, scenario.name, scenario.name_en) for kind, scenario in scenarios.items()}
    return {plain(word): kind for kind, said in named.items() for word in said} | dict(words("kinds"))
