"""The way out."""

import asyncio

from starlette.types import Message

from dashboard.leaving import Leaving, content_policy


def sent(messages: list[Message], *, has_body: bool = True, is_final: bool = False) -> list[Message]:
    """Return what leaves."""
    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    async def play() -> None:
        leaving = Leaving(send, [(b"x-frame-options", b"DENY")], has_body=has_body)
        leaving.is_final = is_final
        for message in messages:
            await leaving(message)

    asyncio.run(play())
    return told


def answer(status: int, **headers: str) -> list[Message]:
    """Return an answer as the pages give it."""
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return [
        {"type": "http.response.start", "status": status, "headers": pairs},
        {"type": "http.response.body", "body": b"text"},
    ]


def test_an_answer_gains_our_headers_and_loses_what_tells_versions() -> None:
    """Every layer behind may add its own; what leaves is decided here."""
    start, body = sent(answer(200, Server="uvicorn 0.30", x_powered_by="Dash"))

    assert start["headers"] == [(b"x-frame-options", b"DENY"), (b"cache-control", b"no-store")]
    assert body["body"] == b"text"


def test_who_says_how_long_an_answer_may_be_kept_is_heard() -> None:
    """Files are kept for ever; whoever says nothing is not kept at all."""
    start, _ = sent(answer(200, cache_control="public"))

    assert (b"cache-control", b"no-store") not in start["headers"]


def test_a_head_has_no_body() -> None:
    """Monitors ask so."""
    assert sent(answer(200), has_body=False)[1]["body"] == b""


def test_a_404_is_held_back_unless_it_is_the_guards_own() -> None:
    """Its words could tell what is hidden from what is not there."""
    assert sent(answer(404)) == []
    assert sent(answer(404), is_final=True)[1]["body"] == b"text"


def test_the_policy_allows_no_script_but_ours() -> None:
    """Text from a payload must never run, whatever else fails."""
    policy = content_policy(["'sha256-x'"])
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))

    assert scripts == "script-src 'self' 'sha256-x'"
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
