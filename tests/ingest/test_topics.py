"""Topics: filters take what MQTT says they take; what hides or shifts levels is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.refusals import RefusedError
from ingest.topics import below, check, covers, is_filter, literal_root, matches, meet

_filters = st.builds(
    lambda levels, end: "/".join([*levels, *end]),
    st.lists(st.sampled_from(["a", "b", "+", "$S"]), min_size=1, max_size=3),
    st.sampled_from([[], ["#"]]),
)
_topics = st.lists(st.sampled_from(["a", "b", "$S"]), min_size=1, max_size=4).map("/".join)


@pytest.mark.parametrize(
    ("topic_filter", "topic", "takes"),
    [
        ("street/#", "street/a/telemetry", True),
        ("street/#", "street", True),
        ("street/#", "streets/a", False),
        ("v3/+/devices/+/#", "v3/a@b/devices/c/up", True),
        ("v3/+/devices/+/#", "v3/a@b/gateways/c/up", False),
        ("v3/+/up", "v3/a/b/up", False),
        ("v3/+/up", "v3/a", False),
        ("+/a", "$SYS/a", False),
        ("#", "$SYS/a", False),
        ("$SYS/#", "$SYS/a", True),
        ("+/+", "/a", True),
    ],
)
def test_a_filter_takes_what_the_standard_says(topic_filter: str, topic: str, takes: bool) -> None:
    """MQTT 3.1.1, 4.7."""
    assert matches(topic_filter, topic) is takes


@pytest.mark.parametrize(
    ("text", "legal"),
    [("a/+/#", True), ("#", True), ("a#", False), ("#/a", False), ("a+/b", False), ("", False), ("a\0", False)],
)
def test_only_legal_filters_pass(text: str, legal: bool) -> None:
    """A wildcard fills its level."""
    assert is_filter(text) is legal


def test_the_root_of_a_filter_ends_before_its_first_wildcard() -> None:
    """A site may move a dialect below another root."""
    assert literal_root("site/zigbee/+/x/#") == "site/zigbee"
    assert literal_root("#") == ""
    assert below("site/zigbee", "site/zigbee/a/b") == ["a", "b"]
    assert below("", "a/b") == ["a", "b"]


@pytest.mark.parametrize("topic", ["street/NM-07/telemetry", "zigbee2mqtt/龙江路 12号/温湿度", "a", "x/" + "y" * 254])
def test_an_ordinary_topic_is_believed(topic: str) -> None:
    """Chinese and blanks inside are ordinary."""
    check(topic)


@pytest.mark.parametrize(
    "topic", ["", "/a", "a/", "a//b", "$a", " a", "a ", "a/+", "a/#", "a\u202eb", "a\u200db", "a\tb", "x/" + "y" * 255]
)
def test_a_topic_that_hides_something_is_refused(topic: str) -> None:
    """Empty levels, wildcards, blanks at an end, invisible characters, length."""
    with pytest.raises(RefusedError, match="topic-malformed"):
        check(topic)


@pytest.mark.parametrize(
    ("one", "other", "covered", "met"),
    [
        pytest.param("#", "a/b", True, True, id="everything"),
        pytest.param("a/#", "a", True, True, id="the hash takes its parent"),
        pytest.param("a/#", "a/#", True, True, id="itself"),
        pytest.param("a/+", "a/b", True, True, id="one level"),
        pytest.param("a/b", "a/+", False, True, id="the other way round"),
        pytest.param("a/+", "a/#", False, True, id="a hash is more than a plus"),
        pytest.param("a/+", "a/b/c", False, False, id="too deep"),
        pytest.param("a/+/c", "a/b/+", False, True, id="across"),
        pytest.param("a/b", "a/c", False, False, id="strangers"),
        pytest.param("a/b/#", "a", False, False, id="too short"),
        pytest.param("a/b/#", "a/b", True, True, id="just long enough"),
        pytest.param("#", "$SYS/x", False, False, id="a wildcard takes no dollar topic"),
        pytest.param("+/x", "$SYS/#", False, False, id="nor meets one"),
    ],
)
def test_filters_are_compared(one: str, other: str, covered: bool, met: bool) -> None:
    """Whether one takes all that the other takes, and whether they share a topic."""
    assert covers(one, other) == covered
    assert meet(one, other) == meet(other, one) == met


@given(_filters, _filters, _topics)
def test_comparing_agrees_with_taking(one: str, other: str, topic: str) -> None:
    """Whatever the filters: what a covered one takes, the other takes; what both take, they meet in."""
    if covers(one, other) and matches(other, topic):
        assert matches(one, topic)
    if matches(one, topic) and matches(other, topic):
        assert meet(one, other)
