"""The configuration: read once, at start, in a `__main__`, and handed down as values.

    config.yaml ──▶ strict_yaml ──▶ rules ──▶ Config (frozen)
    PORT, MQTT_PORT ─────────────────▲

A wrong file costs one line that says where, which key, what was expected and what was found, and exit code 78.
No secrets live in the file: it names the environment variables that hold them.
"""

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, NoReturn

from street import strict_yaml
from street.config.rules import Rule
from street.config.sections import (
    PORT,
    SECTIONS,
    BrokerConfig,
    DashboardConfig,
    IngestConfig,
    PeopleConfig,
    PlacesConfig,
    PrivacyConfig,
    RegisterConfig,
    RetentionConfig,
    StoreConfig,
    WallConfig,
)
from street.errors import ConfigError

EXIT_CONFIG: Final = 78  # sysexits.h EX_CONFIG: a supervisor should not start us again
ENVIRONMENT_KEYS: Final = {"PORT": ("dashboard", "port"), "MQTT_PORT": ("broker", "port")}
NETWORK_FILE_SYSTEMS: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs"})
CONNECT_MARGIN_S: Final = 5  # the loop stands still while it connects: that is no hang
SQLITE_PREFIX: Final = "sqlite:///"
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything a deployment may tune. `lines` says where in the file each key was said."""

    store: StoreConfig = field(default_factory=StoreConfig)
    broker: BrokerConfig = field(default_factory=BrokerConfig)
    ingest: IngestConfig = field(default_factory=IngestConfig)
    dashboard: DashboardConfig = field(default_factory=DashboardConfig)
    people: PeopleConfig = field(default_factory=PeopleConfig)
    privacy: PrivacyConfig = field(default_factory=PrivacyConfig)
    wall: WallConfig = field(default_factory=WallConfig)
    retention: RetentionConfig = field(default_factory=RetentionConfig)
    places: PlacesConfig = field(default_factory=PlacesConfig)
    register: RegisterConfig = field(default_factory=RegisterConfig)
    shown: str = "config.yaml"
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)

    def fail(self, key: str, rule: str) -> NoReturn:
        """Raise the ConfigError for *key*, with the place in the file where it was said."""
        msg = f"{self.shown}:{self.lines.get(key, 1)}: {key}: {rule}"
        raise ConfigError(msg)

    @property
    def store_path(self) -> Path | None:
        """The SQLite file, None for another engine."""
        url = self.store.url
        return Path(url.removeprefix(SQLITE_PREFIX)) if url.startswith(SQLITE_PREFIX) else None


def load(path: Path | str, environ: Mapping[str, str] | None = None) -> Config:
    """Return the configuration in the file at *path*, with PORT and MQTT_PORT of *environ* laid over it.

    Args:
        path: the YAML file; relative paths in it are meant from its folder.
        environ: the process environment; None takes the real one.

    Raises:
        ConfigError: with one line that begins with `file:line: key`.
    """
    path = Path(path)
    said = _Said(str(path))
    said.read(path)
    said.take_environment(os.environ if environ is None else environ)
    config = said.build(path.absolute().parent)
    _check_pairs(config)
    _check_store_folder(config)
    return config


class _Said:
    """What one file says: values by section and key, and the line of each."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.values: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
        self.lines: dict[str, int] = {}

    def read(self, path: Path) -> None:
        root = strict_yaml.read(path, shown=self.shown)
        for section, keys in root.items():
            line = self.lines[section] = root.lines[section]
            if section not in SECTIONS:
                self.fail(line, section, _unknown(section, SECTIONS))
            if isinstance(keys, strict_yaml.Mapping):
                self._read_section(section, keys)
            elif keys is not None:
                self.fail(line, section, f"expected a section with keys, got {_short(keys)}")

    def _read_section(self, section: str, keys: strict_yaml.Mapping) -> None:
        rules = rules_of(SECTIONS[section])
        for key, value in keys.items():
            dotted = f"{section}.{key}"
            self.lines[dotted] = keys.lines[key]
            if key not in rules:
                self.fail(keys.lines[key], dotted, _unknown(key, rules, f", got {_short(value)}"))
            try:
                self.values[section][key] = rules[key].take(value)
            except ValueError as error:
                got = "something else" if dotted.endswith("_env") else _short(value)  # perhaps the secret itself
                self.fail(keys.lines[key], dotted, f"expected {error}, got {got}")

    def take_environment(self, environ: Mapping[str, str]) -> None:
        for name, (section, key) in ENVIRONMENT_KEYS.items():
            text = environ.get(name, "")
            if not text:
                continue
            try:
                self.values[section][key] = PORT.take(int(text) if text.isascii() and text.isdigit() else text)
            except ValueError as error:
                msg = f"environment: {name}: expected {error}, got {_short(text)}"
                raise ConfigError(msg) from error

    def build(self, folder: Path) -> Config:
        parts: dict[str, Any] = {}
        for section, kind in SECTIONS.items():
            values = self.values[section]
            for item in fields(kind):
                if isinstance(item.default, Path):
                    values[item.name] = folder / values.get(item.name, item.default)
            parts[section] = kind(**values)
        url = parts["store"].url
        if url.startswith(SQLITE_PREFIX):
            where = (folder / url.removeprefix(SQLITE_PREFIX)).absolute()
            self.values["store"]["url"] = f"{SQLITE_PREFIX}{where}"
            parts["store"] = StoreConfig(**self.values["store"])
        return Config(**parts, shown=self.shown, lines=self.lines)

    def fail(self, line: int, key: str, rule: str) -> NoReturn:
        msg = f"{self.shown}:{line}: {key}: {rule}"
        raise ConfigError(msg)


