"""`python -m street assets`: the register in bulk, and what is refused."""

import argparse
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from street import clock
from street.assets import Asset
from street.commands import assets
from street.config import load
from street.errors import ConfigError
from street.inspections import today
from street.store import Store, open_store
from tests.street.asset_makers import GEO, HEAD, LAMP, a_csv

Told = tuple[int, str, str]


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    """Give the configuration of a street that nobody has opened."""
    path = tmp_path / "config.yaml"
    path.write_text(f"store: {{url: sqlite:///street.db}}\nplaces: {{directory: {GEO}}}\n", encoding="utf-8")
    return path


@pytest.fixture
def street(config_file: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Give a way to run `assets …`: code, what it said, what it complained of."""
    parser = argparse.ArgumentParser()
    assets.add_to(parser.add_subparsers())

    def run(*arguments: str | Path) -> Told:
        options = parser.parse_args(["assets", *map(str, arguments)])
        code = options.run(load(config_file, {}), options)
        return (code, *capsys.readouterr())

    return run


@pytest.fixture
def store(config_file: Path) -> Store:
    """Give the same street's store."""
    return open_store(f"sqlite:///{config_file.parent}/street.db", clock.now_us)


def registered(store: Store) -> list[Asset]:
    """Return what is registered."""
    reader = store.reader()
    found = reader.assets()
    reader.close()
    return found


def test_a_list_is_taken_in(street: Callable[..., Told], store: Store, tmp_path: Path) -> None:
    """And said how much of it is new."""
    (tmp_path / "a.csv").write_bytes(a_csv(HEAD, LAMP).encode("gb18030"))

    code, said, _ = street("import", tmp_path / "a.csv")

    assert (code, [asset.name for asset in registered(store)]) == (0, ["一号灯"])
    assert said == "1 assets and 0 places taken in: 1 new, 0 changed, 0 as they were\n"


def test_a_faulty_row_keeps_the_whole_list_out(street: Callable[..., Told], store: Store, tmp_path: Path) -> None:
    """With row, column, code and what was found."""
    (tmp_path / "a.csv").write_text(a_csv(HEAD, LAMP, ("SL-02", "灯泡", "二")), encoding="utf-8")

    code, said, complained = street("import", tmp_path / "a.csv")

    assert (code, registered(store), said) == (1, [], "1 faults: nothing was taken in\n")
    assert complained == f"{tmp_path}/a.csv: row 3: kind: unknown '灯泡'\n"


def test_a_dry_run_changes_nothing(street: Callable[..., Told], store: Store, tmp_path: Path) -> None:
    """It only says what would be."""
    (tmp_path / "a.csv").write_text(a_csv(HEAD, LAMP), encoding="utf-8")

    code, said, _ = street("import", tmp_path / "a.csv", "--dry-run")

    assert (code, registered(store)) == (0, [])
    assert "could be taken in: 1 new" in said


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "geojson"])
def test_the_demo_goes_out_and_in_again(street: Callable[..., Told], store: Store, tmp_path: Path, suffix: str) -> None:
    """All 226, none of them changed."""
    street("import", GEO / "demo_assets.csv")
    before = registered(store)

    assert street("export", tmp_path / f"out.{suffix}")[0] == 0
    code, said, _ = street("import", tmp_path / f"out.{suffix}")

    assert (code, registered(store)) == (0, before)
    assert "0 new, 0 changed, 226 as they were" in said


def test_labels_are_written_for_one_kind(street: Callable[..., Told], tmp_path: Path) -> None:
    """They lead to the dashboard of this configuration where no other is named."""
    street("import", GEO / "demo_assets.csv")

    code, said, _ = street("labels", tmp_path / "labels.html", "--kind", "tree_tilt")

    assert (code, said) == (0, f"10 labels written to {tmp_path}/labels.html\n")
    assert (tmp_path / "labels.html").read_text(encoding="utf-8").count("<svg") == 10


def test_what_is_due_is_listed(street: Callable[..., Told], store: Store) -> None:
    """Overdue and soon, and counted by kind."""
    day = today(clock.now_us())
    due = {"T-1": -3, "T-2": 5, "T-3": 50}
    store.register_assets(
        [
            Asset(asset_id=key, kind="tree", name="树", inspection_due=day + timedelta(days=left))
            for key, left in due.items()
        ]
    )

    code, said, counted = street("due")

    assert code == 0
    assert [line.split("\t")[1:] for line in said.splitlines()] == [
        ["overdue", "-3", "tree", "T-1", "树"], ["due", "5", "tree", "T-2", "树"],
    ]  # fmt: skip
    assert counted == "tree: 1 overdue, 1 due\n"


@pytest.mark.parametrize(
    "arguments",
    [("import", "/nowhere.csv"), ("export", "/tmp/a.pdf"), ("export", "/nowhere/a.csv"), ("labels", "/nowhere/a.html")],
)
def test_a_file_that_cannot_be_used_is_named(street: Callable[..., Told], arguments: tuple[str, ...]) -> None:
    """A typing error is not a stack trace."""
    with pytest.raises(ConfigError, match=arguments[1]):
        street(*arguments)
