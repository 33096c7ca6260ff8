"""A real OpenID provider on this machine, which remembers what it was asked and can be made to lie."""

import io
import json
import os
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
from authlib.deprecate import AuthlibDeprecationWarning
from werkzeug.serving import make_server

with warnings.catch_warnings():  # it uses parts of Authlib that are on their way out
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    import oidc_provider_mock

CLIENT_ID = "sky-eye"
Answer = dict[str, Any]


class Provider:
    """The provider, as tests see it.

    Attributes:
        issuer: its address.
        asked: the forms that its token endpoint got.
        lie: what it makes of the token endpoint's answers.
    """

    def __init__(self, port: int) -> None:
        self.issuer = f"http://localhost:{port}"
        self.asked: list[dict[str, str]] = []
        self.lie: Callable[[Answer], Answer] = lambda answer: answer

    def know(self, subject: str, **claims: str) -> None:
        """Give somebody an account there."""
        httpx.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def agree(self, location: str, subject: str) -> str:
        """Sign in there as *subject* at the address we were sent to; return the address it sends back to."""
        answer = httpx.post(location, data={"sub": subject}, follow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def token_for(self, subject: str, *, client_id: str, nonce: str) -> Answer:
        """Return what another client of this provider gets, for the same person and even the same nonce."""
        back = "http://localhost/back"
        query = {"response_type": "code", "client_id": client_id, "redirect_uri": back, "scope": "openid profile"}
        asked = httpx.Request("GET", f"{self.issuer}/oauth2/authorize", params={**query, "nonce": nonce, "state": "s"})
        code = parse_qs(urlsplit(self.agree(str(asked.url), subject)).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "client_id": client_id}
        told = httpx.post(f"{self.issuer}/oauth2/token", data=form, auth=(client_id, "any"))
        return dict(told.raise_for_status().json())


@contextmanager
def a_provider() -> Iterator[Provider]:
    """Run a provider; it may be spoken to without TLS, since it is this machine."""
    before = os.environ.get("AUTHLIB_INSECURE_TRANSPORT")
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    inner = oidc_provider_mock.app(require_nonce=True)
    server = make_server("localhost", 0, lambda environ, start: _served(provider, inner, environ, start), threaded=True)
    provider = Provider(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
        if before is None:
            del os.environ["AUTHLIB_INSECURE_TRANSPORT"]


def _served(provider: Provider, inner: Any, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    if environ["PATH_INFO"] != "/oauth2/token":
        return inner(environ, start)
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    provider.asked.append(dict(parse_qsl(body.decode())))
    told: list[Any] = []
    given = inner(
        {**environ, "wsgi.input": io.BytesIO(body)}, lambda status, headers, *_: told.append((status, headers))
    )
    content = b"".join(given)
    status, headers = told[0]
    if status.startswith("200") and provider.asked[-1].get("code_verifier"):  # ours, not another client's
        content = json.dumps(provider.lie(json.loads(content))).encode()
    kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
    start(status, [*kept, ("Content-Length", str(len(content)))])
    return [content]
