"""docs/asvs.csv says which requirements of OWASP ASVS 5.0.0 are met, and by which test; this keeps it true."""

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.house.checkout import PACKAGES, ROOT, files, text, tree
from tests.house.test_places import without_comments

COLUMNS = ["id", "level", "applies", "control", "test", "status", "reason"]
# The numbers of levels 1 and 2, as published: first-last of each run.
LEVELS_1_AND_2 = """
1.1.1-2 1.2.1-9 1.3.1-11 1.4.1-3 1.5.1-2 2.1.1-3 2.2.1-3 2.3.1-4 2.4.1 3.2.1-2 3.3.1-4 3.4.1-6 3.5.1-5 3.7.1-2
4.1.1-3 4.2.1 4.3.1-2 4.4.1-4 5.1.1 5.2.1-3 5.3.1-2 5.4.1-3 6.1.1-3 6.2.1-12 6.3.1-4 6.4.1-4 6.5.1-5 6.6.1-3
6.8.1-4 7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2 7.6.1-2 8.1.1-2 8.2.1-3 8.3.1 8.4.1 9.1.1-3 9.2.1-4 10.1.1-2
10.2.1-2 10.3.1-4 10.4.1-11 10.5.1-5 10.6.1-2 10.7.1-3 11.1.1-2 11.2.1-3 11.3.1-3 11.4.1-4 11.5.1 11.6.1
12.1.1-3 12.2.1-2 12.3.1-4 13.1.1 13.2.1-5 13.3.1-2 13.4.1-5 14.1.1-2 14.2.1-4 14.3.1-3 15.1.1-3 15.2.1-3
15.3.1-7 16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 17.2.1-4 17.3.1-2
"""
LEVEL_1 = """
1.2.1-5 1.3.1-2 1.5.1 2.1.1 2.2.1-2 2.3.1 3.2.1-2 3.3.1 3.4.1-2 3.5.1-3 4.1.1 4.4.1 5.2.1-2 5.3.1-2 6.1.1
6.2.1-8 6.3.1-2 6.4.1-2 7.2.1-4 7.4.1-2 8.1.1 8.2.1-2 8.3.1 9.1.1-3 9.2.1 10.4.1-5 11.3.1-2 11.4.1 12.1.1
12.2.1-2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1
"""
# Besides tests: documents, for what asks for a document, and the rules that `make check` runs.
DOCUMENTS = re.compile(r"docs/[a-z]+\.md|pyproject\.toml")
STATES = {"met", "partly", "open", "not applicable"}
STORES = re.compile(r"\b(?:localStorage|sessionStorage|indexedDB|caches)\b|document\.cookie\s*=")


def numbers(runs: str) -> list[str]:
    """Return every number of *runs*, as in "1.1.1-2"."""
    found = []
    for run in runs.split():
        first, _, last = run.partition("-")
        section, number = first.rsplit(".", 1)
        found += [f"{section}.{it}" for it in range(int(number), int(last or number) + 1)]
    return found


def table() -> list[dict[str, str]]:
    """Return the rows of docs/asvs.csv."""
    return list(csv.DictReader(text("docs/asvs.csv").splitlines()))


ROWS = [pytest.param(row, id=row["id"]) for row in table()]


def test_every_requirement_of_levels_1_and_2_has_its_row() -> None:
    """In the order of the standard, each once, at its level."""
    rows = table()
    ones = set(numbers(LEVEL_1))

    assert list(rows[0]) == COLUMNS
    assert [row["id"] for row in rows] == numbers(LEVELS_1_AND_2)
    assert len(rows) == 253
    assert [row["id"] for row in rows if row["level"] != ("1" if row["id"] in ones else "2")] == []


@pytest.mark.parametrize("row", ROWS)
def test_a_row_says_what_its_state_demands(row: dict[str, str]) -> None:
    """What is met names its proof, and what is not says why; what does not apply says what we do not have."""
    applies = row["applies"] == "yes"

    assert row["status"] in STATES
    assert applies == (row["status"] != "not applicable")
    assert bool(row["control"]) == applies
    assert bool(row["reason"]) == (row["status"] != "met")
    if row["status"] == "met":
        assert row["test"]


@pytest.mark.parametrize("row", [it for it in ROWS if dict(it.values[0])["test"]])
def test_a_proof_exists(row: dict[str, str]) -> None:
    """A test that was renamed proves nothing any more."""
    missing = [proof for proof in row["test"].split() if not _exists(proof)]

    assert missing == []


def test_a_proof_that_does_not_exist_is_noticed() -> None:
    """So the test above can fail."""
    assert not _exists("tests/house/test_asvs.py::test_nothing_of_this_name")
    assert not _exists("tests/house/test_nothing.py::test_a_proof_exists")
    assert not _exists("docs/nothing.md")
    assert not _exists("street/policy.py")
    assert _exists("tests/house/test_asvs.py::test_a_proof_exists")


def test_no_page_keeps_anything_in_the_browser() -> None:
    """14.3.3: what a page stores outlives its session; the cookies are the server's."""
    kept = [name for name in files(".js", ".mjs", under=PACKAGES) if STORES.search(without_comments(text(name)))]

    assert kept == []


def _exists(proof: str) -> bool:
    name, _, test = proof.partition("::")
    if not (ROOT / name).is_file():
        return False
    return test in _tests_of(name) if test else DOCUMENTS.fullmatch(name) is not None


@cache
def _tests_of(name: str) -> frozenset[str]:
    if not Path(name).name.startswith("test_"):
        return frozenset()
    nodes: list[Any] = list(tree(name).body)
    return frozenset(node.name for node in nodes if hasattr(node, "name") and node.name.startswith("test_"))
