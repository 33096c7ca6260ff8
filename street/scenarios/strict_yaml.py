"""YAML that remembers its lines and refuses a key written twice."""

from pathlib import Path
from typing import Any

import yaml

from street.errors import ConfigError


class Mapping(dict[str, Any]):
    """A mapping as read, which knows the line of each of its keys [from 1]."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


def read(path: Path) -> Mapping:
    """Return the mapping that *path* holds.

    Raises:
        ConfigError: the file is not YAML, holds no mapping, or gives a key twice.
    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        msg = f"{path}:{line}: not YAML: {getattr(error, 'problem', error)}"
        raise ConfigError(msg) from error
    if not isinstance(node, yaml.MappingNode):
        msg = f"{path}:1: expected a mapping of keys"
        raise ConfigError(msg)
    read_mapping = _value(node, path)
    assert isinstance(read_mapping, Mapping)
    return read_mapping


def _value(node: yaml.Node, path: Path) -> Any:  # noqa: ANN401 - whatever YAML holds
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, path) for item in node.value]
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        msg = f"{path}:{node.start_mark.line + 1}: not a value: {node.value!r}"
        raise ConfigError(msg) from error


def _mapping(node: yaml.MappingNode, path: Path) -> Mapping:
    mapping = Mapping()
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = str(key_node.value)
        if key in mapping:
            msg = f"{path}:{line}: {key}: given twice"
            raise ConfigError(msg)
        mapping[key] = _value(value_node, path)
        mapping.lines[key] = line
    return mapping
