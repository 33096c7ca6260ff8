"""The health page: what is heard and how old it is, whether ingest and broker live, and what was refused.

What refreshes by itself is in places of its own: rows, tiles, the instant; a panel's samples stay as they were opened.
"""

from collections.abc import Sequence
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.addresses import HEALTH_NOW, search_of
from layouts.desk.alarm_load import figure_rows, load_section, now_line, top_rows
from layouts.desk.frame import Viewer
from layouts.desk.moments import age, minute, shown_time, stamp
from layouts.desk.pieces import Part, Words, beside, link, page_head, row, table, told
from layouts.desk.vitals import IN_TIME, STATES, Feed, LetterLine, Vitals
from street.clock import SECOND_US, iso

EVERY_MS: Final = 5_000
SILENT_MS: Final = 15_000  # then the page says by itself that nothing new came
YEAR: Final = len("2026-")


def health_page(viewer: Viewer, vitals: Vitals, aside: Component | None) -> Component:
    """Return the page; *aside* is the panel of the chosen group of letters."""
    words = viewer.words
    now = HEALTH_NOW + search_of(viewer.query, told_in=viewer.lang)
    clockwork = [
        dcc.Interval(id=ids.HEALTH_TICK, interval=EVERY_MS),
        dcc.Location(id=ids.HEALTH_GO, refresh="callback-nav"),
    ]
    shown: list[Part] = [
        html.Div(clockwork, hidden=True, **_told(now=now)),
        page_head(words["health"], html.Span(true_at(viewer, vitals), id=ids.HEALTH_TRUE)),
        html.Dl(tiles(vitals, words), id=ids.HEALTH_VITALS, className="vitals"),
        html.Div(_sections(viewer, vitals), className="health-page"),
        _absent() if aside is None else None,
    ]
    return beside(shown, aside)


def _sections(viewer: Viewer, vitals: Vitals) -> list[Component]:
    words = viewer.words
    feeds = ("state", "kind", "gateway", "dialect", "last_reading", "expected", "since", "assets_in_time")
    counts = ("dialect", "health_devices", "readings_this_hour", "refused_ever")
    letters = (
        "letters_why", "dialect", "letters_field", "letters_ever", "letters_kept", "letters_first", "letters_last"
    )  # fmt: skip
    summed = html.Small(feed_sum(vitals, words), id=ids.HEALTH_FEED_SUM)
    tables = (
        (words["health_feeds"], _table(words, feeds, feed_rows(viewer, vitals), ids.HEALTH_FEEDS, "health_feeds")),
        (words["health_dialects"],
         _table(words, counts, dialect_rows(vitals, words), ids.HEALTH_DIALECTS, "health_dialects")),
        (words["letters"], _table(words, letters, letter_rows(viewer, vitals), ids.HEALTH_LETTERS, "letters")),
    )  # fmt: skip
    return [
        html.Section([html.H2([title, summed] if name == "feeds" else title), rows], className=name)
        for name, (title, rows) in zip(("feeds", "dialects", "letters"), tables, strict=True)
    ] + [load_section(viewer, vitals.alarms)]


def refreshed(viewer: Viewer, vitals: Vitals, chosen: Part | list[Part]) -> list[Any]:
    """Return what moves by itself, in the order of the page's places; *chosen* is that of the chosen group."""
    words = viewer.words
    return [
        true_at(viewer, vitals), tiles(vitals, words), feed_sum(vitals, words), feed_rows(viewer, vitals),
        dialect_rows(vitals, words), letter_rows(viewer, vitals), chosen, now_line(words, vitals.alarms),
        figure_rows(words, vitals.alarms), top_rows(words, vitals.alarms),
    ]  # fmt: skip


REFRESHED: Final = (
    ids.HEALTH_TRUE, ids.HEALTH_VITALS, ids.HEALTH_FEED_SUM, ids.HEALTH_FEEDS, ids.HEALTH_DIALECTS, ids.HEALTH_LETTERS,
    ids.LETTERS_NOW, ids.HEALTH_LOAD_NOW, ids.HEALTH_LOAD, ids.HEALTH_LOAD_TOP,
)  # fmt: skip


