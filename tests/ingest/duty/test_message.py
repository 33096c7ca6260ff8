"""Several notices as one message: each with its reference, as long as its channel bears."""

from typing import Any

import pytest

from ingest.duty.message import MOST_JOINED, message_of, reference, shortened
from street.notices import Notice, texts
from street.store.deliveries import Delivery, Reader
from tests.street.store.makers import NOON_US

ZH = texts("zh")
READERS = tuple(Reader(f"p-{number}", f"login{number}", "N", "1") for number in range(80))


def a_delivery(number: int = 1, title: str = "噪声超限", **changes: Any) -> Delivery:
    """Return a claimed delivery of an incident that was closed."""
    notice = Notice(
        notice_id=f"n-{number}", kind="closed", at_us=NOON_US, fields={"no": str(number), "title": title},
        is_drill=changes.pop("is_drill", False),
    )  # fmt: skip
    told = {"delivery_no": number, "notice": notice, "reader": None, "readers": (), "tries": 1, "is_unsure": False}
    return Delivery(**(told | changes))


def test_one_notice_is_a_title_a_text_and_its_reference() -> None:
    """The reference is the same whenever it is sent."""
    message = message_of([a_delivery()], ZH, 2_048)

    assert message.text == f"已结案 1号\n噪声超限 核查通过\n编号{reference('n-1')}"
    assert message.references == (reference("n-1"),)


def test_a_repeat_says_that_it_may_be_one() -> None:
    """At least once: somebody may have it already."""
    assert message_of([a_delivery(is_unsure=True)], ZH, 2_048).lines[-1].endswith("（可能重复）")


def test_several_are_one_message_with_a_line_each() -> None:
    """The title says how many; a drill among them is marked on its own line."""
    message = message_of([a_delivery(1), a_delivery(2, is_drill=True)], ZH, 2_048)

    assert message.title == "2条通知"
    assert message.lines[0].startswith("已结案 1号: 噪声超限")
    assert message.lines[1].startswith("【演练】已结案 2号")
    assert len(set(message.references)) == 2


@pytest.mark.parametrize("many", [1, 2, MOST_JOINED])
@pytest.mark.parametrize("most_bytes", [600, 2_048, 15_000])
def test_every_reference_fits(many: int, most_bytes: int) -> None:
    """What is too long is cut in its words, never in what names it."""
    message = message_of([a_delivery(number, "汉" * 300) for number in range(many)], ZH, most_bytes)

    assert len(message.text.encode()) <= most_bytes + 120
    assert all(name in message.text for name in message.references)


def test_everybody_is_mentioned_once_and_not_without_end() -> None:
    """Two notices to the same people; robots take no endless list."""
    message = message_of([a_delivery(1, readers=READERS), a_delivery(2, readers=READERS)], ZH, 2_048)

    assert message.readers == READERS[:50]


def test_a_personal_message_is_one_persons() -> None:
    """Whoever else the notice is for gets one of her own."""
    assert message_of([a_delivery(reader=READERS[3], readers=READERS)], ZH, 600).readers == (READERS[3],)


@pytest.mark.parametrize(("text", "most", "left"), [("汉字", 6, "汉字"), ("汉字字", 8, "汉…"), ("abc", 3, "abc")])
def test_text_is_cut_between_letters(text: str, most: int, left: str) -> None:
    """Half a letter would be no UTF-8."""
    assert shortened(text, most) == left
