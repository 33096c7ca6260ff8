"""`python -m street backup`: a copy of the store, its keys and its configuration, while everything runs."""

import argparse
import sys
from pathlib import Path

from street.clock import now_us
from street.commands.telling import tell
from street.config import Config
from street.keeping.backup import Wish, take
from street.keeping.restore import summary


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Tell the command line what this command takes."""
    parser = subparsers.add_parser("backup", help="copy store, keys and configuration, while everything runs")
    add_wish(parser)
    parser.set_defaults(run=run)


def add_wish(parser: argparse.ArgumentParser) -> None:
    """Add where a backup goes, and how."""
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="on another disk, if it shall help")
    parser.add_argument("--keep", type=positive, default=24, metavar="N", help="how many stay there (24)")
    parser.add_argument("--pipe", default="", metavar="COMMAND", help="each file goes through it: 'age -r age1…'")


def wish_of(options: argparse.Namespace) -> Wish:
    """Return what the command line wishes."""
    return Wish(folder=options.to, keep=options.keep, pipe=options.pipe)


def positive(text: str) -> int:
    """Return a whole number above 0."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def run(config: Config, options: argparse.Namespace) -> int:
    """Take it; say what it is."""
    backup = take(config, wish_of(options), now_us, tell)
    sys.stdout.write(f"{summary(backup)}\n")
    return 0
