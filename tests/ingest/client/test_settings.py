"""How the broker is reached follows from the configuration."""

from pathlib import Path

import pytest

from ingest.client import settings_of
from scripts import certificate
from street.config import load
from street.errors import ConfigError


def test_our_own_broker_is_reached_with_the_password_it_made(tmp_path: Path) -> None:
    """Nobody types it."""
    path = tmp_path / "config.yaml"
    path.write_text("broker:\n  port: 1999\n  secrets_file: secrets.json\n", encoding="utf-8")

    settings = settings_of(load(path, {}), user="simulator", client_id="street", filters=["a/#"])

    assert (settings.host, settings.port, settings.username) == ("127.0.0.1", 1999, "simulator")
    assert settings.password in (tmp_path / "secrets.json").read_text(encoding="utf-8")
    assert settings.filters == ("a/#",)
    assert settings.ca_file is None


def test_a_broker_with_tls_is_checked_against_the_authorities(tmp_path: Path) -> None:
    """The file that says whom to trust."""
    path = tmp_path / "config.yaml"
    path.write_text(
        "broker:\n  embedded: false\n  host: mqtt.example\n  tls: true\n  ca_file: ca.pem\n", encoding="utf-8"
    )
    certificate.ensure(tmp_path / "server.pem", tmp_path / "server.key", ["mqtt.example"])

    settings = settings_of(load(path, {}), user="ingest", client_id="x")

    assert settings.ca_file == tmp_path / "ca.pem"


@pytest.mark.parametrize("content", [None, "no certificate"], ids=["missing", "no certificate"])
def test_a_file_of_authorities_that_cannot_be_used_is_one_line(tmp_path: Path, content: str | None) -> None:
    """It never heals by itself, so nothing starts."""
    path = tmp_path / "config.yaml"
    path.write_text("broker:\n  embedded: false\n  tls: true\n  ca_file: ca.pem\n", encoding="utf-8")
    if content is not None:
        (tmp_path / "ca.pem").write_text(content, encoding="utf-8")

    with pytest.raises(ConfigError, match=r"config\.yaml:4: broker\.ca_file: expected a file of certificates in PEM"):
        settings_of(load(path, {}), user="ingest", client_id="x")
