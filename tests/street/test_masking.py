"""What is covered in texts, what stays to the letter, and how long it takes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from street.clock import monotonic_s
from street.masking import masked, masked_fields, masked_name, masked_phone

LONG = 100_000


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        pytest.param("张三13812345678", "张三138****5678", id="glued to a name"),
        pytest.param("１３８ １２３４ ５６７８", "138****5678", id="full-width, spaced"),
        pytest.param("电话138-1234-5678或139 8765 4321", "电话138****5678或139****4321", id="two"),
        pytest.param("1 3 8 1 2 3 4 5 6 7 8", "138****5678", id="digit by digit"),
        pytest.param("+86 138 1234 5678", "+86 138****5678", id="with the country"),
        pytest.param("8613812345678", "138****5678", id="with the country, glued"),
        pytest.param("138.1234.5678", "138****5678", id="dots"),
        pytest.param("138\u200b1234\u200b5678", "138****5678", id="invisible marks"),
        pytest.param("𝟏𝟑𝟖𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖", "138****5678", id="mathematical digits"),
        pytest.param("13812345678 2号楼", "138****5678 2号楼", id="another number beside it stays"),
        pytest.param("2026-11-24 13812345678", "2026-11-24 138****5678", id="a date before it stays"),
        pytest.param("0532-83881234", "053****1234", id="landline"),
        pytest.param("(0532)8388 1234", "(053****1234", id="landline in brackets"),
        pytest.param("010-62771234", "010****1234", id="landline of the capital"),
    ],
)
def test_phone_numbers_keep_three_and_four_digits(text: str, covered: str) -> None:
    """However it is written, a number is one number."""
    assert masked(text) == covered


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        pytest.param("370202199001011234", "****1234", id="wrong check digit"),
        pytest.param("11010519491231002X", "****002X", id="right check digit"),
        pytest.param("身份证370202 19900101 123x拾到", "身份证****123X拾到", id="spaced"),
        pytest.param("３７０２０２１９９００１０１１２３Ｘ", "****123X", id="full-width"),
        pytest.param("370202900101123", "****1123", id="fifteen digits, before 1999"),
        pytest.param("3 7 0 2 0 2 1 9 9 0 0 1 0 1 1 2 3 4", "****1234", id="digit by digit"),
    ],
)
def test_identity_cards_keep_the_last_four(text: str, covered: str) -> None:
    """TRUST B67: a number with a typing error still tells who it is."""
    assert masked(text) == covered


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        pytest.param("鲁B12345", "鲁B***", id="ordinary"),
        pytest.param("鲁B·D12345", "鲁B***", id="new energy, small"),
        pytest.param("鲁B12345D", "鲁B***", id="new energy, large"),
        pytest.param("鲁 Ｂ １２３４５", "鲁 Ｂ***", id="full-width, spaced"),
        pytest.param("鲁b 123 45违停", "鲁b***违停", id="small letters, parted"),
        pytest.param("鲁B1 2 3 4 5", "鲁B***", id="letter by letter"),
        pytest.param("京A1234警、粤Z12AB港", "京A***、粤Z***", id="police and Hong Kong"),
        pytest.param("苏E·1234挂追尾", "苏E***追尾", id="trailer"),
        pytest.param("使014578", "使***", id="embassy"),
    ],
)
def test_licence_plates_keep_the_city(text: str, covered: str) -> None:
    """The city is what a statistic needs; the rest is somebody's car."""
    assert masked(text) == covered


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        pytest.param("联系人：王小明，已到场", "联系人：王**，已到场", id="Chinese label"),
        pytest.param("contact: Wang Xiaoming, called", "contact: W**, called", id="English label"),
        pytest.param("wang.xm@example.com", "w***@***", id="e-mail"),
    ],
)
def test_labelled_names_and_mails_keep_their_first_letter(text: str, covered: str) -> None:
    """A name alone looks like any other word; one behind its label doesn't."""
    assert masked(text) == covered


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        pytest.param("password=hunter2&x=1", "password=***&x=1", id="query"),
        pytest.param("门禁密码：8842#", "门禁密码：***", id="Chinese label"),
        pytest.param('{"token": "abc", "n": 1}', '{"token": "***", "n": 1}', id="JSON"),
        pytest.param("mqtt://cam:s3cret@broker/x", "mqtt://cam:***@broker/x", id="address"),
        pytest.param("Authorization: Bearer abc.def-ghi", "Authorization: ***", id="header"),
        pytest.param("sent Bearer abc.def-ghi today", "sent Bearer *** today", id="bearer alone"),
        pytest.param("street/Qw3rT9yU_1oP2aS4dF5gH6jK7lZ8xC9vB0nM/state", "street/***/state", id="token in a topic"),
        pytest.param("x" + "0f" * 32, "x***", id="256 bits in hexadecimal"),
    ],
)
def test_secrets_vanish(text: str, covered: str) -> None:
    """TRUST B106: whoever typed it into a title did not mean to publish it."""
    assert masked(text) == covered


