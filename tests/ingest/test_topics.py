"""Topics: filters take what MQTT says they take; what hides or shifts levels is refused."""

import pytest

from ingest.refusals import RefusedError
from ingest.topics import below, check, is_filter, literal_root, matches


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
