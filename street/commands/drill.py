"""`python -m street drill`: restores a backup beside the store, examines it, says how long it took."""

import argparse
import sys
from pathlib import Path

from street.clock import now_us
from street.commands.backup import positive
from street.commands.telling import tell
from street.config import Config
from street.keeping.drill import drill
from street.keeping.restore import summary

GOAL_LOSS_S = 15 * 60
GOAL_RESTORE_S = 10 * 60


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Tell the command line what this command takes."""
    parser = subparsers.add_parser("drill", help="prove that a backup can be restored, and how fast; changes nothing")
    parser.add_argument("--of", type=Path, metavar="FOLDER", help="prove the newest backup there; otherwise one of now")
    parser.add_argument("--every-min", type=positive, default=10, metavar="N", help="how often the timer runs (10)")
    parser.add_argument("--pipe", default="", metavar="COMMAND", help="as for backup, when one is taken now")
    parser.add_argument("--unpipe", default="", metavar="COMMAND", help="what undoes it")
    parser.set_defaults(run=run)


def run(config: Config, options: argparse.Namespace) -> int:
    """Return 0 where both goals are met, 1 otherwise."""
    done = drill(config, options.of, (options.pipe, options.unpipe), now_us, tell)
    loss_s = max(done.loss_with(options.every_min * 60), done.loss_s if options.of else 0)
    is_met = loss_s <= GOAL_LOSS_S and done.restore_s <= GOAL_RESTORE_S
    size = sum(it.bytes for it in done.backup.manifest.files.values()) / 1e6
    rows = sum(done.backup.manifest.rows.values())
    sys.stdout.write(f"{summary(done.backup)}\n")
    sys.stdout.write(f"rpo_s={loss_s:.1f} goal={GOAL_LOSS_S} rto_s={done.restore_s:.1f} goal={GOAL_RESTORE_S} ")
    sys.stdout.write(f"mb={size:.1f} rows={rows} {'met' if is_met else 'MISSED'}\n")
    return 0 if is_met else 1
