"""The roster page: a week of shifts, one row a person; one day of one person beside it, to change."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.addresses import ROSTER, search_of
from layouts.desk.areas import Areas
from layouts.desk.frame import Viewer
from layouts.desk.moments import clock, day_of, midnight_us, read_day
from layouts.desk.people import shown_name
from layouts.desk.pieces import (
    Part,
    Words,
    beside,
    button,
    choice,
    field,
    line,
    link,
    named,
    page_head,
    panel,
    said,
    told,
)
from street.people import Person, Shift

USUAL_HOURS = ("00:00", "06:00", "08:00", "14:00", "16:00", "20:00", "22:00", "24:00")
PARTED = "-"  # between a shift's two instants in the list's values

LONGEST = timedelta(hours=24)
WEEK = timedelta(days=7)


def monday_of(query: Mapping[str, str], now_us: int) -> date:
    """Return the Monday of the week an address means: the one that holds its `week`, else the present one."""
    said_day = read_day(query.get("week", ""))
    day = said_day if said_day is not None and 1971 <= said_day.year <= 2200 else day_of(now_us)
    return day - timedelta(days=day.weekday())


def shift_value(shift: Shift) -> str:
    """Return a shift as the list of a day carries it."""
    return f"{shift.starts_us}{PARTED}{shift.ends_us}"


def shift_text(shift: Shift, words: Words) -> str:
    """Return `08:00–20:00`, saying so where it ends on the next day."""
    is_over = day_of(shift.ends_us - 1) > day_of(shift.starts_us)
    is_midnight = clock(shift.ends_us) == "00:00" and not is_over
    ends = "24:00" if is_midnight else clock(shift.ends_us)
    return f"{clock(shift.starts_us)}–{words['over_night'].format(at=ends) if is_over else ends}"


def roster_page(
    viewer: Viewer, people: Sequence[Person], shifts: Iterable[Shift], areas: Areas, *, aside: Component | None
) -> Component:
    """Return the page for the week that the address means.

    Args:
        viewer: who looks.
        people: who may be on duty, in the order of the list.
        shifts: all that touch the week.
        areas: their names.
        aside: the panel of the chosen day.
    """
    words, query = viewer.words, viewer.query
    monday = monday_of(query, viewer.now_us)
    bare = {**query, "person": "", "day": "", "saved": ""}
    turns: list[Part] = [
        link(words["week_before"], ROSTER + search_of(bare, week=str(monday - WEEK)), "button plain"),
        link(words["this_week"], ROSTER + search_of(bare, week=""), "button plain"),
        link(words["week_after"], ROSTER + search_of(bare, week=str(monday + WEEK)), "button plain"),
    ]
    span = words["week_of"].format(**{"from": monday, "to": monday + timedelta(days=6)})
    on_now = words["on_now"].format(n=sum(person.is_on_duty for person in people))
    shown = [
        page_head(words["roster"], f"{span} · {on_now}", turns),
        _filters(viewer, areas),
        _week(viewer, monday, people, list(shifts)) if people else html.P(words["no_match"], className="nothing"),
    ]
    return beside(shown, aside)


def _filters(viewer: Viewer, areas: Areas) -> Component:
    words = viewer.words
    area = choice(ids.ROSTER_AREA, areas.options(viewer.lang), viewer.query.get("area"), words["all"])
    return html.Div(
        [dcc.Location(id=ids.ROSTER_GO, refresh="callback-nav"), field(area, words["area"], classes="wide")],
        className="filters", role="search",
    )  # fmt: skip


def _week(viewer: Viewer, monday: date, people: Sequence[Person], shifts: Sequence[Shift]) -> Component:
    words = viewer.words
    days = [monday + timedelta(days=number) for number in range(7)]
    today = day_of(viewer.now_us)
    by_day: dict[tuple[str, date], list[Shift]] = {}
    for shift in sorted(shifts, key=lambda it: it.starts_us):
        by_day.setdefault((shift.person_id, day_of(shift.starts_us)), []).append(shift)
    heads = [html.Th(words["person"], scope="col")] + [
        html.Th([name, html.Small(f"{day:%m-%d}")], scope="col", className="today" if day == today else None)
        for name, day in zip(words["weekdays"].split(), days, strict=True)
    ]
    rows = [
        html.Tr(
            [html.Th(_who(viewer, person), scope="row")]
            + [_cell(viewer, person, day, by_day.get((person.person_id, day), []), today) for day in days]
        )
        for person in people
    ]
    made = html.Table(
        [html.Caption(words["roster"], className="unseen"), html.Thead(html.Tr(heads)), html.Tbody(rows)],
        className="week",
    )
    return html.Div(made, className="sheet", tabIndex="0", role="region", **named(words["roster"]))


def _who(viewer: Viewer, person: Person) -> list[Part]:
    words = viewer.words
    roles = " · ".join(dict.fromkeys(words[f"role_{grant.role}"] for grant in person.grants))
    return [
        html.B(shown_name(person, viewer.lang)),
        html.Small(words["on_duty"], className="chip ours") if person.is_on_duty else None,
        html.Small(roles),
    ]


def _cell(viewer: Viewer, person: Person, day: date, shifts: Sequence[Shift], today: date) -> Component:
    words, query = viewer.words, viewer.query
    address = search_of(query, person=person.person_id, day=str(day), saved="")
    texts: list[Part] = [
        html.Span(
            shift_text(shift, words),
            className="shift now" if shift.starts_us <= viewer.now_us < shift.ends_us else "shift",
        )
        for shift in shifts
    ]
    name = words["shifts_of"].format(name=shown_name(person, viewer.lang), day=day)
    spoken = f"{name}: {', '.join(shift_text(shift, words) for shift in shifts) or words['shift_none']}"
    chosen = (query.get("person"), query.get("day")) == (person.person_id, str(day))
    classes = " ".join(name for name, is_so in (("today", day == today), ("chosen", chosen)) if is_so)
    inside = dcc.Link(
        [*(texts or [html.Span("+", className="add")]), html.Span(spoken, className="unseen")], href=address
    )
    return html.Td(inside, className=classes or None)


def shift_panel(viewer: Viewer, person: Person, day: date, shifts: Sequence[Shift], *, may_change: bool) -> Component:
    """Return the panel of one day of one person; *shifts* are those that begin on it."""
    words = viewer.words
    options = [{"value": shift_value(shift), "label": shift_text(shift, words)} for shift in shifts]
    given: Part = dcc.Checklist(
        id=ids.SHIFT_KEPT, options=options, value=[option["value"] for option in options], className="checks"
    )
    subject = {"person_id": person.person_id, "day": str(day), "known": [option["value"] for option in options]}
    shown: list[Part] = [
        html.Div(
            [dcc.Store(id=ids.SHIFT_SUBJECT, data=subject), dcc.Location(id=ids.SHIFT_GO, refresh="callback-nav")],
            hidden=True,
        ),
        html.Fieldset(
            [html.Legend(words["shift"]), given, html.Small(words["shift_keep" if shifts else "shift_none"])]
        ),
    ]
    if may_change:
        shown += [*_adding(words), html.Div(button(ids.SHIFT_SAVE, words["save"], "main"), className="acts")]
        is_saved = viewer.query.get("saved") == str(len(shifts))
        shown.append(told(ids.SHIFT_SAID, said(words["saved"]) if is_saved else None))
    else:
        texts = [html.Li(shift_text(shift, words)) for shift in shifts]
        shown = [
            html.Ul(texts) if texts else html.P(words["shift_none"]),
            html.P(words["roster_read_only"], className="hint"),
        ]
    close = ROSTER + search_of(viewer.query, person="", day="", saved="")
    return panel(words["shifts_of"].format(name=shown_name(person, viewer.lang), day=day), shown, close, words)


def _adding(words: Words) -> list[Component]:
    hours = html.Datalist([html.Option(value=hour) for hour in USUAL_HOURS], id=ids.SHIFT_HOURS)
    times = [
        field(line(control_id, placeholder=example, list=ids.SHIFT_HOURS), words[key])
        for control_id, key, example in ((ids.SHIFT_FROM, "shift_from", "08:00"), (ids.SHIFT_TO, "shift_to", "20:00"))
    ]
    adding = html.Fieldset(
        [html.Legend(words["shift_add"]), html.Div(times, className="pair"), hours, html.Small(words["shift_form"])]
    )
    return [adding]


def day_span(day: date) -> tuple[int, int]:
    """Return when *day* begins and ends [µs UTC]."""
    return midnight_us(day), midnight_us(day + timedelta(days=1))
