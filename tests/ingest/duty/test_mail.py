"""SMS gateways and mail servers, real ones on this machine."""

import json
import ssl
from pathlib import Path
from typing import Any

import pytest

from ingest.duty.mail import mail_of, send_mail, sms_request
from ingest.duty.message import Message
from ingest.duty.robots import Secrets
from ingest.duty.wire import SendError
from street.config.channels import Channel
from street.store.deliveries import Reader
from tests.ingest.duty.receivers import mailing, trusting

WANG = Reader("p-1", "wang", "王芳", "13900010002")
MESSAGE = Message("派遣给您 12号", ("2级 噪声超限", "编号0badcafe"), (WANG,), ("0badcafe",))
NO_KEY = Secrets()


def a_mail_channel(url: str, **changes: Any) -> Channel:
    """Return a channel to a mail server."""
    told = {"sender": "eye@example.org", "to": ("duty@example.org",)} | changes
    return Channel(name="mail", kind="email", url=url, **told)


def test_a_mail_arrives_over_tls(tmp_path: Path) -> None:
    """To the channel's own address and to the readers it knows, in Chinese."""
    with mailing(tmp_path) as box:
        channel = a_mail_channel(box.url, people={"wang": "wang@example.org", "li": "li@example.org"})
        send_mail(channel, MESSAGE, NO_KEY, trusting(tmp_path))

    [(to, mail)] = box.mails
    assert to == ["duty@example.org", "wang@example.org"]
    assert (mail["Subject"], mail["From"]) == ("派遣给您 12号", "eye@example.org")
    assert mail.get_content().split() == ["2级", "噪声超限", "编号0badcafe"]


def test_a_repeat_has_the_same_id() -> None:
    """A server that knows it drops the second."""
    channel = a_mail_channel("smtps://mail.example.org")

    assert {mail_of(channel, MESSAGE)["Message-ID"] for _ in range(2)} == {"<0badcafe@example.org>"}


def test_a_title_makes_no_header() -> None:
    """It is one line already; were it not, nothing would be sent."""
    with pytest.raises(ValueError, match="linefeed"):
        mail_of(a_mail_channel("smtps://mail.example.org"), MESSAGE._replace(title="x\r\nBcc: all@example.org"))


@pytest.mark.parametrize(
    ("answer", "is_final"),
    [("550 no such user", True), ("552 too much", True), ("451 try later", False), ("421 going down", False)],
)
def test_what_a_server_says_is_understood(answer: str, is_final: bool) -> None:
    """5xx will be said again, 4xx may not."""
    with mailing() as box:
        box.answer = answer
        with pytest.raises(SendError) as failed:
            send_mail(a_mail_channel(box.url), MESSAGE, NO_KEY, trusted())

    assert failed.value.is_final is is_final
    assert box.mails == []


def test_a_refused_recipient_is_told() -> None:
    """Without the address: it is somebody's."""
    with mailing() as box:
        box.answer_to_recipient = "550 unknown"
        with pytest.raises(SendError, match="refused every recipient: 550") as failed:
            send_mail(a_mail_channel(box.url), MESSAGE, NO_KEY, trusted())

    assert failed.value.is_final
    assert "duty@" not in failed.value.reason


def test_a_password_goes_over_no_open_line() -> None:
    """A server that offers no login is not logged in to, and gets no mail either."""
    with mailing() as box, pytest.raises(SendError, match="no encryption or no login") as failed:
        send_mail(a_mail_channel(box.url, user="eye"), MESSAGE, Secrets("password-1"), trusted())

    assert (failed.value.is_final, box.mails) == (True, [])


def test_a_server_that_is_away_is_tried_again() -> None:
    """Nobody answers at its port."""
    with mailing() as box:
        url = box.url

    with pytest.raises(SendError, match="cannot be reached") as failed:
        send_mail(a_mail_channel(url), MESSAGE, NO_KEY, trusted())

    assert not failed.value.is_final


# ------------------------------------------------------------------------------------------------ SMS


def test_a_gateway_gets_what_its_template_says() -> None:
    """Phone, text on one line, reference; a value is never taken for a place."""
    body = {"mobile": "{phone}", "content": "[eye] {text}", "ref": "{id}", "type": "notice"}
    channel = Channel(name="phones", kind="sms", url="https://sms.example.org/send", body=body)

    request = sms_request(channel, MESSAGE._replace(title="{phone}"))

    assert json.loads(request.body) == {
        "mobile": "13900010002", "content": "[eye] {phone} 2级 噪声超限 编号0badcafe", "ref": "0badcafe",
        "type": "notice",
    }  # fmt: skip


def test_nobody_without_a_phone_is_sent_anything() -> None:
    """Somebody removed it after the notice was routed."""
    channel = Channel(name="phones", kind="sms", url="https://sms.example.org/send")

    with pytest.raises(SendError, match="no phone number") as failed:
        sms_request(channel, MESSAGE._replace(readers=(WANG._replace(phone=""),)))

    assert failed.value.is_final


def trusted() -> ssl.SSLContext:
    """Return a context that believes the usual authorities."""
    return ssl.create_default_context()