def true_at(viewer: Viewer, vitals: Vitals) -> Component:
    """Return when what is shown was true; the browser adds how long ago that was, should nothing newer come."""
    words = viewer.words
    at = stamp(vitals.at_us)
    time = html.Time(words["health_true_at"].format(at=at), dateTime=iso(vitals.at_us))
    told_by = _told(true=str(SILENT_MS), silent=words["health_silent"])
    return html.Span([time, f" · {words['health_refreshes']}"], **told_by)


def mark(state: str, word: str) -> Component:
    """Return a state as a shape and a word: neither needs colour."""
    return html.Span([html.I(), word], className="mark", **_told(state=state))


def tiles(vitals: Vitals, words: Words) -> list[Component]:
    """Return the few figures that say whether the whole lives."""
    state, beat = vitals.beat_state, vitals.beat
    alive = _tile(
        words["health_beat"], mark(state, words[f"data_{state}"]),
        words["health_no_beat"] if beat is None else f"{stamp(beat[0])} · {_ago(vitals.at_us - beat[0], words)}",
    )  # fmt: skip
    if beat is None or state in ("stale", "lost"):
        line = _tile(words["health_link"], mark("never", words["health_link_unknown"]), words["none"])
    else:
        up = beat[1]
        line = _tile(
            words["health_link"],
            mark("fresh" if up else "lost", words["health_link_up" if up else "health_link_down"]),
            words["health_since"].format(at=stamp(beat[2])),
        )
    lag = (
        _tile(words["health_lag"], words["none"], words["health_lag_none"])
        if vitals.lag_us is None
        else _tile(
            words["health_lag"], _span(vitals.lag_us[0]), words["health_lag_of"].format(worst=_span(vitals.lag_us[1]))
        )
    )
    letters, kept = (sum(getattr(line, name) for line in vitals.letters) for name in ("letters", "kept"))
    return [
        alive, line, lag,
        _tile(words["health_size"], f"{vitals.size_bytes / 1e6:,.1f} MB", f"{vitals.size_bytes:,} B"),
        _tile(words["health_letters_sum"], f"{letters:,}", words["health_letters_kept"].format(n=f"{kept:,}")),
        *_duty_tiles(vitals, words),
    ]  # fmt: skip


def _duty_tiles(vitals: Vitals, words: Words) -> list[Component]:
    """Return whether escalations run, and what became of the notices that leave the house, with why where not."""
    state, duty_us = vitals.duty_state, vitals.duty_us
    lived = words["health_no_duty"] if duty_us is None else f"{stamp(duty_us)} · {_ago(vitals.at_us - duty_us, words)}"
    alive = _tile(words["health_duty"], mark(state, words[f"data_{state}"]), lived)
    if not vitals.channels:
        return [alive, _tile(words["health_sent"], words["none"], words["health_no_channels"])]
    done, waiting, dead = (sum(getattr(it, name) for it in vitals.channels) for name in ("done", "waiting", "dead"))
    counts = words["health_sent_rest"].format(waiting=f"{waiting:,}", dead=f"{dead:,}")
    troubles = [f"{it.name}: {it.reason}" for it in vitals.channels if it.reason]
    return [alive, _tile(words["health_sent"], f"{done:,}", " · ".join([counts, *troubles]))]


def feed_sum(vitals: Vitals, words: Words) -> str:
    """Return all feeds in one line."""
    assets, in_time = sum(feed.assets for feed in vitals.feeds), sum(feed.in_time for feed in vitals.feeds)
    gone = words["health_feed_sum"].format(assets=f"{assets:,}", gone=f"{assets - in_time:,}")
    return f"{words['health_feed_count'].format(n=f'{len(vitals.feeds):,}')} · {gone}"


def feed_rows(viewer: Viewer, vitals: Vitals) -> list[Component]:
    """Return one row a feed, the worst first."""
    words = viewer.words
    ordered = sorted(
        vitals.feeds, key=lambda feed: (STATES.index(feed.state), feed.kind, feed.gateway_id, feed.dialect)
    )
    rows = [_feed(viewer, feed, vitals.at_us) for feed in ordered]
    return rows or [_nothing(words["health_no_feeds"], 8)]


def dialect_rows(vitals: Vitals, words: Words) -> list[Component]:
    """Return one row a dialect."""
    return [
        row([html.Span(line.dialect or words["none"], className="code"), *(
            html.Span(f"{number:,}", className="figure") for number in line[1:]
        )])
        for line in vitals.dialects
    ]  # fmt: skip


