"""What all these pages share: the head, the picture, the mark, the words' language, a form's rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from layouts import ids
from layouts.sign_in.markup import Attribute, Markup, el, together
from layouts.wording.sign_in import SIGN_IN

ASSETS: Final = "/assets/sign_in"
NOTHING: Final = Markup("")
OTHER: Final = {"zh": "en", "en": "zh"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """In which language a page is, whose it is, and what lies behind it."""

    lang: str  # zh, en
    title: str  # what the site is called in that language
    picture: Markup = NOTHING

    @property
    def words(self) -> Mapping[str, str]:
        """The words of the language."""
        return SIGN_IN[self.lang]


def page(
    look: Look, *content: str, title: str, kind: str = "split", switch: str = "", head: tuple[Markup, ...] = ()
) -> str:
    """Return a whole page.

    Args:
        look: language, title, picture.
        content: what the page is about.
        title: its heading, also the browser's.
        kind: `split`: a column beside the picture; `whole`: over it, for screens far away; `wide`: no picture.
        switch: the address of the page in the other language; empty for none.
        head: further elements of the head.
    """
    words = look.words
    skip = el("a", words["to_content"], class_="skip", href=f"#{ids.SIGN_MAIN}")
    main = el("main", el("h1", title), *content, id=ids.SIGN_MAIN, tabindex="-1")
    body = el("body", skip, *_around(look, switch, kind), main, class_=kind)
    return f"<!DOCTYPE html>{el('html', _head(look, title, head), body, lang=words['lang'])}"


def _head(look: Look, title: str, more: tuple[Markup, ...]) -> Markup:
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="dark"),
        el("title", f"{title} · {look.title}"),
        el("link", rel="icon", type="image/svg+xml", href=f"{ASSETS}/eye.svg"),
        el("link", rel="stylesheet", href="/assets/tokens.css"),
        el("link", rel="stylesheet", href=f"{ASSETS}/sign_in.css"),
        *more,
    )


def _around(look: Look, switch: str, kind: str) -> list[Markup]:
    words = look.words
    other = OTHER[look.lang]
    turn = el(
        "a", words["other_language"], class_="turn", href=switch, lang=SIGN_IN[other]["lang"], hreflang=other
    )  # fmt: skip
    top = el("header", mark(), el("p", words["product"], class_="product"), turn if switch else NOTHING)
    if kind == "wide":
        return [top]
    behind = el("div", look.picture, class_="picture")
    whose = el("div", el("p", look.title, class_="whose"), el("p", words["tagline"], class_="tagline"), class_="banner")
    note = el("footer", el("p", words["map_note"])) if look.picture else NOTHING
    return [behind, top, whose, note]


def mark() -> Markup:
    """Return the product's mark: an eye whose pupil is a place on the map."""
    lid = el("path", d="M3 24C10 11 17 7 24 7s14 4 21 17c-7 13-14 17-21 17S10 37 3 24z")
    return el(
        "svg", lid, el("circle", cx=24, cy=24, r=9), el("circle", class_="pupil", cx=24, cy=24, r="3.5"),
        class_="mark", viewBox="0 0 48 48", aria_hidden="true", focusable="false",
    )  # fmt: skip


def field(label: str, name: str, field_id: str, *, note: str = "", **attributes: Attribute) -> Markup:
    """Return a labelled input; *note* says below it what is expected."""
    note_id = f"{field_id}-note" if note else None
    attributes.setdefault("type", "text")
    given = el("input", name=name, id=field_id, required=True, aria_describedby=note_id, **attributes)
    below = el("p", note, class_="note", id=note_id) if note else NOTHING
    return el("div", el("label", label, for_=field_id), given, below, class_="field")


def code_field(words: Mapping[str, str], *, autofocus: bool = True) -> Markup:
    """Return the input for the six digits of a second step."""
    return field(
        words["code"], "code", ids.SIGN_CODE, inputmode="numeric", autocomplete="one-time-code", pattern="[0-9 ]{6,7}",
        maxlength=7, autofocus=autofocus, class_="code",
    )  # fmt: skip


def new_password_fields(words: Mapping[str, str], policy: str) -> Markup:
    """Return the two inputs for a new password, with the rule of *policy* below."""
    secret = partial(field, type="password", autocomplete="new-password", maxlength=256)
    return together(
        secret(words["new_password"], "new", ids.SIGN_NEW, note=words[f"rule_{policy}"]),
        secret(words["again"], "again", ids.SIGN_AGAIN),
    )


def form(action: str, *content: str, hidden: Mapping[str, str] | None = None, **attributes: Attribute) -> Markup:
    """Return a form that is posted to *action*, with *hidden* values; those that are empty are left out."""
    kept = [el("input", type="hidden", name=name, value=value) for name, value in (hidden or {}).items() if value]
    return el("form", *kept, *content, method="post", action=action, **attributes)


def button(label: str, *, kind: str = "first", **attributes: Attribute) -> Markup:
    """Return a button that sends its form."""
    return el("button", label, type="submit", class_=kind, **attributes)


def told(text: str, *, good: bool = False) -> Markup:
    """Return a sentence about what just happened, which screen readers say at once; nothing for an empty one."""
    if not text:
        return NOTHING
    return el("p", text, class_="told good" if good else "told", role="status" if good else "alert", id=ids.SIGN_TOLD)
