"""The configuration: read once, at start, in a `__main__`, and handed down as values.

    config.yaml ──▶ strict_yaml ──▶ rules ──▶ Config (frozen)
    PORT, HTTPS, MQTT_PORT ──────────▲

A wrong file costs one line that says where, which key, what was expected and what was found, and exit code 78.
No secrets live in the file: it names the environment variables that hold them.
"""

import difflib
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, NoReturn

from street import strict_yaml
from street.config.pairs import check_pairs
from street.config.rules import Rule
from street.config.sections import SECTIONS, SQLITE_PREFIX, Config, StoreConfig
from street.config.surroundings import check_surroundings
from street.errors import ConfigError

__all__ = ("ENVIRONMENT_KEYS", "EXIT_CONFIG", "Config", "load", "rules_of")

EXIT_CONFIG: Final = 78  # sysexits.h EX_CONFIG: a supervisor should not start us again
ENVIRONMENT_KEYS: Final = {
    "PORT": ("dashboard", "port"),
    "HTTPS": ("dashboard", "https"),
    "MQTT_PORT": ("broker", "port"),
}


def load(path: Path | str, environ: Mapping[str, str] | None = None) -> Config:
    """Return the configuration in the file at *path*, with PORT, HTTPS and MQTT_PORT of *environ* laid over it.

    Args:
        path: the YAML file; relative paths in it are meant from its folder.
        environ: the process environment; None takes the real one.

    Raises:
        ConfigError: with one line that begins with `file:line: key`.
    """
    path = Path(path)
    said = _Said(str(path))
    said.read(path)
    environ = os.environ if environ is None else environ
    said.take_environment(environ)
    config = said.build(path.absolute().parent)
    check_pairs(config, environ)
    check_surroundings(config)
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
                rule = rules_of(SECTIONS[section])[key]
                self.values[section][key] = rule.take(int(text) if text.isascii() and text.isdigit() else text)
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
