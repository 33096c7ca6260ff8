"""Whoever silences a check says why, on the same line."""

import re

import pytest

from tests.house.checkout import files, text

SILENCERS = re.compile(
    r"#\s*(?:noqa\b(?::\s*[A-Z0-9, ]+[A-Z0-9])?|type:\s*ignore(?:\[[\w, -]+\])?|pragma:\s*no\s*(?:cover|branch)|nosec\b"
    r"|fmt:\s*(?:off|skip))(?P<rest>.*)"
)
SELF_EVIDENT = re.compile(r"fmt:\s*(?:off|on|skip)")
REASON = re.compile(r"\s*(?:-|#|:)\s*\S.{4,}")
CODE = [name for name in files(".py") if name != "tests/house/test_reasons.py"]


@pytest.mark.parametrize("name", CODE)
def test_every_exemption_carries_a_reason(name: str) -> None:
    """`# noqa: S603 - the list is our own` can be judged; `# noqa: S603` can only be copied."""
    bare = [line.strip() for line in text(name).splitlines() if _is_bare(line)]

    assert not bare


@pytest.mark.parametrize(
    ("line", "bare"),
    [
        pytest.param("x = 1  # noqa: S603", True, id="no reason"),
        pytest.param("x = 1  # noqa: S603 - a list we wrote", False, id="reason"),
        pytest.param("x = 1  # noqa: S603, S607 - a list we wrote", False, id="two codes and a reason"),
        pytest.param("x = 1  # type: ignore[misc] # honcho ships no types", False, id="type and reason"),
        pytest.param("x = 1  # pragma: no cover", True, id="coverage"),
        pytest.param("x = 1  # a remark", False, id="only a remark"),
    ],
)
def test_reasons_are_recognised(line: str, bare: bool) -> None:
    """The pattern is itself tried."""
    assert _is_bare(line) == bare


def _is_bare(line: str) -> bool:
    found = SILENCERS.search(line)
    return bool(found) and not SELF_EVIDENT.search(line) and not REASON.match(found["rest"])
