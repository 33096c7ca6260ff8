"""Signing in, step by step: account and password, the code, a new password, setting up the second step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import urlencode

from layouts import ids
from layouts.sign_in.frame import OTHER, Look, button, code_field, field, form, new_password_fields, page, told
from layouts.sign_in.markup import Markup, el, together

QUIET_ZONE: Final = 4  # modules of white around a QR code


class Present(NamedTuple):
    """Who is signed in already, in this browser."""

    name: str
    home: str
    csrf: str  # "" for a screen, which cannot sign itself out


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What one showing of the sign-in page needs to know."""

    next_path: str = ""
    login: str = ""  # as it was typed
    fault: str = ""  # a sentence
    done: str = ""  # a sentence
    demo: Sequence[tuple[str, str, str]] = ()  # (role, login, password) of the accounts that are offered
    has_provider: bool = False
    present: Present | None = None


def login_page(look: Look, door: Door) -> str:
    """Return the sign-in page."""
    words = look.words
    kept = {"next": door.next_path} if door.next_path else {}
    asked = form(
        "/login",
        field(
            words["login"], "login", ids.SIGN_LOGIN, value=door.login, autocomplete="username", maxlength=64,
            autocapitalize="none", spellcheck="false", autofocus=not door.login,
        ),
        field(
            words["password"], "password", ids.SIGN_PASSWORD, type="password", autocomplete="current-password",
            maxlength=256, autofocus=bool(door.login),
        ),
        button(words["enter"]),
        hidden=kept,
    )  # fmt: skip
    return page(
        look,
        el("p", words["sign_in_lead"], class_="lead"),
        told(door.fault),
        told(door.done, good=True),
        _present(look, door.present),
        asked,
        _provider(look, door),
        _demo(look, door),
        el("p", el("a", words["pair_this"], href="/pair"), class_="aside"),
        title=words["sign_in"],
        switch=f"/login?{urlencode(kept | {'lang': OTHER[look.lang]})}",
    )


def _present(look: Look, present: Present | None) -> Markup:
    if present is None:
        return Markup("")
    words = look.words
    on = el("a", words["to_work"], class_="second", href=present.home)
    out = form("/logout", button(words["sign_out"], kind="plain"), hidden={"csrf": present.csrf})
    said = el("p", words["signed_in_as"].replace("{name}", present.name))
    return el("section", said, el("div", on, out if present.csrf else "", class_="ways"), class_="present")


def _provider(look: Look, door: Door) -> Markup:
    if not door.has_provider:
        return Markup("")
    query = f"?{urlencode({'next': door.next_path})}" if door.next_path else ""
    link = el("a", look.words["with_provider"], class_="second", href=f"/login/oidc{query}")
    return together(el("p", look.words["or"], class_="or"), link)


def _demo(look: Look, door: Door) -> Markup:
    if not door.demo:
        return Markup("")
    words = look.words
    offers = [
        form(
            "/login",
            el(
                "button",
                el("b", words[f"role_{role}"]),
                el("span", words[f"does_{role}"]),
                type="submit",
                data_demo=role,
            ),
            hidden={"login": login, "password": password, "next": door.next_path},
        )
        for role, login, password in door.demo
    ]
    return el(
        "section",
        el("h2", words["demo"]),
        el("p", words["demo_lead"], class_="note"),
        el("div", *offers, class_="offers"),
        class_="demo",
    )


def code_page(look: Look, *, fault: str = "") -> str:
    """Return the page that asks for the six digits."""
    words = look.words
    return page(
        look,
        el("p", words["code_lead"], class_="lead"),
        told(fault),
        form("/login/code", code_field(words), button(words["go_on"])),
        _back(look),
        title=words["code_title"],
        switch=f"/login/code?lang={OTHER[look.lang]}",
    )


def change_page(look: Look, *, policy: str, faults: Sequence[str] = ()) -> str:
    """Return the page on which a password must be replaced before anything else."""
    words = look.words
    return page(
        look,
        el("p", words["change_lead"], class_="lead"),
        told(faults_text(look, faults)),
        form("/login/password", new_password_fields(words, policy), button(words["set_password"])),
        _back(look),
        title=words["change_title"],
        switch=f"/login/password?lang={OTHER[look.lang]}",
    )


def faults_text(look: Look, faults: Sequence[str]) -> str:
    """Return in words what is wrong with a password, by the codes of `street.passwords` and ours."""
    return " ".join(look.words[f"fault_{code.replace('-', '_')}"] for code in faults)


def enrol_page(look: Look, *, matrix: Sequence[Sequence[int]], secret: str, fault: str = "") -> str:
    """Return the page on which the second step is set up, because the person's role needs one.

    Args:
        look: language, title, picture.
        matrix: the QR code's modules, 1 for dark.
        secret: the key in base32, for those who cannot scan.
        fault: a sentence.
    """
    words = look.words
    return page(
        look,
        el("p", words["enrol_lead"], " ", words["enrol_how"], class_="lead"),
        told(fault),
        key_shown(look, matrix, secret),
        form("/login/enrol", code_field(words), button(words["go_on"])),
        _back(look),
        title=words["enrol_title"],
        switch=f"/login/enrol?lang={OTHER[look.lang]}",
    )


def key_shown(look: Look, matrix: Sequence[Sequence[int]], secret: str) -> Markup:
    """Return the QR code and, folded away, the same key as text."""
    words = look.words
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    by_hand = el("details", el("summary", words["enrol_by_hand"]), el("code", grouped))
    return el("div", _qr(matrix, words["qr_label"]), by_hand, class_="key")


def _qr(matrix: Sequence[Sequence[int]], label: str) -> Markup:
    side = len(matrix) + 2 * QUIET_ZONE
    dots = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(matrix, QUIET_ZONE)
        for x, dark in enumerate(row, QUIET_ZONE)
        if dark
    )
    paper = el("rect", class_="paper", width=side, height=side)
    ink = el("path", class_="ink", d=dots)
    return el(
        "svg", paper, ink, class_="qr", viewBox=f"0 0 {side} {side}", role="img", aria_label=label,
        shape_rendering="crispEdges",
    )  # fmt: skip


def going_on_page(look: Look, path: str) -> str:
    """Return the page that leads on after a provider sent somebody back.

    A redirect would not do: the browser counts it as the provider's, and keeps our strict cookie back.
    """
    words = look.words
    return page(
        look,
        el("p", el("a", words["to_work"], href=path, class_="second"), class_="lead"),
        title=words["going_on"],
        head=(el("meta", http_equiv="refresh", content=f"0; url={path}"),),
    )


def _back(look: Look) -> Markup:
    return el("p", el("a", look.words["back_to_sign_in"], href="/login"), class_="aside")
