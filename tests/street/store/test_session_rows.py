"""When a session holds."""

import pytest

from street.store.session_rows import Session, digest

SESSION = Session(
    session_id="s", person_id="p", kind="person", name="", address="", begun_us=0, seen_us=10, ends_us=100, idle_us=50,
    csrf="c",
)  # fmt: skip


@pytest.mark.parametrize(("now_us", "holds"), [(10, True), (60, True), (61, False), (100, False), (5, True)])
def test_a_session_holds_until_idle_or_over(now_us: int, holds: bool) -> None:
    """To the microsecond; a clock that stepped back ends nothing."""
    assert SESSION.holds(now_us) == holds


def test_any_text_has_a_digest() -> None:
    """A cookie with a lone surrogate is no 500."""
    assert len(digest("\ud800")) == 64
    assert digest("a") != digest("b")
