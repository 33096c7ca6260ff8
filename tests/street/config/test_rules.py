"""Each rule takes what fits, and says what it expects of what does not."""

import math

import pytest

from street.config import rules
from street.config.rules import Rule


@pytest.mark.parametrize(
    ("rule", "value", "used"),
    [
        pytest.param(rules.whole(1, 5), 5, 5, id="the end of a range is in it"),
        pytest.param(rules.number(0, 2), 1, 1.0, id="a whole number is a number"),
        pytest.param(rules.choice("zh", "en"), "en", "en", id="a word of the list"),
        pytest.param(rules.switch(), False, False, id="off"),
        pytest.param(
            rules.routes(), {"native": ["a/#", "b/+/c"]}, (("a/#", "native"), ("b/+/c", "native")), id="two filters"
        ),
    ],
)
def test_what_fits_is_taken(rule: Rule, value: object, used: object) -> None:
    """As the kind the rest of the code expects."""
    got = rule.take(value)

    assert got == used
    assert type(got) is type(used)


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        pytest.param(rules.whole(0, 5), True, id="true for a number"),
        pytest.param(rules.whole(0, 5), 1.0, id="a fraction's kind"),
        pytest.param(rules.number(0, 5), math.nan, id="not a number"),
        pytest.param(rules.number(0, 5), math.inf, id="endless"),
        pytest.param(rules.text("[a-z]+", "letters"), "abc\n", id="a line break at the end"),
        pytest.param(rules.choice("zh"), ["zh"], id="a list for a word"),
        pytest.param(rules.switch(), 1, id="one for true"),
        pytest.param(rules.place(), "a\x00b", id="NUL in a path"),
        pytest.param(rules.routes(), {}, id="no routes"),
        pytest.param(rules.routes(), {"native": []}, id="no filters"),
        pytest.param(rules.routes(), {"Native!": ["a"]}, id="a dialect no file could have"),
        pytest.param(rules.routes(), {"native": ["a+/b"]}, id="half a wildcard"),
    ],
)
def test_what_does_not_fit_is_refused(rule: Rule, value: object) -> None:
    """With the sentence that the user sees."""
    with pytest.raises(ValueError, match="^" + rule.expected[:10]):
        rule.take(value)
