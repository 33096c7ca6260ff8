"""SMS gateways and mail servers.

A gateway gets one POST of JSON a person: the body of the configuration, with {phone}, {text} and {id} filled in, and
the key as a bearer token. A mail's Message-ID is made of its notices, so that a server that has it drops the repeat.
"""

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from typing import Final
from urllib.parse import urlsplit

import orjson

from ingest.duty.message import Message, shortened
from ingest.duty.robots import Request, Secrets, phone_of
from ingest.duty.wire import TIMEOUT_S, SendError, connected
from street.config.channels import LOOPBACK, Channel

MOST_SMS_BYTES: Final = 600  # 200 Han letters: three parts of a long message
MOST_MAIL_BYTES: Final = 50_000


def sms_request(channel: Channel, message: Message) -> Request:
    """Return what the gateway is to be sent.

    Raises:
        SendError: the reader has no phone.
    """
    phone = next((phone_of(reader, channel) for reader in message.readers), "")
    if not phone:
        msg = "the reader has no phone number"
        raise SendError(msg, is_final=True)
    values = {
        "phone": phone,
        "text": shortened(" ".join(message.text.split("\n")), MOST_SMS_BYTES),
        "id": "-".join(message.references),
    }
    return Request(
        channel.url, orjson.dumps({name: _filled(pattern, values) for name, pattern in channel.body.items()})
    )


def mail_of(channel: Channel, message: Message) -> EmailMessage:
    """Return the mail: to the channel's own addresses, and to those of the readers that it knows."""
    mail = EmailMessage()
    own = [channel.people[reader.login] for reader in message.readers if reader.login in channel.people]
    mail["Subject"] = shortened(message.title, 200)
    mail["From"] = channel.sender
    mail["To"] = ", ".join(dict.fromkeys([*channel.to, *own]))
    mail["Message-ID"] = f"<{'-'.join(message.references)}@{channel.sender.partition('@')[2]}>"
    mail.set_content("\n".join(message.lines))
    return mail


def send_mail(channel: Channel, message: Message, secrets: Secrets, trust: ssl.SSLContext) -> None:
    """Hand the mail to the server; outside this machine only over TLS.

    Raises:
        SendError: it was not taken.
    """
    mail = mail_of(channel, message)
    parts = urlsplit(channel.url)
    host = parts.hostname or ""
    with _told(host), _server(parts.scheme, host, parts.port, trust) as server:
        if parts.scheme == "smtp" and (host not in LOOPBACK or server.has_extn("starttls")):
            server.starttls(context=trust)
        if channel.user:
            server.login(channel.user, secrets.key)
        server.send_message(mail)


@contextlib.contextmanager
def _told(host: str) -> Iterator[None]:
    """Turn what smtplib raises into a SendError."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        msg = f"{host} refused every recipient: {min(codes, default=550)}"
        raise SendError(msg, is_final=min(codes, default=550) >= 500) from error
    except smtplib.SMTPResponseException as error:
        msg = f"{host} refused: {error.smtp_code}"
        raise SendError(msg, is_final=500 <= error.smtp_code < 600) from error
    except smtplib.SMTPNotSupportedError as error:
        msg = f"{host} offers no encryption or no login, and nothing is sent without"
        raise SendError(msg, is_final=True) from error
    except (OSError, smtplib.SMTPException, ValueError) as error:
        msg = f"{host} did not take the mail: {type(error).__name__}"
        raise SendError(msg, is_unsure=True) from error


def _server(scheme: str, host: str, port: int | None, trust: ssl.SSLContext) -> smtplib.SMTP:
    if scheme == "smtps":
        return _Safe(host, port or 465, timeout=TIMEOUT_S, context=trust)
    return _Plain(host, port or 587, timeout=TIMEOUT_S)


class _Plain(smtplib.SMTP):
    """smtplib over our own connection, so that its address is checked like all others."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line = connected(host, port)
        line.settimeout(timeout)
        return line


class _Safe(smtplib.SMTP_SSL):
    """The same inside TLS from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line = connected(host, port)
        line.settimeout(timeout)
        return self.context.wrap_socket(line, server_hostname=host)


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    """Put the values where they are asked for; what a value holds is never taken for another place."""
    return re.sub(r"\{(phone|text|id)\}", lambda found: values[found[1]], pattern)
