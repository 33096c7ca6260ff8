"""Signing in and out, on the real app and store."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from dashboard import asking
from dashboard.sign_in import Tried, attempt, wait_text
from layouts.sign_in.frame import Look
from layouts.wording.sign_in import EN, ZH
from street.clock import now_us
from street.commands.demo_people import make_demo_people
from street.config import Config
from street.people import Role
from tests.dashboard.accounts import NEW_PASSWORD, PASSWORD, House, a_house, is_in, sign_in, told
from tests.dashboard.conftest import TESTER, Serving, configured


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A street where one person has an account."""
    with a_house(tmp_path) as made:
        made.add()
        yield made


def test_the_right_password_opens_the_door(house: House) -> None:
    """One form, one redirect, and the session's cookie that no script can read."""
    browser = house.browser()

    answer = sign_in(browser, next="/wall?lang=en")

    assert (answer.status_code, answer.headers["location"]) == (303, "/wall?lang=en")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert is_in(browser)


def test_an_unknown_account_and_a_wrong_password_get_the_same_answer(house: House) -> None:
    """Nobody learns at the door who has an account; only the name that was typed comes back."""
    wrong = sign_in(house.browser(), "liwei", "nope nope nope")
    unknown = sign_in(house.browser(), "nobody", "nope nope nope")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("liwei", "nobody") == unknown.text
    assert told(wrong) == ZH["wrong"]
    assert _shape(wrong.headers) == _shape(unknown.headers)


def test_an_unknown_account_takes_as_long_as_a_wrong_password(house: House) -> None:
    """The hash is made for nobody, too: the medians of the work differ by less than 10 ms, in 40 attempts."""
    office = house.serving.app.office
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    people = [house.add(f"known-{number}") for number in range(20)]
    attempt(office, "warm-up", "nope")

    for number, person in enumerate(people):
        for kind, login in (("known", person.login), ("unknown", f"stranger-{number}")):
            token = asking.begin(asking.Asking(address=f"10.0.{number}.{len(kind)}"))
            began = time.thread_time()  # of this thread: what else the machine does is no difference
            tried = attempt(office, login, "nope nope nope")
            took[kind].append(time.thread_time() - began)
            asking.end(token)
            assert tried == Tried()

    assert abs(statistics.median(took["known"]) - statistics.median(took["unknown"])) < 0.010


def test_guesses_are_slowed_down_whether_or_not_the_account_exists(house: House) -> None:
    """After a few the next is not even tried, and the page says when."""
    for login in ("liwei", "nobody"):
        answers = [sign_in(house.browser(), login, f"guess {number}") for number in range(6)]

        assert answers[0].status_code == 401
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert told(answers[-1]).startswith("尝试次数太多")


def test_while_it_is_throttled_even_the_right_password_is_not_heard(house: House) -> None:
    """Else a guesser would see, by what is not said, that a guess was right."""
    for number in range(6):
        sign_in(house.browser(), "liwei", f"guess {number}")

    answer = sign_in(house.browser(), "liwei", PASSWORD)

    assert answer.status_code == 429


def test_what_was_typed_as_a_login_by_mistake_is_not_in_the_audit(house: House) -> None:
    """People type passwords into the first field; the audit holds only logins that somebody has."""
    sign_in(house.browser(), "My-Secret-Passw0rd", "x")
    sign_in(house.browser(), "liwei", "x")

    assert [it for it in house.refusals() if it[1] == "sign_in"] == [
        ("liwei", "sign_in", "password"),
        ("", "sign_in", "password"),
    ]


def test_who_left_is_told_nothing_else_than_a_stranger(house: House) -> None:
    """An account that was closed does not say so."""
    left = house.add("left")
    house.written.store.people().change(replace(left, is_active=False), by=TESTER)

    answer = sign_in(house.browser(), "left")

    assert (answer.status_code, told(answer)) == (401, ZH["wrong"])


def test_a_login_is_known_however_it_is_typed(house: House) -> None:
    """Tablets begin words with a capital and end them with a space."""
    assert sign_in(house.browser(), " LiWei ").status_code == 303


def test_each_sign_in_has_a_token_of_its_own_and_ends_the_one_before(house: House) -> None:
    """A token that somebody planted before is worth nothing after."""
    browser = house.browser()
    sign_in(browser)
    planted = browser.cookies["sid"]

    sign_in(browser)

    assert browser.cookies["sid"] != planted
    old = house.browser()
    old.cookies["sid"] = planted
    assert not is_in(old)
    assert is_in(browser)


def test_signing_out_ends_the_session_on_the_server(house: House) -> None:
    """The old cookie, replayed, is nobody's."""
    browser = house.browser()
    sign_in(browser)
    kept = browser.cookies["sid"]

    answer = browser.post("/logout", data={"csrf": browser.cookies["_csrf_token"]})

    assert (answer.status_code, answer.headers["location"]) == (303, "/login?out=1")
    assert answer.headers["clear-site-data"] == '"storage"'
    assert "sid" not in browser.cookies
    replay = house.browser()
    replay.cookies["sid"] = kept
    assert not is_in(replay)
    assert told(browser.get("/login?out=1")) == ZH["signed_out"]


def test_nobody_else_can_sign_somebody_out(house: House) -> None:
    """A form on another site, or one without the session's text, does nothing."""
    browser = house.browser()
    sign_in(browser)

    foreign = browser.post("/logout", data={"csrf": browser.cookies["_csrf_token"]}, headers={"origin": "http://evil"})
    blind = browser.post("/logout", data={"csrf": "guessed"})

    assert (foreign.status_code, blind.status_code) == (403, 403)
    assert is_in(browser)


