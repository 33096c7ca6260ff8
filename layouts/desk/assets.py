"""The assets page: the register with what is heard of it, in four views.

list · inspections due · sensor faults · one cause, one alarm
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.addresses import ASSETS, search_of
from layouts.desk.areas import Areas
from layouts.desk.frame import Viewer
from layouts.desk.moments import age, shown_time
from layouts.desk.people import page_of
from layouts.desk.pieces import Part, Words, beside, chip, choice, field, line, link, named, page_head, pager, row
from layouts.desk.pieces import table as sheet
from layouts.desk.plain_text import shown_name
from street.assets import Asset
from street.freshness import Standing
from street.masking import masked

ON_A_PAGE = 40
STATES = ("online", "degraded", "offline", "unknown")
FORMATS = ("csv", "xlsx", "geojson")
FILTERS = ("q", "kind", "area", "state")
VIEWS = ("", "due", "faults", "causes")
MOST_LABELS = 1_000


class AssetLine(NamedTuple):
    """One asset of the list: how it stands, and when it was last heard [µs UTC]."""

    asset: Asset
    standing: Standing
    heard_us: int | None


class Counts(NamedTuple):
    """How many there are: of the filtered assets by state, and of each view."""

    states: Mapping[str, int]
    views: Mapping[str, int]


class Page(NamedTuple):
    """One page of a view, and of how many; *total* is how many rows the view has, *assets* how many a file would."""

    number: int
    pages: int
    assets: int


class Offer(NamedTuple):
    """What the page offers to choose from, and whether the register is the viewer's to keep."""

    areas: Areas
    kinds: Mapping[str, str]  # kind to its name
    may_keep: bool = False


