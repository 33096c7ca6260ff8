"""Channels: only what is fully and safely said; one that is half right stops the start."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from street.config import load
from street.config.channels import Channel, channels
from street.errors import ConfigError

ROOT = Path(__file__).resolve().parents[3]
ROBOT = {"kind": "wecom", "url": "https://robot.example.org/send", "key_env": "ROBOT_KEY"}
MAIL = {"kind": "email", "url": "smtps://mail.example.org:465", "sender": "a@b.cn", "to": ["c@d.cn"]}
SMS = {"kind": "sms", "url": "https://sms.example.org:8443/send"}


def taken(**said: Any) -> tuple[Channel, ...]:
    """Return what the rule makes of one channel."""
    made: tuple[Channel, ...] = channels().take({"squad": said})
    return made


def test_none_is_the_default_and_fine() -> None:
    """As shipped, nothing leaves the house."""
    assert channels().take({}) == ()
    assert yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))["notices"]["channels"] == {}


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(ROBOT, id="robot"),
        pytest.param(ROBOT | {"kind": "dingtalk", "secret_env": "S", "severity": 2}, id="signed"),
        pytest.param(ROBOT | {"kind": "feishu", "people": {"wang": "ou_1"}}, id="with ids"),
        pytest.param(SMS | {"body": {"to": "{phone}"}}, id="gateway"),
        pytest.param(MAIL | {"user": "eye", "key_env": "MAIL_PASSWORD"}, id="mail"),
        pytest.param(MAIL | {"url": "smtp://127.0.0.1:2525"}, id="mail by STARTTLS"),
        pytest.param(ROBOT | {"url": "http://127.0.0.1:8080/x"}, id="open line on this machine"),
    ],
)
def test_what_is_whole_is_taken(said: dict[str, Any]) -> None:
    """Under the name it has in the file."""
    [channel] = taken(**said)

    assert (channel.name, channel.kind, channel.url) == ("squad", said["kind"], said["url"])


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(ROBOT | {"kind": "telegram"}, id="an unknown kind"),
        pytest.param({"kind": "wecom", "url": ROBOT["url"]}, id="a robot without its key"),
        pytest.param(ROBOT | {"url": "https://robot.example.org/send?key=abc"}, id="the key in the address"),
        pytest.param(ROBOT | {"url": "https://user:pass@robot.example.org/"}, id="a password in the address"),
        pytest.param(ROBOT | {"url": "http://robot.example.org/send"}, id="an open line"),
        pytest.param(ROBOT | {"url": "file:///etc/passwd"}, id="a file"),
        pytest.param(ROBOT | {"url": "gopher://robot.example.org/"}, id="another protocol"),
        pytest.param(ROBOT | {"url": "https://robot.example.org:99999/"}, id="no port"),
        pytest.param(ROBOT | {"url": "https:///send"}, id="no host"),
        pytest.param(ROBOT | {"url": "https://robot.example.org/\r\nx: y"}, id="a line break"),
        pytest.param(ROBOT | {"key_env": "abc-def"}, id="the key itself"),
        pytest.param(ROBOT | {"severity": 5}, id="no severity"),
        pytest.param(ROBOT | {"severity": True}, id="true is no severity"),
        pytest.param(ROBOT | {"proxy": "https://elsewhere"}, id="an unknown key"),
        pytest.param(ROBOT | {"body": {"a": "{phone}"}}, id="a key of another kind"),
        pytest.param(ROBOT | {"people": {"wang": 5}}, id="people by number"),
        pytest.param(SMS | {"body": {"a": ["{phone}"]}}, id="a nested body"),
        pytest.param({"kind": "email", "url": MAIL["url"], "to": ["c@d.cn"]}, id="mail from nobody"),
        pytest.param(MAIL | {"to": []}, id="mail to nobody"),
        pytest.param(MAIL | {"to": ["c@d.cn\nBcc: x@y.z"]}, id="a header in an address"),
        pytest.param(MAIL | {"url": "https://mail.example.org"}, id="mail over HTTP"),
        pytest.param("https://robot.example.org", id="only an address"),
    ],
)
def test_what_is_half_right_is_refused(said: Any) -> None:
    """At the start, not at the first alarm."""
    with pytest.raises(ValueError, match="channels by name"):
        channels().take({"squad": said})


@pytest.mark.parametrize("name", ["Squad", "", "a b", "x" * 33])
def test_a_channel_has_a_plain_name(name: str) -> None:
    """It stands in logs and on the health page."""
    with pytest.raises(ValueError, match="channels by name"):
        channels().take({name: ROBOT})


def test_the_documentations_example_can_be_used(tmp_path: Path) -> None:
    """Somebody copies it."""
    said = (ROOT / "docs/config.md").read_text(encoding="utf-8")
    example = said.partition("```yaml\nnotices:")[2].partition("```")[0]
    path = tmp_path / "config.yaml"
    path.write_text(f"notices:{example}", encoding="utf-8")

    config = load(path, {})

    assert [it.kind for it in config.notices.channels] == ["wecom", "dingtalk", "feishu", "sms", "email"]


def test_a_secret_of_a_manual_is_refused(tmp_path: Path) -> None:
    """As everywhere; and it is not repeated."""
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump({"notices": {"channels": {"squad": ROBOT}}}), encoding="utf-8")

    with pytest.raises(ConfigError, match=r"notices\.channels: expected a secret of your own") as failed:
        load(path, {"ROBOT_KEY": "changeme"})

    assert "changeme" not in str(failed.value)
