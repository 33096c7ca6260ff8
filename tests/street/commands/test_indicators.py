"""`python -m street indicators`: of the street's own store, and of a recorded file."""

import argparse
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from street import clock
from street.commands import indicators
from street.config import load
from street.errors import ConfigError
from street.incidents import Incident
from street.indicators import IDS
from street.store import open_store
from tests.street.asset_makers import GEO
from tests.street.commands.test_recorded_incidents import SAMPLE

Told = tuple[int, str, str]


@pytest.fixture
def street(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Give a way to run `indicators …`: code, what it said, what it complained of."""
    path = tmp_path / "config.yaml"
    path.write_text(f"store: {{url: sqlite:///street.db}}\nplaces: {{directory: {GEO}}}\n", encoding="utf-8")
    parser = argparse.ArgumentParser()
    indicators.add_to(parser.add_subparsers())

    def run(*arguments: str | Path) -> Told:
        options = parser.parse_args(["indicators", *map(str, arguments)])
        code = options.run(load(path, {}), options)
        return (code, *capsys.readouterr())

    return run


def test_this_months_incidents_are_counted(street: Callable[..., Told], tmp_path: Path) -> None:
    """One was reported a moment ago, in the subdistrict; none in another."""
    now_us = clock.now_us()
    incident = Incident(
        incident_id="t/1", source="t", matter="06010", severity=3, title="t", reported_us=now_us, moved_us=now_us
    )
    url = f"sqlite:///{tmp_path}/street.db"
    with closing(open_store(url, clock.now_us)) as store, closing(store.writer()) as writer:
        batch = writer.begin(now_us)
        batch.report_incident(incident)
        batch.commit()

    code, said, _ = street()
    _, elsewhere, _ = street("--area", "370203")

    lines = dict(line.split("\t", 1) for line in said.splitlines())
    assert (code, list(lines)) == (0, list(IDS))
    assert lines["filed"] == "0/1\t0.00%"
    assert lines["closed"] == "0/0\t-"
    assert elsewhere.splitlines()[0] == "filed\t0/0\t-"


def test_a_recorded_file_is_judged(street: Callable[..., Told], tmp_path: Path) -> None:
    """How many agree, and what our rules make of the whole."""
    (tmp_path / "a.csv").write_text(SAMPLE, encoding="utf-8")

    code, said, _ = street("--cases", tmp_path / "a.csv", "--zone", "America/New_York")

    assert code == 0
    assert said.splitlines()[1:] == [
        "8 of 8 judged as the file does (6 on time, 2 overdue)",
        "1 rows where the file says neither",
        "closed\t5/6\t83.33%",
        "closed_on_time\t3/6\t50.00%",
    ]


def test_a_disagreement_is_told_by_its_row(street: Callable[..., Told], tmp_path: Path) -> None:
    """And by the exit code."""
    (tmp_path / "a.csv").write_text(SAMPLE.replace("06:30:26,ONTIME", "06:30:26,OVERDUE"), encoding="utf-8")

    code, said, _ = street("--cases", tmp_path / "a.csv")

    assert (code, "unlike: row 1" in said) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from", "2026-09-30", "--to", "2026-09-01"),
        ("--area", "37"),
        ("--cases", "/nowhere.csv"),
        ("--cases", "/nowhere.csv", "--zone", "Mars/Olympus"),
    ],
)
def test_what_cannot_be_asked_is_told(street: Callable[..., Told], arguments: tuple[str, ...]) -> None:
    """A typing error is not a stack trace."""
    with pytest.raises(ConfigError, match=r"expected|cannot be read"):
        street(*arguments)
