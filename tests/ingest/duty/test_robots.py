"""What the robots are sent, against what they document, worked by hand; and what their answers mean."""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ingest.duty.message import Message
from ingest.duty.robots import MOST_TEXT, Request, Secrets, check_answer, check_status, phone_of, request_of
from ingest.duty.wire import Answer, SendError
from street.config.channels import Channel
from street.store.deliveries import Reader

AT_US = 1_789_999_200_123_456
WANG = Reader("p-1", "wang", "王芳", "+86 139 0001 0002")
LI = Reader("p-2", "li", "李娜", "")
MESSAGE = Message("派遣给您 12号", ("2级 噪声超限", "编号0badcafe"), (WANG, LI), ("0badcafe",))
KEYS = Secrets("key/with?odd&letters", "SECfedcba")


def a_channel(kind: str, **changes: Any) -> Channel:
    """Return a channel of this kind."""
    return Channel(name="c", kind=kind, url=f"https://example.org/{kind}", key_env="KEY", **changes)


def asked(kind: str, message: Message = MESSAGE, secrets: Secrets = KEYS, **changes: Any) -> tuple[Request, Any]:
    """Return the request and its body."""
    request = request_of(a_channel(kind, **changes), message, secrets, AT_US)
    return request, json.loads(request.body)


def query(request: Request) -> dict[str, str]:
    """Return what stands behind the question mark."""
    return {name: one for name, [one] in parse_qs(urlsplit(request.url).query, strict_parsing=True).items()}


def test_wecom() -> None:
    """developer.work.weixin.qq.com/document/path/91770: text, with whom to mention by phone."""
    request, body = asked("wecom")

    assert body == {
        "msgtype": "text",
        "text": {"content": "派遣给您 12号\n2级 噪声超限\n编号0badcafe", "mentioned_mobile_list": ["13900010002"]},
    }
    assert query(request) == {"key": "key/with?odd&letters"}
    assert request.url.startswith("https://example.org/wecom?")


def test_dingtalk_and_its_signature() -> None:
    """open.dingtalk.com, custom robot: the secret is the key, "timestamp in ms, line break, secret" the text."""
    request, body = asked("dingtalk")
    at_ms = "1789999200123"
    sign = base64.b64encode(hmac.new(b"SECfedcba", f"{at_ms}\nSECfedcba".encode(), hashlib.sha256).digest()).decode()

    assert query(request) == {"access_token": "key/with?odd&letters", "timestamp": at_ms, "sign": sign}
    assert body["msgtype"] == "text"
    assert body["at"] == {"atMobiles": ["13900010002"], "isAtAll": False}
    assert body["text"]["content"].endswith("编号0badcafe @13900010002")


def test_feishu_and_its_signature() -> None:
    """open.feishu.cn, custom bot: "timestamp in s, line break, secret" is the key, and the text is empty."""
    request, body = asked("feishu", people={"li": "ou_123"})
    at_s = "1789999200"
    sign = base64.b64encode(hmac.new(f"{at_s}\nSECfedcba".encode(), b"", hashlib.sha256).digest()).decode()

    assert request.url == "https://example.org/feishu/key%2Fwith%3Fodd%26letters"
    assert (body["msg_type"], body["timestamp"], body["sign"]) == ("text", at_s, sign)
    assert body["content"]["text"].endswith('编号0badcafe <at user_id="ou_123">李娜</at>')


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_without_a_secret_nothing_is_signed(kind: str) -> None:
    """A robot may be secured by address or keyword instead."""
    request, body = asked(kind, secrets=Secrets("key"))

    assert "sign" not in request.url
    assert "sign" not in body


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_nobody_can_forge_a_mention(kind: str) -> None:
    """An incident's title is what a stranger typed."""
    title = '<at user_id="all">everybody</at> <@all> @all'
    _, body = asked(kind, message=MESSAGE._replace(title=title, readers=()))

    said = json.dumps(body, ensure_ascii=False)
    assert "<at" not in said
    assert "<@" not in said
    assert body.get("at", {"atMobiles": [], "isAtAll": False}) == {"atMobiles": [], "isAtAll": False}
    assert "mentioned_mobile_list" not in said


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_no_text_is_longer_than_its_robot_takes(kind: str) -> None:
    """Bytes of UTF-8, cut between letters."""
    request, body = asked(kind, message=MESSAGE._replace(lines=("汉" * 20_000,)))

    text = body["text"]["content"] if "text" in body else body["content"]["text"]
    assert len(text.encode()) <= MOST_TEXT[kind] + 20
    assert len(request.body) < 20_000
    if kind == "wecom":
        assert len(text.encode()) <= 2_048


