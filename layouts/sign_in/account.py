"""One's own account: who one is, the password, the second step, where one is signed in, the language."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from layouts import ids
from layouts.sign_in.frame import OTHER, Look, button, code_field, form, new_password_fields, page, told
from layouts.sign_in.frame import field as row
from layouts.sign_in.login import key_shown
from layouts.sign_in.markup import Markup, el
from layouts.wording.sign_in import SIGN_IN


@dataclass(frozen=True, slots=True)
class Listed:
    """One session as the page lists it; instants are texts already."""

    session_id: str
    kind: str
    name: str
    address: str
    begun: str
    seen: str
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What one showing of the page needs to know."""

    login: str
    name: str
    unit: str
    roles: Sequence[tuple[str, str]]  # role, and the area's name
    home: str
    csrf: str
    policy: str
    has_password: bool
    has_factor: bool
    needs_factor: bool
    sessions: Sequence[Listed]
    fault: str = ""
    done: str = ""
    key: tuple[Sequence[Sequence[int]], str] | None = field(default=None)  # of a second factor that is being set up


def account_page(look: Look, account: Account) -> str:
    """Return the page."""
    return page(
        look,
        told(account.fault),
        told(account.done, good=True),
        _who(look, account),
        *([_password(look, account), _factor(look, account)] if account.has_password else [_elsewhere(look)]),
        _sessions(look, account),
        _language(look, account),
        title=look.words["account"],
        kind="wide",
        switch=f"/account?lang={OTHER[look.lang]}",
    )


def _who(look: Look, account: Account) -> Markup:
    words = look.words
    under = " · ".join(part for part in (account.login, account.unit) if part)
    grants = [el("li", words[f"role_{role}"], el("span", area) if area else "") for role, area in account.roles]
    out = form("/logout", button(words["sign_out"], kind="plain"), hidden={"csrf": account.csrf})
    ways = el("div", el("a", words["to_work"], href=account.home, class_="second"), out, class_="ways")
    return el(
        "section",
        el(
            "div",
            el("div", el("p", account.name, class_="name"), el("p", under, class_="note")),
            el("ul", *grants, class_="grants", aria_label=words["roles"]),
            ways,
            class_="who",
        ),
        class_="across",
    )


def _password(look: Look, account: Account) -> Markup:
    words = look.words
    asked = form(
        "/account",
        _current(look, "current"),
        new_password_fields(words, account.policy),
        button(words["set_password"]),
        hidden={"csrf": account.csrf, "act": "password"},
    )
    return el("section", el("h2", words["account_password"]), asked)


def _factor(look: Look, account: Account) -> Markup:
    words = look.words
    head = el("h2", words["factor"])
    if account.key is not None:
        proof = form(
            "/account", code_field(words), button(words["go_on"]), hidden={"csrf": account.csrf, "act": "factor-code"}
        )
        return el("section", head, el("p", words["enrol_how"], class_="note"), key_shown(look, *account.key), proof)
    state = el("p", words["factor_on" if account.has_factor else "factor_off"])
    begin = form(
        "/account",
        _current(look, "factor"),
        button(
            words["factor_again" if account.has_factor else "factor_begin"], kind="plain", name="act", value="factor"
        ),
        _drop(look, account),
        hidden={"csrf": account.csrf},
    )
    forced = el("p", words["factor_forced"], class_="note") if account.needs_factor else ""
    return el("section", head, state, begin, forced)


def _drop(look: Look, account: Account) -> Markup:
    if not account.has_factor or account.needs_factor:
        return Markup("")
    return button(look.words["factor_drop"], kind="plain", name="act", value="factor-drop")


def _current(look: Look, purpose: str) -> Markup:
    return row(
        look.words["current_password"], "current", f"{ids.SIGN_PASSWORD}-{purpose}", type="password",
        autocomplete="current-password", maxlength=256,
    )  # fmt: skip


def _elsewhere(look: Look) -> Markup:
    return el("section", el("p", look.words["no_password"]), class_="across")


def _sessions(look: Look, account: Account) -> Markup:
    words = look.words
    others = form(
        "/account", button(words["end_others"], kind="plain"), hidden={"csrf": account.csrf, "act": "end-others"}
    )
    return el(
        "section",
        el("h2", words["sessions"]),
        el("p", words["sessions_lead"], class_="note"),
        el("ul", *(_listed(look, account, it) for it in account.sessions), class_="sessions"),
        others if len(account.sessions) > 1 else "",
        class_="across",
    )


def _listed(look: Look, account: Account, it: Listed) -> Markup:
    words = look.words
    called = " · ".join(part for part in (words[f"kind_{it.kind}"], it.name) if part)
    own = el("em", words["this_device"]) if it.is_own else ""
    facts = (
        words["since"].replace("{at}", it.begun),
        words["last_seen"].replace("{at}", it.seen),
        words["from_address"].replace("{address}", it.address),
    )
    ending = form(
        "/account",
        button(words["end_session"], kind="plain", aria_label=f"{words['end_session']}: {called}"),
        hidden={"csrf": account.csrf, "act": "end", "session": it.session_id},
    )
    return el(
        "li", el("b", called, own), el("p", " · ".join(facts), class_="note"), "" if it.is_own else ending
    )  # fmt: skip


def _language(look: Look, account: Account) -> Markup:
    """Return the choice of language; each is named in itself."""
    choices = [
        button(
            SIGN_IN[OTHER[lang]]["other_language"], kind="plain", name="lang", value=lang, lang=SIGN_IN[lang]["lang"],
            aria_pressed="true" if lang == look.lang else "false",
        )
        for lang in OTHER
    ]  # fmt: skip
    asked = form(
        "/account", el("div", *choices, class_="ways"), hidden={"csrf": account.csrf, "act": "language"}
    )  # fmt: skip
    return el("section", el("h2", look.words["language"]), asked, class_="across")
