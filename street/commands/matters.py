"""`python -m street matters`: what the standard says can be wrong, a site's limits for it, and its working calendar.

matters list [--own]                    all matters with their limits; or those the site has changed
matters export FILE.xlsx                matters and own days, to be edited and imported again
matters import FILE.xlsx [--dry-run]    all of it or nothing; each change is a new version
matters days YEAR                       which days are worked, and whether the year's holidays are known
matters windows ["08:30-12:00 …"]       when a working day is worked; shown, or set
"""

import argparse
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from street import clock
from street.asset_rows import RowFault
from street.config import Config
from street.errors import ConfigError, NotAllowedError
from street.keys import load_keys
from street.matter_sheet import as_xlsx, read_matters
from street.matters import CLOCKS, Matter
from street.people import KEEPER
from street.store import Store, open_store
from street.workbook import LARGEST_BYTES
from street.worktime import windows_of

FAULTS_TOLD: Final = 1_000


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Tell the command line what this command takes."""
    parser = subparsers.add_parser("matters", help="matters, their limits, the working calendar: list, import, …")
    parser.set_defaults(run=run)
    deeds = parser.add_subparsers(dest="deed", required=True)
    listed = deeds.add_parser("list", help="all matters with their limits")
    listed.add_argument("--own", action="store_true", help="only those the site has changed")
    exported = deeds.add_parser("export", help="matters and own days as .xlsx")
    exported.add_argument("file", type=Path)
    imported = deeds.add_parser("import", help="matters and own days from an XLSX, all or nothing")
    imported.add_argument("file", type=Path)
    imported.add_argument("--dry-run", action="store_true", help="only say what would be done or refused")
    days = deeds.add_parser("days", help="which days of a year are worked")
    days.add_argument("year", type=int, choices=range(1970, 2101), metavar="YEAR")
    windows = deeds.add_parser("windows", help="when a working day is worked")
    windows.add_argument("windows", nargs="?", default="", help='like "08:30-12:00 13:30-17:30"; without it: shown')


def run(config: Config, options: argparse.Namespace) -> int:
    """Do the deed; return the exit code."""
    key = load_keys(config.people.keys_file).audit
    with closing(open_store(config.store.url, clock.now_us, audit_key=key)) as store:
        return _DEEDS[options.deed](store, options)


def _list(store: Store, options: argparse.Namespace) -> int:
    for it in store.matters().current():
        if it.version > 1 or not options.own:
            _say("\t".join((it.kind.value, it.code, it.name, it.department_id or "-", _limits(it), _mark(it))))
    return 0


def _export(store: Store, options: argparse.Namespace) -> int:
    content = as_xlsx(store.matters().current(), store.matters().own_days())
    try:
        options.file.write_bytes(content)
    except OSError as error:
        msg = f"{options.file}: cannot be written: {error.strerror}"
        raise ConfigError(msg) from error
    _say(f"written to {options.file}")
    return 0


def _import(store: Store, options: argparse.Namespace) -> int:
    try:
        with options.file.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        msg = f"{options.file}: cannot be read: {error.strerror}"
        raise ConfigError(msg) from error
    sheet = read_matters(content, store.matters().current())
    for fault in sheet.faults[:FAULTS_TOLD]:
        sys.stderr.write(f"{options.file}: {_told(fault)}\n")
    if sheet.faults:
        _say(f"{len(sheet.faults)} faults: nothing was taken in")
        return 1
    if options.dry_run:
        _say(f"{len(sheet.matters)} matters and {len(sheet.days)} days could be taken in")
        return 0
    matters, days = store.matters().put(sheet.matters, sheet.days, by=KEEPER)
    _say(f"{matters} of {len(sheet.matters)} matters and {days} of {len(sheet.days)} days changed")
    return 0


def _days(store: Store, options: argparse.Namespace) -> int:
    calendar = store.matters().calendar()
    own = {it.day: it.name for it in store.matters().own_days()}
    first = date(options.year, 1, 1)
    days = [first + timedelta(days=number) for number in range((date(options.year + 1, 1, 1) - first).days)]
    odd = [day for day in days if calendar.is_workday(day) != (day.weekday() < 5) or day in own]
    for day in odd:
        _say(f"{day}\t{day:%a}\t{'worked' if calendar.is_workday(day) else 'off'}\t{own.get(day, '-')}")
    if calendar.knows(options.year):
        _say(f"{sum(map(calendar.is_workday, days))} working days")
        return 0
    _say(f"the holidays of {options.year} are not known: weekdays stand in; update chinesecalendar or import own days")
    return 1


def _windows(store: Store, options: argparse.Namespace) -> int:
    if options.windows:
        try:
            store.matters().put_windows(windows_of(options.windows), by=KEEPER)
        except ValueError as error:
            raise NotAllowedError(code=str(error)) from error
    _say(" ".join(map(str, store.matters().calendar().windows)))
    return 0


def _limits(matter: Matter) -> str:
    return "; ".join(f"{name} {matter.limits[name]}" for name in CLOCKS if name in matter.limits) or "-"


def _mark(matter: Matter) -> str:
    return f"version {matter.version}{', an example' if matter.is_example else ''}"


def _told(fault: RowFault) -> str:
    place = ", ".join(part for part in (fault.sheet, f"row {fault.row}" if fault.row else "") if part)
    found = f" {fault.found!r}" if fault.found else ""
    return f"{place}: {fault.column}: {fault.code}{found}".removeprefix(": ")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


_DEEDS: Final[dict[str, Callable[[Store, argparse.Namespace], int]]] = {
    "list": _list,
    "export": _export,
    "import": _import,
    "days": _days,
    "windows": _windows,
}
