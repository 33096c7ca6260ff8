"""The assets page: the asker's assets in the view, and on the page of it, that the address says."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from dashboard import asking
from dashboard.asset_finding import find, kind_names, worklists
from dashboard.desk_asset import DONE, panel_of
from dashboard.desk_people import led_to
from dashboard.office import Office
from dashboard.threads import off_loop
from layouts import ids
from layouts.desk.areas import Areas
from layouts.desk.asset_worklists import causes_table, due_table, faults_table
from layouts.desk.assets import ON_A_PAGE, Counts, Offer, Page, asset_table, assets_page, page_at, view_of
from layouts.desk.frame import Viewer
from layouts.desk.sheet_import import ASSET_LIST, import_panel
from street.policy import Action, may

FILTER_INPUTS: Final = {
    "q": ids.ASSETS_TEXT, "kind": ids.ASSETS_KIND, "area": ids.ASSETS_AREA, "state": ids.ASSETS_STATE
}  # fmt: skip
TABLES: Final[Mapping[str, Callable[[Viewer, Any, Offer], Component]]] = {
    "": asset_table,
    "due": due_table,
    "faults": faults_table,
    "causes": causes_table,
}


def join(pages: Dash, office: Office, areas: Areas) -> None:  # noqa: ARG001 - joined like its neighbours
    """Join the filters to the address."""
    pages.callback(
        Output(ids.ASSETS_GO, "search"),
        *(Input(control_id, "value") for control_id in FILTER_INPUTS.values()),
        State(ids.DESK_PLACE, "search"),
        prevent_initial_call=True,
    )(off_loop(filtered))


def page(office: Office, viewer: Viewer, areas: Areas) -> Component:
    """Return the page for who asks."""
    done = DONE.get(viewer.query.get("done", ""), "")  # what was just done is told once: no link keeps it
    viewer = replace(viewer, query={name: said for name, said in viewer.query.items() if name != "done"})
    query, view, may_keep = viewer.query, view_of(viewer.query), may(asking.person(), Action.KEEP_ASSETS)
    with office.reader() as reader:
        found = find(office, reader, query, viewer.now_us)
        lists = worklists(office, reader, viewer, found)
        everything = Offer(areas, kind_names(viewer.lang), may_keep)
        if may_keep and "import" in query:
            aside: Component | None = import_panel(viewer, ASSET_LIST)
        else:
            aside = panel_of(office, reader, viewer, found, everything, done)
    listed = found.of_state(query.get("state", ""))
    rows: Mapping[str, Sequence[Any]] = {
        "": listed, "due": lists.due, "faults": lists.faults, "causes": lists.causes
    }  # fmt: skip
    present = {asset.kind for asset in found.seen.values()}
    offer = everything._replace(
        kinds={kind: name for kind, name in everything.kinds.items() if kind in present}
        | {kind: kind for kind in sorted(present - everything.kinds.keys())}
    )
    number, pages = page_at(query, len(rows[view]))
    here = rows[view][(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    views = {name: len(some) for name, some in rows.items()} | {"": len(found.fitting)}
    counts = Counts(Counter(one.standing.state.value for one in found.fitting), views)
    shown = TABLES[view](viewer, here, offer) if here else None
    return assets_page(viewer, shown, Page(number, pages, len(listed)), counts, offer, aside=aside)


def filtered(q: object, kind: object, area: object, state: object, search: object) -> object:
    """Return the address for what is filtered by."""
    return led_to(search, q=q, kind=kind, area=area, state=state)
