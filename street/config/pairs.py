"""What is fine alone and impossible together: keys against keys, and against the secrets they name."""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from street.config.sections import Config
from street.people import Role

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
CONNECT_MARGIN_S: Final = 5  # the loop stands still while it connects: that is no hang
SHORTEST_SECRET: Final = 8
# What manuals, images and examples put where a secret of one's own belongs.
KNOWN_SECRETS: Final = frozenset(
    "changeme change-me change_me changeit password password1 passw0rd secret secret123 default example admin123 "
    "administrator 12345678 123456789 1234567890 qwertyui mosquitto skyeye123 sky-eye-secret replace-me".split()
)

Fault = tuple[bool, str, str]  # whether it is fine, the key, what was expected


def check_pairs(config: Config, environ: Mapping[str, str]) -> None:
    """Refuse what cannot be meant together.

    Raises:
        ConfigError: with the line of the first such key.
    """
    for faults in (_broker_pairs, _dashboard_pairs, _people_pairs, _order_pairs, _dispatch_pairs):
        for is_fine, key, rule in faults(config):
            if not is_fine:
                config.fail(key, rule)
    for key, name in _named_secrets(config):
        fault = fault_of_secret(environ.get(name, ""))
        if fault:
            config.fail(key, f"expected {fault} in the environment variable {name}")


def fault_of_secret(secret: str) -> str:
    """Return what would have been expected of *secret*, "" where it will do or is not set; never the secret."""
    if not secret:
        return ""
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in secret):
        return "a secret without line breaks or other control characters"
    if secret.lower() in KNOWN_SECRETS:
        return "a secret of your own, not the one of an example,"
    if len(secret) < SHORTEST_SECRET:
        return f"a secret of at least {SHORTEST_SECRET} characters"
    return ""


def _named_secrets(config: Config) -> Iterator[tuple[str, str]]:
    yield "broker.password_env", config.broker.password_env
    if config.people.oidc_issuer:
        yield "people.oidc_secret_env", config.people.oidc_secret_env
    for channel in config.notices.channels:
        yield from (("notices.channels", name) for name in (channel.key_env, channel.secret_env) if name)


def _broker_pairs(config: Config) -> Iterator[Fault]:
    broker = config.broker
    is_spoken = not (broker.embedded and broker.mqtt == 5)
    yield is_spoken, "broker.mqtt", "expected 3.1.1, the only one that the embedded broker speaks, got 5"
    same_port = broker.port == config.dashboard.port and broker.host == config.dashboard.host
    is_open = broker.host not in LOOPBACK
    yield not same_port, "dashboard.port", f"expected another port than broker.port, got {broker.port} for both"
    yield (
        not (broker.embedded and is_open),
        "broker.host",
        f"expected 127.0.0.1 with the embedded broker, got {broker.host!r}",
    )
    yield (
        not (broker.embedded and broker.tls),
        "broker.tls",
        "expected false with the embedded broker, which listens on loopback only",
    )
    yield (
        broker.reconnect_min_s <= broker.reconnect_max_s,
        "broker.reconnect_min_s",
        f"expected at most reconnect_max_s, got {broker.reconnect_min_s:g}",
    )


def _dashboard_pairs(config: Config) -> Iterator[Fault]:
    dashboard = config.dashboard
    is_open = dashboard.host not in LOOPBACK
    is_reached = is_open or dashboard.https == "proxy"
    yield (
        not is_open or dashboard.https != "none",
        "dashboard.host",
        f"expected {' or '.join(sorted(LOOPBACK))} while dashboard.https is none, got {dashboard.host!r}",
    )
    yield (
        not is_reached or bool(dashboard.names),
        "dashboard.names",
        "expected the host names people type, once other machines can reach the pages, got nothing",
    )
    yield (
        not (is_reached and config.people.demo_accounts),
        "people.demo_accounts",
        "expected false where other machines can reach the pages: everybody knows these passwords",
    )


def _people_pairs(config: Config) -> Iterator[Fault]:
    people = config.people
    unknown = [name for name in people.totp_for.split() if name not in set(Role)]
    address = urlsplit(people.oidc_issuer)
    yield (
        not unknown,
        "people.totp_for",
        f"expected roles of {', '.join(Role)}, got {unknown[0]!r}" if unknown else "",
    )
    yield (
        not people.oidc_issuer or bool(people.oidc_client_id),
        "people.oidc_client_id",
        "expected a client id, as people.oidc_issuer gave it, got nothing",
    )
    yield (
        bool(people.oidc_issuer) or not people.oidc_client_id,
        "people.oidc_issuer",
        "expected the https:// address that people.oidc_client_id belongs to, got nothing",
    )
    yield (
        address.scheme != "http" or address.hostname in LOOPBACK,
        "people.oidc_issuer",
        f"expected an https:// address outside this machine, got {people.oidc_issuer!r}",
    )
    yield (
        people.idle_min <= people.absolute_h * 60,
        "people.idle_min",
        f"expected at most people.absolute_h, {people.absolute_h * 60} minutes, got {people.idle_min}",
    )


def _order_pairs(config: Config) -> Iterator[Fault]:
    wall, ingest, days = config.wall, config.ingest, config.retention
    ages = wall.late_factor, wall.stale_factor, wall.lost_factor
    kept = days.readings_days, days.minutes_days, days.hours_days
    has_password = re.match(r"postgresql\+psycopg://[^/@]*:[^/@]+@", config.store.url)
    is_memory = config.store.url.endswith("/:memory:")
    yield not is_memory, "store.url", "expected a file, got ':memory:', which ends with the process"
    yield not has_password, "store.url", "expected no password in the file: PGPASSWORD or ~/.pgpass may hold it"
    yield (
        ages[0] < ages[1] < ages[2],
        "wall.stale_factor",
        f"expected late_factor < stale_factor < lost_factor, got {', '.join(f'{it:g}' for it in ages)}",
    )
    yield (
        ingest.retry_min_s <= ingest.retry_max_s,
        "ingest.retry_min_s",
        f"expected at most retry_max_s, got {ingest.retry_min_s:g}",
    )
    yield (
        ingest.batch_rows <= ingest.held_rows,
        "ingest.held_rows",
        f"expected at least batch_rows {ingest.batch_rows}, got {ingest.held_rows}",
    )
    connect_s = config.broker.connect_timeout_s
    yield (
        ingest.hang_s > connect_s + CONNECT_MARGIN_S,
        "ingest.hang_s",
        f"expected more than broker.connect_timeout_s {connect_s:g} + {CONNECT_MARGIN_S}, got {ingest.hang_s}",
    )
    yield (
        kept[0] <= kept[1] <= kept[2],
        "retention.minutes_days",
        f"expected readings_days ≤ minutes_days ≤ hours_days, got {', '.join(map(str, kept))}",
    )


def _dispatch_pairs(config: Config) -> Iterator[Fault]:
    for name in ("urgent", "important", "general", "hint"):
        said = getattr(config.dispatch, f"escalate_{name}")
        minutes = [int(it) for it in said.split()]
        yield minutes == sorted(minutes), f"dispatch.escalate_{name}", f"expected growing minutes, got {said!r}"
    begin, _, end = config.notices.quiet.partition("-")
    yield (
        begin != end or not begin,
        "notices.quiet",
        f"expected two different times of day, got {config.notices.quiet!r}",
    )
