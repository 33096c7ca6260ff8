"""Passwords: what is refused and why, and that a hash is never quick to try (A01, A02)."""

import threading
import time
import unicodedata

import pytest

from street import passwords
from street.clock import DAY_US

GOOD = "Mosaic7-lantern-Drift"


def faults(password: str, policy: str = "dengbao") -> list[str]:
    """Return what is wrong for the officer Wang Fang."""
    return passwords.faults(password, policy, "wangfang", "王芳芳")


@pytest.mark.parametrize("policy", ["dengbao", "nist"])
def test_a_good_password_is_good(policy: str) -> None:
    """Under both policies."""
    assert faults(GOOD, policy) == []


@pytest.mark.parametrize(
    ("password", "dengbao", "nist"),
    [
        pytest.param("Vq7$kRw", {"too-short", "too-common"}, {"too-short", "too-common"}, id="7"),
        pytest.param("Vq7$kRwm", set(), {"too-short"}, id="8"),
        pytest.param("Vq7$kRwmZ2!pLx", set(), {"too-short"}, id="14"),
        pytest.param("vivid otter lane", {"few-kinds"}, set(), id="16 small letters"),
        pytest.param("Vq7$kRwmZ2!pLxs", set(), set(), id="15"),
        pytest.param("Vq7$kRwmZ2!pLxs" * 4 + "abcd", set(), set(), id="64"),
        pytest.param("Vq7$kRwmZ2!pLxs" * 17 + "a", set(), set(), id="256"),
        pytest.param("Vq7$kRwmZ2!pLxs" * 17 + "ab", {"too-long"}, {"too-long"}, id="257"),
        pytest.param("x" * 1_000_000, {"too-long"}, {"too-long"}, id="1 MB"),
        pytest.param(
            "", {"too-short", "few-kinds", "too-common"}, {"too-short", "few-kinds", "too-common"}, id="empty"
        ),
        pytest.param(" " * 20, {"few-kinds", "too-common"}, {"too-common"}, id="spaces"),
        pytest.param("🦉🌿🚲🧭🎻🪁🧊🪵🐚🥁🪴🧶🪞🛶🎐", {"few-kinds"}, set(), id="emoji"),
        pytest.param("Vq7$\0kRwmZ2!pLxs", {"characters"}, {"characters"}, id="NUL"),
        pytest.param("Vq7$\ud800kRwmZ2!pLxs", {"characters"}, {"characters"}, id="lone surrogate"),
    ],
)
def test_length_and_kinds_are_the_policys(password: str, dengbao: set[str], nist: set[str]) -> None:
    """Eight of three kinds, or fifteen of any; never cut, never more than 256."""
    assert (set(faults(password, "dengbao")), set(faults(password, "nist"))) == (dengbao, nist)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Wangfang2026#x", "has-login"),
        ("x-WANGFANG-Drift7", "has-login"),
        ("王芳芳Drift-7-lamp", "has-name"),
        ("Jiangsu-Drift-77", "has-place"),
        ("江苏路Drift-77-x", "has-place"),
        ("Qidong#Drift-77", "has-place"),
    ],
)
def test_what_everybody_knows_is_no_secret(password: str, code: str) -> None:
    """The login, the name, the street's names, in any letters."""
    assert code in faults(password)


