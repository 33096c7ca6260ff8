"""What YAML can do beyond plain values is refused, quickly, with its line."""

from pathlib import Path

import pytest

from street.errors import ConfigError
from street.strict_yaml import Mapping, read

BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


def written(folder: Path, content: str | bytes) -> Path:
    """Return the path of a file that holds *content*."""
    path = folder / "f"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_keys_know_their_lines_at_every_depth(tmp_path: Path) -> None:
    """That is what the messages are made of."""
    outer = read(written(tmp_path, "a: 1\nb:\n  c: [x, 2.5, true, null]\nd: [{e: 1},\n  {f: 2}]\n"))

    assert outer == {"a": 1, "b": {"c": ["x", 2.5, True, None]}, "d": [{"e": 1}, {"f": 2}]}
    assert outer.lines == {"a": 1, "b": 2, "d": 4}
    assert isinstance(outer["b"], Mapping)
    assert outer["b"].lines == {"c": 3}
    assert outer["d"][1].lines == {"f": 5}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(BOMB, "f:2: expected plain YAML: aliases are not allowed", id="a billion laughs"),
        pytest.param("a: 1\nb:\n  <<: *x\n", "f:3: expected plain YAML: aliases are not allowed", id="a merge key"),
        pytest.param("a:\n  <<: {b: 1}\n", "f:2: a.<<: expected a word as key", id="a merge without an alias"),
        pytest.param("a: " + "[" * 30 + "]" * 30, "f:1: expected plain YAML: nested deeper than 8 levels", id="depth"),
        pytest.param("a: " + "[" * 100_000, "f:1: expected plain YAML: nested deeper than 8 levels", id="open depth"),
        pytest.param(
            "a: 1\n b: 2\n",
            "f:2: expected plain YAML: mapping values are not allowed in this context",
            id="indentation",
        ),
        pytest.param("a: 1\n---\nb: 2\n", "f:2: expected plain YAML: but found another document", id="two documents"),
        pytest.param("a: 'x\n", "f:2: expected plain YAML: found unexpected end of stream", id="an open quote"),
        pytest.param("5\n", "f:1: expected keys with values, as in `key: value`, got '5'", id="a number"),
        pytest.param("- a\n", "f:1: expected keys with values, as in `key: value`, got a list", id="a list"),
        pytest.param("a: 1\nb: 2\na: 3\n", "f:3: a: said twice (first in line 1)", id="a key twice"),
        pytest.param("a: [{b: {c: 1, c: 2}}]\n", "f:1: a.b.c: said twice (first in line 1)", id="twice, deep inside"),
        pytest.param("a: {[b]: 1}\n", "f:1: a.?: expected a word as key", id="a list for a key"),
        pytest.param("5: 1\n", "f:1: 5: expected a word as key", id="a number for a key"),
        pytest.param("a: 1\nb: !!int x\n", "f:2: b: expected a value that fits its tag 'int'", id="no number"),
        pytest.param("b: !!bool x\n", "f:1: b: expected a value that fits its tag 'bool'", id="neither true nor false"),
    ],
)
def test_what_is_not_plain_is_refused(tmp_path: Path, text: str, line: str) -> None:
    """One line, no traceback, no memory eaten; a key given twice would silently lose one of its values."""
    with pytest.raises(ConfigError) as caught:
        read(written(tmp_path, text), shown="f")

    assert str(caught.value) == line


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"\xff\xfe\x00", "expected UTF-8 text", id="not text"),
        pytest.param(b"a: \x00", "control characters are not allowed", id="a control character"),
        pytest.param(b"#" * 300_000, "expected at most 256 KiB, got 292 KiB", id="too large"),
    ],
)
def test_bytes_that_are_no_configuration_are_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """A database named as configuration by mistake; the path stands in the message where no other name is given."""
    path = written(tmp_path, content)

    with pytest.raises(ConfigError, match=rf"^{path}:1: .*{said}"):
        read(path)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        pytest.param("!!python/object/apply:os.system ['true']", "python/object/apply:os.system", id="a call"),
        pytest.param("!mine 5", "!mine", id="a tag of somebody's"),
        pytest.param("!!binary aGk=", "binary", id="binary"),
        pytest.param("!!set {a}", "set", id="a set"),
    ],
)
def test_a_tag_is_never_obeyed(tmp_path: Path, text: str, tag: str) -> None:
    """`yaml.load` would run the first."""
    with pytest.raises(ConfigError, match=f":1: a: expected a plain value, got the tag '{tag}'$"):
        read(written(tmp_path, f"a: {text}"))


def test_a_date_stays_text(tmp_path: Path) -> None:
    """We have no use for YAML's own dates, and naive ones least of all."""
    assert read(written(tmp_path, "a: 2026-11-24\n")) == {"a": "2026-11-24"}


def test_a_file_that_says_nothing_is_empty(tmp_path: Path) -> None:
    """Comments only are an empty configuration."""
    assert read(written(tmp_path, "# nothing yet\n")) == {}
