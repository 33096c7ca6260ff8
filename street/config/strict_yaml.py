"""YAML read strictly, every node with its line: no aliases, no tags, no duplicate keys, no depth, no size.

A configuration is a short list of plain values. Whatever YAML can do beyond that has only ever been a surprise or
an attack, so it is refused with the line it stands on.
"""

from collections.abc import Callable
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


class _StrictLoader(yaml.SafeLoader):
    """A composer that stops at what a plain configuration has no need of."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401 - PyYAML's own
        """Refuse aliases, and nesting deeper than any configuration of ours goes."""
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call] # PyYAML's stubs leave it open
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases are not allowed", problem_mark=mark)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem=f"nested deeper than {MAX_DEPTH} levels", problem_mark=mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read(path: Path, *, shown: str) -> yaml.MappingNode | None:
    """Return the root mapping of the YAML file at *path*, None where the file is empty.

    Args:
        path: the file.
        shown: how the file is called in messages.

    Raises:
        ConfigError: the file is missing, unreadable, too large, or not a plain mapping.
    """
    text = _text(path, shown)
    try:
        node = _StrictLoader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        msg = f"{shown}:{line}: expected plain YAML: {error.problem}"
        raise ConfigError(msg) from error
    except (yaml.YAMLError, RecursionError) as error:
        msg = f"{shown}:1: expected plain YAML: {str(error).splitlines()[0]}"
        raise ConfigError(msg) from error
    if node is None:
        return None
    if not isinstance(node, yaml.MappingNode):
        msg = f"{shown}:{node.start_mark.line + 1}: expected sections such as `ingest:`, got {kind_of(node)}"
        raise ConfigError(msg)
    return node


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


def entries(
    node: yaml.MappingNode, fail: Callable[[int, str, str], NoReturn], prefix: str = ""
) -> dict[str, tuple[int, yaml.Node]]:
    """Return key → (line, value node) of a mapping, in file order.

    Args:
        node: the mapping.
        fail: raises for (line, key, rule).
        prefix: dotted path of the mapping itself, with its final dot.
    """
    found: dict[str, tuple[int, yaml.Node]] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode) or key_node.tag not in TEXT_TAGS:
            fail(line, prefix + str(key_node.value), "expected a word as key")
        if key_node.value in found:
            fail(line, prefix + key_node.value, f"said twice (first in line {found[key_node.value][0]})")
        found[key_node.value] = (line, value_node)
    return found


def plain_value(node: yaml.Node) -> Any:  # noqa: ANN401 - whatever the file says; the rules check it
    """Return the Python value of *node*; a date stays text; an unknown tag raises ValueError."""
    if node.tag not in PLAIN_TAGS:
        msg = f"expected a plain value, got the tag {node.tag.removeprefix('tag:yaml.org,2002:')!r}"
        raise ValueError(msg)
    if isinstance(node, yaml.SequenceNode):
        return [plain_value(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): plain_value(value) for key, value in node.value}
    if node.tag in TEXT_TAGS:
        return node.value
    constructor = yaml.constructor.SafeConstructor()
    return constructor.construct_object(node)


def kind_of(node: yaml.Node) -> str:
    """Return what a person would call the value of *node*."""
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return "a section" if isinstance(node, yaml.MappingNode) else repr(node.value)
