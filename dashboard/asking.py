"""Who asks: set by the guard for the request at hand, readable by routes and callbacks, in threads too.

    guard ── asking.begin(Asking(...)) ──▶ route or callback ── asking.person(), asking.actor() ──▶ store, audit

A plain function that Starlette or `off_loop` runs in a thread sees the same values: context variables go with it.
Outside a request everybody is nobody.
"""

from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Final, NamedTuple

from street.people import Actor, Person

if TYPE_CHECKING:  # the store is not needed to know who asks
    from street.store import Session


class Asking(NamedTuple):
    """One request's asker. `address` is the client's own, also behind the proxy."""

    person: Person | None = None
    session: "Session | None" = None
    address: str = ""
    request_id: str = ""


NOBODY_ASKS: Final = Asking()
_ASKING: Final[ContextVar[Asking]] = ContextVar("asking", default=NOBODY_ASKS)


def begin(who: Asking) -> Token[Asking]:
    """Let *who* ask from now on in this context; give what is returned to `end`."""
    return _ASKING.set(who)


def end(token: Token[Asking]) -> None:
    """Forget who asked."""
    _ASKING.reset(token)


def person() -> Person | None:
    """Return who is signed in, None for an anonymous request."""
    return _ASKING.get().person


def session() -> "Session | None":
    """Return the session of the request, None for an anonymous one."""
    return _ASKING.get().session


def address() -> str:
    """Return where the request comes from, empty outside of one."""
    return _ASKING.get().address


def request_id() -> str:
    """Return what names the request in the log, in the audit and in the header X-Request-Id."""
    return _ASKING.get().request_id


def actor() -> Actor:
    """Return who asks as the audit writes it; an anonymous asker has an address and no name."""
    who = _ASKING.get()
    return Actor(
        person_id=who.person.person_id if who.person else "",
        login=who.person.login if who.person else "",
        address=who.address,
        session_id=who.session.session_id if who.session else "",
        request_id=who.request_id,
    )
