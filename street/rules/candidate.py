"""What an alarm proposes to people: a candidate incident, which somebody still has to file unless its rule does."""

from street.alarms import Alarm
from street.assets import Asset
from street.incidents import SENSING, Act, Incident, Order, advance
from street.scenarios import Rule
from street.scenarios.conditions import Limit, Source


def candidate(alarm: Alarm, rule: Rule, asset: Asset, at_us: int) -> Incident:
    """Return the incident that *alarm* proposes at *at_us*: reported, or filed at once where its rule says so."""
    level = next((it for it in rule.levels if it.severity == alarm.severity), rule.levels[0])
    is_plain = isinstance(level.when, Limit) and level.when.source == Source(quantity=rule.quantity)
    said = level.when.words if is_plain and isinstance(level.when, Limit) else str(level.when)
    value = "?" if alarm.value is None else f"{alarm.value:g}"
    proposed = Incident(
        incident_id=f"{SENSING}/{alarm.alarm_id}", source=SENSING, matter=rule.matter, severity=alarm.severity,
        title=rule.title, title_en=rule.title_en, description=f"{asset.asset_id} {rule.quantity} {value} ({said})",
        address=asset.name if asset.road in asset.name else f"{asset.road} {asset.name}", lon=asset.lon, lat=asset.lat,
        community_id=asset.community_id, grid_cell_id=asset.grid_cell_id, asset_id=asset.asset_id,
        alarm_id=alarm.alarm_id, reported_us=at_us, moved_us=at_us,
    )  # fmt: skip
    if not rule.files_itself:
        return proposed
    return advance(proposed, Order(action_id="", incident_id=proposed.incident_id, act=Act.FILE, at_us=at_us))
