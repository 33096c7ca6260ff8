"""The week of shifts."""

from datetime import date

import pytest

from layouts import ids
from layouts.desk.moments import midnight_us
from layouts.desk.roster import day_span, monday_of, roster_page, shift_panel, shift_text, shift_value
from layouts.wording import desk_words_in
from street.clock import DAY_US, HOUR_US
from street.people import Shift
from tests.layouts.desk.reading import AREAS, NOW_US, a_person, a_viewer, links, piece, pieces, said

DAY = date(2026, 11, 24)
MIDNIGHT = midnight_us(DAY)


def a_shift(starts: float = 8, ends: float = 20) -> Shift:
    """Return a shift of that day [h]."""
    return Shift(
        person_id="p-1", starts_us=MIDNIGHT + int(starts * HOUR_US), ends_us=MIDNIGHT + int(ends * HOUR_US)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "shift", "text"),
    [
        ("zh", a_shift(), "08:00–20:00"),
        ("zh", a_shift(20, 32), "20:00–次日08:00"),
        ("en", a_shift(20, 32), "20:00–08:00 +1"),
        ("zh", a_shift(16, 24), "16:00–24:00"),
    ],
)
def test_a_shift_is_told_by_its_hours(lang: str, shift: Shift, text: str) -> None:
    """Midnight is the end of its day; beyond it is the next."""
    assert shift_text(shift, desk_words_in(lang)) == text


def test_a_week_begins_on_monday() -> None:
    """Of the day that the address names, else of today."""
    assert monday_of({}, NOW_US) == date(2026, 11, 23)
    assert monday_of({"week": "2026-12-06"}, NOW_US) == date(2026, 11, 30)
    assert monday_of({"week": "1600-01-01"}, NOW_US) == date(2026, 11, 23)


def test_the_shift_that_holds_now_stands_out() -> None:
    """In the column of today, and only there."""
    shown = roster_page(
        a_viewer(path="/desk/roster"), [a_person(is_on_duty=True)], [a_shift(), a_shift(44, 56)], AREAS, aside=None
    )

    assert [one["children"] for one in pieces(shown) if one.get("className") == "shift now"] == ["08:00–20:00"]
    assert "当前在岗 1 人" in said(shown)
    assert [one["scope"] for one in pieces(shown) if one.get("className") == "today" and one["type"] == "Th"] == ["col"]


def test_every_day_of_everybody_is_a_link_that_says_what_is_there() -> None:
    """A screen reader hears name, day and hours; a keyboard reaches each."""
    shown = roster_page(a_viewer(path="/desk/roster"), [a_person()], [a_shift()], AREAS, aside=None)

    assert "李娜 · 2026-11-24: 08:00–20:00" in said(shown)
    assert "李娜 · 2026-11-25: 当天没有班次" in said(shown)
    assert "?person=p-1&day=2026-11-24" in links(shown)


def test_the_panel_carries_what_it_shows() -> None:
    """So that a day that was changed meanwhile is noticed."""
    shown = shift_panel(a_viewer(path="/desk/roster"), a_person(), DAY, [a_shift()], may_change=True)

    subject = piece(shown, ids.SHIFT_SUBJECT)["data"]
    assert subject == {"person_id": "p-1", "day": "2026-11-24", "known": [shift_value(a_shift())]}
    assert piece(shown, ids.SHIFT_KEPT)["value"] == [shift_value(a_shift())]
    assert piece(shown, ids.SHIFT_FROM)["list"] == ids.SHIFT_HOURS


def test_who_may_only_look_gets_no_button() -> None:
    """And is told so."""
    shown = shift_panel(a_viewer(path="/desk/roster"), a_person(), DAY, [], may_change=False)

    assert not [one for one in pieces(shown) if one["type"] == "Button"]
    assert "您只能查看班表" in said(shown)
    assert "当天没有班次" in said(shown)


def test_a_day_is_a_days_length() -> None:
    """There is no summer time in Shanghai."""
    begins_us, ends_us = day_span(DAY)

    assert ends_us - begins_us == DAY_US
