"""The shape of a callback's request."""

from typing import Any

import orjson
import pytest
from starlette.exceptions import HTTPException

from dashboard.access import Access
from dashboard.callback_shape import check

CALLBACKS = {
    "card.children": {
        "inputs": [{"id": "queue", "property": "selected"}],
        "state": [{"id": "lang", "property": "data"}],
    },
    "..card.children...card.title..": {"inputs": [{"id": "queue", "property": "selected"}], "state": []},
}
RULES = {"card.children": Access.OPEN, "..card.children...card.title..": Access.OPEN}
GOOD: dict[str, Any] = {
    "output": "card.children",
    "outputs": {"id": "card", "property": "children"},
    "inputs": [{"id": "queue", "property": "selected", "value": "inc-1"}],
    "state": [{"id": "lang", "property": "data", "value": {"any": ["thing"]}}],
    "changedPropIds": ["queue.selected"],
    "parsedChangedPropsIds": ["queue.selected"],
}


def test_what_the_renderer_sends_passes() -> None:
    """Values are the callback's own business; who asks and with which inputs is ours."""
    several = {
        "output": "..card.children...card.title..",
        "outputs": [{"id": "card", "property": "children"}, {"id": "card", "property": "title"}],
        "inputs": [{"id": "queue", "property": "selected"}],
        "changedPropIds": [],
    }

    check(orjson.dumps(GOOD), CALLBACKS, RULES)
    check(orjson.dumps(several), CALLBACKS, RULES)


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"output": "other.children"}, 404, id="unknown output"),
        pytest.param({"output": None}, 404, id="no output"),
        pytest.param({"outputs": {"id": "other", "property": "children"}}, 400, id="outputs of another"),
        pytest.param({"outputs": None}, 400, id="no outputs"),
        pytest.param({"outputs": [1, None]}, 400, id="outputs that are none"),
        pytest.param({"inputs": []}, 400, id="missing input"),
        pytest.param({"inputs": GOOD["inputs"] * 2}, 400, id="extra input"),
        pytest.param({"inputs": GOOD["state"]}, 400, id="swapped"),
        pytest.param({"inputs": [None]}, 400, id="input that is none"),
        pytest.param({"inputs": [{"id": {"a": 1}, "property": []}]}, 400, id="input of other types"),
        pytest.param({"state": None}, 400, id="state that is none"),
        pytest.param({"changedPropIds": ["lang.data"]}, 400, id="trigger that is a state"),
        pytest.param({"changedPropIds": [["queue.selected"]]}, 400, id="trigger that is no text"),
        pytest.param({"changedPropIds": "queue.selected"}, 400, id="triggers that are no list"),
        pytest.param({"background": {}}, 400, id="unknown key"),
    ],
)
def test_anything_else_is_refused(change: dict[str, Any], code: int) -> None:
    """Never 5xx, and never a call with inputs that were not registered."""
    with pytest.raises(HTTPException) as refused:
        check(orjson.dumps(GOOD | change), CALLBACKS, RULES)

    assert refused.value.status_code == code


def test_a_callback_without_a_rule_is_nobodys() -> None:
    """Forgetting the rule must not open the door."""
    with pytest.raises(HTTPException) as refused:
        check(orjson.dumps(GOOD), CALLBACKS, {})

    assert refused.value.status_code == 403