def letter_rows(viewer: Viewer, vitals: Vitals) -> list[Component]:
    """Return one row a reason, always in the same order: rows must not move away under a finger."""
    ordered = sorted(vitals.letters, key=lambda line: (line.code, line.dialect, line.field, line.group_id))
    rows = [_letters(viewer, line) for line in ordered]
    return rows or [_nothing(viewer.words["letters_none"], 7)]


def _feed(viewer: Viewer, feed: Feed, at_us: int) -> Component:
    words = viewer.words
    gone = [
        f"{words[f'data_{state}']} {feed.states[state]:,}"
        for state in STATES
        if state not in IN_TIME and feed.states.get(state)
    ]
    cells: list[Part | list[Part]] = [
        mark(feed.state, words[f"data_{feed.state}"]),
        (viewer.lang == "en" and feed.kind_en) or feed.kind,
        html.Span(feed.gateway_id or words["no_gateway"], className="code" if feed.gateway_id else "quiet"),
        html.Span(feed.dialect, className="code"),
        words["none"] if feed.newest_us is None else _newest(feed.newest_us, at_us, words),
        html.Span(_expected(feed.interval_s, words), className="whole"),
        words["none"] if feed.since_us is None else shown_time(feed.since_us, minute(feed.since_us)),
        [
            html.Span(f"{feed.in_time:,} / {feed.assets:,}", className="figure"),
            html.Small(" · ".join(gone)) if gone else None,
        ],
    ]  # fmt: skip
    return html.Tr([html.Td(cell) for cell in cells], **_told(state=feed.state))


def _newest(newest_us: int, at_us: int, words: Words) -> list[Part]:
    return [
        html.Span(_ago(at_us - newest_us, words), className="whole"),
        html.Small(shown_time(newest_us, stamp(newest_us)[YEAR:])),
    ]


def _letters(viewer: Viewer, line: LetterLine) -> Component:
    words, query = viewer.words, viewer.query
    address = search_of(query, group=line.group_id, forgot="")
    cells: list[Part | list[Part]] = [
        [link(why(line.code, words), address, "opens"), html.Small(line.code)],
        html.Span(line.dialect or words["none"], className="code"),
        html.Span(line.field or words["none"], className="code cut", title=line.field),
        html.Span(f"{line.letters:,}", className="figure"),
        html.Span(f"{line.kept:,}", className="figure"),
        html.Span(stamp(line.first_us), className="whole"),
        html.Span(stamp(line.last_us), className="whole"),
    ]
    return row(cells, chosen=query.get("group") == str(line.group_id))


def why(code: str, words: Words) -> str:
    """Return a reason in words; the code itself where nobody gave it any."""
    return words.get(f"why_{code}", code)


def _tile(name: str, value: Part, note: str) -> Component:
    return html.Div([html.Dt(name), html.Dd(value, className="value"), html.Dd(note, className="note")])


def _table(words: Words, heads: Sequence[str], rows: list[Component], body_id: str, label: str) -> Component:
    return table([words[head] for head in heads], [html.Tbody(rows, id=body_id)], words[label], classes=label)


def _nothing(text: str, columns: int) -> Component:
    return html.Tr(html.Td(text, colSpan=columns, className="quiet"))


def _absent() -> Component:
    """Return the places that a panel would bring: what refreshes them asks for all."""
    return html.Div([html.Div(id=ids.LETTERS_NOW), told(ids.LETTERS_REPLAY_SAID)], hidden=True)


def _told(**names: str) -> dict[str, Any]:
    """Return what the browser reads from an element."""
    return {f"data-{name}": value for name, value in names.items()}


def _ago(span_us: int, words: Words) -> str:
    return words["ago"].format(age=age(span_us, words))


def _expected(interval_s: float | None, words: Words) -> str:
    if interval_s is None:
        return words["none"]
    return words["expected_every"].format(span=age(int(interval_s * SECOND_US), words))


def _span(span_us: int) -> str:
    return f"{span_us / 1_000:,.0f} ms" if span_us < SECOND_US else f"{span_us / SECOND_US:,.1f} s"
