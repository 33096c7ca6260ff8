"""Lists that people upload: workbooks and registers made to hurt, each fault told, nothing half taken."""

import time
from pathlib import Path
from typing import Any

import pytest

from ingest.register import read_assets
from street.errors import ConfigError
from street.people_sheet import Known, PeopleSheet, read_people
from tests.hostile.catalogue import Case, named, through
from tests.hostile.workbooks import WORKBOOKS, a_workbook

pytestmark = pytest.mark.hostile

LONGEST_S = 5.0  # of any workbook, on a shared machine; what is feared takes minutes
KNOWN = Known({"taken": "p1"}, {"370202007": "370202007", "370202007001": "370202007001"})


def workbook(sent: dict[str, Any]) -> bytes:
    """Return the bytes of a case."""
    return WORKBOOKS[sent["workbook"]]() if "workbook" in sent else a_workbook(sent["title"], sent["rows"])


@pytest.mark.parametrize("case", through("xlsx"), ids=named)
def test_a_workbook_is_told_all_that_is_wrong_with_it(case: Case) -> None:
    """Each fault with its row and column; within seconds, whatever it unfolds to; nothing is written outside."""
    content = workbook(case["sent"])

    began_s = time.monotonic()
    found: PeopleSheet = read_people(content, KNOWN)
    took_s = time.monotonic() - began_s

    assert [[it.sheet, it.row, it.column, it.code] for it in found.faults] == case["expected"]["faults"]
    assert took_s < LONGEST_S
    assert not Path("/tmp/hostile-slip.txt").exists()
    for person in found.people:
        assert person.login == person.login.lower()
        assert person.must_change_password


@pytest.mark.parametrize("case", through("register"), ids=named)
def test_a_register_is_told_all_that_is_wrong_with_it(case: Case, tmp_path: Path) -> None:
    """Each bad row is left out and named; a file that is none at all stops the start with one line."""
    path = tmp_path / "assets.csv"
    sent, expected = case["sent"], case["expected"]["faults"]
    path.write_bytes(sent["text"].encode(sent.get("encoding", "utf-8")))

    if expected is None:
        with pytest.raises(ConfigError, match="expected"):
            read_assets(path)
        return
    assets, faults = read_assets(path)

    assert [[fault.line, fault.field] for fault in faults] == expected
    assert len(assets) == sent["text"].count("\n") - 1 - len(faults)
