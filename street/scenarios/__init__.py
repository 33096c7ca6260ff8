"""Scenarios: what is watched on the street, what is plausible there, and when a machine speaks up.

One file a scenario: `<name>.yaml` beside this one describes one kind of asset. The form is strict (an unknown key stops
the start); the limits in it are examples that a deployment edits. Adding a scenario is adding a file.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from street.errors import ConfigError
from street.scenarios.form import Scenario, scenario_in
from street.scenarios.quantity import Quantity
from street.scenarios.rule import Level, Rule

__all__ = ["FOLDER", "Level", "Quantity", "Rule", "Scenario", "Scenarios", "load_scenarios"]

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Scenarios(Mapping[str, Scenario]):
    """All scenarios by asset kind."""

    by_kind: dict[str, Scenario]
    _ranges: dict[tuple[str, str], tuple[float, float]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        ranges = {
            (kind, quantity.name): (quantity.low, quantity.high)
            for kind, scenario in self.by_kind.items()
            for quantity in scenario.quantities.values()
        }
        object.__setattr__(self, "_ranges", ranges)

    def __getitem__(self, kind: str) -> Scenario:
        return self.by_kind[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_kind)

    def __len__(self) -> int:
        return len(self.by_kind)

    def is_plausible(self, kind: str, quantity: str, value: float) -> bool:
        """Return whether *value* can be true; what no scenario describes is always plausible."""
        limits = self._ranges.get((kind, quantity))
        return limits is None or limits[0] <= value <= limits[1]

    def kind_of(self, quantities: Iterable[str]) -> str | None:
        """Return the kind that the first telling quantity belongs to, None when none tells a kind."""
        for name in quantities:
            for kind, scenario in self.by_kind.items():
                quantity = scenario.quantities.get(name)
                if quantity and quantity.is_telling:
                    return kind
        return None


def load_scenarios(folder: Path = FOLDER) -> Scenarios:
    """Return the scenarios of *folder*.

    Raises:
        ConfigError: a file breaks the form; the message begins with `file:line: key`.
    """
    by_kind: dict[str, Scenario] = {}
    owners: dict[str, Path] = {}
    for path in sorted(folder.glob("*.yaml")):
        scenario = scenario_in(path)
        for name in (f"kind {scenario.kind}", *(f"rule {rule.rule_id}" for rule in scenario.rules)):
            if name in owners:
                msg = f"{path}:1: {name}: already described in {owners[name].name}"
                raise ConfigError(msg)
            owners[name] = path
        by_kind[scenario.kind] = scenario
    if not by_kind:
        msg = f"{folder}: holds no scenario (*.yaml)"
        raise ConfigError(msg)
    return Scenarios(by_kind)
