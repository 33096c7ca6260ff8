"""`python -m ingest`: takes messages in; with a word behind it, does one thing.

    python -m ingest                          take messages in until SIGTERM
    python -m ingest broker                   run the embedded broker
    python -m ingest duty                     escalations, notices and what else time alone brings, until SIGTERM
    python -m ingest secrets                  make the broker's passwords, say where they are
    python -m ingest decode                   JSON lines of messages in, JSON lines of readings out
    python -m ingest detect                   lines `timestamp,value` in, how odd each is out, in lock step
    python -m ingest dead-letters list        why messages were refused
    python -m ingest dead-letters replay      decode and store them again, where that is possible now
    python -m ingest check                    what the configuration will do: routes, dialects, assets, rules
    python -m ingest reload                   have the running ingest (and embedded broker) read it anew
    python -m ingest record FILE              the broker's raw traffic into a file, until SIGTERM or a limit
    python -m ingest replay FILE              such a file to the broker again; a recorded CSV as well

Exit codes: 0 done · 69 no broker, or it refuses us · 74 a file cannot be written any more · 75 the store cannot be used
now · 78 the configuration, or a file, cannot be used.
"""

import argparse
import io
import logging
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

from ingest.simulator.csv_options import add_csv_options
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
    commands.add_parser("duty", help="escalate, and tell people")
    commands.add_parser("secrets", help="make the embedded broker's passwords")
    commands.add_parser("decode", help="decode JSON lines from stdin to stdout")
    detect = commands.add_parser("detect", help="score lines `timestamp,value` from stdin: 0 usual, 1 odd")
    detect.add_argument("--explain", action="store_true", help="also the expected range, and what differed")
    letters = commands.add_parser("dead-letters", help="messages that could not be taken").add_subparsers(
        dest="letters", required=True
    )
    letters.add_parser("list", help="why, and how many")
    replay = letters.add_parser("replay", help="decode and store them again")
    replay.add_argument("--code", help="only those refused for this reason")
    commands.add_parser("check", help="explain what the configuration will do")
    commands.add_parser("reload", help="have the running ingest read the configuration anew")
    _add_traffic(commands)
    return parser


def _add_traffic(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    record = commands.add_parser("record", help="write the broker's raw traffic to a file")
    record.add_argument("file", type=Path, help="a new file, as in traffic.jsonl.gz")
    record.add_argument("--topic", action="append", help="only what this filter takes; may be said again (default: #)")
    record.add_argument("--minutes", type=_positive, help="stop after so long")
    record.add_argument("--max-mb", type=_positive, help="stop when the file is about so large")
    replay = commands.add_parser("replay", help="play recorded traffic, or a recorded CSV, to the broker")
    replay.add_argument("file", type=Path, help="what `record` wrote, or a CSV; what it is, it shows itself")
    add_csv_options(replay)
    replay.add_argument("--from", dest="begin", type=_instant, help="traffic: only from this instant on, with zone")
    replay.add_argument("--to", dest="end", type=_instant, help="traffic: only before this instant")
    replay.add_argument("--shift", action="store_true", help="traffic: times inside the payloads move along")


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        msg = "expected a number above 0"
        raise argparse.ArgumentTypeError(msg)
    return number


def _instant(text: str) -> int:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        msg = "expected an instant with its zone, as in 2026-11-24T10:00:00+08:00"
        raise argparse.ArgumentTypeError(msg)
    return clock.as_us(at)


def _serve(config: Config, options: argparse.Namespace) -> int:
    from ingest.reload import Hangup  # noqa: PLC0415 - a broker has no need of the store
    from ingest.service import StopSignal, serve  # noqa: PLC0415 - as above

    serve(config, StopSignal(), between=Hangup(options.config))
    return 0


def _broker(config: Config, _options: argparse.Namespace) -> int:
    from ingest import broker  # noqa: PLC0415 - as above

    if not config.broker.embedded:
        config.fail("broker.embedded", "expected true to run the embedded broker, got False")
    broker.run(config)


def _duty(config: Config, _options: argparse.Namespace) -> int:
    from ingest.duty.service import serve  # noqa: PLC0415 - as above
    from ingest.service import StopSignal  # noqa: PLC0415 - as above

    serve(config, StopSignal())
    return 0


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


def _detect(_config: Config, options: argparse.Namespace) -> int:
    from ingest import detect  # noqa: PLC0415 - as above

    detect.run(sys.stdin.buffer, sys.stdout, is_explained=options.explain)
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


def _check(config: Config, _options: argparse.Namespace) -> int:
    from ingest import check  # noqa: PLC0415 - as above

    check.explain(config, sys.stdout)
    return 0


def _reload(config: Config, options: argparse.Namespace) -> int:
    from ingest import reload, service  # noqa: PLC0415 - as above
    from street.scenarios import load_scenarios  # noqa: PLC0415 - as above

    service.decoder_of(config)  # what is wrong is said here and now, not only in the log of another process
    load_scenarios()
    return reload.ask(config, options.config, sys.stdout)


def _record(config: Config, options: argparse.Namespace) -> int:
    from ingest.service import StopSignal  # noqa: PLC0415 - as above
    from ingest.traffic.record import Plan, record  # noqa: PLC0415 - as above

    filters = options.topic or ["#"]
    plan = Plan(path=options.file, filters=filters, minutes=options.minutes, max_mb=options.max_mb)
    return record(config, plan, StopSignal(), sys.stderr)


def _replay(config: Config, options: argparse.Namespace) -> int:
    from ingest.simulator.__main__ import REPLAY_WAITS_S, on_the_line, replay_csv  # noqa: PLC0415 - as above
    from ingest.traffic.recording import is_recording  # noqa: PLC0415 - as above
    from ingest.traffic.replay import Playback  # noqa: PLC0415 - as above

    if not is_recording(options.file):
        return replay_csv(config, options)
    playback = Playback.of(config, options)
    return on_the_line(
        config, "sky-eye-replay", lambda player: playback.play(player, clock.now_us()), within_s=REPLAY_WAITS_S
    )


_COMMANDS: Final = {
    "serve": _serve,
    "broker": _broker,
    "duty": _duty,
    "secrets": _secrets,
    "decode": _decode,
    "detect": _detect,
    "dead-letters": _dead_letters,
    "check": _check,
    "reload": _reload,
    "record": _record,
    "replay": _replay,
}

if __name__ == "__main__":
    sys.exit(main())
