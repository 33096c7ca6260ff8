"""The newcomers page: what waits, and what its keeper decides: accept, map onto an asset, ignore, recall.

a deed ──▶ policy ──▶ store: decided and written down in one transaction ──▶ the address says what was done
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

import dash
from dash import Dash, Input, Output, State, no_update
from dash.development.base_component import Component

from dashboard import asking
from dashboard.asset_finding import kind_names, scenarios
from dashboard.desk_people import led_to
from dashboard.desk_view import note_refusal, viewer_at
from dashboard.letter_samples import READ, covered
from dashboard.office import Office
from dashboard.threads import off_loop
from layouts import ids
from layouts.desk.addresses import NEWCOMERS, search_of
from layouts.desk.areas import Areas
from layouts.desk.asset_form import wrong
from layouts.desk.assets import name_of
from layouts.desk.frame import Viewer
from layouts.desk.newcomer_panel import MOST_SHOWN, gone_newcomer, newcomer_panel
from layouts.desk.newcomers import Done, Heard, NewcomerLine, Offered, newcomers_page
from layouts.desk.pieces import said
from street.asset_sheet import Known, read_form
from street.assets import Asset
from street.errors import FieldError, StoreError, SupersededError
from street.masking import masked
from street.policy import Action, may
from street.store import Newcomer, NewcomerState
from street.store.lobby import MOST_NEWCOMERS

CELL_DIGITS: Final = 15
MOST_NEAR: Final = 300  # assets that are offered to be mapped onto; any other id may be typed
COMMUNITY_DIGITS: Final = 12
LONGEST_ID: Final = 40
TYPED: Final = (ids.NEWCOMER_ID, ids.NEWCOMER_NAME, ids.NEWCOMER_KIND, ids.NEWCOMER_AREA, ids.NEWCOMER_ASSET)


class Typed(NamedTuple):
    """The panel's fields as they were typed."""

    asset_id: object = ""
    name: object = ""
    kind: object = ""
    area: object = ""
    onto: object = ""

    def text(self, name: str) -> str:
        """Return one field; empty where it is no text."""
        value = getattr(self, name)
        return value.strip() if isinstance(value, str) else ""


class FormError(Exception):
    """The form says what cannot be registered; `faults` are (column, code, what was found)."""

    def __init__(self, faults: list[tuple[str, str, str]]) -> None:
        super().__init__("the form cannot be taken")
        self.faults = faults


Decide = Callable[[Office, Newcomer, Typed], str]


def join(pages: Dash, office: Office, areas: Areas) -> None:  # noqa: ARG001 - joined like its neighbours
    """Join the filters to the address, and the panel's buttons to what they decide."""
    address = State(ids.DESK_PLACE, "search")

    def act(*given: object) -> tuple[object, object]:
        clicks, (subject, search), typed = given[: len(DEEDS)], given[len(DEEDS) : len(DEEDS) + 2], given[-len(TYPED) :]
        name = dash.ctx.triggered_id
        if name not in DEEDS or not any(clicks):
            return no_update, no_update
        return decide(office, viewer_at(office, NEWCOMERS, search), str(name), subject, Typed(*typed))

    pages.callback(
        Output(ids.NEWCOMERS_GO, "search"),
        Input(ids.NEWCOMERS_TEXT, "value"),
        Input(ids.NEWCOMERS_STATE, "value"),
        address,
        prevent_initial_call=True,
    )(off_loop(filtered))
    pages.callback(
        Output(ids.NEWCOMER_SAID, "children"),
        Output(ids.NEWCOMER_GO, "search"),
        *(Input(button, "n_clicks") for button in DEEDS),
        State(ids.NEWCOMER_SUBJECT, "data"),
        address,
        *(State(field, "value") for field in TYPED),
        prevent_initial_call=True,
    )(off_loop(act))


def page(office: Office, viewer: Viewer, areas: Areas) -> Component:
    """Return the page for who asks."""
    done = done_of(office, viewer.query)
    query = {name: said for name, said in viewer.query.items() if name not in ("done", "onto")}
    viewer = replace(viewer, query=query)  # what was just done is told once: no link keeps it
    asked = query.get("state", "")
    state = NewcomerState(asked) if asked in set(NewcomerState) else NewcomerState.WAITING
    text = query.get("q", "").strip().casefold()
    waiting = [
        line_of(it, viewer.lang)
        for it in office.store.newcomers().all(state, MOST_NEWCOMERS)
        if text in f"{it.device_id}\n{it.dialect}".casefold()
    ]
    return newcomers_page(viewer, waiting, aside=_panel(office, viewer, areas), done=done)


def filtered(text: object, state: object, search: object) -> object:
    """Return the address for what is filtered by."""
    return led_to(search, q=text, state=state)


def line_of(newcomer: Newcomer, lang: str) -> NewcomerLine:
    """Return a newcomer as the page shows it."""
    kind = (newcomer.guesses or {}).get("kind", "")
    return NewcomerLine(
        newcomer.newcomer_id, newcomer.dialect, newcomer.device_id, newcomer.state.value, newcomer.asset_id,
        newcomer.messages, newcomer.first_us, newcomer.last_us, newcomer.guesses,
        kind_names(lang).get(kind, kind),
    )  # fmt: skip


