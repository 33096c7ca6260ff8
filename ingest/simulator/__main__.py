"""`python -m ingest.simulator`: plays a street, or a recording, to the broker.

    python -m ingest.simulator                             the demo street, live, until SIGTERM
    python -m ingest.simulator --speed 600 --hours 24      yesterday first, 600 times as fast, then live
    python -m ingest.simulator --dry --minutes 10          ten minutes of it as JSON lines, at once
    python -m ingest.simulator replay FILE.csv.gz          a recording, shifted so that its last row is now

Exit codes: 0 done · 69 no broker, or it refuses us · 75 the store cannot be used now · 78 the configuration, or the
file, cannot be used.
"""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingest.client import Publisher, settings_of
from ingest.simulator.csv_options import add_csv_options
from ingest.simulator.play import JsonLines, Pace, Player
from ingest.simulator.roster import read_roster
from ingest.simulator.timeline import Span, Timeline
from street import clock, logs
from street.assets import Asset
from street.clock import SECOND_US
from street.config import EXIT_CONFIG, Config, load
from street.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from ingest.simulator.replay import Replay

log = logging.getLogger(__name__)

EXIT_BROKER: Final = 69  # sysexits.h EX_UNAVAILABLE
EXIT_STORE: Final = 75
USER: Final = "simulator"
DRY_MINUTES: Final = 10.0
PAST_HOURS: Final = 24.0
DRAIN_S: Final = 10.0
NOTICE_S: Final = 2.0  # twice as long as ingest takes to notice a registration
STREET_WAITS_S: Final = 30.0  # for the broker, which `make demo` starts beside it
REPLAY_WAITS_S: Final = 10.0


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; return the exit code."""
    options = _parser().parse_args(arguments)
    logs.set_up(logging.DEBUG if options.verbose else logging.INFO)
    try:
        config = load(options.config)
        return replay_csv(config, options) if options.command == "replay" else _run(config, options)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_CONFIG
    except StoreError as error:
        sys.stderr.write(f"store: {error}\n")
        return EXIT_STORE
    except BrokenPipeError:  # whoever read our lines has enough of them
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingest.simulator", description="A believable street.")
    parser.add_argument("--config", type=Path, default=Path("config.yaml"), help="default: config.yaml")
    parser.add_argument("--verbose", action="store_true", help="log everything")
    parser.add_argument("--seed", type=int, default=7, help="which of all possible streets (default: 7)")
    parser.add_argument("--speed", type=_positive, default=1.0, help="above 1: fill in the past so many times as fast")
    parser.add_argument("--hours", type=_positive, help="how much past with --speed (default: 24)")
    parser.add_argument("--minutes", type=_positive, help="stop after so many minutes of the live street")
    parser.add_argument("--continued", action="store_true", help="leave out the incidents that a new wall begins with")
    parser.add_argument("--dry", action="store_true", help="write JSON lines instead of publishing, without waiting")
    parser.add_argument("--start", type=_instant, help="with --dry: when the live street begins, RFC 3339 with zone")
    parser.set_defaults(command="run")
    replay = parser.add_subparsers(dest="command").add_parser("replay", help="publish a recorded CSV or CSV.GZ")
    replay.add_argument("file", type=Path, help="with index.json beside it, or with telling column names")
    add_csv_options(replay)
    return parser


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


def _run(config: Config, options: argparse.Namespace) -> int:
    assets = read_roster(config.register.assets_file)
    if options.speed <= 1 and options.hours:
        msg = "--hours: needs --speed above 1, or the past would never reach the present"
        raise ConfigError(msg)
    hours = (options.hours or PAST_HOURS) if options.speed > 1 else 0.0
    if options.dry:
        return _run_dry(assets, options, hours, clock.now_us())

    def play(player: Player) -> None:
        pace = Pace(clock.now_us(), speed=options.speed, hours=hours)
        until_us = None if options.minutes is None else _us(pace.span.live_s + 60 * options.minutes)
        log.info("street of %d assets seed=%d past_hours=%g", len(assets), options.seed, hours)
        timeline = Timeline(assets, options.seed, pace.span, continued=options.continued)
        player.play(timeline, pace.due_us, until_us)

    return on_the_line(config, "sky-eye-street", play, within_s=STREET_WAITS_S)


def _run_dry(assets: list[Asset], options: argparse.Namespace, hours: float, now_us: int) -> int:
    minutes = options.minutes or DRY_MINUTES
    live_s = (now_us if options.start is None else options.start) / SECOND_US
    if options.start is None:
        live_s -= 60 * minutes
    span = Span(begin_s=live_s - 3600 * hours, live_s=live_s)
    timeline = Timeline(assets, options.seed, span, continued=options.continued)
    until_us = min(_us(live_s + 60 * minutes), now_us)  # nothing is ever stamped in the future
    line = JsonLines()
    Player(line, now_us=lambda: until_us).play(timeline, lambda at_us: at_us, until_us)
    line.close()
    return 0


def _us(at_s: float) -> int:
    return int(at_s * SECOND_US)


def replay_csv(config: Config, options: argparse.Namespace) -> int:
    """Play a recorded CSV as the command line says; return the exit code.

    Raises:
        ConfigError: the file cannot be used.
        StoreError: its assets cannot be registered.
    """
    from ingest.simulator.replay import Replay  # noqa: PLC0415 - a live street has no need of it

    replay = Replay.of(config, options)
    if options.dry:
        line = JsonLines()
        replay.play(Player(line), clock.now_us())
        line.close()
        code = 0
    else:
        play = partial(_register_and_play, config, replay)
        code = on_the_line(config, "sky-eye-replay", play, within_s=REPLAY_WAITS_S)
    if code != EXIT_BROKER:
        sys.stderr.write(replay.summary())
    return code


def _register_and_play(config: Config, replay: "Replay", player: Player) -> None:
    """Play once ingest has had the time to see the new assets: before, it would take them for strangers."""
    from street.store import open_store  # noqa: PLC0415 - a live street has no need of it

    store = open_store(config.store.url, now_us=clock.now_us)
    store.register_assets(replay.assets)
    store.close()
    sys.stderr.write(f"{len(replay.assets)} assets registered; giving ingest {NOTICE_S:g} s to notice\n")
    player.wait(NOTICE_S)
    replay.play(player, clock.now_us())


def on_the_line(config: Config, client_id: str, play: Callable[[Player], None], *, within_s: float) -> int:
    """Connect to the broker *within_s*, play, and wait until all is acknowledged; return the exit code."""
    user = USER if config.broker.embedded else config.broker.username
    line = Publisher(settings_of(config, user=user, client_id=client_id))
    player = Player(line)
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: player.stop())
    until_s = clock.monotonic_s() + within_s
    while not (line.is_up or line.refusal or player.is_stopped) and clock.monotonic_s() < until_s:
        line.wait(0.1)
    if not line.is_up and not player.is_stopped:
        line.close()
        sys.stderr.write(f"{_advice(config, line)}\n")
        return EXIT_BROKER
    play(player)
    until_s = clock.monotonic_s() + DRAIN_S
    while line.acknowledged < player.sent and clock.monotonic_s() < until_s:
        line.wait(0.05)
    line.close()
    sys.stderr.write(f"sent {player.sent}, acknowledged {line.acknowledged}\n")
    return 0 if line.acknowledged >= player.sent else 1


def _advice(config: Config, line: Publisher) -> str:
    """Return what to do about a broker that did not let us in."""
    broker = config.broker
    where, name = f"{broker.host}:{broker.port}", line.settings.username or "nobody"
    if not broker.embedded:
        is_known = f"check broker.username and the password in {broker.password_env}"
        is_there = "start it, or correct broker.host and broker.port"
    else:
        is_known = f"it knows other passwords than {broker.secrets_file}: start ours (make demo) or set MQTT_PORT"
        is_there = "start it (make demo) or set MQTT_PORT"
    if line.refusal:
        return f"the broker at {where} refuses {name} ({line.refusal}): {is_known}"
    return f"no broker at {where}: {is_there}"


if __name__ == "__main__":
    sys.exit(main())
