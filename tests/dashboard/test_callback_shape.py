"""The shape of a callback's request."""

from typing import Any

import pytest
from starlette.exceptions import HTTPException

from dashboard.callback_shape import MOST_MATCHES, check
from street.policy import Action

CALLBACKS = {
    "card.children": {
        "inputs": [{"id": "queue", "property": "selected"}],
        "state": [{"id": "lang", "property": "data"}],
    },
    "..card.children...card.title..": {"inputs": [{"id": "queue", "property": "selected"}], "state": []},
    '{"row":["MATCH"],"type":"cell"}.children': {
        "inputs": [{"id": '{"row":["MATCH"],"type":"end"}', "property": "n_clicks"}],
        "state": [{"id": '{"row":["ALL"],"type":"box"}', "property": "value"}],
    },
    "card.children@5f1a": {"inputs": [{"id": "queue", "property": "selected"}], "state": []},
}
RULES = dict.fromkeys(CALLBACKS, Action.SEE_LIVE)
GOOD: dict[str, Any] = {
    "output": "card.children",
    "outputs": {"id": "card", "property": "children"},
    "inputs": [{"id": "queue", "property": "selected", "value": "inc-1"}],
    "state": [{"id": "lang", "property": "data", "value": {"any": ["thing"]}}],
    "changedPropIds": ["queue.selected"],
    "parsedChangedPropsIds": ["queue.selected"],
}


ROW: dict[str, Any] = {
    "output": '{"row":["MATCH"],"type":"cell"}.children',
    "outputs": {"id": {"row": 3, "type": "cell"}, "property": "children"},
    "inputs": [{"id": {"row": 3, "type": "end"}, "property": "n_clicks", "value": 1}],
    "state": [[{"id": {"row": row, "type": "box"}, "property": "value"} for row in (1, 3)]],
    "changedPropIds": ['{"row":3,"type":"end"}.n_clicks'],
}


def anybody(_action: Action) -> bool:
    """Let everybody do everything."""
    return True


def test_what_the_renderer_sends_passes() -> None:
    """Values are the callback's own business; who asks and with which inputs is ours."""
    several = {
        "output": "..card.children...card.title..",
        "outputs": [{"id": "card", "property": "children"}, {"id": "card", "property": "title"}],
        "inputs": [{"id": "queue", "property": "selected"}],
        "changedPropIds": [],
    }

    shared = several | {"output": "card.children@5f1a", "outputs": {"id": "card", "property": "children@5f1a"}}

    for body in (GOOD, several, shared, ROW):
        check(body, CALLBACKS, RULES, anybody)


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
        check(GOOD | change, CALLBACKS, RULES, anybody)

    assert refused.value.status_code == code


@pytest.mark.hostile
@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"outputs": {"id": {"row": 3}, "property": "children"}}, id="output of another form"),
        pytest.param({"outputs": {"id": {"row": [3], "type": "cell"}, "property": "children"}}, id="a part no scalar"),
        pytest.param({"outputs": {"id": {"row": 3, "type": "x"}, "property": "children"}}, id="another type"),
        pytest.param({"inputs": [[{"id": {"row": 3, "type": "end"}, "property": "n_clicks"}]]}, id="many for one"),
        pytest.param({"state": [{"id": {"row": 3, "type": "box"}, "property": "value"}]}, id="one for many"),
        pytest.param({"state": [ROW["state"][0] * MOST_MATCHES]}, id="too many"),
        pytest.param({"state": [[{"id": "box", "property": "value"}]]}, id="a plain id"),
        pytest.param({"changedPropIds": ['{"row":3,"type":"box"}.value']}, id="trigger that is a state"),
        pytest.param({"changedPropIds": ['{"row":3,"type":.n_clicks']}, id="trigger that is no id"),
    ],
)
def test_a_pattern_stands_for_its_own_kind_only(change: dict[str, Any]) -> None:
    """Buttons in rows are named by patterns; nobody may name anything else by one."""
    with pytest.raises(HTTPException) as refused:
        check(ROW | change, CALLBACKS, RULES, anybody)

    assert refused.value.status_code == 400


@pytest.mark.parametrize("body", [None, [], "x", 1])
def test_a_body_that_is_no_object_is_refused(body: object) -> None:
    """Dash would answer 500."""
    with pytest.raises(HTTPException) as refused:
        check(body, CALLBACKS, RULES, anybody)

    assert refused.value.status_code == 400


@pytest.mark.parametrize(
    ("rules", "output", "is_allowed"),
    [
        pytest.param({}, "card.children", True, id="no rule"),
        pytest.param(RULES, "card.children", False, id="not hers"),
        pytest.param(RULES, "other.children", True, id="unknown"),
    ],
)
def test_a_callback_without_a_rule_is_nobodys(rules: dict[str, Action], output: str, *, is_allowed: bool) -> None:
    """Forgetting the rule must not open the door; unknown, unruled and forbidden look the same."""
    with pytest.raises(HTTPException) as refused:
        check(GOOD | {"output": output}, CALLBACKS, rules, lambda _action: is_allowed)

    assert (refused.value.status_code, refused.value.detail) == (404, "not found")
