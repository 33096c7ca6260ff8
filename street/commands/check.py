"""`python -m street check`: whether configuration and store will do, without starting anything."""

import argparse
import sys

from street import clock
from street.clock import DAY_US, iso
from street.config import Config
from street.keys import load_keys
from street.store import copies, site_calendar
from street.store.migrate import HEAD
from street.worktime import Calendar

LOOK_AHEAD_US = 60 * DAY_US  # about as far as the longest limits reach


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Tell the command line what this command takes."""
    parser = subparsers.add_parser("check", help="look at configuration and store, and change nothing")
    parser.set_defaults(run=run)


def run(config: Config, _options: argparse.Namespace) -> int:
    """Say what was found; a wrong configuration ended the program before, with 78."""
    sys.stdout.write(f"configuration {config.shown}: good\n")
    path = config.store_path
    if not (copies.has_begun(config.store.url) if path is None else path.exists()):
        sys.stdout.write(f"store {path or 'in its database'}: not there yet, made at the first start\n")
        return 0
    key = load_keys(config.people.keys_file).audit if config.people.keys_file.exists() else b""
    found = copies.examine(config.store.url, key)
    newest = iso(found.newest_us) if found.newest_us else "none"
    sys.stdout.write(f"store: good, {sum(found.rows.values())} rows, newest reading {newest}, ")
    sys.stdout.write(f"audit to entry {found.audit.entry_no}, tables {found.revision}\n")
    if found.revision != HEAD:
        sys.stdout.write(f"this program's tables are {HEAD}: `python -m street upgrade`\n")
    calendar = site_calendar(config.store.url)
    if calendar is not None:
        sys.stdout.writelines(f"{line}\n" for line in unknown_years(calendar, clock.now_us()))
    return 0


def unknown_years(calendar: Calendar, now_us: int) -> list[str]:
    """Return a line for each year whose holidays deadlines of now will need and nobody has announced."""
    return [
        f"holidays of {year} are not known, weekdays stand in: update chinesecalendar, or give the year's days with"
        " `python -m street matters import`"
        for year in calendar.unknown_years(now_us, now_us + LOOK_AHEAD_US)
    ]
