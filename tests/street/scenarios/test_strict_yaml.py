"""Reading YAML with line numbers."""

from pathlib import Path

import pytest

from street.errors import ConfigError
from street.scenarios.strict_yaml import Mapping, read


def written(tmp_path: Path, text: str) -> Path:
    """Write one YAML file."""
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_keys_know_their_lines_at_every_depth(tmp_path: Path) -> None:
    """That is what the messages are made of."""
    outer = read(written(tmp_path, "a: 1\nb:\n  c: [x, 2.5, true, null]\n"))

    assert outer == {"a": 1, "b": {"c": ["x", 2.5, True, None]}}
    assert outer.lines == {"a": 1, "b": 2}
    assert isinstance(outer["b"], Mapping)
    assert outer["b"].lines == {"c": 3}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: 1\na: 2\n", r"x\.yaml:2: a: given twice"),
        ("b: {c: 1, c: 2}\n", r"x\.yaml:1: c: given twice"),
        ("- a\n", r"x\.yaml:1: expected a mapping"),
        ("", r"x\.yaml:1: expected a mapping"),
        ("a: [1\nb: 2\n", r"x\.yaml:2: not YAML"),
        ("a: !!python/object:os.system x\n", r"x\.yaml:1: not a value"),
        ("a: 2026-99-99\n", r"x\.yaml:1: not a value"),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    """A key given twice silently loses one of its values in plain YAML; tags must never build objects."""
    with pytest.raises(ConfigError, match=complaint):
        read(written(tmp_path, text))
