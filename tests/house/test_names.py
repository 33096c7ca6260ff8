"""Names that say something, and one word for one thing."""

import ast
import re
from pathlib import PurePath

import pytest

from tests.house.checkout import PACKAGES, files, text, tree

VAGUE = {"util", "utils", "helper", "helpers", "common", "misc", "base", "core", "manager", "handler", "data", "info"}
PYTHON = files(".py", under=PACKAGES)


@pytest.mark.parametrize("name", files(".py", ".js", ".mjs", ".css", under=(*PACKAGES, "scripts", "bench")))
def test_a_file_is_named_for_what_is_in_it(name: str) -> None:
    """`utils` is where things go to be forgotten."""
    last_words = {re.split(r"[_\-]", step.split(".")[0].lower())[-1] for step in PurePath(name).parts}

    assert not last_words & VAGUE


@pytest.mark.parametrize("name", PYTHON)
def test_a_class_is_named_for_what_it_is(name: str) -> None:
    """A Manager or Handler could do anything."""
    classes = [node.name for node in ast.walk(tree(name)) if isinstance(node, ast.ClassDef)]

    assert not [it for it in classes if re.findall(r"[A-Z][a-z]+", it)[-1].lower() in VAGUE]


@pytest.mark.parametrize("name", PYTHON)
def test_one_word_is_used_for_one_thing(name: str) -> None:
    """The words in the last column of docs/vocabulary.md are not used as identifiers."""
    used = {word for it in _identifiers(tree(name)) for word in re.findall(r"[a-z]+", _snake(it))}

    assert not used & forbidden_words()


def test_some_words_are_forbidden() -> None:
    """The table is really read."""
    assert {"alert", "case"} <= forbidden_words()


def forbidden_words() -> set[str]:
    """Return the struck-through words of the vocabulary's last column."""
    rows = [line for line in text("docs/vocabulary.md").splitlines() if line.startswith("|")]
    return {word for row in rows for word in re.findall(r"~~(\w+)~~", row.rstrip("|").rsplit("|", 1)[-1])}


def _identifiers(module: ast.Module) -> set[str]:
    """Return every name that a module gives: functions, classes, arguments, variables."""
    given = set()
    for node in ast.walk(module):
        match node:
            case ast.FunctionDef(name=it) | ast.AsyncFunctionDef(name=it) | ast.ClassDef(name=it) | ast.arg(arg=it):
                given.add(it)
            case ast.Name(id=it, ctx=ast.Store()) | ast.Attribute(attr=it, ctx=ast.Store()):
                given.add(it)
    return given


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
