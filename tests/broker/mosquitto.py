"""Debian's mosquitto with our own deploy/mosquitto.conf: only its listener and its paths are the test's.

Most tests reach it without TLS, for the load is a bare socket's; `TlsRig` leaves the file's TLS as it is.
"""

import os
import re
import shutil
from typing import Self

import psutil
import pytest

from bench.ingest_process import ROOT, Rig
from ingest import broker
from scripts import certificate, mosquitto_passwords

PASSWORDS = {"ingest": "for-ingest", "devices": "for-devices", "bench-0001": "for-device-1", "zigbee2mqtt": "for-z2m"}


class MosquittoRig(Rig):
    """A street whose broker is mosquitto."""

    has_tls = False
    mqtt = "3.1.1"

    def __init__(self, *, assets: int) -> None:
        if shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin") is None:
            pytest.fail("mosquitto is missing: apt-get install mosquitto (make test does it)")
        super().__init__(assets=assets)
        text = self.config_file.read_text(encoding="utf-8")
        ours = f"broker:\n  embedded: false\n  mqtt: {self.mqtt}\n"
        self.config_file.write_text(text.replace("broker:\n", ours), encoding="utf-8")

    def __enter__(self) -> Self:
        """Start the broker, with ingest's password in the environment."""
        os.environ["SKY_EYE_MQTT_PASSWORD"] = PASSWORDS["ingest"]
        return super().__enter__()

    def __exit__(self, *error: object) -> None:
        """Stop all, and forget the password."""
        os.environ.pop("SKY_EYE_MQTT_PASSWORD", None)
        super().__exit__(*error)

    def start_broker(self) -> psutil.Popen:
        """Start mosquitto and wait until it listens."""
        folder = self.config_file.parent
        passwords = folder / "passwords"
        mosquitto_passwords.write(passwords, {user: mosquitto_passwords.hashed(it) for user, it in PASSWORDS.items()})
        (folder / "acl").write_text(
            # the load of the benchmarks comes from one connection
            (ROOT / "deploy/mosquitto.acl").read_text(encoding="utf-8") + "\nuser devices\ntopic write street/#\n",
            encoding="utf-8",
        )
        (folder / "mosquitto.conf").write_text(self._configuration(), encoding="utf-8")
        self.broker = self._start_program(["/usr/sbin/mosquitto", "-c", str(folder / "mosquitto.conf")], "broker.log")
        assert broker.wait_until_ready("127.0.0.1", self.port), self.log("broker.log")
        return self.broker

    def password(self, user: str) -> str:
        """Return the password of *user*."""
        return PASSWORDS[user]

    def _configuration(self) -> str:
        folder = self.config_file.parent
        text = (ROOT / "deploy/mosquitto.conf").read_text(encoding="utf-8")
        if not self.has_tls:
            text = re.sub(r"^(certfile|keyfile|tls_version) .*\n", "", text, flags=re.MULTILINE)
        replacements = {
            "listener 8883": f"listener {self.port} 127.0.0.1",
            "/etc/mosquitto/sky-eye.passwd": str(folder / "passwords"),
            "/etc/mosquitto/sky-eye.acl": str(folder / "acl"),
            "/var/lib/mosquitto/": f"{folder}/",
        }
        if self.has_tls:
            replacements |= {f"/etc/mosquitto/certs/server.{it}": str(folder / f"server.{it}") for it in ("pem", "key")}
        for ours, theirs in replacements.items():
            assert text.count(ours) == 1, ours
            text = text.replace(ours, theirs)
        return text + ("user root\n" if os.geteuid() == 0 else "")


class Mqtt5Rig(MosquittoRig):
    """The same, over MQTT 5."""

    mqtt = "5"


class TlsRig(MosquittoRig):
    """The same, over TLS as deployed: a certificate of our own authority, which ingest is told to trust."""

    has_tls = True

    def __init__(self, *, assets: int) -> None:
        super().__init__(assets=assets)
        folder = self.config_file.parent
        self.ca_file = folder / "ca.pem"
        certificate.ensure(folder / "server.pem", folder / "server.key", ["127.0.0.1"])
        text = self.config_file.read_text(encoding="utf-8")
        self.config_file.write_text(
            text.replace("broker:\n", f"broker:\n  tls: true\n  ca_file: {self.ca_file}\n"), encoding="utf-8"
        )


RIGS: dict[str, type[Rig]] = {"nats-server": Rig, "mosquitto": MosquittoRig, "mosquitto over MQTT 5": Mqtt5Rig}
