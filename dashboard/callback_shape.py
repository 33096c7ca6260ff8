"""The shape of a callback's request: what Dash's renderer would send, and nothing else.

Dash itself answers most malformed bodies with 500; here they cost 4xx and never reach it. Ids may be texts, or
patterns such as {"type": "row", "index": ["ALL"]}, as Dash's own.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from starlette.exceptions import HTTPException

from street.policy import Action

KEYS: Final = {"output", "outputs", "inputs", "state", "changedPropIds", "parsedChangedPropsIds"}
MOST_MATCHES: Final = 500  # components that one pattern may stand for
SCALARS: Final = (str, int, float, bool)
Spec = Mapping[str, Any]  # one input as registered: {"id": …, "property": …}


def check(
    body: object, callbacks: Mapping[str, Mapping[str, Any]], rules: Mapping[str, Action], may: Callable[[Action], bool]
) -> None:
    """Accept *body* when it asks a known callback with exactly the inputs that it was registered with.

    Args:
        body: the request's body, as read from JSON.
        callbacks: Dash's `callback_map`.
        rules: which action each output needs; one without a rule is nobody's.
        may: whether who asks may do that.

    Raises:
        HTTPException: 400 for a wrong shape, 404 for a callback that is unknown or that who asks may not ask.
    """
    if not isinstance(body, dict):
        raise HTTPException(400, "not an object")
    output = body.get("output")
    known = callbacks.get(output) if isinstance(output, str) else None
    action = rules.get(str(output))
    if known is None or action is None or not may(action):
        raise HTTPException(404, "not found")
    if not body.keys() <= KEYS:
        raise HTTPException(400, "unknown keys")
    _outputs(body.get("outputs"), str(output))
    _same_properties(body.get("inputs"), known["inputs"])
    _same_properties(body.get("state", []), known["state"])
    _changed(body.get("changedPropIds", []), known["inputs"])


def _outputs(given: object, output: str) -> None:
    """Accept outputs that are called as in *output*: `id.property`, several of them as `..a.x...b.y..`."""
    is_several = output.startswith("..") and output.endswith("..")
    names = output[2:-2].split("...") if is_several else [output]
    several = given if is_several else [given]
    if not isinstance(several, list) or len(several) != len(names):
        raise HTTPException(400, "outputs that were not registered")
    for one, name in zip(several, names, strict=True):
        wanted_id, _, wanted_property = name.rpartition(".")
        spec = {"id": wanted_id, "property": wanted_property.partition("@")[0]}
        plain = _without_salt(one)
        if not _fits(plain, spec):
            raise HTTPException(400, "outputs that were not registered")


def _without_salt(one: object) -> object:
    """Return an output without what Dash adds where two callbacks share it."""
    if isinstance(one, list):
        return [_without_salt(each) for each in one]
    if isinstance(one, dict) and isinstance(one.get("property"), str):
        return {**one, "property": one["property"].partition("@")[0]}
    return one


def _same_properties(given: object, registered: list[Spec]) -> None:
    if not isinstance(given, list) or len(given) != len(registered):
        raise HTTPException(400, "wrong number of inputs")
    if not all(_fits(one, wanted) for one, wanted in zip(given, registered, strict=True)):
        raise HTTPException(400, "an input that was not registered")


def _fits(one: object, wanted: Spec) -> bool:
    """Return whether *one* is the property that was registered; a list where its id stands for many."""
    pattern = _pattern(wanted["id"])
    if pattern is not None and any(part in (["ALL"], ["ALLSMALLER"]) for part in pattern.values()):
        if not isinstance(one, list) or len(one) > MOST_MATCHES:
            return False
        return all(_is_one(each, wanted, pattern) for each in one)
    return _is_one(one, wanted, pattern)


def _is_one(one: object, wanted: Spec, pattern: Mapping[str, Any] | None) -> bool:
    if not isinstance(one, dict) or one.get("property") != wanted["property"]:
        return False
    return one.get("id") == wanted["id"] if pattern is None else _matches(one.get("id"), pattern)


def _pattern(component_id: object) -> Mapping[str, Any] | None:
    """Return an id that is a pattern as an object, None for a plain one."""
    if isinstance(component_id, str) and component_id.startswith("{"):
        try:
            component_id = orjson.loads(component_id)
        except ValueError:
            return None
    return component_id if isinstance(component_id, dict) else None


def _matches(component_id: object, pattern: Mapping[str, Any]) -> bool:
    if not isinstance(component_id, dict) or component_id.keys() != pattern.keys():
        return False
    return all(
        isinstance(component_id[key], SCALARS) and (isinstance(part, list) or component_id[key] == part)
        for key, part in pattern.items()
    )


def _changed(given: object, registered: list[Spec]) -> None:
    if not isinstance(given, list) or len(given) > MOST_MATCHES or not all(isinstance(name, str) for name in given):
        raise HTTPException(400, "a trigger that is no input")
    for name in given:
        component_id, _, changed = name.rpartition(".")
        if not any(changed == one["property"] and _is_named(component_id, one["id"]) for one in registered):
            raise HTTPException(400, "a trigger that is no input")


def _is_named(component_id: str, registered_id: object) -> bool:
    pattern = _pattern(registered_id)
    return component_id == registered_id if pattern is None else _matches(_pattern(component_id), pattern)
