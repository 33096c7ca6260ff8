"""Pairing a wall or a tablet, on the real app and store."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from layouts.wording.sign_in import EN, ZH
from street.people import Actor, Role
from tests.dashboard.accounts import House, a_house, is_in, told
from tests.dashboard.conftest import SUBDISTRICT, TESTER

SHOWN = re.compile(r'class="paircode"[^>]*><span>(\w{4})</span><span>(\w{4})</span>')


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A street with nobody in it."""
    with a_house(tmp_path) as made:
        yield made


def code_of(browser: httpx.Client) -> str:
    """Return the code that the browser's page shows."""
    return "".join(SHOWN.findall(browser.get("/pair").text)[0])


def test_a_wall_shows_a_code_and_opens_once_somebody_has_entered_it(house: House) -> None:
    """No password is ever typed on the wall; its session lasts, and may see and nothing else."""
    wall = house.browser()
    asked = wall.post("/pair", data={"kind": "screen", "name": "东墙"})
    code = code_of(wall)

    before = wall.get("/pair/wait").json()
    house.written.store.pairing().approve(code, area_id=SUBDISTRICT, by=TESTER)
    after = wall.get("/pair/wait")

    assert (asked.status_code, asked.headers["location"]) == (303, "/pair")
    assert before == {"state": "waiting"}
    assert after.json() == {"state": "ready", "to": "/wall"}
    assert "Max-Age" in next(it for it in after.headers.get_list("set-cookie") if it.startswith("sid="))
    assert wall.get("/wall").status_code == 200
    assert wall.get("/account").status_code == 404
    assert [it.name for it in house.written.store.sessions().open() if it.kind == "screen"] == ["东墙"]


def test_a_tablet_gets_a_session_of_the_person_it_was_approved_for(house: House) -> None:
    """It is that person from then on, and is listed as a tablet among her devices."""
    officer = house.add("zhou", Role.OFFICER)
    tablet = house.browser()
    tablet.post("/pair", data={"kind": "tablet"})

    house.written.store.pairing().approve(code_of(tablet), area_id="", by=TESTER, person_id=officer.person_id)
    tablet.get("/pair/wait")

    assert is_in(tablet)
    assert ZH["kind_tablet"] in tablet.get("/account").text


def test_only_the_browser_that_shows_the_code_gets_the_session_and_only_once(house: House) -> None:
    """Who photographs the code has nothing."""
    wall, thief = house.browser(), house.browser()
    wall.post("/pair", data={"kind": "screen"})
    thief.post("/pair", data={"kind": "screen"})

    house.written.store.pairing().approve(code_of(wall), area_id=SUBDISTRICT, by=TESTER)
    kept = wall.cookies["offer"]

    assert thief.get("/pair/wait").json() == {"state": "waiting"}
    assert wall.get("/pair/wait").json()["state"] == "ready"
    thief.cookies.clear()
    thief.cookies["offer"] = kept
    assert thief.get("/pair/wait").json() == {"state": "waiting"}
    assert "sid" not in thief.cookies


def test_without_an_offer_the_wait_is_over(house: House) -> None:
    """The page then asks for another code; a cookie that was bent is none."""
    stranger = house.browser()
    nothing = stranger.get("/pair/wait").json()
    stranger.cookies["offer"] = "gAAAA-bent"

    assert nothing == stranger.get("/pair/wait").json() == {"state": "over"}


def test_the_page_asks_what_the_device_is_and_a_kiosk_says_it_in_its_address(house: House) -> None:
    """A wall without a keyboard needs no click: its form is marked, and the module sends it."""
    plain = house.browser().get("/pair").text
    kiosk = house.browser().get("/pair?kind=screen&name=%E4%B8%9C%E5%A2%99").text

    assert "data-self" not in plain
    assert re.search(r'name="kind" value="screen"/><input type="hidden" name="name" value="东墙"/>', kiosk)
    assert kiosk.count("data-self") == 1


def test_a_kind_that_does_not_exist_is_refused(house: House) -> None:
    """Nothing is offered then."""
    browser = house.browser()

    answer = browser.post("/pair", data={"kind": "satellite"})

    assert answer.status_code == 422
    assert "offer" not in browser.cookies


def test_a_name_is_one_short_line_and_only_text(house: House) -> None:
    """It is shown at the desk as well."""
    browser = house.browser()

    browser.post("/pair", data={"kind": "screen", "name": "<b>x\u202e\r\n" + "y" * 90})
    page = browser.get("/pair").text

    assert "<b>x" not in page
    assert "&lt;b&gt;x y" in page
    assert "y" * 41 not in page


def test_too_many_offers_from_one_place_are_refused_in_words(house: House) -> None:
    """A table full of offers would keep true walls out."""
    answers = [house.browser().post("/pair", data={"kind": "screen"}) for _ in range(21)]

    assert {it.status_code for it in answers[:20]} == {303}
    assert (answers[20].status_code, told(answers[20])) == (429, ZH["pair_busy"])


def test_who_is_signed_in_has_nothing_to_pair(house: House) -> None:
    """A kiosk that starts at /pair goes on to its wall while its session holds."""
    wall = house.browser()
    wall.post("/pair", data={"kind": "screen"})
    house.written.store.pairing().approve(code_of(wall), area_id=SUBDISTRICT, by=Actor.system("tests"))
    wall.get("/pair/wait")

    answer = wall.get("/pair?kind=screen")

    assert (answer.status_code, answer.headers["location"]) == (303, "/wall")


def test_the_code_is_spelled_for_screen_readers_and_both_languages_say_how(house: House) -> None:
    """Eight letters, none of which looks like another."""
    browser = house.browser()
    browser.post("/pair", data={"kind": "screen"})

    page = browser.get("/pair?lang=en").text
    code = "".join(SHOWN.findall(page)[0])

    assert f'aria-label="{EN["pair_code"]} {" ".join(code)}"' in page
    assert EN["pair_how"] in page
    assert not set(code) & set("01OIL")
