"""A certificate is renewed while mosquitto runs: nobody is thrown out for it."""

import signal
import ssl

import pytest

from scripts import certificate
from tests.broker.mosquitto import TlsRig
from tests.broker.test_session import a_link, connect, turn
from tests.ingest.fake_broker import until

pytestmark = pytest.mark.broker


def test_a_renewed_certificate_is_taken_on_reload(monkeypatch: pytest.MonkeyPatch) -> None:
    """As certificate-sky-eye.service does it each night before the end: new files, then SIGHUP."""
    with TlsRig(assets=1) as rig:
        link = a_link(rig, ca_file=rig.ca_file)
        connect(link)
        before = ssl.get_server_certificate(("127.0.0.1", rig.port))
        monkeypatch.setattr(certificate, "RENEW_DAYS", certificate.SERVER_DAYS)
        folder = rig.ca_file.parent
        certificate.ensure(folder / "server.pem", folder / "server.key", ["127.0.0.1"])

        rig.broker.send_signal(signal.SIGHUP)
        until(lambda: ssl.get_server_certificate(("127.0.0.1", rig.port)) != before, lambda: turn(link), within_s=5)

        assert link.is_up
        assert link.generation == 1
        link.close()
