"""A node whose messages nobody understands is asked to be born again, and not more than once a minute."""

from ingest.decode import Decoded, Kind, Message
from ingest.filing import Item
from ingest.rebirths import Rebirths


def _item(node: str, *, retain: bool = False) -> Item:
    extra = {"command": [f"spBv1.0/g/NCMD/{node}", "0a01"]} if node else {}
    return Item(
        Message("t", b"", retain, 1), "sparkplug_b", Decoded(Kind.REJECT, "d", extra=extra, code="device-unknown")
    )


def test_each_node_is_asked_once_a_minute() -> None:
    """A whole batch of unknown aliases is one question."""
    rebirths = Rebirths()

    first = list(rebirths.due([_item("a"), _item("a"), _item("b"), _item("")], 1000.0))
    soon = list(rebirths.due([_item("a")], 1059.0))
    later = list(rebirths.due([_item("a")], 1060.0))

    assert first == [("spBv1.0/g/NCMD/a", b"\n\x01"), ("spBv1.0/g/NCMD/b", b"\n\x01")]
    assert (soon, later) == ([], first[:1])


def test_the_first_minute_of_the_machine_is_like_any_other() -> None:
    """The monotonic clock may begin at zero."""
    assert len(list(Rebirths().due([_item("a")], 0.0))) == 1


def test_a_retained_copy_asks_for_nothing() -> None:
    """It may be a year old."""
    assert list(Rebirths().due([_item("a", retain=True)], 0.0)) == []