def rules_of(section: type) -> dict[str, Rule]:
    """Return key → rule of one section."""
    return {item.name: item.metadata["rule"] for item in fields(section)}


def _unknown(key: str, known: Mapping[str, object], got: str = "") -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    if near:
        return f"unknown key{got}; did you mean {near[0]}?"
    for section, kind in SECTIONS.items():
        if key in rules_of(kind):
            return f"unknown key{got}; did you mean {section}.{key}?"
    return f"unknown key{got}; known are {', '.join(known)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _check_pairs(config: Config) -> None:
    """Refuse what is fine alone and impossible together."""
    for is_fine, key, rule in (*_broker_pairs(config), *_dashboard_pairs(config), *_order_pairs(config)):
        if not is_fine:
            config.fail(key, rule)


def _broker_pairs(config: Config) -> Iterator[tuple[bool, str, str]]:
    broker = config.broker
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


def _dashboard_pairs(config: Config) -> Iterator[tuple[bool, str, str]]:
    host = config.dashboard.host
    yield (
        host in LOOPBACK,
        "dashboard.host",
        f"expected {' or '.join(sorted(LOOPBACK))} until people sign in, got {host!r}; nginx carries it outside",
    )


def _order_pairs(config: Config) -> Iterator[tuple[bool, str, str]]:
    wall, ingest, days = config.wall, config.ingest, config.retention
    ages = wall.late_factor, wall.stale_factor, wall.lost_factor
    kept = days.readings_days, days.minutes_days, days.hours_days
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


def _check_store_folder(config: Config) -> None:
    """Refuse a store that could not be written, or that a network file system would corrupt."""
    path = config.store_path
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        config.fail("store.url", f"expected a folder that can be written, got {path.parent}: {error.strerror}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        config.fail("store.url", f"expected a folder that can be written, got {path.parent}")
    kind = _file_system(path.parent.resolve())
    if kind in NETWORK_FILE_SYSTEMS:
        config.fail("store.url", f"expected a local disk (SQLite locks fail on {kind}), got {path.parent}")


def _file_system(folder: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """Return the file system kind *folder* lies on, "" where nobody knows."""
    try:
        rows = [line.split() for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return ""
    under = [(len(row[1]), row[2]) for row in rows if folder.is_relative_to(row[1])]
    return max(under, default=(0, ""))[1]
