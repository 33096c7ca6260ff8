"""One mapping of a scenario file, from which each key is taken exactly once; what nobody takes is refused."""

import math
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

from street import strict_yaml
from street.errors import ConfigError

_REQUIRED: Final = object()


class Part:
    """A mapping with its file, its place in it, and its lines.

    `left` are the keys that nobody has taken yet.
    """

    def __init__(self, path: Path, keys: Any, where: str, line: int) -> None:  # noqa: ANN401 - as read
        self.path, self.where, self.line = path, where, line
        self.keys = keys if isinstance(keys, strict_yaml.Mapping) else strict_yaml.Mapping()
        self.left = set(self.keys)
        if not isinstance(keys, strict_yaml.Mapping):
            self.refuse("", "a mapping of keys", keys)

    def refuse(self, key: str, expected: str, got: Any) -> NoReturn:  # noqa: ANN401 - as read
        """Say what is wrong with *key*, with file and line."""
        line = self.keys.lines.get(key, self.line) if key else self.line
        name = ".".join(part for part in (self.where, key) if part)
        msg = f"{self.path}:{line}: {name}: expected {expected}, got {got!r}"
        raise ConfigError(msg)

    def miss(self, key: str, why: str = "") -> NoReturn:
        """Say that *key* is missing, and why it is needed."""
        line = f"{self.path}:{self.line}: {self.where}".rstrip(": ")
        msg = f"{line}: {key}: missing" + (f": {why}" if why else "")
        raise ConfigError(msg)

    def take(self, key: str, default: Any = _REQUIRED) -> Any:  # noqa: ANN401 - as read
        """Return the value of *key*, *default* when it is absent."""
        self.left.discard(key)
        if key not in self.keys and default is _REQUIRED:
            self.miss(key)
        return self.keys.get(key, default)

    def part(self, key: str) -> "Part":
        """Return the mapping under *key*."""
        line = self.keys.lines.get(key, self.line)
        return Part(self.path, self.take(key), f"{self.where}.{key}".lstrip("."), line)

    def parts(self, key: str) -> "dict[str, Part]":
        """Return the mappings that *key* holds by name, none when it is absent."""
        if self.take(key, None) is None:
            return {}
        group = self.part(key)
        return {name: group.part(name) for name in group.keys}

    def listed(self, key: str) -> "Iterator[Part]":
        """Yield the mappings that *key* lists, none when it is absent."""
        found = self.take(key, [])
        if not isinstance(found, list) or not all(isinstance(it, strict_yaml.Mapping) for it in found):
            self.refuse(key, "a list of mappings", found)
        for place, it in enumerate(found):
            line = min(it.lines.values(), default=self.keys.lines.get(key, self.line))
            yield Part(self.path, it, f"{self.where}.{key}.{place}".lstrip("."), line)

    def text(self, key: str, pattern: re.Pattern[str] | None = None) -> str:
        """Return the text of *key*, which is not blank and fits *pattern*."""
        value = self.take(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, "text", value)
        if pattern and not pattern.fullmatch(value):
            self.refuse(key, f"text like {pattern.pattern}", value)
        return value

    def words(self, key: str) -> tuple[str, str]:
        """Return what *key* says in zh and in en."""
        part = self.part(key)
        zh, en = part.text("zh"), part.text("en")
        part.close()
        return zh, en

    def number(self, key: str, default: Any = _REQUIRED, *, least: float = -math.inf) -> Any:  # noqa: ANN401 - None stays
        """Return the finite number of *key*, at least *least*; *default* when it is absent."""
        value = self.take(key, default)
        if key not in self.keys:
            return value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.refuse(key, "a number", value)
        if value < least:
            self.refuse(key, f"at least {least:g}", value)
        return float(value)

    def whole(self, key: str, default: Any = _REQUIRED, *, least: int) -> Any:  # noqa: ANN401 - None stays
        """Return the whole number of *key*, at least *least*; *default* when it is absent."""
        value = self.take(key, default)
        if key in self.keys and (type(value) is not int or value < least):
            self.refuse(key, f"a whole number of at least {least}", value)
        return value

    def switch(self, key: str, *, default: bool = False) -> bool:
        """Return whether *key* says true."""
        value = self.take(key, default)
        if not isinstance(value, bool):
            self.refuse(key, "true or false", value)
        return value

    def choice(self, key: str, options: Collection[str], default: Any = _REQUIRED) -> str:  # noqa: ANN401 - a text
        """Return the word of *key*, one of *options*; *default* when it is absent."""
        value = self.take(key, default)
        if key in self.keys and value not in options:
            self.refuse(key, f"one of {', '.join(options)}", value)
        return str(value)

    def close(self) -> None:
        """Refuse what nobody took."""
        for key in sorted(self.left):
            msg = f"{self.path}:{self.keys.lines[key]}: {'.'.join(filter(None, (self.where, key)))}: unknown key"
            raise ConfigError(msg)
