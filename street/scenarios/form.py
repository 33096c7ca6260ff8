"""The form of one scenario file, and how strictly it is read."""

from dataclasses import dataclass
from pathlib import Path

from street import strict_yaml
from street.scenarios.part import Part
from street.scenarios.quantity import NAME, Quantity, quantity_in
from street.scenarios.rule import Rule
from street.scenarios.rule_form import MILD, RULE_ID, rule_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One kind of asset: its names, quantities and rules. `icon` names a picture, not a file.

    `silent_severity` is that of the alarm when such an asset is not heard any more. `rules` are those that are enabled.
    """

    kind: str
    name: str
    name_en: str
    icon: str
    interval_s: float
    quantities: dict[str, Quantity]
    rules: tuple[Rule, ...]
    silent_severity: int = 4


def scenario_in(path: Path) -> Scenario:
    """Return the scenario that *path* describes.

    Raises:
        ConfigError: the file breaks the form; the message begins with `file:line: key`.
    """
    whole = Part(path, strict_yaml.read(path), "", 1)
    kind = whole.text("kind", NAME)
    name, name_en = whole.words("name")
    icon = whole.text("icon", RULE_ID)
    interval_s = whole.number("interval_s", least=1)
    silent_severity = whole.take("silent_severity", 4)
    if silent_severity not in MILD or isinstance(silent_severity, bool | float):
        whole.refuse("silent_severity", "3 or 4: silence opens no incident", silent_severity)
    quantities = {name: quantity_in(name, part) for name, part in whole.parts("quantities").items()}
    told = [rule_in(rule_id, part, kind, quantities) for rule_id, part in whole.parts("rules").items()]
    whole.close()
    if not quantities:
        whole.refuse("quantities", "at least one quantity", {})
    for quantity in quantities.values():
        if quantity.at_most and quantity.at_most not in quantities:
            whole.refuse("quantities", f"at_most to be one of {', '.join(quantities)}", quantity.at_most)
    return Scenario(
        kind=kind, name=name, name_en=name_en, icon=icon, interval_s=interval_s, quantities=quantities,
        rules=tuple(rule for rule in told if rule is not None), silent_severity=silent_severity,
    )  # fmt: skip
