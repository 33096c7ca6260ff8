"""The two cookies: the session's, which no script can read, and its CSRF text, which ours and Dash's must."""

from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from street.config import Config

if TYPE_CHECKING:
    from street.store import Session

SECURE_CSRF: Final = "__Host-csrf"  # Dash's renderer sends it back as X-CSRFToken
PLAIN_CSRF: Final = "_csrf_token"
CSRF_HEADER: Final = "x-csrftoken"
CSRF_FIELD: Final = "csrf"  # in forms
SECURE_SESSION: Final = "__Host-sid"
PLAIN_SESSION: Final = "sid"


def is_secure(config: Config) -> bool:
    """Return whether browsers reach us over TLS only."""
    return config.dashboard.https != "none"


def session_cookie(config: Config) -> str:
    """Return the name of the session's cookie."""
    return SECURE_SESSION if is_secure(config) else PLAIN_SESSION


def csrf_cookie(config: Config) -> str:
    """Return the name of the cookie with the CSRF text."""
    return SECURE_CSRF if is_secure(config) else PLAIN_CSRF


def give(response: Response, config: Config, token: str, session: "Session", now_us: int) -> None:
    """Give a browser its new session; it outlives neither the session nor, for a person, the browser."""
    lasts_s = None if session.kind == "person" else max(0, (session.ends_us - now_us) // 1_000_000)
    _set(response, config, session_cookie(config), token, lasts_s, is_hidden=True)
    _set(response, config, csrf_cookie(config), session.csrf, lasts_s, is_hidden=False)


def give_csrf(response: Response, config: Config, session: "Session") -> None:
    """Give a browser the CSRF text alone."""
    _set(response, config, csrf_cookie(config), session.csrf, None, is_hidden=False)


def take(response: Response, config: Config) -> None:
    """Take both away."""
    for name, is_hidden in ((session_cookie(config), True), (csrf_cookie(config), False)):
        _set(response, config, name, "", 0, is_hidden=is_hidden)


def _set(response: Response, config: Config, name: str, value: str, lasts_s: int | None, *, is_hidden: bool) -> None:
    response.set_cookie(
        name, value, max_age=lasts_s, path="/", secure=is_secure(config), httponly=is_hidden, samesite="strict"
    )
