"""A browser of ours without a screen: it knows the callbacks of an app and asks them as the renderer would."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

from tests.hostile.accounts import Account, Accounts, Reply, ask

CALLBACK: Final = "/_dash-update-component"
IDLE_S: Final = 2.0
ANY: Final = "x1"  # stands for one of many components that a pattern means


def dependencies(port: int, account: Account, app: str) -> list[dict[str, Any]]:
    """Return the callbacks that an app says it has."""
    reply = ask(port, "GET", f"{app}/_dash-dependencies", {"Cookie": account.cookies})
    assert reply.status == 200, reply.text
    return list(json.loads(reply.body))


def asked(dependency: dict[str, Any], values: Iterator[Any] | None = None) -> dict[str, Any]:
    """Return the body that asks this callback, every value from *values*, null where there are none."""

    def filled(spec: dict[str, Any]) -> Any:
        component_id, is_many = _concrete(spec["id"])
        one = {"id": component_id, "property": spec["property"], "value": next(values) if values else None}
        return [one] if is_many else one

    inputs = [filled(spec) for spec in dependency["inputs"]]
    first = inputs[0][0] if isinstance(inputs[0], list) else inputs[0]
    name = (
        first["id"] if isinstance(first["id"], str) else json.dumps(first["id"], sort_keys=True, separators=(",", ":"))
    )
    return {
        "output": dependency["output"],
        "outputs": _outputs(dependency["output"]),
        "inputs": inputs,
        "state": [filled(spec) for spec in dependency["state"]],
        "changedPropIds": [f"{name}.{first['property']}"],
    }


def _outputs(output: str) -> Any:
    is_several = output.startswith("..")
    made = []
    for name in output[2:-2].split("...") if is_several else [output]:
        component_id, _, prop = name.rpartition(".")
        made.append({"id": _concrete(component_id)[0], "property": prop.partition("@")[0]})
    return made if is_several else made[0]


def _concrete(component_id: Any) -> tuple[Any, bool]:
    """Return an id with its wildcards filled, and whether it stands for many."""
    if isinstance(component_id, str) and component_id.startswith("{"):
        component_id = json.loads(component_id)
    if not isinstance(component_id, dict):
        return component_id, False
    wild = [part for part in component_id.values() if isinstance(part, list)]
    return {key: ANY if isinstance(part, list) else part for key, part in component_id.items()}, ["ALL"] in wild


class Browser:
    """Asks over one connection, as one account or as nobody."""

    def __init__(self, port: int, accounts: Accounts, name: str | None) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
        self._origin = f"http://127.0.0.1:{port}"
        self._account = accounts[name] if name else None
        self._used_s = 0.0

    def send(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> Reply:
        """Send one request with the session's cookie, origin and CSRF text."""
        own = {"Origin": self._origin} if method == "POST" else {}
        if self._account:
            own |= {"Cookie": self._account.cookies, "X-CSRFToken": self._account.session.csrf}
        if time.monotonic() - self._used_s > IDLE_S:
            self._line.close()  # the server has hung up, or is about to
        self._used_s = time.monotonic()
        try:
            self._line.request(method, path, body, own | headers)
            answer = self._line.getresponse()
            is_endless = answer.getheader("content-type", "").startswith("text/event-stream")
            reply = Reply(answer.status, answer.getheaders(), b"" if is_endless else answer.read())
        except (http.client.HTTPException, ConnectionError):
            self._line.close()
            raise
        if is_endless:
            self._line.close()
        return reply

    def call(self, app: str, body: dict[str, Any] | bytes) -> Reply:
        """Ask a callback."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", f"{app}{CALLBACK}", {"Content-Type": "application/json"}, raw)

    def close(self) -> None:
        """Hang up."""
        self._line.close()


@contextmanager
def browsing(port: int, accounts: Accounts, name: str | None) -> Iterator[Browser]:
    """Open a browser for a while."""
    with closing(Browser(port, accounts, name)) as browser:
        yield browser
