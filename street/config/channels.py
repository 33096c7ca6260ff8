"""Channels: the only places that notices are ever sent to. Nothing that comes in as data can add one.

    notices:
      channels:
        squad: {kind: wecom, url: https://qyapi.weixin.qq.com/cgi-bin/webhook/send, key_env: SKY_EYE_WECOM_KEY}

Keys, tokens and passwords stay in the environment: an address holds none.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from street.config.rules import Rule

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
ROBOTS: Final = frozenset({"wecom", "dingtalk", "feishu"})
KINDS: Final = ROBOTS | {"sms", "email"}
DEFAULT_BODY: Final = {"phone": "{phone}", "text": "{text}", "id": "{id}"}
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_ENVIRONMENT: Final = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}")
_PATH: Final = re.compile(r"[A-Za-z0-9/._~-]{0,300}")
_OF_KIND: Final = {
    **dict.fromkeys(ROBOTS, frozenset({"key_env", "secret_env", "severity", "people"})),
    "sms": frozenset({"key_env", "severity", "body"}),
    "email": frozenset({"key_env", "severity", "people", "user", "sender", "to"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One place. What is "" or empty was not said.

    `key_env` names the variable with the robot's key, the gateway's bearer token or the mail account's password;
    `secret_env` the one with the robot's signing secret. `severity` is the least serious that is told there. `people`
    are what the channel calls somebody, by login: a Feishu id, a mail address, a phone that is not the account's.
    """

    name: str
    kind: str
    url: str
    key_env: str = ""
    secret_env: str = ""
    severity: int = 4
    people: Mapping[str, str] = field(default_factory=dict, hash=False)
    body: Mapping[str, str] = field(default_factory=lambda: DEFAULT_BODY, hash=False)
    user: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()

    @property
    def is_to_persons(self) -> bool:
        """Whether each reader gets a message of her own; else one goes to a group."""
        return self.kind == "sms"


def channels() -> Rule:
    """Take name → what the channel is; what is kept is the `Channel`s, in the file's order."""
    return Rule(
        "channels by name, each with kind, url and what its kind knows, as docs/config.md shows", _are_channels, _made
    )


def _made(value: Mapping[str, Mapping[str, Any]]) -> tuple[Channel, ...]:
    made = []
    for name, said in value.items():
        fields: dict[str, Any] = {key: tuple(it) if isinstance(it, list) else it for key, it in said.items()}
        made.append(Channel(name=name, **fields))
    return tuple(made)


def _are_channels(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(name, str) and _NAME.fullmatch(name) and isinstance(said, Mapping) and _is_channel(said)
        for name, said in value.items()
    )


def _is_channel(said: Mapping[str, Any]) -> bool:
    kind = said.get("kind")
    if kind not in KINDS or not set(said) <= {"kind", "url"} | _OF_KIND[kind]:
        return False
    if kind in ROBOTS and "key_env" not in said:
        return False
    if kind == "email" and not (said.get("sender") and said.get("to")):
        return False
    return _is_url(said.get("url"), kind) and all(_FITS[key](it) for key, it in said.items() if key in _FITS)


def _is_url(url: object, kind: str) -> bool:
    """Return whether *url* names one server and no secret, and is not to be overheard outside this machine."""
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_plain = not (parts.username or parts.password or parts.query or parts.fragment) and _PATH.fullmatch(parts.path)
    if kind == "email":  # smtp:// means STARTTLS outside this machine
        return bool(host and is_plain) and parts.scheme in {"smtp", "smtps"}
    return bool(host and is_plain) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))


def _are_texts(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(each, str) and 0 < len(each) <= 200 and each.isprintable() for pair in value.items() for each in pair
    )


def _is_environment(value: object) -> bool:
    return isinstance(value, str) and _ENVIRONMENT.fullmatch(value) is not None


def _is_address(value: object) -> bool:
    return isinstance(value, str) and _ADDRESS.fullmatch(value) is not None


_FITS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "key_env": _is_environment,
    "secret_env": _is_environment,
    "severity": lambda value: type(value) is int and 1 <= value <= 4,
    "people": _are_texts,
    "body": _are_texts,
    "user": lambda value: isinstance(value, str) and bool(re.fullmatch(r"[\x21-\x7e]{1,200}", value)),
    "sender": _is_address,
    "to": lambda value: isinstance(value, list) and 0 < len(value) <= 50 and all(map(_is_address, value)),
}
