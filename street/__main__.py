"""`python -m street`: what a keeper does to a street's memory.

    python -m street people …                 accounts: the first admin, the demo's, a list, passwords, sessions
    python -m street matters …                what may be wrong, the limits of each, the working calendar
    python -m street indicators …             how well incidents were dealt with
    python -m street audit …                  verify, export, note its head
    python -m street check                    look at configuration and store
    python -m street backup | restore | drill | upgrade
    python -m street support-dump FILE        for somebody elsewhere: nothing about anybody

Each command is a module of `street.commands`. Exit codes: 0 done · 1 not all of it · 2 not understood · 75 the store
cannot be used now · 78 the configuration cannot be used.
"""

import argparse
import logging
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

from street import logs
from street.commands import COMMANDS
from street.config import EXIT_CONFIG, load
from street.errors import ConfigError, StoreError, StreetError

EXIT_REFUSED: Final = 1
EXIT_STORE: Final = 75  # sysexits.h EX_TEMPFAIL: a supervisor should start us again


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; return the exit code."""
    options = _parser(COMMANDS).parse_args(arguments)
    logs.set_up(logging.DEBUG if options.verbose else logging.WARNING)
    try:
        return int(options.run(load(options.config), options))
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_CONFIG
    except StoreError as error:
        sys.stderr.write(f"store: {error}\n")
        return EXIT_STORE
    except StreetError as error:
        sys.stderr.write(f"refused: {error}\n")
        return EXIT_REFUSED


def _parser(commands: tuple[ModuleType, ...]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m street", description="Sky Eye's keeper.")
    parser.add_argument("--config", type=Path, default=Path("config.yaml"), help="default: config.yaml")
    parser.add_argument("--verbose", action="store_true", help="log everything")
    subparsers = parser.add_subparsers(dest="command", required=True)
    for command in commands:
        command.add_to(subparsers)
    return parser


if __name__ == "__main__":
    sys.exit(main())
