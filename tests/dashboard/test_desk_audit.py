"""The audit page: what is sought, shown, and whether the chain is whole."""

from dataclasses import replace

import pytest
from dash import no_update
from sqlalchemy import create_engine, text

from dashboard.desk_audit import Verdicts, filtered, page, sought_by
from dashboard.desk_view import viewer_at
from layouts.desk.addresses import AUDIT
from layouts.desk.moments import midnight_us, read_day
from street.clock import DAY_US, MINUTE_US, now_us
from street.people import Actor, Role
from street.store import Entry
from tests.dashboard.conftest import Written
from tests.dashboard.desk_office import Desk, asked_by
from tests.dashboard.desk_office import said as text_of


def an_entry(action: str = "person.change", **changes: object) -> Entry:
    """Return something that was done."""
    by = Actor("p", "lina", "10.0.0.7", "s-1", "r-1")
    entry = Entry(now_us(), action, "person/x", "done", by, '{"unit":"a"}', '{"unit":"b"}')
    return replace(entry, **changes)  # type: ignore[arg-type]  # by name


def test_the_page_says_who_what_where_from_and_to(street: Written) -> None:
    """All of UX S-05 in one row, and all of it in the panel."""
    desk = Desk(street)
    street.store.audit().add([an_entry()])
    number = street.store.audit().head().entry_no

    with asked_by(street.sign_in(Role.AUDITOR)):
        shown = text_of(page(desk.office, viewer_at(desk.office, AUDIT, f"?entry={number}&actor=lina"), desk.areas))

    for wanted in ("lina", "修改人员", "person/x", '{"unit":"a"}', '{"unit":"b"}', "10.0.0.7", "s-1", "r-1", "共 1 条"):
        assert wanted in shown


def test_what_looks_like_a_component_is_shown_as_text(street: Written) -> None:
    """A note that a browser would build an iframe from stays a note."""
    desk = Desk(street)
    note = '{"type":"Iframe","namespace":"dash_html_components","props":{"srcDoc":"x"}}'
    street.store.audit().add([an_entry(after=note, reason="<script>alert(1)</script>")])
    number = street.store.audit().head().entry_no

    with asked_by(street.sign_in(Role.AUDITOR)):
        shown = page(desk.office, viewer_at(desk.office, AUDIT, f"?entry={number}"), desk.areas)

    assert note in text_of(shown)
    assert "<script>alert(1)</script>" in text_of(shown)


def test_a_long_record_is_paged_without_gaps(street: Written) -> None:
    """The next page begins where this one ended."""
    desk = Desk(street)
    street.store.audit().add([an_entry(reason=f"n{number}") for number in range(120)])
    seen: list[str] = []
    search = "?action=person.change"

    with asked_by(street.sign_in(Role.AUDITOR)):
        for before in ("", "&before=71", "&before=21"):
            shown = text_of(page(desk.office, viewer_at(desk.office, AUDIT, search + before), desk.areas))
            seen += [piece for piece in shown.split("|") if piece.isdigit() and len(piece) < 4]

    assert seen == [str(number) for number in range(120, 0, -1)]


@pytest.mark.parametrize(
    ("query", "span"),
    [
        pytest.param({"from": "2026-11-24", "to": "2026-11-24"}, (0, DAY_US), id="a whole day"),
        pytest.param({"from": "2026-11-24 08:00", "to": "2026-11-24 08:30"}, (480, 510), id="half an hour"),
        pytest.param({"from": "2026-11-24"}, (0, None), id="open end"),
        pytest.param({"from": "2026-11-25", "to": "2026-11-23"}, None, id="backwards"),
        pytest.param({"from": "1926-01-01", "to": "2026-01-01"}, None, id="a hundred years"),
        pytest.param({"from": "yesterday"}, None, id="a word"),
        pytest.param({"from": "2026-02-30"}, None, id="no such day"),
        pytest.param({"to": "9999-12-31 23:59:59"}, "any", id="the end of time"),
    ],
)
def test_times_are_read_as_people_write_them(query: dict[str, str], span: object) -> None:
    """In the street's zone; what is none, or too long, is told and not guessed."""
    sought = sought_by(query)

    if span is None:
        assert sought is None
        return
    assert sought is not None
    if isinstance(span, tuple):
        day = read_day("2026-11-24")
        assert day is not None
        midnight = midnight_us(day)
        minutes = [None if it is None else midnight + (it if it > 1_000 else it * MINUTE_US) for it in span]
        assert [sought.get("from_us"), sought.get("to_us")] == minutes


def test_wrong_times_are_said_on_the_page(street: Written) -> None:
    """And no entries are shown, which would look like an answer."""
    desk = Desk(street)

    with asked_by(street.sign_in(Role.AUDITOR)):
        shown = text_of(page(desk.office, viewer_at(desk.office, AUDIT, "?from=2026-11-25&to=2026-11-23"), desk.areas))

    assert "时间须写作" in shown
    assert "session.begin" not in shown


def test_the_verdict_names_the_first_row_that_was_touched(street: Written) -> None:
    """Somebody with the database's password changed one entry."""
    desk = Desk(street)
    street.store.audit().add([an_entry(reason=f"n{number}") for number in range(9)])
    with asked_by(street.sign_in(Role.AUDITOR)):
        verdicts, viewer = Verdicts(desk.office), viewer_at(desk.office, AUDIT, "")
        whole = text_of(verdicts.told(viewer, is_asked=False))
        _tamper(street, 4)
        again = text_of(verdicts.told(viewer, is_asked=False))
        asked = text_of(verdicts.told(viewer, is_asked=True))

    assert "审计链完整 · 11 条" in whole
    assert again == whole
    assert "自第 4 条起不符" in asked


def test_nobody_but_the_auditor_is_told_the_verdict(street: Written) -> None:
    """The admin must not learn whether a touch was noticed."""
    desk = Desk(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        told = text_of(Verdicts(desk.office).told(viewer_at(desk.office, AUDIT, ""), is_asked=True))

    assert "没有权限" in told


def test_filters_lead_to_their_address() -> None:
    """All of them, in one press; an open entry is closed."""
    given = ["2026-11-24", "", "lina", "person/", "10.0.0.7"]

    led = filtered(1, "done", "person.", *([None] * 5), *given, "?entry=4&lang=en")

    assert led == ("?lang=en&outcome=done&action=person.&from=2026-11-24&actor=lina&object=person%2F&address=10.0.0.7")
    assert filtered(None, None, None, *([None] * 5), *([None] * 5), "?lang=en") is no_update


def _tamper(street: Written, number: int) -> None:
    engine = create_engine(street.config.store.url)
    with engine.begin() as connection:
        names = connection.execute(
            text("select name from sqlite_master where type = 'trigger' and tbl_name = 'audit'")
        ).scalars()
        for name in list(names):
            connection.execute(text(f'drop trigger "{name}"'))
        connection.execute(text("update audit set reason = 'other' where entry_no = :no"), {"no": number})
    engine.dispose()
