"""Tests mirror the code: whoever changes a file knows where its promises are."""

from pathlib import Path

import pytest

from tests.house.checkout import PACKAGES, ROOT, files, tree

# Modules without a test file of their own, and why.
UNMIRRORED: dict[str, str] = {}

# Folders of tests that are about more than one module.
CROSSING = ("broker", "door", "faults", "hostile", "house", "journeys", "scripts")

MODULES = [
    name for name in files(".py", under=PACKAGES) if not name.endswith("__init__.py") and "/versions/" not in name
]
TESTS = [
    name
    for name in files(".py", under=("tests",))
    if Path(name).name.startswith("test_") and name.split("/")[1] not in CROSSING
]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_its_tests_beside_it(module: str) -> None:
    """`street/store/writer.py` is promised in `tests/street/store/test_writer.py`."""
    path = Path(module)
    mirror = ROOT / "tests" / path.parent / f"test_{path.stem.strip('_')}.py"

    assert mirror.is_file() != (module in UNMIRRORED)


@pytest.mark.parametrize("test", TESTS)
def test_a_test_has_its_module(test: str) -> None:
    """A test that mirrors nothing outlived its module, or belongs to a folder of crossing tests."""
    path = Path(test).relative_to("tests")
    name = path.name.removeprefix("test_")
    candidates = [path.parent / name, path.parent / f"__{name.removesuffix('.py')}__.py", path.parent / name[:-3]]

    assert any((ROOT / candidate).exists() for candidate in candidates) or name == f"{path.parent.name}.py"


def test_every_exemption_is_still_needed() -> None:
    """The list only ever shrinks by hand."""
    assert set(UNMIRRORED) <= set(MODULES)
    assert all(len(reason) > 15 for reason in UNMIRRORED.values())


@pytest.mark.parametrize("test", [name for name in files(".py", under=("tests",)) if "/test_" in name])
def test_a_test_file_holds_tests(test: str) -> None:
    """An empty mirror proves nothing."""
    names = [getattr(node, "name", "") for node in tree(test).body]

    assert any(name.startswith(("test_", "Test")) for name in names)
