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


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            "ingest:\n  batch_rows: soon\n",
            "config.yaml:2: ingest.batch_rows: expected a whole number from 1 to 10000, got 'soon'",
            id="a word for a number",
        ),
        pytest.param(
            "ingest:\n  batch_row: 5\n",
            "config.yaml:2: ingest.batch_row: unknown key, got 5; did you mean batch_rows?",
            id="a mistyped key",
        ),
        pytest.param(
            "batch_rows: 5\n",
            "config.yaml:1: batch_rows: unknown key; did you mean ingest.batch_rows?",
            id="a key outside its section",
        ),
        pytest.param(
            "wal:\n  lang: zh\n", "config.yaml:1: wal: unknown key; did you mean wall?", id="a mistyped section"
        ),
        pytest.param(
            "broker:\n  port: 0\n",
            "config.yaml:2: broker.port: expected a whole number from 1 to 65535, got 0",
            id="a port out of range",
        ),
        pytest.param(
            "broker:\n  port: true\n",
            "config.yaml:2: broker.port: expected a whole number from 1 to 65535, got True",
            id="true is not one",
        ),
        pytest.param(
            "wall:\n  late_factor: .nan\n",
            "config.yaml:2: wall.late_factor: expected a number from 1 to 100, got nan",
            id="not a number",
        ),
        pytest.param(
            "wall:\n  late_factor: 4\n",
            "config.yaml:1: wall.stale_factor: expected late_factor < stale_factor < lost_factor, got 4, 3, 10",
            id="late after stale",
        ),
        pytest.param(
            "broker:\n  port: 8050\n",
            "config.yaml:1: dashboard.port: expected another port than broker.port, got 8050 for both",
            id="one port for two",
        ),
        pytest.param(
            "dashboard:\n  host: 0.0.0.0\n",
            "config.yaml:2: dashboard.host: expected 127.0.0.1 or ::1 or localhost until people sign in, "
            "got '0.0.0.0'; nginx carries it outside",
            id="pages open to everybody",
        ),
        pytest.param(
            "broker:\n  host: 0.0.0.0\n",
            "config.yaml:2: broker.host: expected 127.0.0.1 with the embedded broker, got '0.0.0.0'",
            id="the embedded broker in the open",
        ),
        pytest.param(
            "broker:\n  sync: sometimes\n",
            "config.yaml:2: broker.sync: expected one of timed, always, got 'sometimes'",
            id="a word that is not on the list",
        ),
        pytest.param(
            "ingest:\n  routes:\n    native: street/#\n",
            "config.yaml:2: ingest.routes: expected dialects with lists of MQTT topic filters, "
            "as in `native: [street/#]`, got {'native': 'street/#'}",
            id="a filter that is no list",
        ),
        pytest.param(
            "ingest:\n  routes:\n    native: ['street/#/x']\n",
            "config.yaml:2: ingest.routes: expected dialects with lists of MQTT topic filters, "
            "as in `native: [street/#]`, got {'native': ['street/#/x']}",
            id="a wildcard in the middle",
        ),
        pytest.param(
            "wall:\n  lang: zh\n  lang: en\n",
            "config.yaml:3: wall.lang: said twice (first in line 2)",
            id="a key twice",
        ),
        pytest.param(
            "wall: 5\n", "config.yaml:1: wall: expected a section with keys, got 5", id="a number for a section"
        ),
        pytest.param(
            "- wall\n",
            "config.yaml:1: expected keys with values, as in `key: value`, got a list",
            id="a list for a file",
        ),
        pytest.param(
            "retention:\n  readings_days: 500\n",
            "config.yaml:1: retention.minutes_days: "
            "expected readings_days ≤ minutes_days ≤ hours_days, got 500, 400, 3650",
            id="rollups that end before their readings",
        ),
        pytest.param(
            "broker:\n  connect_timeout_s: 25\n",
            "config.yaml:1: ingest.hang_s: expected more than broker.connect_timeout_s 25 + 5, got 30",
            id="a connection that waits would count as a hang",
        ),
        pytest.param(
            "broker:\n  password_env: hunter2\n",
            "config.yaml:2: broker.password_env: expected the name of an environment variable, "
            "as in SKY_EYE_MQTT_PASSWORD, got something else",
            id="a secret where its name should be",
        ),
        pytest.param(
            "broker:\n  ? [a, b]\n  : 1\n",
            "config.yaml:2: broker.?: expected a word as key",
            id="a list for a key",
        ),
    ],
)
def test_a_wrong_value_costs_one_line(tmp_path: Path, text: str, line: str) -> None:
    """Where, which key, what was expected, what was found."""
    said = said_of(written(tmp_path, text))

    assert said == line


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