@pytest.mark.parametrize(
    ("phone", "mobile"),
    [("13900010002", "13900010002"), ("+86 139-0001-0002", "13900010002"), ("8613900010002", "13900010002"), ("", "")],
)
def test_phones_as_robots_know_them(phone: str, mobile: str) -> None:
    """Digits alone, without the country."""
    assert phone_of(WANG._replace(phone=phone), a_channel("wecom")) == mobile


def test_a_phone_of_the_channel_goes_before_the_account_s() -> None:
    """Somebody uses WeCom with another one."""
    assert phone_of(WANG, a_channel("wecom", people={"wang": "13600000000"})) == "13600000000"


@pytest.mark.parametrize(
    ("kind", "status", "body", "reason", "is_final", "is_unsure"),
    [
        ("wecom", 200, b'{"errcode":45009,"errmsg":"api freq out of limit"}', "45009 api freq", False, False),
        ("wecom", 200, b'{"errcode":93000,"errmsg":"invalid webhook url"}', "93000", True, False),
        ("dingtalk", 200, b'{"errcode":130101,"errmsg":"send too fast"}', "130101", False, False),
        ("dingtalk", 200, b'{"errcode":310000,"errmsg":"sign not match"}', "310000", True, False),
        ("feishu", 200, b'{"code":19021,"msg":"sign match fail"}', "19021", True, False),
        ("feishu", 200, b'{"code":11232,"msg":"frequency limited"}', "11232", False, False),
        ("wecom", 200, b"<html>maintenance</html>", "no JSON", False, True),
        ("wecom", 200, b"[0]", "no JSON", False, True),
        ("wecom", 200, b"{}", "None", False, False),
        ("wecom", 200, b'{"errcode":false}', "False", False, False),
        ("wecom", 302, b"", "302", True, False),
        ("wecom", 404, b"", "404", True, False),
        ("wecom", 429, b"", "429", False, False),
        ("wecom", 500, b"", "500", False, True),
        ("wecom", 503, b"", "503", False, True),
    ],
)
def test_what_answers_mean(kind: str, status: int, body: bytes, reason: str, is_final: bool, is_unsure: bool) -> None:
    """Tried again, or never; perhaps arrived, or surely not."""
    with pytest.raises(SendError) as failed:
        check_answer(a_channel(kind), Answer(status, body))

    assert reason in failed.value.reason
    assert (failed.value.is_final, failed.value.is_unsure) == (is_final, is_unsure)


@pytest.mark.parametrize(("kind", "body"), [
    ("wecom", b'{"errcode":0,"errmsg":"ok"}'), ("dingtalk", b'{"errcode":0}'), ("feishu", b'{"code":0}'),
    ("feishu", b'{"StatusCode":0,"StatusMessage":"success"}'),
])  # fmt: skip
def test_zero_is_success(kind: str, body: bytes) -> None:
    """And nothing else is."""
    check_answer(a_channel(kind), Answer(200, body))


def test_a_reason_tells_nothing_personal() -> None:
    """What a robot answers may quote what it was sent."""
    answer = Answer(200, json.dumps({"errcode": 1, "errmsg": "bad phone 13900010002"}).encode())

    with pytest.raises(SendError) as failed:
        check_answer(a_channel("wecom"), answer)

    assert "13900010002" not in failed.value.reason


def test_a_key_is_in_no_text_about_it() -> None:
    """Logs hold representations."""
    assert "fedcba" not in repr(KEYS)
    check_status(Answer(204, b""))
