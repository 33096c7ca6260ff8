"""What YAML can do beyond plain values is refused, quickly, with its line."""

from pathlib import Path

import pytest
import yaml

from street.config import strict_yaml
from street.errors import ConfigError

BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(BOMB, "f:2: expected plain YAML: aliases are not allowed", id="a billion laughs"),
        pytest.param("a: 1\nb:\n  <<: *x\n", "f:3: expected plain YAML: aliases are not allowed", id="a merge key"),
        pytest.param("a: " + "[" * 30 + "]" * 30, "f:1: expected plain YAML: nested deeper than 8 levels", id="depth"),
        pytest.param("a: " + "[" * 100_000, "f:1: expected plain YAML: nested deeper than 8 levels", id="open depth"),
        pytest.param(
            "a: 1\n b: 2\n", "f:2: expected plain YAML: mapping values are not allowed here", id="indentation"
        ),
        pytest.param("a: 1\n---\nb: 2\n", "f:2: expected plain YAML: but found another document", id="two documents"),
        pytest.param("a: 'x\n", "f:2: expected plain YAML: found unexpected end of stream", id="an open quote"),
        pytest.param("5\n", "f:1: expected sections such as `ingest:`, got '5'", id="a number"),
    ],
)
def test_what_is_not_plain_is_refused(tmp_path: Path, text: str, line: str) -> None:
    """One line, no traceback, no memory eaten."""
    path = tmp_path / "f"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        strict_yaml.read(path, shown="f")

    assert str(caught.value) == line


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"\xff\xfe\x00", "expected UTF-8 text", id="not text"),
        pytest.param(b"a: \x00", "special characters are not allowed", id="a control character"),
        pytest.param(b"#" * 300_000, "expected at most 256 KiB, got 292 KiB", id="too large"),
    ],
)
def test_bytes_that_are_no_configuration_are_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """A database named as configuration by mistake."""
    path = tmp_path / "f"
    path.write_bytes(content)

    with pytest.raises(ConfigError, match=said):
        strict_yaml.read(path, shown="f")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("!!python/object/apply:os.system ['true']", id="a call"),
        pytest.param("!mine 5", id="a tag of somebody's"),
        pytest.param("!!binary aGk=", id="binary"),
        pytest.param("!!set {a}", id="a set"),
    ],
)
def test_a_tag_is_never_obeyed(text: str) -> None:
    """`yaml.load` would run the first."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    assert node is not None

    with pytest.raises(ValueError, match="expected a plain value, got the tag"):
        strict_yaml.plain_value(node)


def test_a_date_stays_text() -> None:
    """We have no use for YAML's own dates, and naive ones least of all."""
    node = yaml.compose("2026-11-24", Loader=yaml.SafeLoader)
    assert node is not None

    assert strict_yaml.plain_value(node) == "2026-11-24"


def test_an_empty_file_has_no_root(tmp_path: Path) -> None:
    """Comments only are an empty configuration."""
    path = tmp_path / "f"
    path.write_text("# nothing yet\n", encoding="utf-8")

    assert strict_yaml.read(path, shown="f") is None
