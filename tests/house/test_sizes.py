"""Files and functions that fit a screen and a head. No linter counts these."""

import ast

import pytest

from tests.house.checkout import PACKAGES, docstrings, files, text, tree

LONGEST_FILE = 300
LONGEST_FUNCTION = 40

# Longer on purpose: file, or file:function, and why. Sizes are a place to look; simplicity outranks them.
LONGER: dict[str, str] = {
    "street/rules/__init__.py": "the engine whole: the way of a reading, the way of time, and what is taken up again",
    "street/store/__init__.py": "the door to memory: a few lines for each part, a list that is read from top to bottom",
    "street/store/schema.py": "all tables of the store, one list that is read from top to bottom",
}

CODE = files(".py", ".js", ".mjs", ".sh", under=(*PACKAGES, "scripts", "bench"))
# A migration is a list of tables, read from top to bottom once.
PYTHON = [it for it in files(".py", under=(*PACKAGES, "scripts", "bench")) if "/versions/" not in it]


@pytest.mark.parametrize("name", CODE)
def test_a_file_fits_a_head(name: str) -> None:
    """Beyond 300 lines a file has more than one subject, or says in LONGER why not."""
    lines = text(name).count("\n")

    assert (lines > LONGEST_FILE) == (name in LONGER), f"{lines} lines"


@pytest.mark.parametrize("name", PYTHON)
def test_a_function_fits_a_screen(name: str) -> None:
    """Beyond 40 lines, docstring aside, a function does more than one thing, or says in LONGER why not."""
    long = {place: size for place, size in _functions(name).items() if size > LONGEST_FUNCTION and place not in LONGER}

    assert not long


def test_every_exemption_is_still_needed() -> None:
    """A list of exceptions that nobody prunes grows."""
    sizes = {place: size for name in PYTHON for place, size in _functions(name).items()}
    stale = [
        place
        for place in LONGER
        if sizes.get(place, 0) <= LONGEST_FUNCTION and not (place in CODE and text(place).count("\n") > LONGEST_FILE)
    ]

    assert not stale
    assert all(len(reason) > 20 for reason in LONGER.values())


def _functions(name: str) -> dict[str, int]:
    """Return the length of every function of a file [lines], its docstring aside."""
    documents = docstrings(name)
    sizes = {}
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            said = [child for child in ast.walk(node.body[0]) if id(child) in documents]
            documented = sum((child.end_lineno or 0) - child.lineno + 1 for child in said[:1])
            sizes[f"{name}:{node.name}"] = (node.end_lineno or 0) - node.lineno + 1 - documented
    return sizes
