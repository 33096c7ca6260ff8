"""One mapping of a scenario file: every key taken once, every mistake with its line."""

from pathlib import Path

import pytest

from street import strict_yaml
from street.errors import ConfigError
from street.scenarios.part import Part

TEXT = """
name: {zh: 某, en: Some}
many:
  - {a: 1}
  - {a: 2}
count: 3
share: 0.5
word: one
lit: true
"""


def a_part() -> Part:
    """The mapping above."""
    return Part(Path("f"), strict_yaml.parse(TEXT, "f"), "", 1)


def test_each_kind_of_value_is_taken_as_it_is() -> None:
    """And nothing is left."""
    part = a_part()

    assert part.words("name") == ("某", "Some")
    assert [it.number("a") for it in part.listed("many")] == [1, 2]
    assert (part.whole("count", least=1), part.number("share"), part.choice("word", ["one", "two"])) == (3, 0.5, "one")
    assert part.switch("lit")
    part.close()


@pytest.mark.parametrize(
    ("ask", "complaint"),
    [
        (lambda part: part.whole("share", least=1), r"f:7: share: expected a whole number of at least 1, got 0\.5"),
        (lambda part: part.choice("word", ["two"]), r"f:8: word: expected one of two, got 'one'"),
        (lambda part: part.switch("count"), r"f:6: count: expected true or false, got 3"),
        (lambda part: list(part.listed("word")), r"f:8: word: expected a list of mappings"),
        (lambda part: part.take("none"), r"f:1: none: missing"),
        (lambda part: part.miss("why", "it is needed"), r"f:1: why: missing: it is needed"),
        (lambda part: part.close(), r"f:6: count: unknown key"),
    ],
)
def test_a_mistake_is_told_with_its_line(ask: object, complaint: str) -> None:
    """Who edits at night must not search."""
    with pytest.raises(ConfigError, match=complaint):
        ask(a_part())  # type: ignore[operator]  # a lambda


def test_what_a_list_holds_is_told_with_its_own_line() -> None:
    """The second of two."""
    _, second = a_part().listed("many")

    with pytest.raises(ConfigError, match=r"f:5: many\.1\.a: expected at least 5, got 2"):
        second.number("a", least=5)
