"""How a staged store takes the other's place, on each engine."""

from pathlib import Path

import pytest

from street.config import Config
from street.errors import StoreError
from street.keeping.engines import FileEngine, ServerEngine, engine_of, path_of
from street.keys import load_keys
from street.store import copies, databases
from tests.street.keeping.conftest import lived


def test_the_url_says_the_engine() -> None:
    """As config.yaml writes it."""
    assert isinstance(engine_of("sqlite:////a/b.db"), FileEngine)
    assert isinstance(engine_of("postgresql+psycopg://street@db/street"), ServerEngine)
    assert path_of("sqlite:////a/b.db") == Path("/a/b.db")


def test_what_is_staged_can_be_discarded(config: Config, tmp_path: Path) -> None:
    """And then it is as if it had never been."""
    lived(config)
    engine = engine_of(config.store.url)
    side = engine.side_of(config)
    before = sorted(side.iterdir())
    engine.save(config.store.url, side / "saved", _key(config), lambda _share: None)

    staged = engine.stage(config.store.url, side / "saved", "now")
    rows = copies.examine(staged, _key(config)).rows["readings"]
    engine.discard(staged)
    engine.discard(staged)

    (side / "saved").unlink(missing_ok=True)
    assert rows == 10
    assert sorted(side.iterdir()) == before


def test_a_dump_that_is_none_leaves_no_database(config: Config) -> None:
    """On PostgreSQL staging makes a database first."""
    engine = engine_of(config.store.url)
    if engine.name == "sqlite":
        pytest.skip("about a server")
    saved = engine.side_of(config) / "saved"
    saved.parent.mkdir()
    saved.write_bytes(b"this is no dump")

    with pytest.raises(StoreError, match=r"pg_restore: .*archive"):
        engine.stage(config.store.url, saved, "now")

    name = f"{databases.name_of(config.store.url)}_restoring_now"
    assert not databases.exists(databases.renamed(config.store.url, name))


def test_a_store_has_a_size(config: Config) -> None:
    """It is what the room on the disk is compared with."""
    lived(config)

    assert engine_of(config.store.url).needed_bytes(config.store.url) > 100_000


def _key(config: Config) -> bytes:
    return load_keys(config.people.keys_file).audit
