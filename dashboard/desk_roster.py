"""The roster page: whose week may be seen, and one day of one person to change."""

from datetime import date, timedelta

from dash import Dash, Input, Output, State, no_update
from dash.development.base_component import Component

from dashboard import asking
from dashboard.desk_people import led_to
from dashboard.desk_view import may_change, may_see, note_refusal, viewer_at
from dashboard.office import Office
from dashboard.threads import off_loop
from layouts import ids
from layouts.desk.addresses import ROSTER, search_of
from layouts.desk.areas import Areas
from layouts.desk.frame import Viewer
from layouts.desk.moments import day_of, midnight_us, read_clock, read_day
from layouts.desk.people import home_of
from layouts.desk.pieces import said
from layouts.desk.roster import LONGEST, day_span, monday_of, roster_page, shift_panel, shift_value
from street.clock import SECOND_US
from street.errors import FieldError, StoreError
from street.people import Person, Role, Shift, lies_in
from street.policy import Action

NEVER_ON_DUTY = frozenset({Role.WALL, Role.AUDITOR})
MOST_SHIFTS = 12  # of one person on one day


def join(pages: Dash, office: Office, areas: Areas) -> None:  # noqa: ARG001 - joined like its neighbours
    """Join the filter to the address, and the panel's button to what it does."""
    address = State(ids.DESK_PLACE, "search")

    def save_day(clicks: object, day: object, kept: object, begins: object, ends: object, search: object) -> object:
        if not clicks:
            return no_update, no_update
        return save(office, viewer_at(office, ROSTER, search), day, kept, (begins, ends))

    pages.callback(
        Output(ids.ROSTER_GO, "search"), Input(ids.ROSTER_AREA, "value"), address, prevent_initial_call=True
    )(off_loop(filtered))  # fmt: skip
    pages.callback(
        Output(ids.SHIFT_SAID, "children"),
        Output(ids.SHIFT_GO, "search"),
        Input(ids.SHIFT_SAVE, "n_clicks"),
        State(ids.SHIFT_SUBJECT, "data"),
        State(ids.SHIFT_KEPT, "value"),
        State(ids.SHIFT_FROM, "value"),
        State(ids.SHIFT_TO, "value"),
        address,
        prevent_initial_call=True,
    )(off_loop(save_day))


def page(office: Office, viewer: Viewer, areas: Areas) -> Component:
    """Return the week that the address means, for who asks."""
    area_id = viewer.query.get("area", "")
    seen = {
        person.person_id: person
        for person in office.people.all()
        if person.is_active and person.roles - NEVER_ON_DUTY and may_see(Action.SEE_ROSTER, person)
    }
    people = [
        person
        for person in seen.values()
        if not area_id or any(lies_in(grant.area_id, area_id) for grant in person.grants)
    ]
    people.sort(key=lambda person: (home_of(person), person.name))
    monday = monday_of(viewer.query, viewer.now_us)
    from_us, to_us = midnight_us(monday), midnight_us(monday + timedelta(days=7))
    shifts = [shift for shift in office.roster.shifts(from_us, to_us) if shift.person_id in seen]
    person, day = seen.get(viewer.query.get("person", "")), read_day(viewer.query.get("day", ""))
    aside = None
    if person is not None and day is not None:
        own = shifts_of(office, person.person_id, day)
        aside = shift_panel(viewer, person, day, own, may_change=may_change(Action.CHANGE_ROSTER, person))
    return roster_page(viewer, people, shifts, areas, aside=aside)


def filtered(area: object, search: object) -> object:
    """Return the address for the area that is chosen."""
    return led_to(search, area=area)


def shifts_of(office: Office, person_id: str, day: date) -> list[Shift]:
    """Return the person's shifts that begin on *day*."""
    from_us, to_us = day_span(day)
    return [
        shift
        for shift in office.roster.shifts(from_us, to_us)
        if shift.person_id == person_id and from_us <= shift.starts_us < to_us
    ]


def save(
    office: Office, viewer: Viewer, subject: object, kept: object, added: tuple[object, object]
) -> tuple[object, object]:
    """Store a day's shifts: those still checked, and one that was typed; return what to say and where that leads."""
    words = viewer.words
    person, day, known = _subject(office, subject)
    if person is None or day is None:
        return said(words["refused"], "wrong"), no_update
    if not may_change(Action.CHANGE_ROSTER, person):
        note_refusal(office, Action.CHANGE_ROSTER, f"person/{person.person_id}")
        return said(words["refused"], "wrong"), no_update
    before = shifts_of(office, person.person_id, day)
    if known != {shift_value(shift) for shift in before}:
        return said(words["superseded"], "wrong"), no_update
    wanted = set(kept) if isinstance(kept, list) and all(isinstance(one, str) for one in kept) else set()
    shifts = [shift for shift in before if shift_value(shift) in wanted]
    if any(isinstance(text, str) and text.strip() for text in added):
        shift = read_shift(person.person_id, day, *added)
        if shift is None or len(shifts) >= MOST_SHIFTS:
            return said(words["shift_wrong"], "wrong"), no_update
        shifts.append(shift)
    from_us, to_us = day_span(day)
    try:
        office.roster.replace(person.person_id, from_us, to_us, shifts, by=asking.actor())
    except FieldError:
        return said(words["shift_clash"], "wrong"), no_update
    except StoreError:
        return said(words["store_away"], "wrong"), no_update
    return no_update, search_of(viewer.query, saved=len(shifts))


def read_shift(person_id: str, day: date, begins: object, ends: object) -> Shift | None:
    """Return the shift that two clock times on *day* mean; an end that is not after the start is on the next day."""
    if not isinstance(begins, str) or not isinstance(ends, str):
        return None
    start, end = read_clock(begins), read_clock(ends)
    if start is None or end is None or start >= LONGEST:
        return None
    if end <= start:
        end += timedelta(days=1)
    if end - start > LONGEST:
        return None
    midnight = midnight_us(day)
    starts_us, ends_us = (midnight + int(span.total_seconds()) * SECOND_US for span in (start, end))
    return Shift(person_id=person_id, starts_us=starts_us, ends_us=ends_us)


def _subject(office: Office, subject: object) -> tuple[Person | None, date | None, set[object]]:
    if not isinstance(subject, dict):
        return None, None, set()
    person_id, day, known = (subject.get(name) for name in ("person_id", "day", "known"))
    if not isinstance(person_id, str) or not isinstance(day, str) or not isinstance(known, list) or "\x00" in person_id:
        return None, None, set()
    read = read_day(day)
    is_ours = read is not None and day_of(0) < read and read.year < 2200
    return office.people.get(person_id), read if is_ours else None, {one for one in known if isinstance(one, str)}
