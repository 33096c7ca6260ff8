"""The audit page: who did what to what, from where, from what to what; and whether anybody touched the record."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.addresses import AUDIT, AUDIT_CSV, search_of
from layouts.desk.frame import Viewer
from layouts.desk.moments import stamp
from layouts.desk.pieces import (
    Part,
    Words,
    beside,
    button,
    chip,
    choice,
    facts,
    field,
    line,
    link,
    named,
    page_head,
    panel,
    row,
    said,
    table,
)

FILTERS = ("from", "to", "actor", "action", "object", "outcome", "address")
OUTCOMES = ("done", "refused", "failed")
SHORT = 60  # characters of a change in the list; the panel shows all


class AuditLine(NamedTuple):
    """One entry."""

    entry_no: int
    at_us: int
    login: str
    action: str
    object: str
    outcome: str
    before: str
    after: str
    reason: str
    address: str
    session_id: str
    request_id: str
    times: int
    hash: str


class Chain(NamedTuple):
    """What verifying the whole record found, and when."""

    ok: bool
    rows: int
    first_bad: int | None
    why: str
    at_us: int


def audit_page(
    viewer: Viewer,
    lines: Sequence[AuditLine],
    *,
    total: int,
    older_no: int | None,
    may_export: bool,
    aside: Component | None,
) -> Component:
    """Return the page.

    Args:
        viewer: who looks.
        lines: one page of the list, newest first.
        total: how many fit the filters.
        older_no: where the next page begins; None on the last one.
        may_export: whether to offer the file.
        aside: the panel of the chosen entry.
    """
    words, query = viewer.words, viewer.query
    acts: list[Part] = []
    if may_export:
        address = AUDIT_CSV + search_of({name: query[name] for name in (*FILTERS, "lang") if name in query})
        acts = [html.A(words["export"], href=address, className="button main", download="audit.csv")]
    shown = [
        page_head(words["audit"], words["audit_count"].format(n=f"{total:,}"), acts),
        html.Div(
            [
                html.Div(html.P(words["chain_checking"], className="said quiet"), id=ids.CHAIN, role="status"),
                button(ids.CHAIN_AGAIN, words["chain_again"], "plain small"),
            ],
            className="chain",
        ),
        _filters(viewer),
        _list(viewer, lines) if lines else _nothing(viewer),
        _pager(viewer, older_no),
    ]
    return beside(shown, aside)


def wrong_times(viewer: Viewer) -> Component:
    """Return the page for times that are none: it says so and shows no entries."""
    words = viewer.words
    shown = [
        page_head(words["audit"], None),
        _filters(viewer),
        html.P(words["audit_time_wrong"], className="said wrong", role="alert"),
    ]
    return beside(shown, None)


def chain_verdict(chain: Chain, words: Words) -> Component:
    """Return in words whether the record is whole."""
    if not chain.ok:
        no = words["none"] if chain.first_bad is None else f"{chain.first_bad:,}"
        text, tone = words["chain_broken"].format(no=no, why=words.get(f"chain_{chain.why}", chain.why)), "wrong"
    elif chain.rows == 0:
        text, tone = words["chain_empty"], "fine"
    else:
        text, tone = words["chain_fine"].format(rows=f"{chain.rows:,}", at=stamp(chain.at_us)), "fine"
    return said(text, tone)


def entry_panel(viewer: Viewer, entry: AuditLine) -> Component:
    """Return the panel with all of one entry."""
    words = viewer.words
    pairs: list[tuple[str, Part]] = [
        (words["at"], stamp(entry.at_us)),
        (words["who"], entry.login or words["nobody"]),
        (words["what"], f"{act_word(entry.action, words)} · {entry.action}"),
        (words["where"], html.Span(entry.object or words["none"], className="code")),
        (words["outcome"], _outcome(entry.outcome, words)),
        (words["reason"], entry.reason or words["none"]),
        (words["times"], str(entry.times)),
        (words["before"], html.Pre(entry.before or words["none"])),
        (words["after"], html.Pre(entry.after or words["none"])),
        (words["address"], html.Span(entry.address or words["none"], className="code")),
        (words["session_no"], html.Span(entry.session_id or words["none"], className="code")),
        (words["request"], html.Span(entry.request_id or words["none"], className="code")),
        ("HMAC", html.Span(entry.hash, className="code hash")),
    ]
    close = AUDIT + search_of(viewer.query, entry="")
    return panel(words["entry"].format(no=f"{entry.entry_no:,}"), [facts(pairs)], close, words)


def _filters(viewer: Viewer) -> Component:
    words, query = viewer.words, viewer.query

    def typed(control_id: str, name: str, key: str, hint: str = "", classes: str = "") -> Component:
        return field(line(control_id, query.get(name, ""), placeholder=hint, n_submit=0), words[key], classes=classes)

    outcomes = [{"value": outcome, "label": words[f"outcome_{outcome}"]} for outcome in OUTCOMES]
    bare = {name: value for name, value in query.items() if name == "lang"}
    return html.Div(
        [
            dcc.Location(id=ids.AUDIT_GO, refresh="callback-nav"),
            typed(ids.AUDIT_FROM, "from", "audit_from", words["audit_time_hint"], "time"),
            typed(ids.AUDIT_TO, "to", "audit_to", words["audit_time_hint"], "time"),
            typed(ids.AUDIT_ACTOR, "actor", "who"),
            field(choice(ids.AUDIT_ACTION, _actions(query, words), query.get("action"), words["all"]), words["what"]),
            typed(ids.AUDIT_OBJECT, "object", "where", "person/"),
            field(choice(ids.AUDIT_OUTCOME, outcomes, query.get("outcome"), words["all"]), words["outcome"]),
            typed(ids.AUDIT_ADDRESS, "address", "address"),
            html.Div(
                [
                    button(ids.AUDIT_FIND, words["apply"], "main"),
                    link(words["clear"], AUDIT + search_of(bare), "button plain"),
                ],
                className="acts",
            ),
        ],
        className="filters many", role="search",
    )  # fmt: skip


def _list(viewer: Viewer, lines: Sequence[AuditLine]) -> Component:
    words = viewer.words
    heads = [words[key] for key in ("number", "at", "who", "what", "where", "before", "after", "outcome", "address")]
    return table(
        heads, [html.Tbody([_row(viewer, entry, viewer.query) for entry in lines])], words["audit"], classes="audit"
    )


def _row(viewer: Viewer, entry: AuditLine, query: Mapping[str, str]) -> Component:
    words = viewer.words
    cells: list[Part | list[Part]] = [
        link(f"{entry.entry_no:,}", search_of(query, entry=entry.entry_no), "opens"),
        html.Time(stamp(entry.at_us), className="code whole"),
        entry.login or html.Span(words["nobody"], className="quiet"),
        [
            html.Span(act_word(entry.action, words), title=entry.action),
            chip(f"×{entry.times}", "quiet") if entry.times > 1 else None,
        ],
        html.Span(entry.object, className="code cut", title=entry.object),
        html.Span(_short(entry.before), className="code change", **_whole(entry.before)),
        html.Span(_short(entry.after), className="code change", **_whole(entry.after)),
        _outcome(entry.outcome, words),
        html.Span(entry.address, className="code whole"),
    ]
    return row(cells, chosen=query.get("entry") == str(entry.entry_no))


def act_word(action: str, words: Words) -> str:
    """Return what was done in words; the code itself where nobody gave it any."""
    return words.get(f"act_{action}", action)


def _actions(query: Mapping[str, str], words: Words) -> list[dict[str, str]]:
    known = [key.removeprefix("act_") for key in words if key.startswith("act_")]
    asked = query.get("action", "")
    return [{"value": it, "label": act_word(it, words)} for it in dict.fromkeys([*known, *([asked] if asked else [])])]


def _outcome(outcome: str, words: Words) -> Component:
    word = words[f"outcome_{outcome}"] if outcome in OUTCOMES else outcome
    return html.Span(word) if outcome == "done" else chip(word, "grave")


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


def _whole(text: str) -> dict[str, Any]:
    return {"title": text} if len(text) > SHORT else {}


def _nothing(viewer: Viewer) -> Component:
    keep = {name: value for name, value in viewer.query.items() if name == "lang"}
    return html.P(
        [viewer.words["no_match"], " · ", link(viewer.words["clear"], AUDIT + search_of(keep))], className="nothing"
    )


def _pager(viewer: Viewer, older_no: int | None) -> Component | None:
    words, query = viewer.words, viewer.query
    is_first = "before" not in query
    if is_first and older_no is None:
        return None
    newest = None if is_first else link(words["newest"], AUDIT + search_of(query, before="", entry=""), "button plain")
    older = (
        None if older_no is None else link(words["older"], search_of(query, before=older_no, entry=""), "button plain")
    )
    return html.Nav([newest, older], className="pager", **named(words["audit"]))
