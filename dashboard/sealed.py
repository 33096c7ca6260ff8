"""What a browser keeps for us for some minutes and cannot read or change: a cookie, sealed and stamped.

Each has its purpose in its key, so that what was sealed for one is nothing under another's name.
"""

import base64
import hmac
from typing import Any, Final, Literal, NamedTuple

import orjson
from cryptography.fernet import Fernet, InvalidToken
from starlette.requests import Request
from starlette.responses import Response

from dashboard import cookies
from dashboard.office import Office
from street.clock import SECOND_US


class Purpose(NamedTuple):
    """One kind of sealed cookie."""

    name: str
    lasts_s: int
    samesite: Literal["lax", "strict"] = "strict"


STEPS: Final = Purpose("step", 600)  # how far a sign-in has come
OFFER: Final = Purpose("offer", 900)  # the code that a device shows; the offer itself ends before
FACTOR: Final = Purpose("factor", 600)  # the key of a second factor that is being set up
PROVIDER: Final = Purpose("sent", 600, "lax")  # a provider's site sends the browser back with it


def keep(answer: Response, office: Office, purpose: Purpose, content: dict[str, Any]) -> None:
    """Give the browser *content* to keep."""
    stamp_s = office.now_us() // SECOND_US
    text = _box(office, purpose).encrypt_at_time(orjson.dumps(content), stamp_s).decode("ascii")
    _set(answer, office, purpose, text, purpose.lasts_s)


def forget(answer: Response, office: Office, purpose: Purpose) -> None:
    """Take it away."""
    _set(answer, office, purpose, "", 0)


def read(request: Request, office: Office, purpose: Purpose) -> dict[str, Any] | None:
    """Return what the browser kept; None where it is too old, tampered with or not there."""
    text = request.cookies.get(_name(office, purpose), "").encode("utf-8", "replace")
    try:
        content = _box(office, purpose).decrypt_at_time(text, purpose.lasts_s, office.now_us() // SECOND_US)
    except InvalidToken:
        return None
    found: dict[str, Any] = orjson.loads(content)
    return found


def _box(office: Office, purpose: Purpose) -> Fernet:
    key = hmac.digest(office.keys.seal, b"cookie " + purpose.name.encode(), "sha256")
    return Fernet(base64.urlsafe_b64encode(key))


def _name(office: Office, purpose: Purpose) -> str:
    return f"__Host-{purpose.name}" if cookies.is_secure(office.config) else purpose.name


def _set(answer: Response, office: Office, purpose: Purpose, value: str, lasts_s: int) -> None:
    answer.set_cookie(
        _name(office, purpose), value, max_age=lasts_s, path="/", httponly=True, samesite=purpose.samesite,
        secure=cookies.is_secure(office.config),
    )  # fmt: skip
