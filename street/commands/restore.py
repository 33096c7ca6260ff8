"""`python -m street restore`: puts a backup where the store is, and keeps what was there."""

import argparse
import sys
from pathlib import Path

from street.clock import now_us
from street.commands.telling import tell
from street.config import Config
from street.keeping.restore import restore, summary


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Tell the command line what this command takes."""
    parser = subparsers.add_parser(
        "restore", help="put a backup in the store's place; ingest and dashboard are stopped"
    )
    parser.add_argument("place", type=Path, metavar="BACKUP", help="a backup, or the folder: then the newest sound one")
    parser.add_argument("--pipe", default="", metavar="COMMAND", help="what undoes the backup's own: 'age -d -i key'")
    parser.set_defaults(run=run)


def run(config: Config, options: argparse.Namespace) -> int:
    """Restore; say what was restored, and where the old ones are."""
    done = restore(config, options.place, options.pipe, now_us, tell)
    sys.stdout.write(f"restored {summary(done.backup)}\n")
    if done.old:
        sys.stdout.write(f"the store that was there: {done.old}\n")
    if done.old_keys:
        sys.stdout.write(f"the keys that were there: {done.old_keys}\n")
    sys.stdout.write(f"its configuration, not put in place: {done.backup.path / 'config.yaml'}\n")
    sys.stdout.write(f"people and tablets sign in again; took {done.took_s:.1f} s\n")
    return 0
