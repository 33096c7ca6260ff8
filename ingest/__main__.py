"""`python -m ingest`: takes messages in; with a word behind it, does one thing.

    python -m ingest                          take messages in until SIGTERM
    python -m ingest broker                   run the embedded broker
    python -m ingest secrets                  make the broker's passwords, say where they are
    python -m ingest decode                   JSON lines of messages in, JSON lines of readings out
    python -m ingest dead-letters list        why messages were refused
    python -m ingest dead-letters replay      decode and store them again, where that is possible now
    python -m ingest register FILE.csv        load a list of assets

Exit codes: 0 done · 75 the store cannot be used now · 78 the configuration cannot be used.
"""

import argparse
import io
import logging
import sys
from pathlib import Path
from typing import Final

from street import clock, logs
from street.config import EXIT_CONFIG, Config, load
from street.errors import ConfigError, StoreError

EXIT_STORE: Final = 75  # sysexits.h EX_TEMPFAIL: a supervisor should start us again


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; return the exit code."""
    options = _parser().parse_args(arguments)
    logs.set_up(logging.DEBUG if options.verbose else logging.INFO)
    try:
        config = load(options.config)
        return _COMMANDS[options.command](config, options)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_CONFIG
    except StoreError as error:
        sys.stderr.write(f"store: {error}\n")
        return EXIT_STORE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingest", description="Sky Eye's way in.")
    parser.add_argument("--config", type=Path, default=Path("config.yaml"), help="default: config.yaml")
    parser.add_argument("--verbose", action="store_true", help="log everything")
    commands = parser.add_subparsers(dest="command")
    parser.set_defaults(command="serve")
    commands.add_parser("broker", help="run the embedded broker")
    commands.add_parser("secrets", help="make the embedded broker's passwords")
    commands.add_parser("decode", help="decode JSON lines from stdin to stdout")
    letters = commands.add_parser("dead-letters", help="messages that could not be taken").add_subparsers(
        dest="letters", required=True
    )
    letters.add_parser("list", help="why, and how many")
    replay = letters.add_parser("replay", help="decode and store them again")
    replay.add_argument("--code", help="only those refused for this reason")
    register = commands.add_parser("register", help="load a CSV list of assets")
    register.add_argument("file", type=Path)
    register.add_argument("--demo", action="store_true", help="mark them as examples")
    return parser


def _serve(config: Config, _options: argparse.Namespace) -> int:
    from ingest.service import StopSignal, serve  # noqa: PLC0415 - a broker has no need of the store

    serve(config, StopSignal())
    return 0


def _broker(config: Config, _options: argparse.Namespace) -> int:
    from ingest import broker  # noqa: PLC0415 - as above

    if not config.broker.embedded:
        config.fail("broker.embedded", "expected true to run the embedded broker, got False")
    broker.run(config)


def _secrets(config: Config, _options: argparse.Namespace) -> int:
    from ingest import broker  # noqa: PLC0415 - as above

    users = ", ".join(broker.passwords(config))
    sys.stdout.write(f"passwords of {users}: {config.broker.secrets_file}\n")
    return 0


def _decode(config: Config, _options: argparse.Namespace) -> int:
    from ingest import decode_lines  # noqa: PLC0415 - as above

    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):  # whatever the locale says; bytes that are no text cost one line
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    decode_lines.run(sys.stdin, sys.stdout, list(config.ingest.routes))
    return 0


def _dead_letters(config: Config, options: argparse.Namespace) -> int:
    from ingest import dead_letters, service  # noqa: PLC0415 - as above
    from street.store import open_store  # noqa: PLC0415 - as above

    if options.letters == "list":
        store = open_store(config.store.url, now_us=clock.now_us)
        dead_letters.show(store, sys.stdout)
        store.close()
        return 0
    with service.only_writer(config):
        parts = service.Parts(config, open_store(config.store.url, now_us=clock.now_us))
        done = dead_letters.replay(parts.store, service.decoder_of(config), parts.filing, options.code)
        parts.close()
    sys.stdout.write(f"stored {done.stored}, still refused {done.refused}, not stored {done.failed}\n")
    return 0


def _register(config: Config, options: argparse.Namespace) -> int:
    from ingest.register import read_assets  # noqa: PLC0415 - as above
    from street.store import open_store  # noqa: PLC0415 - as above

    assets, faults = read_assets(options.file, is_demo=options.demo)
    store = open_store(config.store.url, now_us=clock.now_us)
    store.register_assets(assets)
    store.close()
    for fault in faults:
        sys.stderr.write(f"{options.file}: {fault}\n")
    sys.stdout.write(f"registered {len(assets)}, left out {len(faults)}\n")
    return 1 if faults else 0


_COMMANDS: Final = {
    "serve": _serve,
    "broker": _broker,
    "secrets": _secrets,
    "decode": _decode,
    "dead-letters": _dead_letters,
    "register": _register,
}

if __name__ == "__main__":
    sys.exit(main())
