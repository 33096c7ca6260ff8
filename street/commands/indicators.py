"""`python -m street indicators`: how well incidents were dealt with, in shares with what they are of.

indicators [--from DAY] [--to DAY] [--area CODE]   of this street; both days included, default: this month
indicators --cases FILE [--zone ZONE]              of a recorded 311 file: our deadlines against the city's own word
"""

import argparse
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from street import clock
from street.clock import STREET_ZONE, as_datetime, iso
from street.commands.recorded_incidents import judged, read_recorded
from street.config import Config
from street.errors import ConfigError
from street.indicators import Indicator, Period, indicators, period_of
from street.people import is_area
from street.places import load_places
from street.store import open_store

SUBDISTRICT_DIGITS: Final = 9
EXIT_UNLIKE: Final = 1
RECORDED: Final = ("closed", "closed_on_time")  # all that such a file can tell of


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Tell the command line what this command takes."""
    parser = subparsers.add_parser("indicators", help="how well incidents were dealt with; or a recorded file, judged")
    parser.set_defaults(run=run)
    parser.add_argument("--from", dest="first", type=date.fromisoformat, help="first day; default: of this month")
    parser.add_argument("--to", dest="last", type=date.fromisoformat, help="last day; default: today")
    parser.add_argument("--area", default="", help="its digits; default: all")
    parser.add_argument("--cases", type=Path, help="a recorded 311 file (.csv or .csv.gz) instead of the store")
    parser.add_argument("--zone", default=STREET_ZONE.key, help="of the file's times; default: the street's")


def run(config: Config, options: argparse.Namespace) -> int:
    """Do the deed; return the exit code: 1 where a file's own word and our deadlines are unlike."""
    return _judge(options) if options.cases else _count(config, options)


def _count(config: Config, options: argparse.Namespace) -> int:
    now_us = clock.now_us()
    last = options.last or as_datetime(now_us).astimezone(STREET_ZONE).date()
    first = options.first or last.replace(day=1)
    if first > last or (options.area and not is_area(options.area)):
        msg = "expected --from before --to, and an area of 6, 9, 12 or 15 digits"
        raise ConfigError(msg)
    elsewhere = min(load_places(config.places.directory).communities)[:SUBDISTRICT_DIGITS]
    areas = frozenset({options.area}) if options.area else None
    with closing(open_store(config.store.url, clock.now_us)) as store:
        _tell(store.indicators(period_of(first, last, now_us), areas, elsewhere=elsewhere))
    return 0


def _judge(options: argparse.Namespace) -> int:
    try:
        zone = ZoneInfo(options.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        msg = f"--zone: expected a time zone like America/New_York, got {options.zone!r}"
        raise ConfigError(msg) from error
    found = judged(read_recorded(options.cases, zone))
    said = found.on_time + found.overdue
    first_us = min((it.reported_us for it in found.facts), default=0)
    _say(f"{options.cases}: {len(found.facts)} rows, open ones as of {iso(found.as_of_us)}")
    _say(f"{found.alike} of {said} judged as the file does ({found.on_time} on time, {found.overdue} overdue)")
    _say(f"{found.unsaid} rows where the file says neither")
    for number in found.unlike[:20]:
        _say(f"unlike: row {number}")
    counted = indicators(found.facts, Period(first_us, found.as_of_us + 1))
    _tell(it for it in counted if it.id in RECORDED)
    return EXIT_UNLIKE if found.unlike else 0


def _tell(found: Iterable[Indicator]) -> None:
    for it in found:
        share = "-" if it.share is None else f"{it.share:.2%}"
        left_out = f"\t{it.left_out} suspended left out" if it.left_out else ""
        _say(f"{it.id}\t{it.numerator}/{it.denominator}\t{share}{left_out}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
