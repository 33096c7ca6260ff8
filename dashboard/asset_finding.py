"""Finding assets: what the asker may see of the register, what of it an address asks for, and how each stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from dashboard import asking
from dashboard.office import Office
from dashboard.picture import area_of
from layouts.desk.asset_worklists import ROOTS, AlarmLine, FaultLine, RootLine, alarm_title
from layouts.desk.assets import AssetLine
from layouts.desk.frame import Viewer
from layouts.wording import desk_words_in
from street.alarms import Alarm, AlarmState
from street.asset_words import words
from street.assets import Asset
from street.freshness import age_from_us, has_age
from street.inspections import Inspection, due_list, today
from street.masking import masked
from street.people import lies_in
from street.policy import Action, areas_of, may
from street.readings import UNITS
from street.scenarios import Scenarios, load_scenarios
from street.store import Latest, Reader
from street.store.standings import standings


@dataclass(frozen=True, slots=True)
class Found:
    """What the asker may see, what of it fits the filters (its state aside), and every live value by its asset."""

    seen: Mapping[str, Asset]
    fitting: list[AssetLine]
    live: Mapping[str, list[Latest]]

    def of_state(self, state: str) -> list[AssetLine]:
        """Return those that stand so; "" takes all."""
        return [one for one in self.fitting if not state or one.standing.state == state]


@dataclass(frozen=True, slots=True)
class Worklists:
    """What waits for the keeper's hand, of the assets that fit."""

    due: list[Inspection]
    faults: list[FaultLine]
    causes: list[RootLine]


def find(office: Office, reader: Reader, query: Mapping[str, str], now_us: int) -> Found:
    """Return what the asker may see and what of it an address asks for."""
    seen = {asset.asset_id: asset for asset in seen_assets(office, reader)}
    live: dict[str, list[Latest]] = {}
    for row in reader.latest():
        live.setdefault(row.asset_id, []).append(row)
    return Found(seen, lines_of(reader, [it for it in seen.values() if fits(it, query)], live, now_us), live)


def seen_assets(office: Office, reader: Reader) -> list[Asset]:
    """Return the assets in the asker's areas; what lies nowhere in particular is the subdistrict's."""
    areas = areas_of(asking.person(), Action.SEE_ASSETS)
    whole = office.subdistrict_id
    return [
        asset
        for asset in reader.assets()
        if areas is None or any(lies_in(area_of(asset) or whole, outer) for outer in areas)
    ]


def fits(asset: Asset, query: Mapping[str, str]) -> bool:
    """Return whether an asset is among those an address asks for, its state aside; names are sought as they show."""
    text, kind, area_id = query.get("q", "").strip().casefold(), query.get("kind", ""), query.get("area", "")
    return (
        (not kind or asset.kind == kind)
        and (not area_id or lies_in(area_of(asset), area_id))
        and (not text or any(text in word.casefold() for word in _words(asset)))
    )


def lines_of(reader: Reader, assets: Iterable[Asset], live: Mapping[str, list[Latest]], now_us: int) -> list[AssetLine]:
    """Return assets with how they stand."""
    wanted = list(assets)
    rows = [row for asset in wanted for row in live.get(asset.asset_id, ())]
    stands = standings(wanted, rows, reader.availability(), reader.faults(), scenarios(), now_us=now_us)
    return [AssetLine(asset, stands[asset.asset_id], _heard_us(live.get(asset.asset_id, ()))) for asset in wanted]


def worklists(office: Office, reader: Reader, viewer: Viewer, found: Found) -> Worklists:
    """Return what waits, of the assets that fit; what one cause took along is told as far as the asker may see it."""
    fitting = {one.asset.asset_id: one.asset for one in found.fitting}
    newest = {(row.asset_id, row.quantity): row for rows in found.live.values() for row in rows}
    faults = [
        FaultLine(
            fitting[it.asset_id], it.quantity, it.fault, it.since_us,
            row.value if (row := newest.get((it.asset_id, it.quantity))) else None, unit_of(it.quantity),
        )
        for it in reader.faults()
        if it.asset_id in fitting
    ]  # fmt: skip
    return Worklists(
        due_list(fitting.values(), today(viewer.now_us)), faults, _causes(office, reader, viewer, found, fitting)
    )


def _causes(
    office: Office, reader: Reader, viewer: Viewer, found: Found, fitting: Mapping[str, Asset]
) -> list[RootLine]:
    """Return the root alarms of assets that fit.

    The broker, or a circuit that nobody registered, shows to who may see the whole, or somebody whom it took along.
    """
    sees_whole = may(asking.person(), Action.SEE_ASSETS, office.thing())
    causes = []
    for root in reader.active_alarms():
        if root.rule_id not in ROOTS:
            continue
        victims = victims_of(reader, root, found.seen, viewer)
        is_nowhere = root.asset_id not in found.seen and (sees_whole or victims)
        if root.asset_id in fitting or (is_nowhere and reader.asset(root.asset_id) is None):
            causes.append(RootLine(alarm_line(root, found.seen, viewer), victims))
    return causes


def victims_of(reader: Reader, root: Alarm, seen: Mapping[str, Asset], viewer: Viewer) -> list[AlarmLine]:
    """Return the alarms that still stand under *root*, of assets that the asker may see."""
    return [
        alarm_line(it, seen, viewer)
        for it in reader.victims(root)
        if it.asset_id in seen and it.state is not AlarmState.CLEARED
    ]


def alarm_line(alarm: Alarm, seen: Mapping[str, Asset], viewer: Viewer) -> AlarmLine:
    """Return an alarm as the pages show it."""
    return AlarmLine(
        alarm.asset_id,
        seen.get(alarm.asset_id),
        alarm_title(alarm.rule_id, titles(viewer.lang), viewer.words),
        alarm.severity,
        alarm.raised_us,
        alarm.state is AlarmState.SUPPRESSED,
    )


def unit_of(quantity: str) -> str | None:
    """Return the unit of a quantity; a second channel has that of its first."""
    return UNITS.get(quantity.partition(".")[0])


@cache
def scenarios() -> Scenarios:
    """Return the kinds that are shipped."""
    return load_scenarios()


@cache
def titles(lang: str) -> dict[str, str]:
    """Return what each rule's alarm says, in a language."""
    rules = [rule for scenario in scenarios().values() for rule in scenario.rules]
    return {rule.rule_id: rule.title_en if lang == "en" else rule.title for rule in rules}


@cache
def kind_names(lang: str) -> dict[str, str]:
    """Return every kind with its name in a language: those of the scenarios, then those without one."""
    named = {kind: it.name_en if lang == "en" else it.name for kind, it in scenarios().items()}
    others = dict.fromkeys(kind for kind in words("kinds").values() if kind not in named)
    return {**named, **{kind: desk_words_in(lang)[f"asset_kind_{kind}"] for kind in others}}


def _heard_us(rows: Iterable[Latest]) -> int | None:
    ages = (age_from_us(row.at_us, row.received_us, row.flags) for row in rows if has_age(row.flags))
    return max(ages, default=None)


def _words(asset: Asset) -> tuple[str, ...]:
    return asset.asset_id, masked(asset.name), masked(asset.name_en), asset.device_id
