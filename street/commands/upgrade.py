"""`python -m street upgrade`: a backup, then the tables of this program; says the way back."""

import argparse
import sys

from street.clock import now_us
from street.commands.backup import add_wish, wish_of
from street.commands.telling import tell
from street.config import Config
from street.keeping.upgrade import upgrade


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Tell the command line what this command takes."""
    parser = subparsers.add_parser("upgrade", help="back up, then bring the store to this program's tables")
    add_wish(parser)
    parser.set_defaults(run=run)


def run(config: Config, options: argparse.Namespace) -> int:
    """Upgrade; say from where to where, and the way back."""
    done = upgrade(config, wish_of(options), now_us, tell)
    told = done.backup.manifest
    sys.stdout.write(f"tables {told.revision} -> {done.found.revision}, {sum(done.found.rows.values())} rows\n")
    sys.stdout.write(f"the way back: the older program, and `python -m street restore {done.backup.path}`\n")
    return 0
