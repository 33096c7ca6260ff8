"""`python -m street support-dump FILE`: what helps somebody elsewhere to find a fault, without personal data."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from street.clock import iso, now_us
from street.config import Config
from street.errors import StoreError
from street.masking import masked_fields
from street.store import open_store


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Tell the command line what this command takes."""
    parser = subparsers.add_parser("support-dump", help="write what support needs, without personal data")
    parser.add_argument("file", type=Path, help="where to; JSON, one object a line")
    parser.set_defaults(run=run)


def run(config: Config, options: argparse.Namespace) -> int:
    """Write the dump; only its owner can read the file."""
    if config.store_path is not None and not config.store_path.is_file():
        msg = f"there is no store at {config.store_path} yet: ingest makes it when it starts"
        raise StoreError(msg)
    store = open_store(config.store.url, now_us=now_us)
    lines = 0
    options.file.touch(mode=0o600)
    options.file.chmod(0o600)
    with options.file.open("wb") as out:
        for told in _told(config, store.support_dump()):
            out.write(orjson.dumps(told) + b"\n")
            lines += 1
    store.close()
    sys.stdout.write(f"{options.file}: {lines} lines, without personal data; look through it before you send it\n")
    return 0


def _told(config: Config, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    sections = {name: section for name, section in asdict(config).items() if isinstance(section, dict)}
    yield {"dumped": iso(now_us()), "python": sys.version.split()[0]}
    yield {"config": masked_fields(_plain(sections))}
    yield from rows


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of the configuration
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value if isinstance(value, (bool, int, float, str, type(None))) else str(value)
