"""Fields of a body: what fits is taken, what does not is told by its field."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from dashboard.order_form import Form
from street.errors import FieldError

NAMES = frozenset({"action_id", "it"})


def a_form(value: Any) -> Form:
    """Return the form of a body with one field."""
    return Form(orjson.dumps({"it": value}), NAMES)


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (lambda form: form.text("it"), "a\nb", "a\nb"),
        (lambda form: form.text("it"), None, ""),
        (lambda form: form.texts("it", 3), ["a", "b", "a"], ("a", "b")),
        (lambda form: form.whole("it", 1, 4), 4, 4),
        (lambda form: form.number("it", -180, 180), 120, 120.0),
        (lambda form: form.truth("it"), True, True),
        (lambda form: form.truth("it"), None, False),
        (lambda form: form.instant_us("it"), "1970-01-01T08:00:01+08:00", 1_000_000),
        (lambda form: form.instant_us("it"), "", None),
    ],
)
def test_what_fits_is_taken(read: Callable[[Form], Any], value: Any, expected: Any) -> None:
    """As the value it means."""
    assert read(a_form(value)) == expected


@pytest.mark.parametrize(
    ("read", "value", "code"),
    [
        (lambda form: form.text("it", 3), "four", "too-long"),
        (lambda form: form.text("it"), "\x00", "characters"),
        (lambda form: form.text("it", needed=True), "", "missing"),
        (lambda form: form.texts("it", 1), ["a", "b"], "too-many"),
        (lambda form: form.texts("it", 1), [1], "form"),
        (lambda form: form.whole("it", 1, 4), True, "range"),
        (lambda form: form.whole("it", 1, 4), 1.0, "range"),
        (lambda form: form.number("it", 0, 1), True, "range"),
        (lambda form: form.number("it", 0, 1), "1", "range"),
        (lambda form: form.truth("it"), 1, "form"),
        (lambda form: form.instant_us("it"), "2026-13-01T00:00:00Z", "instant"),
        (lambda form: form.instant_us("it"), "2026-11-24", "instant"),
    ],
)
def test_what_does_not_fit_is_told(read: Callable[[Form], Any], value: Any, code: str) -> None:
    """By its field and a short word for why."""
    with pytest.raises(FieldError) as refused:
        read(a_form(value))

    assert (refused.value.field, refused.value.code) == ("it", code)


@pytest.mark.parametrize(
    ("body", "code"), [(b"[]", "form"), (b"nonsense", "form"), (b'{"other":1}', "unknown-field"), (b"\xff", "form")]
)
def test_a_body_that_is_none_is_told(body: bytes, code: str) -> None:
    """Also one with a field that may be misspelt."""
    with pytest.raises(FieldError) as refused:
        Form(body, NAMES)

    assert refused.value.code == code


@pytest.mark.parametrize(("text", "is_taken"), [("tap-1_A", True), ("a" * 64, True), ("a" * 65, False), ("a/1", False)])
def test_an_action_id_is_short_and_plain(text: str, *, is_taken: bool) -> None:
    """A slash would be one of ours."""
    form = Form(orjson.dumps({"action_id": text}), NAMES)

    if is_taken:
        assert form.action_id() == text
    else:
        with pytest.raises(FieldError):
            form.action_id()
