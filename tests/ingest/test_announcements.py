"""How an announced entity is read: names, topics, meanings."""

import pytest

from ingest.announcements import device_of, entity_of, expanded, topic_of
from ingest.refusals import RefusedError


def test_short_names_become_long() -> None:
    """Long ones stay."""
    assert expanded({"stat_t": 1, "state_topic_x": 2}) == {"state_topic": 1, "state_topic_x": 2}


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("~/state", "lab/7/state"), ("state/~", "state/lab/7"), ("plain", "plain"), ("a/+/b", None), ("#", None),
        ("/x", None), ("$SYS/x", None), ("", None), (5, None), ("x\u202ey", None),
    ],
)  # fmt: skip
def test_a_topic_is_one_that_can_be_listened_to(said: object, topic: str | None) -> None:
    """`~` is the base topic; a wildcard would listen to the whole broker."""
    assert topic_of(said, {"~": "lab/7"}) == topic


@pytest.mark.parametrize(
    ("told", "device"),
    [
        ({"ids": ["a", "b"]}, "a"), ({"identifiers": "c"}, "c"), ({"ids": [7]}, "7"),
        ({"cns": [["mac", "02:5b"]]}, "02:5b"),
        ({"cns": []}, "n"), ({"cns": [[]]}, "n"), ({"cns": [5]}, "n"), (5, "n"),
    ],
)  # fmt: skip
def test_the_first_identifier_names_the_device(told: object, device: str) -> None:
    """Else its topic does."""
    assert device_of(told, "n") == device


def test_a_device_without_a_name_is_refused() -> None:
    """Nor one whose name reorders text."""
    with pytest.raises(RefusedError):
        device_of(None, "x\u202ey")


@pytest.mark.parametrize(
    ("fields", "quantity", "unit"),
    [
        ({"device_class": "sound_pressure", "unit_of_measurement": "dBA"}, "noise_laeq", "dB(A)"),
        ({"value_template": "{{ value_json.pm2_5 }}"}, "pm25", None),
        ({"unit_of_measurement": "lx"}, "illuminance", "lx"),
        ({"unit_of_measurement": "%"}, "yard_x", "%"),
        ({}, "yard_x", None),
    ],
)
def test_a_class_a_path_the_unit_or_the_id_tells_what_it_is(
    fields: dict[str, str], quantity: str, unit: str | None
) -> None:
    """In this order."""
    entity = entity_of("n", "sensor", "yard_x", {"state_topic": "lab", **fields})

    assert entity is not None
    assert (entity.quantity, entity.unit) == (quantity, unit)
