"""What can be said of a recorded CSV at the command line, whichever command plays it."""

import argparse


def add_csv_options(replay: argparse.ArgumentParser) -> None:
    """Add the options to *replay*; `ingest.simulator.replay` reads them."""
    replay.add_argument("--speed", type=float, help="times as fast as it was; 0: at once, which a CSV is without it")
    replay.add_argument("--limit", type=int, help="only the last so many rows")
    replay.add_argument("--device", help="only the rows of this device")
    replay.add_argument("--zone", help="zone of local times, as in Europe/Dublin")
    replay.add_argument("--nulls", action="store_true", help="send blanks as null instead of leaving them out")
    replay.add_argument("--dry", action="store_true", help="write JSON lines instead of publishing")