def test_the_way_on_is_never_to_another_place(house: House) -> None:
    """Whatever `next` says, only pages of ours behind the door are gone to; else home (B103)."""
    wanted = [
        "//evil",
        "https:evil",
        "https://evil/",
        "/\\evil",
        "/\t/evil",
        "javascript:x",
        "/login",
        "/nowhere",
        " /wall",
    ]

    led = {it: sign_in(house.browser(), next=it).headers["location"] for it in wanted}

    assert led == dict.fromkeys(wanted, "/wall")


def test_each_role_has_its_room(tmp_path: Path) -> None:
    """Who asks for a page of another room goes home instead of to a page that is not there for her."""
    rooms = {Role.ADMIN: "/desk/people", Role.AUDITOR: "/desk/audit", Role.OFFICER: "/wall", Role.WALL: "/wall"}
    led = {}

    with a_house(tmp_path, totp_for="") as house:
        for role in rooms:
            house.add(role.value, role)
            elsewhere = "/desk/audit" if role is not Role.AUDITOR else "/wall"
            led[role] = sign_in(house.browser(), role.value, next=elsewhere).headers["location"]

    assert led == rooms


def test_who_is_signed_in_is_led_on_and_may_still_be_somebody_else(house: House) -> None:
    """A link back from a lost session needs no password; the bare page offers to change."""
    browser = house.browser()
    sign_in(browser)

    assert browser.get("/login?next=/wall").headers["location"] == "/wall"
    assert ZH["signed_in_as"].replace("{name}", "李伟") in browser.get("/login").text


def test_demo_accounts_are_one_click_in_the_demo_and_closed_elsewhere(tmp_path: Path) -> None:
    """The buttons send the very form that a person would; where there is no demo, they are not there nor heard."""
    with a_house(tmp_path, demo_accounts=True) as demo:
        make_demo_people(demo.written.store, now_us())
        page = demo.browser().get("/login").text
        assert page.count("data-demo=") == len(Role)
        assert sign_in(demo.browser(), "auditor", "demo-auditor").headers["location"] == "/desk/audit"

    with a_house(tmp_path) as real:
        assert "data-demo=" not in real.browser().get("/login").text
        assert sign_in(real.browser(), "auditor", "demo-auditor").status_code == 401


def test_a_given_password_must_be_changed_before_anything_else(house: House) -> None:
    """Until then there is no session; a bad one is refused in words; the new one works, the old one not."""
    house.add("newcomer", name="王芳", must_change_password=True)
    browser = house.browser()

    assert sign_in(browser, "newcomer").headers["location"] == "/login/password"
    assert not is_in(browser)
    bad = browser.post("/login/password", data={"new": "short", "again": "short"})
    assert (bad.status_code, ZH["fault_too_short"] in told(bad)) == (422, True)
    differs = browser.post("/login/password", data={"new": NEW_PASSWORD, "again": "other"})
    assert told(differs) == ZH["fault_differs"]
    same = browser.post("/login/password", data={"new": PASSWORD, "again": PASSWORD})
    assert told(same) == ZH["fault_used"]
    good = browser.post("/login/password", data={"new": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert good.headers["location"] == "/wall"

    assert is_in(browser)
    assert sign_in(house.browser(), "newcomer", PASSWORD).status_code == 401
    assert sign_in(house.browser(), "newcomer", NEW_PASSWORD).headers["location"] == "/wall"


def test_nobody_chooses_a_password_without_having_shown_the_old_one(house: House) -> None:
    """The page is open, what it does is not."""
    for answer in (
        house.browser().get("/login/password"),
        house.browser().post("/login/password", data={"new": NEW_PASSWORD, "again": NEW_PASSWORD}),
    ):
        assert (answer.status_code, answer.headers["location"]) == (303, "/login?over=1")


def test_the_page_speaks_the_browsers_language_and_remembers_a_choice(house: House) -> None:
    """Chinese where nothing else is asked for."""
    browser = house.browser()

    assert f"<h1>{ZH['sign_in']}</h1>" in browser.get("/login", headers={"accept-language": "fr"}).text
    assert f"<h1>{EN['sign_in']}</h1>" in browser.get("/login", headers={"accept-language": "en-GB,zh;q=0.5"}).text
    assert f"<h1>{EN['sign_in']}</h1>" in browser.get("/login?lang=en").text
    assert f"<h1>{EN['sign_in']}</h1>" in browser.get("/login").text


def test_what_was_typed_is_shown_and_not_run(house: House) -> None:
    """The page gives a login back as text."""
    answer = sign_in(house.browser(), '"><script>alert(1)</script>', "x")

    assert "<script>alert" not in answer.text
    assert "&quot;&gt;&lt;script&gt;" in answer.text


def test_without_a_store_the_page_is_there_and_says_so(tmp_path: Path, serve: Callable[[Config], Serving]) -> None:
    """A database that is away is not a wrong password."""
    browser = serve(configured(tmp_path)).stranger

    page, answer = browser.get("/login"), sign_in(browser)

    assert page.status_code == 200
    assert (answer.status_code, told(answer)) == (503, ZH["not_reachable"])


def test_a_wait_is_said_in_the_unit_that_fits() -> None:
    """Nobody counts 840 seconds."""
    look = Look(lang="en", title="")

    assert [wait_text(look, wait_s) for wait_s in (0.2, 59.5, 61, 840)] == ["1 s", "60 s", "2 min", "14 min"]


def _shape(headers: httpx.Headers) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in {"date", "x-request-id", "content-length"}}
