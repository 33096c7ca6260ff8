"""Screen words, colours and ids each live in one place."""

import ast
import re

import pytest

from tests.house.checkout import PACKAGES, docstrings, files, text, tree

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
COLOUR = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{8}|[0-9a-fA-F]{3})\b(?!;)|\b(?:rgb|rgba|hsl|hsla|oklch)\(\s*\d")
WORDS = ("layouts/wording/",)
COLOURS = ("layouts/theme.py", "dashboard/assets/tokens.css")
SCRIPTS = (".js", ".mjs", ".css")


@pytest.mark.parametrize("name", [it for it in files(".py", under=PACKAGES) if not it.startswith(WORDS)])
def test_screen_words_of_python_live_in_wording(name: str) -> None:
    """A word in a template or in code is one nobody translates; comments and docstrings may name the original."""
    assert not [text for text in _strings(name) if HAN.search(text)]


@pytest.mark.parametrize("name", files(*SCRIPTS, under=PACKAGES))
def test_screen_words_of_scripts_come_from_python(name: str) -> None:
    """JavaScript and CSS get their words by `data-words`."""
    assert not HAN.search(without_comments(text(name)))


@pytest.mark.parametrize(
    "name", [it for it in files(".py", *SCRIPTS, under=("layouts", "dashboard", "street")) if it not in COLOURS]
)
def test_colours_live_in_one_place(name: str) -> None:
    """One file for Python and one for the browser hold the tokens; everything else names them."""
    said = "\n".join(_strings(name)) if name.endswith(".py") else without_comments(text(name))

    assert not COLOUR.search(said)


@pytest.mark.parametrize("name", [it for it in files(".py", under=("layouts", "dashboard")) if it != "layouts/ids.py"])
def test_ids_live_in_ids(name: str) -> None:
    """An id that is spelled twice is misspelled once."""
    spelled = [
        keyword.value.value
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "id" and isinstance(keyword.value, ast.Constant)
    ]
    joined = [
        node.args[0].value
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"Input", "Output", "State"}
        if node.args and isinstance(node.args[0], ast.Constant)
    ]

    assert not spelled + joined


@pytest.mark.parametrize(
    ("written", "left"),
    [
        pytest.param("a = 1 // 天眼", "a = 1 ", id="line"),
        pytest.param("a /* 天\n眼 */ b", "a  b", id="block"),
        pytest.param("a = 'http://x' // y", "a = 'http://x' ", id="not an address"),
    ],
)
def test_comments_are_left_out(written: str, left: str) -> None:
    """The reading of scripts is itself tried."""
    assert without_comments(written) == left


def without_comments(script: str) -> str:
    """Return JavaScript or CSS without its comments; an address in a string is none."""
    return re.sub(r"/\*.*?\*/|(?<![:'\"])//[^\n]*", "", script, flags=re.DOTALL)


def _strings(name: str) -> list[str]:
    documents = docstrings(name)
    return [
        node.value
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents
    ]
