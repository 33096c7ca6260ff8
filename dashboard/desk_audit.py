"""The audit page: entries that fit the filters, and whether the whole chain is whole."""

import threading
from collections.abc import Mapping
from typing import Any

from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from dashboard import asking
from dashboard.desk_people import led_to
from dashboard.desk_view import viewer_at
from dashboard.office import Office
from dashboard.threads import off_loop
from layouts import ids
from layouts.desk.addresses import AUDIT
from layouts.desk.areas import Areas
from layouts.desk.audit import AuditLine, Chain, audit_page, chain_verdict, entry_panel, wrong_times
from layouts.desk.frame import Viewer
from layouts.desk.moments import read_moment
from layouts.desk.pieces import said
from street.clock import DAY_US, MINUTE_US
from street.errors import StoreError
from street.policy import Action, may
from street.store import StoredEntry

ON_A_PAGE = 50
LONGEST_US = 3_653 * DAY_US
TEXTS = ("actor", "action", "object", "outcome", "address")
TYPED = {
    "from": ids.AUDIT_FROM,
    "to": ids.AUDIT_TO,
    "actor": ids.AUDIT_ACTOR,
    "object": ids.AUDIT_OBJECT,
    "address": ids.AUDIT_ADDRESS,
}


def join(pages: Dash, office: Office, areas: Areas) -> None:  # noqa: ARG001 - joined like its neighbours
    """Join the filters to the address, and the verdict to the chain."""
    verdicts = Verdicts(office)

    def look(clicks: object, search: object) -> Component:
        return verdicts.told(viewer_at(office, AUDIT, search), is_asked=bool(clicks))

    pages.callback(
        Output(ids.AUDIT_GO, "search"),
        Input(ids.AUDIT_FIND, "n_clicks"),
        Input(ids.AUDIT_OUTCOME, "value"),
        Input(ids.AUDIT_ACTION, "value"),
        *(Input(control_id, "n_submit") for control_id in TYPED.values()),
        *(State(control_id, "value") for control_id in TYPED.values()),
        State(ids.DESK_PLACE, "search"),
        prevent_initial_call=True,
    )(off_loop(filtered))
    pages.callback(Output(ids.CHAIN, "children"), Input(ids.CHAIN_AGAIN, "n_clicks"), State(ids.DESK_PLACE, "search"))(
        off_loop(look)
    )  # fmt: skip


def page(office: Office, viewer: Viewer, _areas: Areas) -> Component:
    """Return the page for who asks."""
    sought = sought_by(viewer.query)
    if sought is None:
        return wrong_times(viewer)
    audit = office.audit
    found = audit.find(before_no=_number(viewer.query.get("before", "")), limit=ON_A_PAGE + 1, **sought)
    lines = [line_of(entry) for entry in found]
    older_no = lines[ON_A_PAGE - 1].entry_no if len(lines) > ON_A_PAGE else None
    chosen_no = _number(viewer.query.get("entry", ""))
    chosen = audit.find(before_no=chosen_no + 1, limit=1) if chosen_no else []
    is_there = bool(chosen) and chosen[0].entry_no == chosen_no
    return audit_page(
        viewer,
        lines[:ON_A_PAGE],
        total=audit.count(**sought),
        older_no=older_no,
        may_export=may(asking.person(), Action.EXPORT_AUDIT),
        aside=entry_panel(viewer, line_of(chosen[0])) if is_there else None,
    )


def filtered(_clicks: object, outcome: object, action: object, *given: object) -> object:
    """Return the address for what is filtered by."""
    *values, search = given[len(TYPED) :]
    return led_to(search, outcome=outcome, action=action, **dict(zip(TYPED, values, strict=True)))


class Verdicts:
    """Whether anybody touched the record: the whole chain is walked, by one asker at a time."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._walking = threading.Lock()
        self._last: Chain | None = None

    def told(self, viewer: Viewer, *, is_asked: bool) -> Component:
        """Return the verdict in words, that of the last minute again unless a new one *is_asked* for."""
        if not may(asking.person(), Action.SEE_AUDIT):
            return said(viewer.words["refused"], "wrong")
        with self._walking:
            last = self._last
            if is_asked or last is None or self._office.now_us() - last.at_us > MINUTE_US:
                try:
                    found = self._office.audit.verify()
                except StoreError:
                    return said(viewer.words["store_away"], "wrong")
                last = Chain(found.ok, found.rows, found.first_bad, found.why, self._office.now_us())
                self._last = last
        return chain_verdict(last, viewer.words)


def sought_by(query: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what the audit is asked for; None where the times are none, run backwards or span more than ten years."""
    sought: dict[str, Any] = {name: query.get(name, "").strip() for name in TEXTS}
    for name in ("from", "to"):
        if text := query.get(name, "").strip():
            moment = read_moment(text)
            if moment is None:
                return None
            is_whole_day = name == "to" and ":" not in text
            sought[f"{name}_us"] = moment + (DAY_US if is_whole_day else 0)
    from_us, to_us = sought.get("from_us"), sought.get("to_us")
    if from_us is not None and to_us is not None and not 0 < to_us - from_us <= LONGEST_US:
        return None
    return sought


def line_of(stored: StoredEntry) -> AuditLine:
    """Return a stored entry as the page and the file show it."""
    number, entry, digest = stored
    by = entry.by
    return AuditLine(
        number, entry.at_us, by.login, entry.action, entry.object, entry.outcome, entry.before, entry.after,
        entry.reason, by.address, by.session_id, by.request_id, entry.count, digest,
    )  # fmt: skip


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
