"""The embedded broker is closed to the world, and what it is told follows from our configuration."""

import json
import os
import socket
import stat
from pathlib import Path

import pytest

from ingest import broker
from street.config import Config, load
from street.errors import ConfigError


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Return a configuration that keeps everything in *tmp_path*."""
    return a_config(tmp_path)


def a_config(folder: Path, more: str = "") -> Config:
    """Return a configuration of a broker in *folder*."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path = folder / "config.yaml"
    path.write_text(
        f"broker:\n  port: {port}\n  directory: broker\n  secrets_file: secrets.json\n{more}", encoding="utf-8"
    )
    return load(path, {})


def told(config: Config) -> dict[str, object]:
    """Return the server's configuration as a mapping."""
    text = broker.configuration(config, broker.passwords(config))
    return {key: json.loads(value) for key, value in (line.split(": ", 1) for line in text.splitlines())}


def test_passwords_are_made_once_and_kept_from_others(config: Config) -> None:
    """Mode 600; the second start reads them."""
    first = broker.passwords(config)

    assert stat.S_IMODE(config.broker.secrets_file.stat().st_mode) == 0o600
    assert broker.passwords(config) == first
    assert len(set(first.values())) == 3
    assert min(len(word) for word in first.values()) >= 32


def test_passwords_that_others_can_read_are_refused(config: Config) -> None:
    """Somebody copied the file by hand."""
    broker.passwords(config)
    config.broker.secrets_file.chmod(0o644)

    with pytest.raises(ConfigError, match=r"config\.yaml:4: broker\.secrets_file: expected a file only its owner"):
        broker.passwords(config)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"ingest": "x"}'])
def test_a_damaged_secrets_file_is_named(config: Config, content: str) -> None:
    """And never silently replaced: devices know the old passwords."""
    config.broker.secrets_file.touch(mode=0o600)
    config.broker.secrets_file.write_text(content, encoding="utf-8")

    with pytest.raises(
        ConfigError, match=r"broker\.secrets_file: expected the passwords of ingest, devices, simulator"
    ):
        broker.passwords(config)


def test_the_environment_goes_before_the_file(config: Config) -> None:
    """For our own user; the others' are the file's."""
    environ = {"SKY_EYE_MQTT_PASSWORD": "said"}

    assert broker.password_of(config, "ingest", environ) == "said"
    assert broker.password_of(config, "simulator", environ) == broker.passwords(config)["simulator"]


def test_another_broker_has_no_secrets_of_ours(tmp_path: Path) -> None:
    """Its password is in the environment, or there is none."""
    config = a_config(tmp_path, "  embedded: false\n")

    assert broker.password_of(config, "ingest", {}) == ""
    assert not config.broker.secrets_file.exists()


def test_an_unknown_user_is_named(config: Config) -> None:
    """`broker.username` with a typing error."""
    with pytest.raises(
        ConfigError, match="expected one of ingest, devices, simulator with the embedded broker, got 'me'"
    ):
        broker.password_of(config, "me", {})


def test_it_listens_on_loopback_only(config: Config) -> None:
    """On both of its ports."""
    parts = told(config)

    assert str(parts["listen"]).startswith("127.0.0.1:")
    assert parts["mqtt"]["listen"] == f"127.0.0.1:{config.broker.port}"


def test_devices_speak_and_ingest_listens(config: Config) -> None:
    """A device hears nothing of others and can say nothing outside the routes."""
    users = {user["user"]: user["permissions"] for user in told(config)["authorization"]["users"]}

    assert users["devices"]["subscribe"] == {"deny": [">"]}
    allowed = users["devices"]["publish"]["allow"]
    assert {"street.>", "v3.*.devices.*.>", "zigbee2mqtt.>", "spBv1//0.>", "/.>"} <= set(allowed)
    assert ">" not in allowed


def test_ingest_says_nothing_but_what_a_route_calls_for(tmp_path: Path, config: Config) -> None:
    """A rebirth is asked for where Sparkplug is spoken."""
    without = a_config(tmp_path, "ingest:\n  routes:\n    native: [street/#]\n")

    for it, said in ((config, ["$MQTT.>", "spBv1//0.*.NCMD.*"]), (without, ["$MQTT.>"])):
        users = {user["user"]: user["permissions"] for user in told(it)["authorization"]["users"]}
        assert users["ingest"]["publish"] == {"allow": said}


