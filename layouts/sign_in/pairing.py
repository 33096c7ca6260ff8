"""Pairing: a screen without a keyboard shows a code, and somebody at the desk enters it."""

from typing import Final

from layouts import ids
from layouts.sign_in.frame import ASSETS, OTHER, Look, button, form, page, told
from layouts.sign_in.markup import Markup, el, together

KINDS: Final = ("screen", "tablet")


def choice_page(look: Look, *, kind: str = "", name: str = "", fault: str = "") -> str:
    """Return the page that asks what this device is.

    Args:
        look: language, title, picture.
        kind: what the address says it is, so that a kiosk needs no click; else empty.
        name: what the address calls it; may be empty.
        fault: a sentence.
    """
    words = look.words
    offers = [
        form(
            "/pair",
            el("button", el("b", words[f"pair_{it}"]), el("span", words[f"pair_{it}_note"]), type="submit"),
            hidden={"kind": it, "name": name},
            data_self=it == kind and not fault,
        )
        for it in KINDS
    ]
    return page(
        look,
        el("p", words["pair_lead"], class_="lead"),
        told(fault),
        el("div", *offers, class_="offers two"),
        el("p", el("a", words["back_to_sign_in"], href="/login"), class_="aside"),
        title=words["pair_title"],
        switch=_switch(look),
        head=(_script(),),
    )


def code_page(look: Look, *, code: str, until: str, kind: str, name: str) -> str:
    """Return the page that shows *code* as large as the screen allows.

    Args:
        look: language, title, picture.
        code: as the desk must enter it.
        until: the local clock time at which it ends.
        kind: screen or tablet.
        name: what the device is called; may be empty.
    """
    words = look.words
    halves = [el("span", half) for half in (code[: len(code) // 2], code[len(code) // 2 :])]
    spelled = el("p", *halves, class_="paircode", role="img", aria_label=f"{words['pair_code']} {' '.join(code)}")
    state = el(
        "p", el("span", class_="pulse", aria_hidden="true"), el("span", words["pair_waiting"], data_part="state"),
        class_="state", role="status",
    )  # fmt: skip
    again = form(
        "/pair", button(words["pair_again"], kind="plain"), hidden={"kind": kind, "name": name}, data_again=True
    )
    return page(
        look,
        spelled,
        el("p", words["pair_how"], class_="how"),
        together(
            el("p", words["pair_until"].replace("{clock}", until), class_="until"),
            el("div", state, again, class_="below"),
        ),
        title=" · ".join(part for part in (words[f"pair_{kind}"], name) if part),
        kind="whole",
        switch=_switch(look),
        head=(_script(), el("meta", name=ids.PAIR, content=words["pair_waiting"], data_lost=words["pair_lost"])),
    )


def _script() -> Markup:
    return el("script", src=f"{ASSETS}/pair.mjs", type="module")


def _switch(look: Look) -> str:
    return f"/pair?lang={OTHER[look.lang]}"
