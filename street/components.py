"""Component codes of GB/T 47678.5: five digits a class (2 major, 3 minor), 17 digits one thing.

    37020201037000123    district 6 · major 2 · minor 3 · serial 6

The table beside this module, codes/components.csv, holds the classes of the standard; a city adds its own minors from
999 downwards, never below 080.
"""

import csv
import re
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

TABLE: Final = Path(__file__).with_name("codes") / "components.csv"
FIRST_LOCAL_MINOR: Final = 80
_STANDARD_ID: Final = re.compile(r"[1-9][0-9]{5}([0-9]{5})[0-9]{6}", re.ASCII)
_CODE: Final = re.compile(r"[0-9]{5}", re.ASCII)


class Component(NamedTuple):
    """One class of components."""

    code: str
    name: str
    major_name: str


@cache
def components() -> dict[str, Component]:
    """Return the classes of the standard by code."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: Component(**row) for row in csv.DictReader(file)}


def is_component(code: str) -> bool:
    """Return whether *code* is a class of the standard, or may be a city's own."""
    if code in components():
        return True
    majors = {known[:2] for known in components()}
    return bool(_CODE.fullmatch(code)) and code[:2] in majors and int(code[2:]) >= FIRST_LOCAL_MINOR


def component_of(standard_id: str) -> str | None:
    """Return the class that a 17-digit id names, None where it is no such id or names no class."""
    found = _STANDARD_ID.fullmatch(standard_id)
    return found[1] if found and is_component(found[1]) else None