@pytest.mark.parametrize(
    ("more", "sync"), [("", "1s"), ("  sync: always\n", "always"), ("  sync_interval_s: 9\n", "9s")]
)
def test_how_durable_it_is_can_be_set(tmp_path: Path, more: str, sync: str) -> None:
    """The power-cut tests want every message on disk."""
    assert told(a_config(tmp_path, more))["jetstream"]["sync_interval"] == sync


@pytest.mark.parametrize(
    ("topic_filter", "subjects"),
    [
        pytest.param("street/#", ["street", "street.>"], id="a tree and its root"),
        pytest.param("#", [">"], id="everything"),
        pytest.param("a/+/b", ["a.*.b"], id="one level"),
        pytest.param("v1.1/x", ["v1//1.x"], id="a dot inside a level"),
        pytest.param("/a", ["/.a"], id="an empty level"),
    ],
)
def test_topics_become_the_servers_subjects(topic_filter: str, subjects: list[str]) -> None:
    """The server's own rules, tried on it."""
    assert broker.subjects_of(topic_filter) == subjects


@pytest.mark.parametrize(
    ("filters", "messages"),
    [
        pytest.param(["a/#"], 10_000, id="one tree"),
        pytest.param(["a/#", "b/#", "c/#"], 10_000, id="three trees just fit"),
        pytest.param(["a/#", "b/#", "c/#", "d/#"], 8_191, id="four share what there is"),
        pytest.param(["a/b", "c/d"], 10_000, id="single topics count once"),
    ],
)
def test_all_subscriptions_together_fit_the_servers_limit(filters: list[str], messages: int) -> None:
    """Beyond 65,535 it refuses the subscription, and we would be deaf."""
    assert broker.unacked_messages(filters, 10_000) == messages


def test_its_configuration_is_the_owners_only(config: Config) -> None:
    """The passwords stand in it."""
    path = broker.prepare(config)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(broker.prepare(config).stat().st_mode) == 0o600


def test_a_port_in_use_costs_one_line(config: Config) -> None:
    """That says what to do."""
    with socket.create_server(("127.0.0.1", config.broker.port)), pytest.raises(ConfigError) as caught:
        broker.prepare(config)

    assert str(caught.value).endswith(
        f"config.yaml:2: broker.port: port {config.broker.port} is in use; choose another, as in MQTT_PORT=1884"
    )


def test_a_folder_that_cannot_be_written_costs_one_line(tmp_path: Path) -> None:
    """Before anything is started."""
    config = a_config(tmp_path)
    object.__setattr__(config.broker, "directory", Path("/proc/nowhere"))

    with pytest.raises(ConfigError, match=r"broker\.directory: expected a folder that can be written"):
        broker.prepare(config)


def test_pip_brought_the_server() -> None:
    """No package of the system's is needed."""
    assert broker.server_path().is_file()


def test_waiting_ends_when_nobody_comes(config: Config) -> None:
    """In time, with a no."""
    assert not broker.wait_until_ready("127.0.0.1", config.broker.port, within_s=0.1)


def test_waiting_ends_when_somebody_listens(config: Config) -> None:
    """At once."""
    with socket.create_server(("127.0.0.1", config.broker.port)):
        assert broker.wait_until_ready("127.0.0.1", config.broker.port, within_s=1)


@pytest.mark.parametrize("number", ["", "0", str(os.getpid())], ids=["none", "no process", "a stranger"])
def test_only_our_own_server_is_sent_a_signal(config: Config, number: str) -> None:
    """A number of a process outlives the process, and a hangup would end a stranger."""
    config.broker.directory.mkdir()
    (config.broker.directory / "nats.pid").write_text(number, encoding="ascii")

    assert broker.reload(config) is None
    assert not (config.broker.directory / "nats.conf").exists()


def test_the_server_writes_down_its_process(config: Config) -> None:
    """For `python -m ingest reload`."""
    assert told(config)["pid_file"] == str(config.broker.directory / "nats.pid")
