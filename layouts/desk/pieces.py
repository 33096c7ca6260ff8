"""What the desk's pages are made of. What others wrote is shown as text: nothing here ever builds from it."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from layouts.desk.addresses import search_of

Part = str | Component | None
Words = Mapping[str, str]


def field(control: Component, label: str, *, hint: str = "", classes: str = "") -> Component:
    """Return *control* with its label above and a hint below."""
    shown: list[Component] = [html.Label(label, htmlFor=getattr(control, "id", None), className="label"), control]
    if hint:
        shown.append(html.Small(hint, className="hint"))
    return html.Div(shown, className=f"field {classes}".strip(), role="group", **named(label))


def named(label: str) -> dict[str, Any]:
    """Return what a screen reader calls an element."""
    return {"aria-label": label}


def line(control_id: str, value: str = "", **options: Any) -> Component:  # noqa: ANN401 - Dash's own options
    """Return a line to write in."""
    return dcc.Input(
        id=control_id, value=value, type="text", autoComplete="off", className="line", maxLength=200, **options
    )  # fmt: skip


def choice(control_id: str, options: Sequence[Mapping[str, str]], value: str | None, hint: str) -> Component:
    """Return a list to choose one from; *hint* is what it says while nothing is chosen."""
    return dcc.Dropdown(
        id=control_id,
        options=list(options),
        value=value or None,
        placeholder=hint,
        searchable=len(options) > 12,
        clearable=True,
        className="choice",
        optionHeight=36,
        maxHeight=380,
    )


def button(button_id: str, text: str, kind: str = "plain", **options: Any) -> Component:  # noqa: ANN401 - as above
    """Return a button; *kind* is plain, main or danger."""
    return html.Button(text, id=button_id, type="button", className=f"button {kind}", **options)


def link(text: Part | list[Part], address: str, classes: str = "") -> Component:
    """Return a link that changes the page without loading it anew."""
    return dcc.Link(text, href=address, className=classes or None)


def chip(text: str, tone: str = "") -> Component:
    """Return a short word in a frame; *tone* is quiet, ours or grave."""
    return html.Span(text, className=f"chip {tone}".strip())


def said(text: str, tone: str = "fine") -> Component:
    """Return a message about what was done; *tone* is fine or wrong."""
    return html.P(text, className=f"said {tone}")


def told(message_id: str, shown: Part | list[Component] = None) -> Component:
    """Return the place where messages appear; a screen reader reads them out."""
    return html.Div(shown, id=message_id, role="status", className="told")


def table(heads: Sequence[str], bodies: Sequence[Component], label: str, classes: str = "") -> Component:
    """Return a table in a box of its own that scrolls; *bodies* are groups of rows."""
    row = html.Tr([html.Th(head, scope="col") for head in heads])
    made = html.Table([html.Caption(label, className="unseen"), html.Thead(row), *bodies], className=classes or None)
    return html.Div(made, className="sheet", tabIndex="0", role="region", **named(label))


def row(cells: Sequence[Part | list[Part]], *, chosen: bool = False, classes: str = "") -> Component:
    """Return one row of a table."""
    current: dict[str, Any] = {"aria-current": "true"} if chosen else {}
    return html.Tr([html.Td(cell) for cell in cells], className=f"{classes} chosen" if chosen else classes, **current)


def facts(pairs: Sequence[tuple[str, Part]]) -> Component:
    """Return names and values below one another."""
    return html.Dl([piece for name, value in pairs for piece in (html.Dt(name), html.Dd(value))], className="facts")


def pager(query: Mapping[str, str], page: int, pages: int, words: Words) -> Component | None:
    """Return where one is in a long list, and the way on; nothing for a short one."""
    if pages <= 1:
        return None
    label = words["page_of"].format(page=page, pages=pages)
    back = link(words["earlier"], search_of(query, page=page - 1), "button plain") if page > 1 else None
    on = link(words["later"], search_of(query, page=page + 1), "button plain") if page < pages else None
    return html.Nav([html.Span(label), back, on], className="pager", **named(label))


def panel(title: str, shown: Sequence[Part], close: str, words: Words) -> Component:
    """Return what stands beside a list: one thing out of it."""
    head = html.Header([html.H2(title), link(words["close"], close, "button plain small")])
    return html.Aside([head, *shown], className="panel", **named(title))


def page_head(title: str, note: Part, acts: Sequence[Part] = ()) -> Component:
    """Return a page's title, a word about what it shows, and what can be done."""
    return html.Header([html.H1(title), html.P(note, className="note"), html.Div(acts, className="acts")])


def beside(main: Sequence[Part], aside: Component | None) -> Component:
    """Return a page's main part, with a panel beside it when there is one."""
    return html.Div([html.Div(main, className="column"), aside], className="split" if aside else "split alone")
