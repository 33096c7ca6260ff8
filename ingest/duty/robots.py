r"""Group robots: what WeCom, DingTalk and Feishu document. Plain text only, so that no markup can be forged.

    WeCom     POST …/webhook/send?key=K            {"msgtype": "text", "text": {"content", "mentioned_mobile_list"}}
    DingTalk  POST …/robot/send?access_token=K     {"msgtype": "text", "text": {"content"}, "at": {"atMobiles"}}
              &timestamp=ms&sign=S                 S = base64(HMAC-SHA256(secret, "timestamp\nsecret"))
    Feishu    POST …/bot/v2/hook/K                 {"msg_type": "text", "content": {"text"}, "timestamp", "sign"}
                                                   sign = base64(HMAC-SHA256("timestamp\nsecret", ""))

Their answers carry the outcome in the body: errcode (Feishu: code) 0 is the only success.
"""

import base64
import hmac
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

import orjson

from ingest.duty.message import Message, shortened
from ingest.duty.wire import Answer, SendError
from street.clock import SECOND_US
from street.config.channels import Channel
from street.masking import masked
from street.store.deliveries import Reader

# How long a text may be [bytes]: documented are 2,048 for WeCom, and 20 kB for the whole request of the others.
MOST_TEXT: Final = {"wecom": 2_048, "dingtalk": 15_000, "feishu": 15_000}
PER_MINUTE: Final = 20  # WeCom's and DingTalk's limit; Feishu's is higher
# Codes that the next try would bring again: an unknown key, a wrong signature, a keyword or address that is wanted.
FINAL: Final[Mapping[str, frozenset[int]]] = {
    "wecom": frozenset({40008, 40035, 40058, 93000, 93004, 93017}),
    "dingtalk": frozenset({300001, 300005, 310000, 400101, 400102}),
    "feishu": frozenset({9499, 19001, 19002, 19021, 19022, 19024}),
}
_FULL_WIDTH: Final = str.maketrans({"<": "\uff1c", ">": "\uff1e"})  # else <at …> in a title would call everybody


class Secrets(NamedTuple):
    """What the environment holds for one channel."""

    key: str = ""
    secret: str = ""

    def __repr__(self) -> str:
        """Return a text that may stand in a log."""
        return "Secrets(…)"


class Request(NamedTuple):
    """What goes out; `url` holds the key and is never told."""

    url: str
    body: bytes


def request_of(channel: Channel, message: Message, secrets: Secrets, now_us: int) -> Request:
    """Return what the robot of *channel* is to be sent, signed as of *now_us* where there is a signing secret."""
    url, body = _FORMS[channel.kind](channel, message, secrets, now_us)
    return Request(url, orjson.dumps(body))


def check_answer(channel: Channel, answer: Answer) -> None:
    """Return where the robot has taken the message.

    Raises:
        SendError: it has not, and why.
    """
    check_status(answer)
    try:
        said = orjson.loads(answer.body)
        code = said.get("code", said.get("StatusCode")) if channel.kind == "feishu" else said.get("errcode")
    except (ValueError, AttributeError) as error:
        msg = "the robot's answer is no JSON object"
        raise SendError(msg, is_unsure=True) from error
    if code == 0 and type(code) is int:
        return
    told = masked(str(said.get("errmsg") or said.get("msg") or ""))[:120]
    msg = f"the robot refused: {code} {told}".strip()
    raise SendError(msg, is_final=code in FINAL[channel.kind])


def check_status(answer: Answer) -> None:
    """Return where the status is a success; raise SendError else."""
    status = answer.status
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        msg = f"status {status}: it leads elsewhere, and nobody is followed"
        raise SendError(msg, is_final=True)
    msg = f"status {status}"
    raise SendError(msg, is_final=400 <= status < 500 and status not in {408, 425, 429}, is_unsure=status >= 500)


def phone_of(reader: Reader, channel: Channel) -> str:
    """Return the number that *channel* knows somebody by, without 86 before a mobile; "" where there is none."""
    digits = "".join(it for it in channel.people.get(reader.login, reader.phone) if it.isascii() and it.isdigit())
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def signature(key: str, text: str) -> str:
    """Return the HMAC-SHA256 of *text* under *key*, in base64."""
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), "sha256")).decode()


def _wecom(channel: Channel, message: Message, secrets: Secrets, _now_us: int) -> tuple[str, dict[str, Any]]:
    text: dict[str, Any] = {"content": shortened(plain(message.text), MOST_TEXT["wecom"])}
    if phones := _phones(channel, message):
        text["mentioned_mobile_list"] = phones
    return f"{channel.url}?{urlencode({'key': secrets.key})}", {"msgtype": "text", "text": text}


def _dingtalk(channel: Channel, message: Message, secrets: Secrets, now_us: int) -> tuple[str, dict[str, Any]]:
    phones = _phones(channel, message)
    called = "".join(f" @{phone}" for phone in phones)  # who is not named in the text is not called
    content = shortened(plain(message.text), MOST_TEXT["dingtalk"]) + called
    query = {"access_token": secrets.key}
    if secrets.secret:
        at_ms = str(now_us // 1_000)
        query |= {"timestamp": at_ms, "sign": signature(secrets.secret, f"{at_ms}\n{secrets.secret}")}
    body = {"msgtype": "text", "text": {"content": content}, "at": {"atMobiles": phones, "isAtAll": False}}
    return f"{channel.url}?{urlencode(query)}", body


def _feishu(channel: Channel, message: Message, secrets: Secrets, now_us: int) -> tuple[str, dict[str, Any]]:
    ids = [(channel.people[it.login], it.name) for it in message.readers if it.login in channel.people]
    called = "".join(f' <at user_id="{plain(user)}">{plain(name)}</at>'.replace("\n", " ") for user, name in ids)
    text = shortened(plain(message.text), MOST_TEXT["feishu"]) + called
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if secrets.secret:
        at_s = str(now_us // SECOND_US)
        body |= {"timestamp": at_s, "sign": signature(f"{at_s}\n{secrets.secret}", "")}
    return f"{channel.url}/{quote(secrets.key, safe='')}", body


def plain(text: str) -> str:
    """Return *text* without what a robot would take for markup."""
    return text.translate(_FULL_WIDTH).replace('"', "\u201d")


def _phones(channel: Channel, message: Message) -> list[str]:
    return list(dict.fromkeys(filter(None, (phone_of(reader, channel) for reader in message.readers))))


_FORMS: Final[Mapping[str, Callable[[Channel, Message, Secrets, int], tuple[str, dict[str, Any]]]]] = {
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "feishu": _feishu,
}
