"""Ultralight 2.0: untyped text, where only a JSON number is a number."""

import pytest

from ingest.dialects.ultralight import Dialect
from ingest.messages import Kind
from ingest.refusals import RefusedError
from tests.ingest.dialects.telling import facts, hear, instant, values

TOPIC = "/ul/key/pole-3/attrs"


@pytest.mark.parametrize(
    ("text", "value", "quality"),
    [
        ("t|6.5", 6.5, None), ("t|", None, "missing"), ("t|null", None, "missing"), ("t|-1e1", -10.0, None),
        ("t|+70", "+70", "non-numeric text kept"), ("t|NaN", "NaN", "non-numeric text kept"),
        ("t|007", "007", "non-numeric text kept"),
    ],
)  # fmt: skip
def test_what_reads_as_json_is_a_number(text: str, value: object, quality: str | None) -> None:
    """As the makers' agent has it; nothing is a gap."""
    decoded = hear(Dialect(), TOPIC, text)

    assert [(one.quantity, one.value, one.quality) for one in decoded.readings] == [("temperature", value, quality)]


def test_groups_have_times_of_their_own() -> None:
    """Or none."""
    decoded = hear(Dialect(), TOPIC, "2026-11-24T02:10:00Z|t|5.9#t|6.1")

    assert [(one.value, one.time_us) for one in decoded.readings] == [
        (5.9, instant("2026-11-24T02:10:00Z")),
        (6.1, None),
    ]
    assert decoded.time_us is None


def test_a_single_attribute_is_a_bare_value() -> None:
    """Under its own topic, with or without the old prefix."""
    assert facts(hear(Dialect(), f"{TOPIC}/h", "70")) == {("humidity", 70, "%", None)}
    assert hear(Dialect(), "/key/pole-3/attrs/h", "70").device_id == "pole-3"


def test_words_stay_words_and_truth_is_truth() -> None:
    """By the name's kind."""
    assert values(hear(Dialect(), TOPIC, "cover_open|true|note|正常|motion|on")) == {
        "cover_open": True, "note": "正常", "motion": True
    }  # fmt: skip


def test_a_bad_field_costs_itself() -> None:
    """The good ones beside it are kept."""
    decoded = hear(Dialect(), TOPIC, "motion|perhaps|t|5")

    assert (values(decoded), decoded.extra["dropped"][0]["field"]) == ({"temperature": 5}, "motion")


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("/ul/key/d/cmd", Kind.IGNORE),
        ("/key/d/cmd", Kind.IGNORE),
        ("/ul/key/d/cmdexe", Kind.LOG),
        ("/key/d/configuration/values", Kind.IGNORE),
    ],
)
def test_commands_are_not_ours(topic: str, kind: Kind) -> None:
    """Nor their answers."""
    assert hear(Dialect(), topic, "d@dim|50").kind is kind


@pytest.mark.parametrize("payload", ["t|6.5|h", "", b"\xff", "t|a\0b", "#", "t"])
def test_what_is_no_measure_is_refused_and_says_whose_it_was(payload: str | bytes) -> None:
    """A key without a value could be anything."""
    with pytest.raises(RefusedError) as refused:
        hear(Dialect(), TOPIC, payload)

    assert refused.value.device_id == "pole-3"


@pytest.mark.parametrize("topic", ["/ul/key/d", "/x", "/ul/key/d/other", "/ul/key/ d/attrs"])
def test_what_is_none_of_its_topics_is_refused(topic: str) -> None:
    """With a reason."""
    with pytest.raises(RefusedError):
        hear(Dialect(), topic, "t|5")
