"""YAML read strictly, every key with its line: no aliases, no tags, no duplicate keys, no depth, no size.

config.yaml and the scenario files are short lists of plain values. Whatever YAML can do beyond that has only ever been
a surprise or an attack, so it is refused with the line it stands on.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import yaml

from street.errors import ConfigError

MAX_BYTES = 262_144
MAX_DEPTH = 8
PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "timestamp", "map", "seq")
)
TEXT_TAGS = frozenset({"tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp"})


class Mapping(dict[str, Any]):
    """A mapping as read, which knows the line of each of its keys [from 1]."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


def read(path: Path, *, shown: str = "") -> Mapping:
    """Return the mapping in the YAML file at *path*, an empty one where the file says nothing.

    Args:
        path: the file.
        shown: how the file is called in messages; "" takes its path.

    Raises:
        ConfigError: the file is missing, unreadable, too large, or not a plain mapping; it begins with `file:line`.
    """
    shown = shown or str(path)
    return parse(_text(path, shown), shown)


def parse(text: str, shown: str) -> Mapping:
    """Return the mapping in *text*, an empty one where it says nothing.

    Args:
        text: YAML.
        shown: how it is called in messages.

    Raises:
        ConfigError: it is not a plain mapping; the message begins with `shown:line`.
    """
    try:
        fault = _fault_of(yaml.parse(text, Loader=yaml.CSafeLoader))
        node = None if fault else yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        msg = f"{shown}:{line}: expected plain YAML: {error.problem}"
        raise ConfigError(msg) from error
    except yaml.YAMLError as error:
        msg = f"{shown}:1: expected plain YAML: {str(error).splitlines()[0]}"
        raise ConfigError(msg) from error
    if fault:
        msg = f"{shown}:{fault[0]}: expected plain YAML: {fault[1]}"
        raise ConfigError(msg)
    if node is None:
        return Mapping()
    if not isinstance(node, yaml.MappingNode):
        got = "a list" if isinstance(node, yaml.SequenceNode) else repr(node.value)
        msg = f"{shown}:{node.start_mark.line + 1}: expected keys with values, as in `key: value`, got {got}"
        raise ConfigError(msg)
    return _Nodes(shown).mapping(node, "")


def _text(path: Path, shown: str) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            msg = f"{shown}:1: expected at most {MAX_BYTES // 1024} KiB, got {path.stat().st_size // 1024} KiB"
            raise ConfigError(msg)
        return path.read_text(encoding="utf-8")
    except OSError as error:
        msg = f"{shown}:1: cannot be read: {error.strerror}"
        raise ConfigError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{shown}:1: expected UTF-8 text"
        raise ConfigError(msg) from error


def _fault_of(events: Iterable[yaml.Event]) -> tuple[int, str] | None:
    """Return the line and the fault of the first alias or of too much depth, before anything is built of them."""
    depth = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            return line, "aliases are not allowed"
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            return line, f"nested deeper than {MAX_DEPTH} levels"
    return None


class _Nodes:
    """Turns the nodes of one file into values."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._constructor = yaml.constructor.SafeConstructor()

    def mapping(self, node: yaml.MappingNode, prefix: str) -> Mapping:
        """Return the mapping; *prefix* is its own dotted path with the final dot."""
        mapping = Mapping()
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag not in TEXT_TAGS:
                shown = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
                self._fail(line, prefix + shown, "expected a word as key")
            key = key_node.value
            if key in mapping:
                self._fail(line, prefix + key, f"said twice (first in line {mapping.lines[key]})")
            mapping.lines[key] = line
            mapping[key] = self._value(value_node, prefix + key)
        return mapping

    def _value(self, node: yaml.Node, dotted: str) -> Any:  # noqa: ANN401 - whatever the file says
        """Return the value of *node*; a date stays text."""
        if node.tag not in PLAIN_TAGS:
            self._fail(node.start_mark.line + 1, dotted, f"expected a plain value, got the tag {_short_tag(node)!r}")
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, f"{dotted}.")
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, dotted) for item in node.value]
        if node.tag in TEXT_TAGS:
            return node.value
        try:
            return self._constructor.construct_object(node)
        except (ValueError, OverflowError, KeyError):  # only where a tag was written
            self._fail(node.start_mark.line + 1, dotted, f"expected a value that fits its tag {_short_tag(node)!r}")

    def _fail(self, line: int, dotted: str, rule: str) -> NoReturn:
        msg = f"{self._shown}:{line}: {dotted}: {rule}"
        raise ConfigError(msg)


def _short_tag(node: yaml.Node) -> str:
    return str(node.tag).removeprefix("tag:yaml.org,2002:")
