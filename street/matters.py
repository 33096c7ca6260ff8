"""Matters: what the standard says can be wrong on a street, and what a site makes of each (事项).

250 matters (管理事项) and 153 classes of components (管理部件) of GB/T 47678.5. The same five digits exist in both, so
kind and code together are the key. When each is filed and closed, its limits and its department are a site's own: the
table beside this module, codes/matters.csv, has examples, and says so of each (`is_example`).
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from street.worktime import Unit

TABLE: Final = Path(__file__).with_name("codes") / "matters.csv"
LARGEST_AMOUNT: Final = 10_000
NO_LIMITS: Final[Mapping[str, "Limit"]] = MappingProxyType({})

# The clocks of an incident, each by the stage in which it begins to run: 受理, 派遣, 处置, 核查.
CLOCKS: Final = ("reported", "filed", "dispatched", "checking")
_HANDLING: Final = ("dispatched", "accepted", "en_route", "on_scene")  # 处置 runs through all of these
_CLOCK_OF: Final = dict.fromkeys(_HANDLING, "dispatched") | dict(zip(CLOCKS, CLOCKS, strict=True))
UNIT_CODES: Final[Mapping[str, Unit]] = MappingProxyType({unit.value: unit for unit in Unit})
_LIMIT: Final = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,3})?)\s*(\w+)")


class MatterKind(StrEnum):
    """Which of the standard's two tables."""

    MATTER = "matter"
    COMPONENT = "component"


class Limit(NamedTuple):
    """How long something may take."""

    amount: float  # 0 or more
    unit: Unit

    def __str__(self) -> str:
        """Return it as `limit_of` reads it."""
        return f"{self.amount:.10g} {self.unit}"


def limit_of(text: str, units: Mapping[str, Unit] = UNIT_CODES) -> Limit:
    """Return the limit that a text like `4 work_hours` says.

    Args:
        text: a number and a unit.
        units: what the words for a unit mean.

    Raises:
        ValueError: it says none.
    """
    found = _LIMIT.fullmatch(text.strip())
    if not found or found[2] not in units or float(found[1]) > LARGEST_AMOUNT:
        msg = f"expected a limit like 4 work_hours, got {text!r}"
        raise ValueError(msg)
    return Limit(float(found[1]), units[found[2]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One line of the table.

    `limits` are by the stage in which their clock begins (`CLOCKS`); one that is missing has no limit. `version` counts
    a site's changes: 1 is as shipped.
    """

    kind: MatterKind
    code: str
    name: str
    name_en: str = ""
    department_id: str = ""
    limits: Mapping[str, Limit] = field(default_factory=lambda: NO_LIMITS)
    file_when: str = ""  # 立案条件
    close_when: str = ""  # 结案条件
    version: int = 1
    is_example: bool = False

    def limit(self, stage: str) -> Limit | None:
        """Return the limit whose clock runs in *stage*: handling is one clock from dispatch until it is done."""
        return self.limits.get(_CLOCK_OF.get(stage, ""))


class Matters:
    """All matters, by kind and code."""

    def __init__(self, matters: Iterable[Matter]) -> None:
        self._by_key = {(it.kind, it.code): it for it in matters}

    def __iter__(self) -> Iterator[Matter]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def find(self, kind: MatterKind | str | None, code: str) -> Matter | None:
        """Return the matter; without a kind the 事项 of that code before the component. None: there is none."""
        kinds = tuple(MatterKind) if kind is None else (MatterKind(kind),)
        return next((self._by_key[it, code] for it in kinds if (it, code) in self._by_key), None)

    def with_changes(self, changed: Iterable[Matter]) -> "Matters":
        """Return these with *changed* in the place of those of the same key."""
        return Matters((*self, *changed))


def load_matters(path: Path = TABLE) -> Matters:
    """Return the matters of a table like codes/matters.csv; an incident's limits need only these."""
    with path.open(encoding="utf-8", newline="") as file:
        return Matters([_matter(row) for row in csv.DictReader(file)])


def _matter(row: dict[str, str]) -> Matter:
    return Matter(
        kind=MatterKind(row["kind"]),
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        department_id=row["department_id"],
        limits={name: limit_of(row[name]) for name in CLOCKS if row[name]},
        file_when=row["file_when"],
        close_when=row["close_when"],
        is_example=row["is_example"] == "1",
    )
