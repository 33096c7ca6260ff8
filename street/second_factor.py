"""The second factor: six digits that change every 30 s (TOTP, RFC 6238), whose secret is sealed at rest."""

import base64
import hmac
from typing import Final

import pyotp
from cryptography.fernet import Fernet, InvalidToken

from street.clock import SECOND_US

STEP_US: Final = 30 * SECOND_US
DIGITS: Final = 6
STEPS_ASIDE: Final = 1  # how far a phone's clock may be off


def new_secret() -> str:
    """Return a new secret of 160 bits, in the letters that authenticator apps take."""
    return pyotp.random_base32(32)


def address_of(secret: str, login: str, issuer: str) -> str:
    """Return the otpauth:// address that the QR code shows."""
    return pyotp.TOTP(secret, digits=DIGITS).provisioning_uri(name=login, issuer_name=issuer)


def step_of(secret: str, code: str, now_us: int) -> int | None:
    """Return the step that *code* is of, None where it is wrong or more than one step off.

    The caller uses the step up (`People.use_code`): a code that somebody saw must not work a second time.
    """
    typed = code.replace(" ", "")
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    maker = pyotp.TOTP(secret, digits=DIGITS)
    now = now_us // STEP_US
    found = None
    for step in range(now - STEPS_ASIDE, now + STEPS_ASIDE + 1):  # all of them: equal time whichever it is
        if hmac.compare_digest(maker.generate_otp(step), typed):
            found = step
    return found


def seal(secret: str, person_id: str, key: bytes) -> bytes:
    """Return *secret* so that only *key* opens it, and only for this person."""
    return _box(key).encrypt(f"{person_id}\n{secret}".encode())


def unseal(sealed: bytes, person_id: str, key: bytes) -> str | None:
    """Return the secret in *sealed*; None where the key is another, or it was sealed for somebody else."""
    try:
        owner, _, secret = _box(key).decrypt(sealed).decode().partition("\n")
    except InvalidToken:
        return None
    return secret if hmac.compare_digest(owner.encode(), person_id.encode()) else None


def _box(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))
