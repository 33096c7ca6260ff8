"""Whichever command plays a CSV, its options are the same."""

import argparse

from ingest.simulator.csv_options import add_csv_options


def test_without_options_everything_is_played_as_it_is() -> None:
    """The form of the file decides the speed: a CSV goes out at once."""
    parser = argparse.ArgumentParser()
    add_csv_options(parser)

    said = vars(parser.parse_args([]))

    assert said == {"speed": None, "limit": None, "device": None, "zone": None, "nulls": False, "dry": False}