@pytest.mark.parametrize(
    "text",
    [
        "大学路12号灯杆0012故障",
        "370202007001003",
        "2026-11-24 13:29:17",
        "1732455600000",
        "1732455600000000",
        "20261124000012345678",
        "120.382612,36.067213",
        "123456789.12345678",
        "13 14 15 16 17 18 19",
        "LAMP-0012",
        "0532-12345",
        "12345热线",
        "新wallpaper、云南路 A12",
        "青B20261124",
        "密码锁故障",
        "Camera-Daxue-Road-12-North",
        "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
        "<b>1380000</b> & ＨＴＭＬ　①",
        "",
    ],
)
def test_what_is_plain_stays_to_the_letter(text: str) -> None:
    """A wall that covers its own house numbers helps nobody."""
    assert masked(text) == text


@given(st.text(alphabet="13800 -.·鲁B使张：=token@x挂Ｂ１\u200b", max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    """Texts pass more than one door."""
    assert masked(masked(text)) == masked(text)


@given(st.text(max_size=20), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text(max_size=20))
def test_no_phone_number_survives_whatever_stands_around_it(before: str, phone: str, after: str) -> None:
    """Unless more digits make it another number."""
    text = f"{before}、{phone}、{after}"

    assert phone not in masked(text)


@pytest.mark.parametrize(
    "part",
    ["1", "1 ", "1 3 8 ", "138 ", "0-", "((1", " ", ".", "a", "a@", "a.", "x@y.", "A1b", "鲁", "鲁B", "鲁B1 ",
     "联系人：王", "contact: A", "token=", "password: ", "://a:", "bearer ", "1" * 11 + " ", "１３８　"],
)  # fmt: skip
def test_time_grows_with_length_alone(part: str) -> None:
    """100 KB that are made to hurt take half a second, on a busy machine a few; backtracking would take hours."""
    text = (part * LONG)[:LONG]

    begun_s = monotonic_s()
    masked(text)

    assert monotonic_s() - begun_s < 5.0


@pytest.mark.parametrize(("name", "covered"), [("王小明", "王**"), ("欧阳小明", "欧**"), ("Li", "L**"), ("", "")])
def test_a_name_keeps_its_first_letter(name: str, covered: str) -> None:
    """Its length is not told either."""
    assert masked_name(name) == covered


@pytest.mark.parametrize(
    ("phone", "covered"),
    [("13812345678", "138****5678"), ("+49 30 901820", "****20"), ("110", "****"), ("", "")],
)
def test_a_phone_field_is_covered_whatever_its_form(phone: str, covered: str) -> None:
    """A field says what it holds, so nothing has to be recognised."""
    assert masked_phone(phone) == covered


def test_fields_are_covered_by_their_names() -> None:
    """Ids stay: with them a page finds its thing again."""
    record: dict[str, Any] = {
        "incident_id": "hotline/13812345678",
        "contact": "王小明",
        "phone": "66",
        "password": "x",
        "title": "车辆鲁B12345占道",
        "media": ["13812345678.jpg"],
        "severity": 2,
        "at": {"address": "大学路12号"},
    }

    assert masked_fields(record) == {
        "incident_id": "hotline/13812345678",
        "contact": "王**",
        "phone": "****",
        "password": "***",
        "title": "车辆鲁B***占道",
        "media": ["138****5678.jpg"],
        "severity": 2,
        "at": {"address": "大学路12号"},
    }


def test_names_stay_where_the_configuration_says_so() -> None:
    """`privacy.mask_names: false` is for offices whose walls nobody else sees."""
    assert masked_fields({"contact": "王小明"}, names=False) == {"contact": "王小明"}