def free_id(device_id: str) -> str:
    """Return an asset's id made of a device's name: what an id may not hold becomes a dash."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", device_id)[:LONGEST_ID].strip("-._")


def decide(office: Office, viewer: Viewer, deed: str, subject: object, typed: Typed) -> tuple[object, object]:
    """Do one of the four deeds; return what to say, and the address that shows what became of it.

    Args:
        office: the means.
        viewer: who decides.
        deed: the id of the button.
        subject: what the panel is about, as the browser says.
        typed: the fields.
    """
    words = viewer.words
    name, act = DEEDS[deed]
    number = subject.get("newcomer_id") if isinstance(subject, dict) else None
    if not may(asking.person(), Action.KEEP_ASSETS):
        note_refusal(office, Action.KEEP_ASSETS, f"newcomer/{number}"[:80])
        return said(words["refused"], "wrong"), no_update
    try:
        newcomer = office.store.newcomers().get(number) if type(number) is int and 0 <= number < 2**62 else None
        if newcomer is None:
            return said(words["newcomer_gone"], "wrong"), no_update
        asset_id = act(office, newcomer, typed)
    except SupersededError:
        return said(words["newcomer_gone"], "wrong"), no_update
    except FieldError as error:
        key = "newcomer_id_taken" if error.code == "taken" else "newcomer_unknown_asset"
        return said(words[key], "wrong"), no_update
    except FormError as error:
        return wrong(error.faults, words), no_update
    except StoreError:
        return said(words["store_away"], "wrong"), no_update
    if asset_id:  # it is settled: the list without it, and the next one
        return no_update, search_of(viewer.query, newcomer="", done=name, onto=asset_id)
    return no_update, search_of(viewer.query, done=name)


def done_of(office: Office, query: Mapping[str, str]) -> Done | None:
    """Return what the address says was just done, where it is so: an address can be made by anybody."""
    name, onto, asked = (query.get(key, "") for key in ("done", "onto", "newcomer"))
    if name in SETTLING:
        with office.reader() as reader:
            return Done(name, onto) if onto.isprintable() and reader.asset(onto) is not None else None
    newcomer = _asked_for(office, asked)
    return Done(name) if newcomer is not None and LEAVES.get(name) is newcomer.state else None


def _panel(office: Office, viewer: Viewer, areas: Areas) -> Component | None:
    asked = viewer.query.get("newcomer", "")
    if not asked:
        return None
    newcomer = _asked_for(office, asked)
    if newcomer is None:
        return gone_newcomer(viewer)
    heard = [
        Heard(it.received_us, masked(it.topic), _text(it.payload))
        for it in office.store.newcomers().messages(newcomer.newcomer_id)[-MOST_SHOWN:]
    ]
    near = _near(office, newcomer, viewer.lang)
    offered = Offered(free_id(newcomer.device_id), kind_names(viewer.lang), areas, near)
    return newcomer_panel(viewer, line_of(newcomer, viewer.lang), heard, offered)


def _asked_for(office: Office, asked: str) -> Newcomer | None:
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 18
    return office.store.newcomers().get(int(asked)) if is_number else None


def _text(payload: bytes) -> str:
    """Return a message as text, with what is personal covered."""
    raw, encoding = covered(payload[:READ])
    return raw.decode(encoding, "replace")


def _near(office: Office, newcomer: Newcomer, lang: str) -> dict[str, str]:
    """Return the assets that a newcomer may be mapped onto, the likeliest first: those ingest names, and their kind."""
    guesses = newcomer.guesses or {}
    with office.reader() as reader:
        assets = {it.asset_id: it for it in reader.assets()}
    likely = [assets[it] for it in guesses.get("assets", ()) if it in assets]
    alike = [it for it in assets.values() if it.kind == guesses.get("kind")]
    return {it.asset_id: name_of(it, lang) for it in [*likely, *alike][:MOST_NEAR]}


def _accept(office: Office, newcomer: Newcomer, typed: Typed) -> str:
    area = typed.text("area")
    texts = {
        "id": typed.text("asset_id"),
        "name": typed.text("name"),
        "kind": typed.text("kind"),
        "community_id": area[:COMMUNITY_DIGITS] if len(area) >= COMMUNITY_DIGITS else "",
        "grid_cell_id": area if len(area) == CELL_DIGITS else "",
    }
    return office.store.newcomers().accept(newcomer.newcomer_id, _judged(office, texts), by=asking.actor()).asset_id


def _judged(office: Office, texts: dict[str, str]) -> Asset:
    """Return the asset that the form says, judged as a row of a list is: one rule for both ways in."""
    with office.reader() as reader:
        if reader.asset(texts["id"]) is not None:
            raise FieldError(field="asset_id", code="taken")
    sheet = read_form(texts, Known.of((), (), office.places, scenarios()))
    if sheet.faults or len(sheet.assets) != 1:
        raise FormError([(it.column, it.code, masked(it.found)) for it in sheet.faults])
    return sheet.assets[0]


def _map(office: Office, newcomer: Newcomer, typed: Typed) -> str:
    return office.store.newcomers().map_onto(newcomer.newcomer_id, typed.text("onto"), by=asking.actor()).asset_id


def _ignore(office: Office, newcomer: Newcomer, _typed: Typed) -> str:
    office.store.newcomers().ignore(newcomer.newcomer_id, by=asking.actor())
    return ""


def _recall(office: Office, newcomer: Newcomer, _typed: Typed) -> str:
    office.store.newcomers().recall(newcomer.newcomer_id, by=asking.actor())
    return ""


DEEDS: Final[dict[str, tuple[str, Decide]]] = {
    ids.NEWCOMER_ACCEPT: ("accept", _accept),
    ids.NEWCOMER_MAP: ("map", _map),
    ids.NEWCOMER_IGNORE: ("ignore", _ignore),
    ids.NEWCOMER_RECALL: ("recall", _recall),
}
SETTLING: Final = ("accept", "map")
LEAVES: Final = {"ignore": NewcomerState.IGNORED, "recall": NewcomerState.WAITING}
