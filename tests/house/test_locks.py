"""Locks and declarations: complete, exact, with hashes, and of no particular machine."""

import json
import re
import tomllib

import pytest

from tests.house.checkout import files, text

LOCKS = files(".txt", under=("requirements",))
PROJECT = tomllib.loads(text("pyproject.toml"))
GROUPS = {name: [it for it in group if isinstance(it, str)] for name, group in PROJECT["dependency-groups"].items()}
DECLARED = {"runtime": PROJECT["project"]["dependencies"], **GROUPS}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address_and_no_path(name: str) -> None:
    """It must work for whoever reaches the same packages another way."""
    said = text(name)

    assert not re.search(
        r"://|--(?:extra-)?index-url|--find-links|--trusted-host|(?<![\w.-])/(?:home|root|work|opt|tmp)/", said
    )


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes(name: str) -> None:
    """pip refuses the whole lock otherwise."""
    blocks = re.split(r"\n(?=[a-z0-9])", text(name))[1:]

    assert blocks
    assert not [block.split()[0] for block in blocks if "--hash=sha256:" not in block or "==" not in block]


@pytest.mark.parametrize("group", DECLARED)
def test_what_is_declared_is_locked(group: str) -> None:
    """A dependency added without `make lock` would only work here."""
    locked = set(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==", text(f"requirements/{group}.txt"), re.MULTILINE))

    assert {re.split(r"[<>=!\[ ]", it)[0] for it in DECLARED[group]} <= locked


def test_tests_run_on_the_demo_s_versions() -> None:
    """The two locks agree on every package they share."""
    runtime, test = (
        set(re.findall(r"^[a-z0-9-]+==[^ ]+", text(f"requirements/{it}.txt"), re.MULTILINE))
        for it in ("runtime", "test")
    )

    assert runtime <= test


def test_every_dependency_says_why_it_is_here() -> None:
    """A comment on its own line of pyproject.toml."""
    lines = text("pyproject.toml").splitlines()
    names = [re.escape(it) for group in ("runtime", "test") for it in DECLARED[group]]

    for name in names:
        (line,) = [it for it in lines if re.match(rf'\s*"{name}"', it)]
        assert re.search(r"# \w.{4,}", line), line


def test_browser_libraries_are_exact_and_of_no_address() -> None:
    """package.json names one version each, and the lock holds their hashes."""
    wanted = json.loads(text("package.json"))["dependencies"]
    locked = json.loads(text("package-lock.json"))["packages"]

    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert "resolved" not in text("package-lock.json")
    assert all("integrity" in entry for name, entry in locked.items() if name)
