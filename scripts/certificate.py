"""A certificate for a street without an authority of its own: for the demo, for nginx, for mosquitto.

    python scripts/certificate.py FOLDER [--name NAME …]

FOLDER gets `ca.pem`, which every browser and gateway must trust once, and `server.pem` with `server.key` for
`localhost`, this machine's name and addresses, each NAME, and what it was for before. Run again it does nothing, until
a name is missing or less than a month is left: then the server's certificate is made anew. Nobody has to trust
anything again then, unless a host name is added: the authority may only vouch for those it was made for.

Whoever steals `ca.key` could only play this street: the authority vouches for its own names and for private addresses,
and browsers hold it to that.
"""

import argparse
import contextlib
import ipaddress
import os
import socket
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397  # the most that browsers take
RENEW_DAYS = 30
PRIVATE_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128")
SOMEWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}  # reserved for examples: nobody answers there

TRUST = """\
Whoever shall trust it installs {ca} once (its key stays here):
    Debian            cp {ca} /usr/local/share/ca-certificates/sky-eye.crt && update-ca-certificates
    Chromium, Linux   certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n sky-eye -i {ca}     (package libnss3-tools)
    Windows           certutil -addstore root ca.pem
    Android           Settings, Security, Install a certificate, CA certificate
    iPad              open ca.pem, install the profile; then Settings, General, About, Certificate Trust Settings
SHA-256 {fingerprint}
"""


def main(arguments: list[str] | None = None) -> int:
    """Make what is missing, say what to do with it; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", action="append", default=[], help="a host name or address of this server; repeatable")
    options = parser.parse_args(arguments)
    try:
        names = [*own_names(), *options.name]
        is_new = ensure(options.folder / "server.pem", options.folder / "server.key", names)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"no certificate: {error}\n")
        return 1
    sys.stdout.write(f"{'made' if is_new else 'still good:'} {said_by(options.folder / 'server.pem')}\n")
    sys.stdout.write(trust(options.folder / "ca.pem"))
    return 0


def ensure(certificate: Path, key: Path, names: list[str]) -> bool:
    """See to it that there is a certificate of our authority for *names*; return whether it is new.

    The authority lies beside the certificate, as `ca.pem` and `ca.key`.

    Raises:
        ValueError: a name is none; the authority's files do not belong together.
    """
    had = _names(_read(certificate)) if certificate.exists() else []
    wanted = list(dict.fromkeys([*map(alternative, names), *had]))
    certificate.parent.mkdir(parents=True, exist_ok=True)
    authority, signer = _authority(certificate.with_name("ca.pem"), certificate.with_name("ca.key"), wanted)
    if certificate.exists() and key.exists() and _is_good(_read(certificate), authority, wanted):
        return False
    private = ec.generate_private_key(ec.SECP256R1())
    _write(key, _pem(private), 0o600)
    _write(certificate, _server(private, wanted, authority, signer).public_bytes(serialization.Encoding.PEM), 0o644)
    return True


def own_names() -> list[str]:
    """Return how this machine is reached: loopback, its name, and the addresses its packets leave from."""
    names = ["localhost", "127.0.0.1", "::1", socket.gethostname()]
    for family, address in SOMEWHERE.items():
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as line:
            line.connect((address, 9))  # sends nothing: it only chooses the way out
            names.append(str(line.getsockname()[0]))
    return names


def alternative(name: str) -> x509.GeneralName:
    """Return *name* as certificates write it: an address or a host name."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        labels = name.split(".")
        if all(label.replace("-", "").isalnum() and label.isascii() and len(label) < 64 for label in labels):
            return x509.DNSName(name.lower())
        msg = f"{name!r} is neither a host name nor an address"
        raise ValueError(msg) from None


def said_by(certificate: Path) -> str:
    """Return a line on the certificate in a file: until when, and for whom."""
    found = _read(certificate)
    names = ", ".join(str(it.value) for it in _names(found))
    return f"{certificate} until {found.not_valid_after_utc:%Y-%m-%d} for {names}"


def trust(ca: Path) -> str:
    """Return how the authority in the file *ca* is made known to a machine."""
    return TRUST.format(ca=ca, fingerprint=_read(ca).fingerprint(hashes.SHA256()).hex(":", 2))


def _authority(
    ca: Path, ca_key: Path, wanted: list[x509.GeneralName]
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Return the authority, made anew where there is none, where it ends soon, or may not vouch for a host's name."""
    if ca.exists() and ca_key.exists():
        known = _read(ca)
        signer = serialization.load_pem_private_key(ca_key.read_bytes(), None)
        if not isinstance(signer, ec.EllipticCurvePrivateKey) or signer.public_key() != known.public_key():
            msg = f"{ca_key} is not the key of {ca}"
            raise ValueError(msg)
        if _days_left(known) > SERVER_DAYS and all(_may_vouch(known, it) for it in wanted):
            return known, signer
    signer = ec.generate_private_key(ec.SECP256R1())
    made = _root(signer, wanted)
    _write(ca_key, _pem(signer), 0o600)
    _write(ca, made.public_bytes(serialization.Encoding.PEM), 0o644)
    return made, signer


def _root(signer: ec.EllipticCurvePrivateKey, wanted: list[x509.GeneralName]) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Sky Eye, {socket.gethostname()}"[:64])])
    networks = [x509.IPAddress(ipaddress.ip_network(it)) for it in PRIVATE_NETWORKS]
    public = [
        x509.IPAddress(ipaddress.ip_network(it.value))
        for it in wanted
        if isinstance(it, x509.IPAddress) and not _holds(networks, it)
    ]
    hosts = [it for it in wanted if isinstance(it, x509.DNSName)]
    limits = x509.NameConstraints([*hosts, *networks, *public], None)
    return (
        _begun(name, name, signer, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(limits, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )


def _server(
    private: ec.EllipticCurvePrivateKey,
    wanted: list[x509.GeneralName],
    authority: x509.Certificate,
    signer: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sky Eye")])
    return (
        _begun(name, authority.subject, private, SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(wanted), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # tablets' clocks are not ours
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _is_good(found: x509.Certificate, authority: x509.Certificate, wanted: list[x509.GeneralName]) -> bool:
    try:
        found.verify_directly_issued_by(authority)
    except (ValueError, InvalidSignature):
        return False
    return _days_left(found) > RENEW_DAYS and set(wanted) <= set(_names(found))


def _may_vouch(authority: x509.Certificate, name: x509.GeneralName) -> bool:
    allowed = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    return _holds(allowed, name) if isinstance(name, x509.IPAddress) else name in allowed


def _holds(networks: Iterable[x509.GeneralName], address: x509.IPAddress) -> bool:
    alone = ipaddress.ip_network(address.value)
    return any(
        isinstance(it, x509.IPAddress) and isinstance(it.value, type(alone)) and alone.subnet_of(it.value)  # type: ignore[arg-type] # of one kind, as the line above sees to
        for it in networks
    )


def _names(certificate: x509.Certificate) -> list[x509.GeneralName]:
    return list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)


def _days_left(certificate: x509.Certificate) -> int:
    return (certificate.not_valid_after_utc - datetime.now(UTC)).days


def _read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    """Put *content* in place at once, with *mode* from its first byte on; the file's owner stays what it was."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    if path.exists():
        before = path.stat()
        os.chown(draft, before.st_uid, before.st_gid)
        draft.chmod(before.st_mode & 0o777)
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main())
