"""Rules: when a machine speaks up, how gravely, and what a person is to do then.

rule ── levels ──▶ each a condition with delays and a severity; the gravest that stands is the alarm's
     ── schedule, only_in ──▶ when and where it holds
     ── across ──▶ how many of an asset's neighbours, or of its area, have to agree
"""

from dataclasses import dataclass, field
from typing import Final

from street.scenarios.conditions import Condition, Source, sources_of
from street.scenarios.schedule import ALWAYS, Schedule

NEIGHBOURS: Final = "neighbours"
AREAS: Final = ("grid_cell", "community", "road", "circuit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Across:
    """How many assets of a kind must be in the condition for one alarm, which belongs to the one that fills the number.

    `group`: `neighbours`, which are the asset and the nearest within `within_m`, `of` together at most; or one of
    `AREAS`, all that lie in the same. Either `at_least` or `share` (0–1, of all of the group) is set.
    """

    group: str
    within_m: float = 0.0
    of: int = 0
    at_least: int = 0
    share: float = 0.0

    def needed(self, members: int) -> int:
        """Return how many of *members* it takes, at least two."""
        wanted = self.at_least or -int(-self.share * members // 1)
        return max(wanted, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One degree of a rule: what has to be true for how long, and how grave that is."""

    severity: int
    when: Condition
    on_delay_s: float = 0.0
    off_delay_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rationale:
    """Why a rule is one (ISA-18.2, IEC 62682): each text as (zh, en)."""

    cause: tuple[str, str]
    consequence: tuple[str, str]
    response: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is watched at every asset of a kind.

    `levels` begin with the mildest. `is_momentary`: a breach is over at once, as the press of a button, so that one
    which arrives after newer readings still raises. `cause` names what can break this limit at many assets at once:
    with most of a circuit in breach, the circuit alone is told. `only_in` are areas by the beginning of their code;
    none means everywhere. `rationale` is None only where the rule is not enabled.
    """

    rule_id: str
    kind: str
    matter: str
    title: str
    title_en: str
    levels: tuple[Level, ...]
    schedule: Schedule = ALWAYS
    across: Across | None = None
    only_in: tuple[str, ...] = ()
    is_momentary: bool = False
    files_itself: bool = False  # its incidents are filed at once, where others wait for a person
    cause: str = ""
    rationale: Rationale | None = field(default=None, compare=False)

    sources: tuple[Source, ...] = field(init=False, repr=False, compare=False)  # every number it asks for
    quantities: frozenset[str] = field(init=False, repr=False, compare=False)  # every quantity it reads

    def __post_init__(self) -> None:
        sources = sources_of([level.when for level in self.levels])
        quantities = frozenset(name for source in sources for name in (source.quantity, source.less) if name)
        object.__setattr__(self, "sources", sources)
        object.__setattr__(self, "quantities", quantities)

    @property
    def quantity(self) -> str:
        """The quantity of its first limit: what its alarms show."""
        return self.sources[0].quantity

    @property
    def lead(self) -> Source:
        """The number of its first limit."""
        return self.sources[0]

    @property
    def severity(self) -> int:
        """The severity with which its alarms begin at the mildest."""
        return self.levels[0].severity
