"""Passwords made to trip policies, normal forms and lengths; asked of the module that signs people in."""

from typing import Any

import pytest

from street import passwords
from tests.hostile.catalogue import Case, named, through, whole

pytestmark = pytest.mark.hostile

CASES = through("password")
NEW = [case for case in CASES if "password" in case["sent"] or "password_parts" in case["sent"]]
TYPED = [case for case in CASES if case not in NEW]


@pytest.mark.parametrize("policy", ["dengbao", "nist"])
@pytest.mark.parametrize("case", NEW, ids=named)
def test_a_new_password_is_refused_for_what_is_wrong_with_it(case: Case, policy: str) -> None:
    """Exactly the codes of the catalogue, in their order; never cut, never changed."""
    sent: dict[str, Any] = whole(case["sent"], {})

    assert passwords.faults(sent["password"], policy, sent["login"], sent["name"]) == case["expected"][policy]


@pytest.mark.parametrize("case", TYPED, ids=named)
def test_only_the_whole_password_opens(case: Case) -> None:
    """Composed and decomposed are one; nothing shorter, longer or broken is."""
    set_to = whole(case["sent"], {})["set"]
    kept = passwords.hashed(set_to)
    typed = whole(case["sent"], {"HASH": kept})["typed"]

    assert passwords.verify(kept, typed) is case["expected"]["is_right"]
    assert passwords.verify(kept, set_to)
