"""A wrong configuration costs one line that says where, which key, what was expected and what was found."""

from pathlib import Path

import pytest

from street.config import Config, load
from street.errors import ConfigError

ROOT = Path(__file__).resolve().parents[3]


def written(folder: Path, text: str) -> Path:
    """Return the path of a configuration that says *text*."""
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def said_of(path: Path, environ: dict[str, str] | None = None) -> str:
    """Return what the loader says of a wrong file, with the file's own name only."""
    with pytest.raises(ConfigError) as caught:
        load(path, environ or {})
    return str(caught.value).replace(str(path), path.name)


def test_the_checked_in_configuration_loads() -> None:
    """What a new clone starts with must start."""
    config = load(ROOT / "config.yaml", {})

    assert config.ingest.routes[0] == ("street/#", "native")
    assert config.places.directory == ROOT / "street/geo"


def test_every_key_may_be_left_out(tmp_path: Path) -> None:
    """An empty file is the defaults."""
    config = load(written(tmp_path, ""), {})

    assert config.broker.port == 1883
    assert config.store.url == f"sqlite:///{tmp_path}/var/street.db"


def test_an_empty_section_is_the_defaults(tmp_path: Path) -> None:
    """A section whose keys are all commented out still stands in the file."""
    config = load(written(tmp_path, "wall:\nbroker:\n  port: 1884\n"), {})

    assert config.wall == Config().wall
    assert config.broker.port == 1884


def test_paths_are_meant_from_the_files_folder(tmp_path: Path) -> None:
    """Wherever the process was started."""
    config = load(written(tmp_path, "store:\n  url: sqlite:///deep/street.db\nplaces:\n  directory: maps\n"), {})

    assert config.store_path == tmp_path / "deep" / "street.db"
    assert config.places.directory == tmp_path / "maps"


def test_absolute_paths_stay(tmp_path: Path) -> None:
    """A deployment keeps its store elsewhere."""
    config = load(written(tmp_path, f"store:\n  url: sqlite:///{tmp_path}/a/b.db\n"), {})

    assert config.store_path == tmp_path / "a" / "b.db"


def test_postgresql_has_no_file(tmp_path: Path) -> None:
    """Its URL is left as it is."""
    config = load(written(tmp_path, "store:\n  url: postgresql+psycopg://street@db/street\n"), {})

    assert config.store_path is None
    assert config.store.url == "postgresql+psycopg://street@db/street"


def test_the_environment_moves_both_ports(tmp_path: Path) -> None:
    """`PORT=9000 MQTT_PORT=1884 make demo`."""
    config = load(written(tmp_path, ""), {"PORT": "9000", "MQTT_PORT": "1884"})

    assert (config.dashboard.port, config.broker.port) == (9000, 1884)


def test_a_list_for_a_key_is_refused(tmp_path: Path) -> None:
    """The other wrong files stand in wrong.yaml."""
    said = said_of(written(tmp_path, "broker:\n  ? [a, b]\n  : 1\n"))

    assert said == "config.yaml:2: broker.?: expected a word as key"


def test_a_wrong_port_in_the_environment_is_named(tmp_path: Path) -> None:
    """It stands in no file."""
    said = said_of(written(tmp_path, ""), {"PORT": "many"})

    assert said == "environment: PORT: expected a whole number from 1 to 65535, got 'many'"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """`--config` with a typing error."""
    said = said_of(tmp_path / "config.yaml")

    assert said == "config.yaml:1: cannot be read: No such file or directory"


def test_a_store_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """/proc takes no folders, not even from root."""
    said = said_of(written(tmp_path, "store:\n  url: sqlite:////proc/nowhere/street.db\n"))

    assert said.startswith("config.yaml:2: store.url: expected a folder that can be written, got /proc/nowhere")


def test_a_key_knows_its_line(tmp_path: Path) -> None:
    """Who finds a mistake later can still say where it stands."""
    config = load(written(tmp_path, "# first\nbroker:\n  host: localhost\n"), {})

    with pytest.raises(ConfigError, match=r"config\.yaml:3: broker\.host: too far away$"):
        config.fail("broker.host", "too far away")
