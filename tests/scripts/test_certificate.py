"""The certificate that a street makes for itself: believed by who trusts its authority, and worth nothing elsewhere."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from scripts import certificate

NAMES = ["localhost", "127.0.0.1", "sky-eye.example"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a certificate for NAMES."""
    certificate.ensure(tmp_path / "server.pem", tmp_path / "server.key", NAMES)
    return tmp_path


def believed(server: Path, ca: Path, name: str) -> str:
    """Return "" where a client that trusts *ca* and asked for *name* believes the certificate *server*, or why not."""
    here, there = socket.socketpair()
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(server, server.with_suffix(".key"))

    def serve() -> None:
        try:
            serving.wrap_socket(there, server_side=True).close()
        except OSError:
            there.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        ssl.create_default_context(cafile=str(ca)).wrap_socket(here, server_hostname=name).close()
    except ssl.SSLCertVerificationError as error:
        here.close()
        return error.verify_message
    finally:
        thread.join(10)
    return ""


@pytest.mark.parametrize("name", NAMES)
def test_who_trusts_the_authority_believes_it(folder: Path, name: str) -> None:
    """Under each of its names, addresses included."""
    assert believed(folder / "server.pem", folder / "ca.pem", name) == ""


def test_another_name_is_not_believed(folder: Path) -> None:
    """A certificate for everything would be for nobody."""
    assert "mismatch" in believed(folder / "server.pem", folder / "ca.pem", "other.example")


def test_keys_are_their_owner_s_alone(folder: Path) -> None:
    """From the first byte on."""
    modes = {it.name: it.stat().st_mode & 0o777 for it in folder.iterdir()}

    assert modes == {"ca.key": 0o600, "ca.pem": 0o644, "server.key": 0o600, "server.pem": 0o644}


def test_run_again_it_does_nothing(folder: Path) -> None:
    """A timer runs it each night."""
    before = {it.name: it.read_bytes() for it in folder.iterdir()}

    assert not certificate.ensure(folder / "server.pem", folder / "server.key", ["localhost"])
    assert {it.name: it.read_bytes() for it in folder.iterdir()} == before


def test_a_new_address_needs_no_new_trust(folder: Path) -> None:
    """A machine's private address changes; what tablets trust does not."""
    before = (folder / "ca.pem").read_bytes()

    made = certificate.ensure(folder / "server.pem", folder / "server.key", ["192.168.7.8"])

    assert made
    assert (folder / "ca.pem").read_bytes() == before
    assert believed(folder / "server.pem", folder / "ca.pem", "192.168.7.8") == ""
    assert believed(folder / "server.pem", folder / "ca.pem", "sky-eye.example") == ""


def test_a_new_host_name_needs_a_new_authority(folder: Path) -> None:
    """The old one may not vouch for it."""
    before = (folder / "ca.pem").read_bytes()

    certificate.ensure(folder / "server.pem", folder / "server.key", ["other.example"])

    assert (folder / "ca.pem").read_bytes() != before
    assert believed(folder / "server.pem", folder / "ca.pem", "other.example") == ""


def test_a_month_before_its_end_it_is_renewed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the same authority."""
    before = (folder / "ca.pem").read_bytes()
    monkeypatch.setattr(certificate, "RENEW_DAYS", certificate.SERVER_DAYS)

    assert certificate.ensure(folder / "server.pem", folder / "server.key", NAMES)
    assert (folder / "ca.pem").read_bytes() == before


def test_a_stolen_authority_can_play_nobody_else(folder: Path) -> None:
    """Signed with its own key for a bank's name: clients that trust it refuse all the same."""
    signer = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)  # noqa: TID251 - certificates need the date
    forged = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes()).subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("bank.example")]), critical=True)
        .sign(signer, hashes.SHA256())
    )
    (folder / "forged.pem").write_bytes(forged.public_bytes(serialization.Encoding.PEM))
    (folder / "forged.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )

    assert believed(folder / "forged.pem", folder / "ca.pem", "bank.example") == "permitted subtree violation"


@pytest.mark.parametrize("name", ["", "a b", "*.example", "http://x", "名.example", "a..b"])
def test_what_is_no_name_is_refused(folder: Path, name: str) -> None:
    """And nothing is made."""
    before = (folder / "server.pem").read_bytes()

    with pytest.raises(ValueError, match="neither a host name nor an address"):
        certificate.ensure(folder / "server.pem", folder / "server.key", [name])
    assert (folder / "server.pem").read_bytes() == before


def test_an_authority_without_its_key_is_told(folder: Path) -> None:
    """Two folders mixed up; overwriting either would cost everybody's trust."""
    certificate.ensure(folder / "other" / "server.pem", folder / "other" / "server.key", NAMES)
    (folder / "other" / "ca.key").replace(folder / "ca.key")

    with pytest.raises(ValueError, match=r"ca\.key is not the key of"):
        certificate.ensure(folder / "server.pem", folder / "server.key", NAMES)
