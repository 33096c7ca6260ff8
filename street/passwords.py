"""Passwords: how they are hashed, and which are refused.

Argon2id with 19 MiB and two passes (OWASP's smaller profile: 36 ms here); never more than two at once, so that a spray
of guesses takes neither the memory nor both processors.
"""

import json
import re
import secrets
import threading
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from street.clock import DAY_US

LONGEST: Final = 256  # characters; longer ones are refused, never cut
SHORTEST: Final = {"dengbao": 8, "nist": 15}
CLASSES: Final = {"dengbao": 3, "nist": 1}  # of small, capital, digit, other
LASTS_DAYS: Final = {"dengbao": 90, "nist": 0}  # 0: for ever
FEWEST_GUESSES: Final = 5e7  # half of what eight random characters take
JUDGED: Final = 20  # characters that are judged: the estimate's cost grows with the square
SHORTEST_NAME: Final = 3  # a login or name of two letters would forbid too much
_GEO: Final = Path(__file__).parent / "geo"
_WORD_AND_YEAR: Final = re.compile(r"[^\W\d_]{1,12}(?:19|20)\d\d\W{0,2}")  # what a forced change makes of a word
_UNMISTAKABLE: Final = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE: Final = threading.BoundedSemaphore(2)


def hashed(password: str) -> str:
    """Return the hash to keep of *password*; the caller has asked `faults` first."""
    with _AT_ONCE:
        return _HASHER.hash(_composed(password))


def verify(kept: str | None, password: str) -> bool:
    """Return whether *password* is the one of which *kept* is the hash.

    None, for nobody or for somebody without a password, takes as long and is False.
    """
    if len(password) > LONGEST or not is_text(password):
        password, kept = "", None
    with _AT_ONCE:
        try:
            _HASHER.verify(kept or _dummy(), _composed(password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def needs_rehash(kept: str) -> bool:
    """Return whether *kept* was made with other parameters than are used now."""
    return _HASHER.check_needs_rehash(kept)


def is_too_old(policy: str, set_us: int | None, now_us: int) -> bool:
    """Return whether *policy* wants a new password, the present one having been set at *set_us*."""
    days = LASTS_DAYS[policy]
    return bool(days) and set_us is not None and now_us - set_us > days * DAY_US


def new_password() -> str:
    """Return a random password for a first sign-in: 18 characters of which none looks like another."""
    groups = ("".join(secrets.choice(_UNMISTAKABLE) for _ in range(5)) for _ in range(3))
    return "-".join(groups) + secrets.choice("23456789")


def faults(password: str, policy: str, login: str, name: str) -> list[str]:
    """Return why *password* is refused, as codes in their order; none where it is good.

    Args:
        password: as typed.
        policy: `dengbao` (等保: eight characters of three kinds) or `nist` (SP 800-63B: fifteen of any kind).
        login: of whose it is.
        name: of whose it is.

    Returns:
        Of too-long, characters, too-short, few-kinds, has-login, has-name, has-place, too-common; the first two alone.
    """
    if len(password) > LONGEST:
        return ["too-long"]
    if not is_text(password):
        return ["characters"]
    composed = _composed(password)
    folded = composed.casefold()
    found = {
        "too-short": len(composed) < SHORTEST[policy],
        "few-kinds": len({_kind(character) for character in composed}) < CLASSES[policy],
        "has-login": _holds(folded, login),
        "has-name": _holds(folded, name),
        "has-place": any(place in folded for place in _places()),
        "too-common": _is_common(composed),
    }
    return [code for code, is_so in found.items() if is_so]


def is_text(password: str) -> bool:
    """Return whether *password* can be hashed: no controls, no lone surrogates."""
    return not any(unicodedata.category(character) in {"Cc", "Cs"} for character in password)


def _composed(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def _kind(character: str) -> str:
    if character.isascii():
        return (
            "digit"
            if character.isdigit()
            else "capital"
            if character.isupper()
            else ("small" if character.islower() else "other")
        )
    return "other"


def _holds(folded: str, name: str) -> bool:
    wanted = unicodedata.normalize("NFC", name).casefold()
    han_or_longer = SHORTEST_NAME if wanted.isascii() else SHORTEST_NAME - 1
    return len(wanted) >= han_or_longer and wanted in folded


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    """Return the names of subdistricts and communities as people here would type them, and without their last word."""
    found = set()
    for file in ("district.geojson", "communities.geojson"):
        for feature in json.loads((_GEO / file).read_text(encoding="utf-8"))["features"]:
            name, name_en = feature["properties"].get("name", ""), feature["properties"].get("name_en", "")
            found |= {name[:-2], name_en.split(" ")[0].casefold()}
    return frozenset(place for place in found if len(place) >= SHORTEST_NAME)


def _is_common(password: str) -> bool:
    if _WORD_AND_YEAR.fullmatch(password):
        return True
    # 90,000 words that only a new password needs; they ship no types.
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # noqa: PLC0415 - see above

    return float(zxcvbn(password[:JUDGED])["guesses"]) < FEWEST_GUESSES if password else True


@lru_cache(maxsize=1)
def _dummy() -> str:
    return _HASHER.hash(secrets.token_hex(16))
