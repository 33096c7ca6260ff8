"""A box of the wall: a named place that the browser's modules paint into.

React draws the empty box once and never again; `data-part` is what the modules look for inside it.
"""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

Children = str | Component | Sequence[Component]


def box(box_id: str, children: Children, *, label: str = "", classes: str = "", role: str = "group") -> Component:
    """Return the box *box_id*, also its `data-testid`; *label* is what a screen reader calls it."""
    hooks: dict[str, Any] = {"data-testid": box_id, "role": role}
    if label:
        hooks["aria-label"] = label
    return html.Section(children, id=box_id, className=f"box {classes}".strip(), **hooks)


def hook(name: str) -> dict[str, Any]:
    """Return what marks an element as the place called *name*."""
    return {"data-part": name}


def part(name: str, text: str = "", *, classes: str = "") -> Component:
    """Return an inline place called *name* that a module fills, saying *text* until then."""
    return html.Span(text, className=classes or None, **hook(name))


def area(name: str, *, classes: str = "") -> Component:
    """Return an empty block called *name* that a module fills."""
    return html.Div(className=classes or None, **hook(name))
