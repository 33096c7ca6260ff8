"""`python -m street assets`: the register in bulk.

assets import FILE [--dry-run]     CSV, GeoJSON or XLSX: all of it or nothing
assets export FILE                 .csv, .xlsx or .geojson; reads back the same
assets labels FILE --base URL      a page of QR codes to print (.html)
assets due [--days N]              inspections that are overdue or due soon
"""

import argparse
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from street import clock, inspections
from street.asset_export import FORMATS
from street.asset_file import BOUNDS
from street.asset_sheet import Known, RowFault, read_assets
from street.config import Config
from street.errors import ConfigError
from street.inspections import due_list
from street.labels import label_sheet
from street.places import load_places
from street.scenarios import load_scenarios
from street.store import Store, open_store

FAULTS_TOLD: Final = 1_000


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Tell the command line what this command takes."""
    parser = subparsers.add_parser("assets", help="the register: import, export, labels, due")
    parser.set_defaults(run=run)
    deeds = parser.add_subparsers(dest="deed", required=True)
    imported = deeds.add_parser("import", help="assets and places from CSV, GeoJSON or XLSX, all or nothing")
    imported.add_argument("file", type=Path)
    imported.add_argument("--dry-run", action="store_true", help="only say what would be done or refused")
    exported = deeds.add_parser("export", help="the register as .csv, .xlsx or .geojson")
    exported.add_argument("file", type=Path)
    labels = deeds.add_parser("labels", help="a page of QR codes to print")
    labels.add_argument("file", type=Path)
    labels.add_argument("--base", default="", help="address of the dashboard; default: where it is served")
    labels.add_argument("--kind", default="", help="only assets of this kind")
    due = deeds.add_parser("due", help="inspections that are overdue or due soon")
    due.add_argument("--days", type=int, default=inspections.WITHIN_DAYS, help="how far ahead; default: 30")
    due.add_argument("--kind", default="", help="only assets of this kind")


def run(config: Config, options: argparse.Namespace) -> int:
    """Do the deed; return the exit code."""
    with closing(open_store(config.store.url, clock.now_us)) as store:
        return _DEEDS[options.deed](config, store, options)


def _import(config: Config, store: Store, options: argparse.Namespace) -> int:
    try:
        with options.file.open("rb") as file:
            content = file.read(BOUNDS.largest_bytes + 1)
    except OSError as error:
        msg = f"{options.file}: cannot be read: {error.strerror}"
        raise ConfigError(msg) from error
    with closing(store.reader()) as reader:
        ground = load_places(config.places.directory)
        known = Known.of(reader.assets(), reader.places(), ground, load_scenarios())
    sheet = read_assets(content, known)
    for fault in sheet.faults[:FAULTS_TOLD]:
        sys.stderr.write(f"{options.file}: {_told(fault)}\n")
    if sheet.faults:
        _say(f"{len(sheet.faults)} faults: nothing was taken in")
        return 1
    if not options.dry_run:
        store.register(sheet.assets, sheet.places)
    done = "could be taken in" if options.dry_run else "taken in"
    _say(
        f"{len(sheet.assets)} assets and {len(sheet.places)} places {done}: "
        f"{sheet.added} new, {sheet.changed} changed, {sheet.unchanged} as they were"
    )
    return 0


def _export(_config: Config, store: Store, options: argparse.Namespace) -> int:
    as_format = FORMATS.get(options.file.suffix.removeprefix(".").lower())
    if as_format is None:
        msg = f"{options.file}: expected a name that ends in .{', .'.join(FORMATS)}"
        raise ConfigError(msg)
    with closing(store.reader()) as reader:
        assets, places = reader.assets(), reader.places()
    _write(options.file, as_format(assets, places))
    _say(f"{len(assets)} assets and {len(places)} places written to {options.file}")
    return 0


def _labels(config: Config, store: Store, options: argparse.Namespace) -> int:
    base = options.base or f"http://{config.dashboard.host}:{config.dashboard.port}"
    with closing(store.reader()) as reader:
        assets = [asset for asset in reader.assets() if options.kind in {"", asset.kind}]
    _write(options.file, label_sheet(assets, base, config.dashboard.title).encode())
    _say(f"{len(assets)} labels written to {options.file}")
    return 0


def _due(_config: Config, store: Store, options: argparse.Namespace) -> int:
    day = inspections.today(clock.now_us())
    with closing(store.reader()) as reader:
        assets = reader.to_inspect(inspections.until(day, options.days))
    found = due_list([it for it in assets if options.kind in {"", it.kind}], day, options.days)
    for it in found:
        _say(f"{it.due}\t{it.state.value}\t{it.days}\t{it.asset.kind}\t{it.asset.asset_id}\t{it.asset.name}")
    for kind, counts in inspections.by_kind(found).items():
        sys.stderr.write(f"{kind}: {counts.overdue} overdue, {counts.due} due\n")
    return 0


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        msg = f"{path}: cannot be written: {error.strerror}"
        raise ConfigError(msg) from error


def _told(fault: RowFault) -> str:
    place = ", ".join(part for part in (fault.sheet, f"row {fault.row}" if fault.row else "") if part)
    found = f" {fault.found!r}" if fault.found else ""
    return f"{place}: {fault.column}: {fault.code}{found}".removeprefix(": ")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


_DEEDS: Final[dict[str, Callable[[Config, Store, argparse.Namespace], int]]] = {
    "import": _import,
    "export": _export,
    "labels": _labels,
    "due": _due,
}
