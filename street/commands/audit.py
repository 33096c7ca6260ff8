"""`python -m street audit`: whether the audit is whole, its entries as CSV, its head to be noted elsewhere.

audit verify [--heads FILE]     walk the chain; FILE holds heads noted earlier and tells whether the end was cut
audit head [--into FILE]        the newest entry's number and hash; FILE gets a line more
audit export [--from DAY] …     CSV to stdout, oldest first
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from street import clock, csv_cells
from street.config import Config
from street.errors import ConfigError
from street.keys import load_keys
from street.store import Audit, Head, StoredEntry, open_store

COLUMNS: Final = (
    "no", "at", "action", "object", "outcome", "person", "login", "address", "session", "request", "before", "after",
    "reason", "count", "hash",
)  # fmt: skip
ROWS_AT_ONCE: Final = 1_000


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Tell the command line what this command takes."""
    parser = subparsers.add_parser("audit", help="verify, export, head")
    parser.set_defaults(run=run)
    deeds = parser.add_subparsers(dest="deed", required=True)
    verify = deeds.add_parser("verify", help="walk the chain; 1 where it is broken")
    verify.add_argument("--heads", type=Path, help="heads noted earlier, one a line")
    head = deeds.add_parser("head", help="the newest entry's number and hash")
    head.add_argument("--into", type=Path, help="a file that gets a line more; best on another machine")
    export = deeds.add_parser("export", help="CSV, oldest first")
    export.add_argument("--from", dest="from_us", type=_day_us, metavar="DAY", help="YYYY-MM-DD, Asia/Shanghai")
    export.add_argument("--to", dest="to_us", type=_day_us, metavar="DAY", help="before this day")


def run(config: Config, options: argparse.Namespace) -> int:
    """Do the deed; return the exit code."""
    key = load_keys(config.people.keys_file).audit
    with closing(open_store(config.store.url, clock.now_us, audit_key=key)) as store:
        return _DEEDS[options.deed](store.audit(), options)


def _verify(audit: Audit, options: argparse.Namespace) -> int:
    heads = _read_heads(options.heads) if options.heads else ()
    verdict = audit.verify(noted=heads)
    if verdict.ok:
        sys.stdout.write(f"good: {verdict.rows} entries, {len(heads)} noted heads\n")
        return 0
    sys.stdout.write(f"broken: entry {verdict.first_bad} is {verdict.why}; {verdict.rows} before it are good\n")
    return 1


def _head(audit: Audit, options: argparse.Namespace) -> int:
    head = audit.head()
    line = f"{head.entry_no} {head.hash} {clock.iso(clock.now_us())}\n"
    if options.into:
        try:
            with options.into.open("a", encoding="ascii") as file:
                file.write(line)
        except OSError as error:
            msg = f"{options.into}: cannot be written: {error.strerror}"
            raise ConfigError(msg) from error
    sys.stdout.write(line)
    return 0


def _export(audit: Audit, options: argparse.Namespace) -> int:
    sys.stdout.write(csv_cells.row(COLUMNS))
    for stored in _oldest_first(audit, from_us=options.from_us, to_us=options.to_us):
        entry = stored.entry
        row = (
            stored.entry_no, clock.iso(entry.at_us), entry.action, entry.object, entry.outcome, *entry.by, entry.before,
            entry.after, entry.reason, entry.count, stored.hash,
        )  # fmt: skip
        sys.stdout.write(csv_cells.row(row))
    return 0


def _oldest_first(audit: Audit, **sought: Any) -> Iterator[StoredEntry]:  # noqa: ANN401 - as `Audit.find` takes them
    """Yield what was sought by number, a lot at a time, so that an export of years needs no memory."""
    after = 0
    while True:
        lot = audit.after(after, ROWS_AT_ONCE, **sought)
        yield from lot
        if len(lot) < ROWS_AT_ONCE:
            return
        after = lot[-1].entry_no


def _read_heads(path: Path) -> tuple[Head, ...]:
    try:
        rows = [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
        return tuple(Head(int(row[0]), row[1]) for row in rows)
    except (OSError, ValueError, IndexError) as error:
        msg = f"{path}: expected lines of a number and a hash, as `audit head` writes them"
        raise ConfigError(msg) from error


def _day_us(text: str) -> int:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=clock.STREET_ZONE)
    except ValueError as error:
        msg = f"expected a day as in 2026-11-24, got {text!r}"
        raise argparse.ArgumentTypeError(msg) from error
    return clock.as_us(day)


_DEEDS: Final[dict[str, Callable[[Audit, argparse.Namespace], int]]] = {
    "verify": _verify,
    "head": _head,
    "export": _export,
}
