"""Files for spreadsheets: what somebody wrote is a text in them, and every text is there as it was."""

import csv
import io
import json
from contextlib import closing

import pytest

from bench.mqtt_socket import packet
from street import clock
from street.store import Entry
from tests.hostile.accounts import BY, Accounts, ask
from tests.hostile.catalogue import Case, named, through
from tests.hostile.conftest import publisher
from tests.journeys.stack import Stack, until

pytestmark = pytest.mark.hostile

CASES = through("export")
RUNS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"


def of(export: str) -> list[Case]:
    """Return the cases of one file."""
    return [case for case in CASES if case["sent"]["export"] == export]


@pytest.fixture(scope="module")
def files(street: Stack, accounts: Accounts) -> dict[str, list[list[str]]]:
    """Both files, read as a spreadsheet reads them."""
    entries = [
        Entry(clock.now_us(), "hostile.export", case["sent"]["text"], "done", BY, reason=case["id"])
        for case in of("audit")
    ]
    accounts.store.audit().add(entries)
    made = {
        "ts": clock.now_us() // 1000,
        "matter": "20101",
        "severity": 4,
        "description": None,
        "lon": 120.3225,
        "lat": 36.0625,
    }
    bodies = [
        made | {"id": case["id"], "title": case["sent"]["text"], "address": case["id"]} for case in of("incidents")
    ]
    with closing(publisher(street)) as line:
        line.publish(
            [packet("street/incidents/exports", json.dumps(body).encode(), n) for n, body in enumerate(bodies, 1)]
        )
    reader = accounts.store.reader()
    ids = [f"exports/{case['id']}" for case in of("incidents")]
    until(lambda: len(reader.incidents(ids)) == len(ids), "all incidents are stored")
    reader.close()
    return {
        "audit": _read(street, accounts, "auditor", "/desk/audit.csv?action=hostile.export"),
        "incidents": _read(street, accounts, "squad_leader", "/api/incidents.csv"),
    }


def _read(street: Stack, accounts: Accounts, role: str, path: str) -> list[list[str]]:
    reply = ask(street.ports["PORT"], "GET", path, {"Cookie": accounts[role].cookies})
    assert reply.status == 200, reply.text[:200]
    assert reply.header("content-disposition").startswith("attachment")
    assert reply.body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(reply.body.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_text_in_a_file_is_a_text(case: Case, files: dict[str, list[list[str]]]) -> None:
    """With an apostrophe before it where a program would run it; otherwise letter for letter."""
    rows = [row for row in files[case["sent"]["export"]] if case["id"] in row]

    assert len(rows) == 1
    assert case["expected"]["cell"] in rows[0]


def test_no_cell_of_any_file_begins_with_what_runs(files: dict[str, list[list[str]]]) -> None:
    """Whatever else stands in them: only a number may begin with a sign."""
    cells = [cell for rows in files.values() for row in rows for cell in row if cell]

    assert not [cell for cell in cells if cell[0] in RUNS and not cell.lstrip("-").replace(".", "").isdigit()]
    assert len({len(row) for row in files["audit"][:-1]}) == 1
