"""One's own account, on the real app and store."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from layouts.wording.sign_in import EN, SIGN_IN, ZH
from street.people import Role
from tests.dashboard.accounts import NEW_PASSWORD, PASSWORD, House, a_house, code_at, is_in, sign_in, told
from tests.dashboard.conftest import TESTER

KEY = re.compile(r"<code>([A-Z2-7 ]+)</code>")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A street where one person has an account."""
    with a_house(tmp_path) as made:
        made.add(unit="市南中队")
        yield made


def signed(house: House, login: str = "liwei", password: str = PASSWORD) -> httpx.Client:
    """Return a browser of that person."""
    browser = house.browser()
    assert sign_in(browser, login, password).headers["location"] == "/wall"
    return browser


def act(browser: httpx.Client, what: str, **fields: str) -> httpx.Response:
    """Send one of the page's forms."""
    return browser.post("/account", data={"csrf": browser.cookies["_csrf_token"], "act": what, **fields})


def test_the_page_says_who_one_is_and_where_one_is_signed_in(house: House) -> None:
    """Name, unit, role with its area, and each device with its times and address; this one is marked."""
    first = signed(house)
    signed(house)

    page = first.get(
        "/account", headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36"}
    ).text

    for text in ("李伟", "liwei · 市南中队", SIGN_IN["zh"]["role_operator"], ZH["subdistrict"], "127.0.0.1"):
        assert text in page
    assert page.count(ZH["this_device"]) == 1
    assert page.count('name="session"') == 1


def test_a_new_password_needs_the_present_one_and_ends_all_other_sessions(house: House) -> None:
    """A stolen session cannot take the account over, and a thief is out at once."""
    own, stolen = signed(house), signed(house)

    blind = act(own, "password", current="wrong", new=NEW_PASSWORD, again=NEW_PASSWORD)
    weak = act(own, "password", current=PASSWORD, new="liwei", again="liwei")
    good = act(own, "password", current=PASSWORD, new=NEW_PASSWORD, again=NEW_PASSWORD)

    assert (blind.status_code, told(blind)) == (422, ZH["wrong_current"])
    assert (weak.status_code, ZH["fault_has_login"] in told(weak)) == (422, True)
    assert good.headers["location"] == "/account?done=password_changed"
    assert told(own.get("/account?done=password_changed")) == ZH["password_changed"]
    assert is_in(own)
    assert not is_in(stolen)
    assert sign_in(house.browser(), "liwei", PASSWORD).status_code == 401
    assert ("liwei", "account", "password") in house.refusals()


def test_a_stolen_session_is_no_place_to_guess_the_password(house: House) -> None:
    """The throttle of the door holds here as well."""
    browser = signed(house)

    told_last = [told(act(browser, "password", current=f"guess {n}", new="x", again="x")) for n in range(6)][-1]

    assert told_last.startswith("尝试次数太多")


def test_a_second_factor_is_turned_on_by_a_code_and_off_by_the_password(house: House) -> None:
    """It is asked for from the next sign-in on."""
    browser = signed(house)

    refused = act(browser, "factor", current="wrong")
    shown = act(browser, "factor", current=PASSWORD)
    secret = KEY.findall(shown.text)[0].replace(" ", "")
    wrong = act(browser, "factor-code", code="000000")
    proven = act(browser, "factor-code", code=code_at(secret))

    assert told(refused) == ZH["wrong_current"]
    assert KEY.findall(wrong.text)[0].replace(" ", "") == secret
    assert proven.headers["location"] == "/account?done=factor_set"
    assert sign_in(house.browser()).headers["location"] == "/login/code"
    assert act(browser, "factor-drop", current=PASSWORD).headers["location"] == "/account?done=factor_dropped"
    assert sign_in(house.browser()).headers["location"] == "/wall"


def test_a_code_for_nothing_changes_nothing(house: House) -> None:
    """Without a key that was shown to this person there is nothing to prove."""
    browser, other = signed(house), house.browser()
    house.add("other")
    sign_in(other, "other")
    act(other, "factor", current=PASSWORD)
    browser.cookies["factor"] = other.cookies["factor"]

    answer = act(browser, "factor-code", code="123456")

    assert answer.headers["location"] == "/account"
    assert sign_in(house.browser()).headers["location"] == "/wall"


def test_a_role_that_needs_the_second_factor_cannot_turn_it_off(house: House) -> None:
    """Neither the button nor the request."""
    person = house.add("chief", Role.ADMIN)
    secret = house.with_factor(person)
    browser = house.browser()
    sign_in(browser, "chief")
    browser.post("/login/code", data={"code": code_at(secret)})

    page = browser.get("/account").text
    answer = act(browser, "factor-drop", current=PASSWORD)

    assert ZH["factor_forced"] in page
    assert 'value="factor-drop"' not in page
    assert (answer.status_code, told(answer)) == (422, ZH["factor_forced"])
    assert house.written.store.people().second_factor(person.person_id) is not None


def test_one_can_end_one_other_session_or_all_of_them(house: House) -> None:
    """A tablet left in a taxi is locked out from home."""
    own, tablet, office = signed(house), signed(house), signed(house)
    listed = re.findall(r'name="session" value="(\w+)"', own.get("/account").text)

    act(own, "end", session=listed[0])
    left = [is_in(browser) for browser in (own, tablet, office)]
    act(own, "end-others")

    assert len(listed) == 2
    assert sorted(left) == [False, True, True]
    assert left[0]
    assert [is_in(browser) for browser in (own, tablet, office)] == [True, False, False]


def test_nobody_ends_a_session_of_somebody_else(house: House) -> None:
    """Its id, known from wherever, does nothing here."""
    house.add("other")
    own, other = signed(house), signed(house, "other")
    theirs = house.written.store.people().find("other")
    assert theirs is not None
    session_id = house.written.store.sessions().open(theirs.person_id)[0].session_id

    act(own, "end", session=session_id)

    assert is_in(other)


def test_every_act_needs_the_sessions_own_text(house: House) -> None:
    """A form elsewhere cannot send it."""
    browser = signed(house)

    statuses = {
        browser.post("/account", data={"act": what, "csrf": "guessed"}).status_code
        for what in ("password", "factor", "factor-code", "factor-drop", "end", "end-others", "language")
    }

    assert statuses == {403}
    assert is_in(browser)


def test_an_act_that_does_not_exist_is_refused(house: House) -> None:
    """Never 500."""
    assert act(signed(house), "become-admin").status_code == 422


def test_the_language_is_remembered(house: House) -> None:
    """For the pages before the next session, too."""
    browser = signed(house)

    act(browser, "language", lang="en")
    act(browser, "language", lang="<x>")

    assert f"<h1>{EN['account']}</h1>" in browser.get("/account").text
    assert f"<h1>{EN['sign_in']}</h1>" in browser.get("/login").text


def test_who_comes_from_a_provider_has_no_password_here(house: House) -> None:
    """The page offers none, and what is sent all the same is refused."""
    person = house.add("provided", password_hash=None)
    token, session = house.written.store.sessions().begin(
        person.person_id, kind="person", address="127.0.0.1", name="", by=TESTER
    )
    browser = house.browser()
    browser.cookies["sid"], browser.cookies["_csrf_token"] = token, session.csrf

    page = browser.get("/account").text
    answer = act(browser, "password", current="", new=NEW_PASSWORD, again=NEW_PASSWORD)

    assert ZH["no_password"] in page
    assert 'name="current"' not in page
    assert (answer.status_code, told(answer)) == (422, ZH["wrong_current"])
