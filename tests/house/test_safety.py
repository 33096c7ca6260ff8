"""What may not stand in the code at all."""

import ast
import json
import re

import pytest

from tests.house.checkout import PACKAGES, files, text, tree
from tests.house.test_places import without_comments

RUNS_WHAT_IT_READS = {"eval", "exec", "compile", "__import__"}
UNSAFE_MODULES = {"pickle", "shelve", "marshal", "dill", "joblib", "diskcache"}
UNSAFE_SCRIPT = re.compile(
    r"\b(?:eval|Function)\(|\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|importScripts"
)


@pytest.mark.parametrize("name", files(".py", under=(*PACKAGES, "scripts", "bench")))
def test_nothing_that_is_read_is_run(name: str) -> None:
    """Pickle, eval and yaml.load turn bytes from outside into our own deeds."""
    calls = [ast.unparse(node.func) for node in ast.walk(tree(name)) if isinstance(node, ast.Call)]
    imports = {
        alias.name.split(".")[0]
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {(node.module or "").split(".")[0] for node in ast.walk(tree(name)) if isinstance(node, ast.ImportFrom)}

    assert not RUNS_WHAT_IT_READS & set(calls)
    assert not UNSAFE_MODULES & imports
    assert not {"yaml.load", "yaml.unsafe_load", "os.system", "os.popen"} & set(calls)


@pytest.mark.parametrize("name", files(".js", ".mjs", under=PACKAGES))
def test_payload_text_stays_text_in_the_browser(name: str) -> None:
    """What a device wrote reaches the page by textContent alone."""
    assert not UNSAFE_SCRIPT.search(without_comments(text(name)))


@pytest.mark.parametrize("name", files(".js", ".mjs", ".css", ".json", under=("dashboard", "layouts", "street/geo")))
def test_no_request_leaves_the_origin(name: str) -> None:
    """A wall in an office without the internet shows the same; names of XML spaces are no requests."""
    addresses = re.findall(
        r"(?:https?:)?//(?!www\.w3\.org)[a-z0-9-]+\.[a-z.]{2,}[^\s'\"]*", without_comments(text(name))
    )

    assert not addresses


@pytest.mark.parametrize("name", files(".geojson"))
def test_every_map_is_our_own_drawing(name: str) -> None:
    """Surveyed maps of China need a permit; ours are drawn by us and say so."""
    drawing = json.loads(text(name))

    assert drawing["source"] == "own schematic"


def test_the_contracts_have_no_back_door() -> None:
    """`ignore_imports` is how an arrow dies."""
    assert "ignore_imports" not in text("pyproject.toml")


def test_the_licence_is_here() -> None:
    """What the metadata says is what the file says."""
    assert "Apache License" in text("LICENSE")
    assert 'license = "Apache-2.0"' in text("pyproject.toml")
