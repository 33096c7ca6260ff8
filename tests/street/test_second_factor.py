"""Six digits: one step early or late, nothing else, and sealed for one person (A03)."""

import pytest
from pyotp import TOTP

from street.second_factor import STEP_US, address_of, new_secret, seal, step_of, unseal

NOON_US = 1_789_999_200_000_000
STEP = NOON_US // STEP_US
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
KEY = b"0123456789abcdef0123456789abcdef"


def code(steps_aside: int = 0) -> str:
    """Return the code of a step near noon."""
    return TOTP(SECRET).generate_otp(STEP + steps_aside)


@pytest.mark.parametrize("aside", [-1, 0, 1])
def test_a_clock_may_be_one_step_off(aside: int) -> None:
    """And the step is told, to be used up."""
    assert step_of(SECRET, code(aside), NOON_US) == STEP + aside


@pytest.mark.parametrize("aside", [-10, -2, 2, 10])
def test_an_older_or_newer_code_is_wrong(aside: int) -> None:
    """Three of a million are right at a time, not more."""
    assert step_of(SECRET, code(aside), NOON_US) is None


def test_the_digits_are_those_of_the_rfc() -> None:
    """RFC 6238, appendix B, at 59 s, cut to six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    assert step_of(secret, "287082", 59_000_000) == 1


def test_spaces_are_how_apps_show_it() -> None:
    """123 456 is one code."""
    assert step_of(SECRET, f" {code()[:3]} {code()[3:]} ", NOON_US) == STEP


@pytest.mark.parametrize(
    "typed",
    ["", "12345", "1234567", "abcdef", "１２３４５６", "\0" * 6, "\ud800" * 6, "-12345", "1e5000", "9" * 100_000],
)
def test_what_is_no_code_is_wrong(typed: str) -> None:
    """Never an error."""
    assert step_of(SECRET, typed, NOON_US) is None


def test_of_a_million_codes_three_are_right() -> None:
    """Ten thousand guesses are one in thirty: the throttle must stop them much earlier."""
    right = [number for number in range(0, 1_000_000, 997) if step_of(SECRET, f"{number:06}", NOON_US)]

    assert len(right) <= 1
    assert len({code(-1), code(), code(1)}) == 3


def test_secrets_are_long_and_differ() -> None:
    """160 bits of the operating system's."""
    made = {new_secret() for _ in range(100)}

    assert len(made) == 100
    assert {len(it) for it in made} == {32}


def test_the_address_is_what_apps_scan() -> None:
    """Issuer and login, also in Chinese."""
    address = address_of(SECRET, "wang", "指挥中心")

    assert address.startswith("otpauth://totp/")
    assert f"secret={SECRET}" in address
    assert "issuer=" in address


def test_a_sealed_secret_opens_for_its_person_and_key_only() -> None:
    """A row copied to another account, or a stolen database, is worth nothing."""
    sealed = seal(SECRET, "p-1", KEY)

    assert SECRET.encode() not in sealed
    assert unseal(sealed, "p-1", KEY) == SECRET
    assert unseal(sealed, "p-2", KEY) is None
    assert unseal(sealed, "p-1", KEY[::-1]) is None
    assert unseal(sealed[:-1], "p-1", KEY) is None
    assert unseal(b"", "p-1", KEY) is None
