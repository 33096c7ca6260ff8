"""`python -m ingest check`: what the configuration will do, before anything runs with it.

It writes nothing: a store is looked into only where it is there already and of this program.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final, TextIO

from ingest.decode import DIALECTS
from ingest.register import read_assets, speaks_as
from ingest.service import decoder_of
from ingest.topics import covers, literal_root, matches, meet
from street.assets import Asset
from street.config import Config
from street.errors import StoreError
from street.scenarios import Scenarios, load_scenarios
from street.store import registered_assets

EXAMPLES: Final = 5
# dialect -> where a device speaks below the root of a route; of the others only the route itself is looked at
SPOKEN: Final = {"native": "{device}/telemetry", "zigbee2mqtt": "{device}"}
Route = tuple[str, str]  # filter and dialect


def explain(config: Config, out: TextIO) -> None:
    """Write what *config* will do, as tables.

    Raises:
        ConfigError: it cannot be used, or a scenario or the asset list cannot.
    """
    decoder_of(config)
    routes = list(config.ingest.routes)
    scenarios = load_scenarios()
    assets, lines = _assets(config)
    out.write(f"{config.shown}: can be used\n\n")
    out.write("Routes: the first filter that takes a topic decides who decodes it.\n")
    _table(out, ("no", "filter", "dialect", "note"), _route_rows(routes))
    silent = sorted(set(DIALECTS) - {dialect for _, dialect in routes})
    out.write(f"Dialects without a route: {', '.join(silent) or 'none'}.\n")
    strangers = config.ingest.unknown_devices
    most = "" if strangers == "reject" else f" (up to {config.ingest.unknown_devices_max})"
    out.write(f"Devices that nobody has registered: {strangers}{most}.\n\n")
    out.write("".join(f"{line}\n" for line in lines))
    _table(out, ("kind", "name", "assets", "rules"), _kind_rows(assets, scenarios))
    _write_findings(out, "Assets that no rule covers", without_rule(assets, scenarios))
    _write_findings(out, "Assets that no route hears", unheard(assets, routes))


def shadows(routes: Sequence[Route]) -> list[tuple[int | None, list[int]]]:
    """Return, for each route, the earlier one that takes everything before it, and those that take some of it.

    Args:
        routes: as configured; what is returned are places in it. Of the same dialect, only the former is told.
    """
    found: list[tuple[int | None, list[int]]] = []
    for place, (item, dialect) in enumerate(routes):
        earlier = routes[:place]
        whole = next((at for at, (other, _) in enumerate(earlier) if covers(other, item)), None)
        some = [at for at, (other, name) in enumerate(earlier) if name != dialect and meet(other, item)]
        found.append((whole, [] if whole is not None else some))
    return found


def unheard(assets: Iterable[Asset], routes: Sequence[Route]) -> dict[str, list[str]]:
    """Return the ids of assets whose device no route hears, by the reason."""
    reached = [route for route, (whole, _) in zip(routes, shadows(routes), strict=True) if whole is None]
    found: dict[str, list[str]] = {}
    for asset in assets:
        reason = _why_unheard(asset, routes, reached)
        if reason:
            found.setdefault(reason, []).append(asset.asset_id)
    return found


def without_rule(assets: Iterable[Asset], scenarios: Scenarios) -> dict[str, list[str]]:
    """Return the ids of assets that raise no alarm of their own, by the reason."""
    found: dict[str, list[str]] = {}
    for asset in assets:
        scenario = scenarios.get(asset.kind)
        if scenario is None:
            found.setdefault(f"no scenario describes the kind {asset.kind}", []).append(asset.asset_id)
        elif not scenario.rules:
            reason = f"the scenario of {scenario.kind} ({scenario.name}) has no rule"
            found.setdefault(reason, []).append(asset.asset_id)
    return found


def _assets(config: Config) -> tuple[list[Asset], list[str]]:
    """Return the assets that ingest will know, and where they are from."""
    by_id: dict[str, Asset] = {}
    try:
        stored = registered_assets(config.store.url)
    except StoreError as error:
        lines = [f"Assets in the store: not known ({error})."]
    else:
        by_id.update((asset.asset_id, asset) for asset in stored or ())
        here = "it does not exist yet, or another program made it" if stored is None else str(len(stored))
        lines = [f"Assets in the store: {here}."]
    register = config.register
    if register.load_at_start:
        listed, faults = read_assets(register.assets_file, is_demo=register.is_demo)
        by_id.update((asset.asset_id, asset) for asset in listed)
        lines.append(f"Assets loaded at start: {len(listed)} from {register.assets_file}, {len(faults)} rows left out.")
        lines += [f"  {fault}" for fault in faults[:EXAMPLES]]
    return list(by_id.values()), lines


def _why_unheard(asset: Asset, routes: Sequence[Route], reached: Sequence[Route]) -> str:
    dialect, device = speaks_as(asset)
    own = [item for item, name in routes if name == dialect]
    if not own:
        return f"{dialect} has no route"
    if not any(name == dialect for _, name in reached):
        return f"every route of {dialect} is taken by earlier ones"
    if dialect not in SPOKEN:
        return ""
    topics = [f"{literal_root(item)}/{SPOKEN[dialect].format(device=device)}".lstrip("/") for item in own]
    takers = [next((name for item, name in routes if matches(item, topic)), None) for topic in topics]
    if dialect in takers:
        return ""
    taker = next((name for name in takers if name), None)
    return f"its topic ({topics[0]}) goes to {taker}" if taker else f"its topic ({topics[0]}) is taken by no route"


def _route_rows(routes: Sequence[Route]) -> Iterable[tuple[str, ...]]:
    for place, ((item, dialect), (whole, some)) in enumerate(zip(routes, shadows(routes), strict=True), start=1):
        note = ""
        if whole is not None:
            note = f"never reached: {whole + 1} ({routes[whole][0]}) takes all of it"
        elif some:
            firsts = ", ".join(f"{at + 1} ({routes[at][0]})" for at in some[:2])
            note = f"some is taken by {firsts}{f' and {len(some) - 2} more' if len(some) > 2 else ''}"
        yield str(place), item, dialect, note


def _kind_rows(assets: Sequence[Asset], scenarios: Scenarios) -> Iterable[tuple[str, ...]]:
    counts: dict[str, int] = {}
    for asset in assets:
        counts[asset.kind] = counts.get(asset.kind, 0) + 1
    for kind, count in sorted(counts.items()):
        scenario = scenarios.get(kind)
        rules = ", ".join(rule.rule_id for rule in scenario.rules) if scenario else ""
        yield kind, scenario.name if scenario else "-", str(count), rules or "none"


def _write_findings(out: TextIO, title: str, found: dict[str, list[str]]) -> None:
    total = sum(map(len, found.values()))
    out.write(f"\n{title}: {total or 'none'}.\n")
    for reason, ids in found.items():
        more = f" and {len(ids) - EXAMPLES} more" if len(ids) > EXAMPLES else ""
        out.write(f"  {reason}: {', '.join(ids[:EXAMPLES])}{more}\n")


def _table(out: TextIO, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    lines = [head, *rows]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True))
        out.write(f"  {'  '.join(cells)}".rstrip() + "\n")


def _width(text: str) -> int:
    """Return how many places *text* takes on a terminal: a Chinese character takes two."""
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)
