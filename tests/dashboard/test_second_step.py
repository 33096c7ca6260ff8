"""The second step of signing in, on the real app and store."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from layouts.wording.sign_in import ZH
from street.people import Role
from tests.dashboard.accounts import PASSWORD, House, a_house, code_at, is_in, sign_in, told
from tests.dashboard.conftest import TESTER

KEY = re.compile(r"<code>([A-Z2-7 ]+)</code>")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A street whose admins need a second factor."""
    with a_house(tmp_path) as made:
        yield made


def test_the_password_alone_opens_nothing_for_who_has_a_second_factor(house: House) -> None:
    """Between the two steps there is no session, only a sealed note in the browser."""
    secret = house.with_factor(house.add())
    browser = house.browser()

    assert sign_in(browser).headers["location"] == "/login/code"
    assert not is_in(browser)
    assert [it.name for it in house.written.store.sessions().open()] == ["test"]  # the one of `started`
    answer = browser.post("/login/code", data={"code": code_at(secret)})

    assert answer.headers["location"] == "/wall"
    assert is_in(browser)


def test_a_code_works_once(house: House) -> None:
    """Who reads it over a shoulder is late (A03)."""
    secret = house.with_factor(house.add())
    code = code_at(secret, 1)
    first, second = house.browser(), house.browser()
    for browser in (first, second):
        sign_in(browser)

    assert first.post("/login/code", data={"code": code}).status_code == 303
    again = second.post("/login/code", data={"code": code})

    assert (again.status_code, told(again)) == (401, ZH["wrong_code"])
    assert not is_in(second)


def test_a_clock_may_be_half_a_minute_off_and_not_five(house: House) -> None:
    """One step either way; ten are refused."""
    statuses = {}

    for steps_ahead in (-10, -1, 1, 10):
        login = f"clock-{steps_ahead + 10}"
        secret = house.with_factor(house.add(login))
        browser = house.browser()
        sign_in(browser, login)
        statuses[steps_ahead] = browser.post("/login/code", data={"code": code_at(secret, steps_ahead)}).status_code

    assert statuses == {-10: 401, -1: 303, 1: 303, 10: 401}


def test_what_is_no_code_is_wrong_and_nothing_worse(house: House) -> None:
    """Never 500."""
    statuses = {}

    for number, code in enumerate(["", "12345", "1234567", "abcdef", "１２３４５６", "000000 or 1=1", "\x00" * 6]):
        house.with_factor(house.add(f"typist-{number}"))
        browser = house.browser()
        sign_in(browser, f"typist-{number}")
        statuses[code] = browser.post("/login/code", data={"code": code}).status_code

    assert set(statuses.values()) == {401}, statuses


def test_guessing_codes_is_slowed_down_and_the_password_does_not_wash_it_away(house: House) -> None:
    """10⁴ guesses would take weeks: signing in anew between them does not start the count anew."""
    house.with_factor(house.add())
    browser = house.browser()
    statuses = []

    for number in range(6):
        sign_in(browser)
        statuses.append(browser.post("/login/code", data={"code": f"00000{number}"}).status_code)

    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert ("liwei", "sign_in", "code") in house.refusals()


def test_the_note_between_the_steps_cannot_be_made_nor_bent(house: House) -> None:
    """Tampered, cut, somebody else's kind, or of a password that was changed since: start over."""
    person = house.add()
    secret = house.with_factor(person)
    browser = house.browser()
    sign_in(browser)
    note = browser.cookies["step"]
    bent = [note[:-4] + "AAAA", note[: len(note) // 2], "", "x" * 3000]

    for value in bent:
        other = house.browser()
        other.cookies["step"] = value
        answer = other.post("/login/code", data={"code": code_at(secret)})
        assert answer.headers["location"] == "/login?over=1"
    house.written.store.people().set_password(person.person_id, "$argon2id$other", must_change=False, by=TESTER)
    late = browser.post("/login/code", data={"code": code_at(secret)})

    assert late.headers["location"] == "/login?over=1"
    assert told(browser.get("/login?over=1")) == ZH["started_over"]


def test_a_role_that_needs_one_sets_its_second_factor_up_before_it_is_let_in(house: House) -> None:
    """The page shows the key as a picture and as text; a code proves that an authenticator has it."""
    house.add("chief", Role.ADMIN)
    browser = house.browser()

    assert sign_in(browser, "chief").headers["location"] == "/login/enrol"
    page = browser.get("/login/enrol").text
    secret = KEY.findall(page)[0].replace(" ", "")
    again = KEY.findall(browser.get("/login/enrol").text)[0].replace(" ", "")
    wrong = browser.post("/login/enrol", data={"code": "000000"})
    right = browser.post("/login/enrol", data={"code": code_at(secret)})

    assert '<svg class="qr"' in page
    assert again == secret
    assert (wrong.status_code, told(wrong)) == (401, ZH["wrong_code"])
    assert right.headers["location"] == "/desk/people"
    assert is_in(browser)
    next_time = house.browser()
    assert sign_in(next_time, "chief").headers["location"] == "/login/code"
    assert next_time.post("/login/code", data={"code": code_at(secret, 1)}).headers["location"] == "/desk/people"


def test_a_given_password_is_changed_before_the_second_factor_is_set_up(house: House) -> None:
    """A new admin goes through all steps in one go."""
    house.add("chief", Role.ADMIN, must_change_password=True)
    browser = house.browser()

    assert sign_in(browser, "chief").headers["location"] == "/login/password"
    skipped = browser.get("/login/enrol")
    answer = browser.post("/login/password", data={"new": "Lampe.Fluss.93", "again": "Lampe.Fluss.93"})

    assert skipped.headers["location"] == "/login?over=1"
    assert answer.headers["location"] == "/login/enrol"
    assert not is_in(browser)


def test_the_secret_is_sealed_at_rest(house: House) -> None:
    """Whoever copies the database cannot make codes."""
    secret = house.with_factor(house.add())

    path = house.written.config.store_path
    assert path is not None
    content = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*") if file.is_file())

    assert b"liwei" in content
    assert secret.encode() not in content
    assert PASSWORD.encode() not in content