def page_at(query: Mapping[str, str], count: int) -> tuple[int, int]:
    """Return which page an address means, and how many there are."""
    pages = max(1, -(-count // ON_A_PAGE))
    return min(max(page_of(query), 1), pages), pages


def view_of(query: Mapping[str, str]) -> str:
    """Return the view that an address means: "" is the list."""
    asked = query.get("view", "")
    return asked if asked in VIEWS else ""


def assets_page(
    viewer: Viewer, shown: Component | None, at: Page, counts: Counts, offer: Offer, *, aside: Component | None
) -> Component:
    """Return the page.

    Args:
        viewer: who looks.
        shown: the table of the view, None where it has no rows.
        at: where in the view, and how many assets the filters leave.
        counts: what waits in each view.
        offer: names, and what may be done.
        aside: the panel of the chosen asset, or of an import.
    """
    words, query = viewer.words, viewer.query
    main = [
        page_head(words["assets"], _states(viewer, counts.states), _acts(viewer, at.assets, may_keep=offer.may_keep)),
        _tabs(viewer, counts.views),
        _filters(viewer, offer, counts.states),
        _nothing(viewer) if shown is None else shown,
        pager(query, at.number, at.pages, words),
    ]
    return beside(main, aside)


def asset_table(viewer: Viewer, lines: Sequence[AssetLine], offer: Offer) -> Component:
    """Return the list of assets."""
    words = viewer.words
    heads = [words[key] for key in ("asset_name", "asset_id", "asset_kind", "area", "state", "asset_age")]
    body = html.Tbody([_row(viewer, one, offer) for one in lines])
    return sheet(heads, [body], words["assets"], "assets")


def name_of(asset: Asset, language: str) -> str:
    """Return what an asset is called, masked and harmless; its id where it has no name."""
    return shown_name(masked(asset.name_en if language == "en" and asset.name_en else asset.name)) or asset.asset_id


def opener(viewer: Viewer, asset: Asset) -> Component:
    """Return an asset's name as the link that opens its panel."""
    name = name_of(asset, viewer.lang)
    return link(html.Span(name, className="cut", title=name), search_of(viewer.query, asset=asset.asset_id), "opens")


def place_of(asset: Asset, areas: Areas, viewer: Viewer) -> str:
    """Return where an asset lies in words."""
    area_id = asset.grid_cell_id or asset.community_id
    return areas.name(area_id, viewer.lang) if area_id else viewer.words["no_area"]


def state_chips(standing: Standing, words: Words) -> list[Part]:
    """Return how a device stands and why, in words; no severity's colour."""
    tone = {"online": "", "degraded": "ours", "offline": "grave"}.get(standing.state.value, "quiet")
    why = [chip(words[f"standing_why_{reason}"], "quiet") for reason in standing.reasons]
    return [chip(words[f"standing_{standing.state.value}"], tone), *why]


def heard(viewer: Viewer, at_us: int | None) -> Part:
    """Return how long ago something was heard."""
    words = viewer.words
    if at_us is None:
        return html.Span(words["none"], className="quiet")
    return shown_time(at_us, words["ago"].format(age=age(viewer.now_us - at_us, words)))


def without_panel(viewer: Viewer) -> str:
    """Return the address of the page with nothing beside it."""
    return ASSETS + search_of(viewer.query, asset="", edit="", **{"import": ""})


def _states(viewer: Viewer, states: Mapping[str, int]) -> Component:
    words = viewer.words
    total = sum(states.values())
    pieces: list[Part] = [words["count"].format(n=f"{total:,}")]
    for state in STATES:
        if states.get(state):
            text = f"{words[f'standing_{state}']} {states[state]:,}"
            pieces += [" · ", link(text, search_of(viewer.query, state=state, view="", page=""))]
    return html.Span(pieces)


def _acts(viewer: Viewer, assets: int, *, may_keep: bool) -> list[Part]:
    words, query = viewer.words, viewer.query
    asked = search_of({name: query.get(name, "") for name in FILTERS} | {"lang": query.get("lang", "")})
    files: list[Part] = [html.A(name.upper(), href=f"{ASSETS}.{name}{asked}", download="") for name in FORMATS]
    if assets <= MOST_LABELS:
        files.append(html.A(words["asset_labels"], href=f"{ASSETS}.html{asked}", download=""))
    else:
        files.append(html.Small(words["asset_labels_many"].format(n=f"{MOST_LABELS:,}")))
    note = html.Small(words["asset_files_note"].format(n=f"{assets:,}"))
    menu = html.Details(
        [html.Summary(words["asset_files"], className="button plain"), html.Div([note, *files])], className="menu"
    )
    bare = {**query, "asset": "", "edit": ""}
    taking = link(words["asset_import"], search_of(bare, **{"import": 1}), "button plain") if may_keep else None
    return [taking, menu]


def _tabs(viewer: Viewer, views: Mapping[str, int]) -> Component:
    words, current = viewer.words, view_of(viewer.query)
    bare = {**viewer.query, "page": "", "state": "", "asset": "", "edit": "", "import": ""}
    tabs = [
        html.Li(
            link(
                [words[f"view_{view or 'list'}"], html.B(f"{views.get(view, 0):,}")],
                ASSETS + search_of(bare, view=view),
            ),
            **_current(is_here=view == current),
        )
        for view in VIEWS
    ]
    return html.Nav(html.Ul(tabs), className="tabs", **named(words["views"]))


def _current(*, is_here: bool) -> dict[str, Any]:
    return {"aria-current": "page", "className": "here"} if is_here else {}


def _filters(viewer: Viewer, offer: Offer, states: Mapping[str, int]) -> Component:
    words, query = viewer.words, viewer.query
    every = [{"value": kind, "label": name} for kind, name in offer.kinds.items()]
    counted = [{"value": it, "label": f"{words[f'standing_{it}']} {states.get(it, 0):,}"} for it in STATES]
    state = field(choice(ids.ASSETS_STATE, counted, query.get("state"), words["all"]), words["state"])
    return html.Div(
        [
            dcc.Location(id=ids.ASSETS_GO, refresh="callback-nav"),
            field(line(ids.ASSETS_TEXT, query.get("q", ""), debounce=0.4), words["asset_find"], classes="wide"),
            field(choice(ids.ASSETS_KIND, every, query.get("kind"), words["all"]), words["asset_kind"]),
            field(
                choice(ids.ASSETS_AREA, offer.areas.options(viewer.lang), query.get("area"), words["all"]),
                words["area"],
            ),
            html.Div(state, hidden=bool(view_of(query))),  # the callback needs it; the other views have no states
        ],
        className="filters", role="search",
    )  # fmt: skip


def _nothing(viewer: Viewer) -> Component:
    words, query = viewer.words, viewer.query
    if not any(query.get(name) for name in FILTERS):
        return html.P(words[f"view_{view_of(query) or 'list'}_none"], className="nothing")
    bare = {**query, **dict.fromkeys(FILTERS, "")}
    return html.P([words["no_match"], " · ", link(words["clear"], ASSETS + search_of(bare))], className="nothing")


def _row(viewer: Viewer, one: AssetLine, offer: Offer) -> Component:
    asset = one.asset
    cells: list[Part | list[Part]] = [
        opener(viewer, asset),
        html.Span(asset.asset_id, className="code"),
        offer.kinds.get(asset.kind, asset.kind),
        place_of(asset, offer.areas, viewer),
        state_chips(one.standing, viewer.words),
        heard(viewer, one.heard_us),
    ]
    return row(cells, chosen=viewer.query.get("asset") == asset.asset_id)
