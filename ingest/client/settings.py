"""How the broker is reached, as one value."""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ingest import broker
from street.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """How the broker is reached; docs/config.md, `broker`, says what each is for."""

    host: str
    port: int
    is_mqtt5: bool = False
    username: str = ""
    password: str = ""
    client_id: str = "sky-eye-ingest"
    filters: tuple[str, ...] = ()
    keepalive_s: int = 5
    connect_timeout_s: float = 5.0
    reconnect_min_s: float = 1.0
    reconnect_max_s: float = 2.0
    ca_file: Path | None = None


def settings_of(config: Config, *, user: str, client_id: str, filters: Iterable[str] = ()) -> LinkSettings:
    """Return how *user* reaches the configured broker.

    Args:
        config: ours.
        user: who connects: `broker.username`, or one of the embedded broker's.
        client_id: the name of the session; only one connection can have it.
        filters: what to subscribe to; none for one who only speaks.

    Raises:
        ConfigError: the file that says whom to trust cannot be used.
    """
    line = config.broker
    try:
        if line.tls:
            ssl.create_default_context(cafile=str(line.ca_file))
    except OSError as error:
        config.fail("broker.ca_file", f"expected a file of certificates in PEM, got {line.ca_file}: {error.strerror}")
    return LinkSettings(
        host=line.host,
        port=line.port,
        is_mqtt5=line.mqtt == 5,
        username=user,
        password=broker.password_of(config, user),
        client_id=client_id,
        filters=tuple(filters),
        keepalive_s=line.keepalive_s,
        connect_timeout_s=line.connect_timeout_s,
        reconnect_min_s=line.reconnect_min_s,
        reconnect_max_s=line.reconnect_max_s,
        ca_file=line.ca_file if line.tls else None,
    )
