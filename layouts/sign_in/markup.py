"""HTML by calls: `el("p", "a < b", class_="note")`. What is not Markup is escaped: a text cannot become a tag."""

from html import escape
from typing import Final

Attribute = str | int | bool | None
VOID: Final = frozenset({"input", "link", "meta", "br", "path", "circle", "rect"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def el(tag: str, /, *children: str, **attributes: Attribute) -> Markup:
    """Return one element.

    Args:
        tag: its name.
        children: Markup as it is, other text escaped.
        attributes: `class_` is class and `data_part` data-part; True has no value, None and False are left out.
    """
    said = "".join(_attribute(key, value) for key, value in attributes.items())
    return Markup(f"<{tag}{said}/>") if tag in VOID else Markup(f"<{tag}{said}>{together(*children)}</{tag}>")


def together(*children: str) -> Markup:
    """Return *children* one after the other."""
    return Markup("".join(child if isinstance(child, Markup) else escape(child) for child in children))


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