@pytest.mark.parametrize(
    "password",
    [
        "Password1!", "P@ssw0rd", "Passw0rd2026", "Admin@123", "1qaz@WSX", "Qwerty123!", "Abc12345!", "Iloveyou1!",
        "Aa123456!", "Letmein1!", "aaaaaaaaaaaaaaaa", "123456789012345", "abcabcabcabcabc", "qwertyuiopasdfg",
        "passwordpassword", "Spring2026!", "Qingdao2026", "Wintersonne1999!?",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused(password: str) -> None:
    """Three kinds of characters make no secret of it."""
    assert "too-common" in faults(password)


def test_a_short_name_forbids_nothing() -> None:
    """A login of two letters is in half of all passwords."""
    assert passwords.faults(GOOD, "dengbao", "mo", "") == []


def test_judging_costs_no_more_for_a_longer_password() -> None:
    """The estimate's cost grows with the square of the length: only the beginning is judged."""
    worst = "4@8({[<369!1|70$5+%2z" * 12

    spent = []
    for typed in (worst[: passwords.JUDGED], worst):
        begin = time.thread_time()
        faults(typed)
        spent.append(time.thread_time() - begin)

    assert spent[1] < 5 * spent[0]


def test_composed_and_decomposed_letters_are_one_password() -> None:
    """A phone and a desk type é differently."""
    kept = passwords.hashed(unicodedata.normalize("NFD", "Café-Drift-7-lamp"))

    assert passwords.verify(kept, unicodedata.normalize("NFC", "Café-Drift-7-lamp"))


def test_nothing_is_cut_off() -> None:
    """The last of 256 characters counts."""
    long = "Vq7$kRwmZ2!pLxs" * 17
    kept = passwords.hashed(long + "a")

    assert passwords.verify(kept, long + "a")
    assert not passwords.verify(kept, long + "b")
    assert not passwords.verify(kept, long)


@pytest.mark.parametrize("typed", ["", "x", "\0", "\ud800", "x" * 1_000_000])
def test_a_wrong_password_is_wrong_whatever_it_is(typed: str) -> None:
    """Never an error."""
    assert not passwords.verify(passwords.hashed(GOOD), typed)
    assert not passwords.verify(None, typed)


def test_nobody_has_no_password() -> None:
    """Not even the right one of the dummy; a damaged hash lets nobody in."""
    assert not passwords.verify(None, GOOD)
    assert not passwords.verify("$argon2id$damaged", GOOD)


def test_an_unknown_login_takes_as_long() -> None:
    """The quickest of 15 each, in turns, to a third: who has an account cannot be timed (A02 measures at the door)."""
    kept = passwords.hashed(GOOD)
    passwords.verify(None, "x")
    spent: dict[str | None, list[float]] = {kept: [], None: []}
    for _ in range(15):
        for known, times in spent.items():
            begin = time.thread_time()
            passwords.verify(known, "wrong")
            times.append(time.thread_time() - begin)

    assert min(spent[None]) == pytest.approx(min(spent[kept]), rel=0.34)


def test_a_hash_is_argon2id_of_nineteen_megabytes() -> None:
    """OWASP's profile; another one is made anew."""
    kept = passwords.hashed(GOOD)

    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.needs_rehash(kept)
    assert passwords.needs_rehash(kept.replace("t=2", "t=1"))
    assert passwords.hashed(GOOD) != kept


def test_two_are_hashed_at_once_and_no_more() -> None:
    """The third waits until one of two held places is free."""
    done = threading.Event()
    with passwords._AT_ONCE, passwords._AT_ONCE:
        third = threading.Thread(target=lambda: (passwords.hashed(GOOD), done.set()))
        third.start()
        waited = not done.wait(0.3)
    third.join(10)

    assert waited
    assert done.is_set()


@pytest.mark.parametrize(
    ("policy", "days", "is_old"), [("dengbao", 90, False), ("dengbao", 91, True), ("nist", 5_000, False)]
)
def test_only_dengbao_wants_a_new_one(policy: str, days: int, is_old: bool) -> None:
    """After ninety days; NIST asks for none."""
    assert passwords.is_too_old(policy, 0, days * DAY_US) == is_old
    assert not passwords.is_too_old(policy, None, days * DAY_US)


def test_a_first_password_passes_both_policies() -> None:
    """Whoever gets it can sign in, and no two are alike."""
    made = {passwords.new_password() for _ in range(50)}

    assert len(made) == 50
    assert not [it for it in made if faults(it, "dengbao") or faults(it, "nist")]
    assert not [it for it in made if set(it) & set("0O1Il")]
