"""The way out: every answer leaves with the security headers, never with a version; a 404 always looks the same."""

from collections.abc import Sequence
from typing import Final

from starlette.types import Message, Send

FIXED_HEADERS: Final = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),  # the layout learns the page's query from it
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
ONLY_HTTPS: Final = (b"strict-transport-security", b"max-age=31536000")
LEAKY_HEADERS: Final = {b"server", b"x-powered-by"}


def content_policy(script_hashes: Sequence[str]) -> str:
    """Return the content security policy: our own files and Dash's one inline script, nothing else."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' {' '.join(script_hashes)}".strip(),
            "style-src 'self' 'unsafe-inline'",  # Dash's components write style elements
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


class Leaving:
    """Sends one answer, and holds a 404 of whoever answers back, so that the guard can give its own.

    Attributes:
        has_begun: whether something was sent.
        is_missing: whether a 404 was held back.
    """

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]], *, has_body: bool) -> None:
        self._send = send
        self._headers = headers
        self._has_body = has_body
        self.is_final = False  # set by the guard for answers of its own
        self.has_begun = False
        self.is_missing = False

    async def __call__(self, message: Message) -> None:
        """Send one message of the answer."""
        if message["type"] == "http.response.start":
            self.is_missing = message["status"] == 404 and not self.is_final
            if self.is_missing:
                return
            self.has_begun = True
            own = [(name, value) for name, value in message.get("headers", []) if name.lower() not in LEAKY_HEADERS]
            headers = [*own, *self._headers]
            if not any(name.lower() == b"cache-control" for name, _ in own):
                headers.append((b"cache-control", b"no-store"))
            message = {**message, "headers": headers}
        elif self.is_missing and not self.is_final:
            return
        elif not self._has_body:
            message = {**message, "body": b""}
        await self._send(message)
