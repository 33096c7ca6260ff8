"""The shape of a callback's request: what Dash's renderer would send, and nothing else.

Dash itself answers most malformed bodies with 500; here they cost 4xx and never reach it.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from starlette.exceptions import HTTPException

from dashboard.access import Access

KEYS: Final = {"output", "outputs", "inputs", "state", "changedPropIds", "parsedChangedPropsIds"}


def check(raw: bytes, callbacks: Mapping[str, Mapping[str, Any]], rules: Mapping[str, Access]) -> None:
    """Accept *raw* when it asks a known callback with exactly the inputs that it was registered with.

    Args:
        raw: the request's body.
        callbacks: Dash's `callback_map`.
        rules: who may ask each output; one without a rule is nobody's.

    Raises:
        HTTPException: 400 for a wrong shape, 403 for a callback nobody may ask, 404 for an unknown one.
    """
    body = _object(raw)
    output = body.get("output")
    known = callbacks.get(output) if isinstance(output, str) else None
    if known is None:
        raise HTTPException(404, "no such callback")
    if rules.get(str(output)) is not Access.OPEN:
        raise HTTPException(403, "not allowed")
    if not body.keys() <= KEYS:
        raise HTTPException(400, "unknown keys")
    if _output_name(body.get("outputs")) != output:
        raise HTTPException(400, "outputs that were not registered")
    _same_properties(body.get("inputs"), known["inputs"])
    _same_properties(body.get("state", []), known["state"])
    _changed(body.get("changedPropIds", []), known["inputs"])


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(raw)
    except ValueError as error:
        raise HTTPException(400, "not JSON") from error
    if not isinstance(body, dict):
        raise HTTPException(400, "not an object")
    return body


def _output_name(outputs: object) -> str:
    """Return how Dash calls *outputs*: `id.property`, several of them as `..a.x...b.y..`."""
    if isinstance(outputs, dict):
        return f"{outputs.get('id')}.{outputs.get('property')}"
    if isinstance(outputs, list):
        return f"..{'...'.join(_output_name(one) for one in outputs if isinstance(one, dict))}.."
    return ""


def _same_properties(given: object, registered: list[dict[str, Any]]) -> None:
    if not isinstance(given, list) or len(given) != len(registered):
        raise HTTPException(400, "wrong number of inputs")
    for one, wanted in zip(given, registered, strict=True):
        if not isinstance(one, dict) or (one.get("id"), one.get("property")) != (wanted["id"], wanted["property"]):
            raise HTTPException(400, "an input that was not registered")


def _changed(given: object, registered: list[dict[str, Any]]) -> None:
    names = {f"{one['id']}.{one['property']}" for one in registered}
    if not isinstance(given, list) or not all(isinstance(name, str) and name in names for name in given):
        raise HTTPException(400, "a trigger that is no input")
