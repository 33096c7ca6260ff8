"""One's own notices over HTTP: at once on the stream, in one's language, nobody else's."""

from collections.abc import Callable

import pytest

from street.clock import now_us
from street.notices import Notice, about, to_person
from street.people import Role
from tests.dashboard.conftest import SUBDISTRICT, Screen, Serving, Signed, Written, an_incident


def told(street: Written, who: Signed, number: int = 1, **changes: object) -> Notice:
    """Tell somebody of an incident."""
    incident = an_incident(title="噪声超限", title_en="Too loud", short_no=12, address="大学路12号", **changes)
    notice = about(incident, "dispatched", f"n-{number}", now_us(), to_person(who.person.person_id))
    street.store.notices().put(notice)
    return notice


def test_a_notice_is_in_the_list_in_the_readers_language(street: Written, serve: Callable[..., Serving]) -> None:
    """With what it is about, when, how serious, and whether it was read."""
    who = street.sign_in(Role.OFFICER, SUBDISTRICT)
    told(street, who)
    browser = serve(street.config).browser(who)

    chinese, english = (browser.get("/api/notices", params={"lang": lang}).json() for lang in ("zh", "en"))

    [one] = english["notices"]
    assert (one["title"], one["text"]) == ("For you no. 12", "Level 2 Too loud 大学路12号: please accept")
    assert chinese["notices"][0]["title"] == "派遣给您 12号"
    assert (one["severity"], one["incident_id"], one["read"], one["is_drill"]) == (2, "native/1", None, False)
    assert english["unread"] == 1


def test_reading_is_noted_and_counted(street: Written, serve: Callable[..., Serving]) -> None:
    """Up to the newest that was on the screen: what came meanwhile stays new."""
    who = street.sign_in(Role.OFFICER, SUBDISTRICT)
    for number in (1, 2, 3):
        told(street, who, number)
    browser = serve(street.config).browser(who)
    numbers = [it["no"] for it in browser.get("/api/notices").json()["notices"]]

    said = browser.post("/api/notices/read", json={"upto": numbers[1]}, headers=who.csrf)

    assert said.json() == {"unread": 1}
    assert [it["read"] is None for it in browser.get("/api/notices").json()["notices"]] == [True, False, False]


def test_nobody_reads_or_settles_what_is_anothers(street: Written, serve: Callable[..., Serving]) -> None:
    """There is no address for it, and a number of another's moves nothing."""
    hers, his = (street.sign_in(Role.OFFICER, SUBDISTRICT) for _ in range(2))
    told(street, hers)
    browser = serve(street.config).browser(his)

    browser.post("/api/notices/read", json={"upto": 10_000}, headers=his.csrf)

    assert browser.get("/api/notices").json()["notices"] == []
    assert street.store.notices().unread(hers.person.person_id) == 1


def test_the_stream_says_at_once_that_there_is_something(street: Written, serve: Callable[..., Serving]) -> None:
    """To the screens of who it is for; what it is, they ask for."""
    who, other = (street.sign_in(Role.OFFICER, SUBDISTRICT) for _ in range(2))
    serving = serve(street.config)
    screens = [Screen(serving, client=serving.browser(it)) for it in (who, other)]
    for screen in screens:
        screen.until(lambda event: event["event"] == "snapshot")

    told(street, who)
    street.beat()

    assert screens[0].until(lambda event: event["event"] != "ping")["event"] == "notice"
    heard = screens[1].until(lambda event: event["event"] != "ping")
    assert (heard["event"], "h" in heard["data"]) == ("message", True)
    for screen in screens:
        screen.close()


def test_personal_fields_are_covered(street: Written, serve: Callable[..., Serving]) -> None:
    """Somebody typed a phone number into the title."""
    who = street.sign_in(Role.OFFICER, SUBDISTRICT)
    incident = an_incident(title="请联系 13800138000", short_no=1)
    street.store.notices().put(about(incident, "dispatched", "n-1", now_us(), to_person(who.person.person_id)))

    said = serve(street.config).browser(who).get("/api/notices").text

    assert "13800138000" not in said


def test_a_page_goes_on_where_the_last_one_ended(street: Written, serve: Callable[..., Serving]) -> None:
    """Newest first, none twice, none left out."""
    who = street.sign_in(Role.OFFICER, SUBDISTRICT)
    for number in range(5):
        told(street, who, number)
    browser, found, following = serve(street.config).browser(who), [], None

    while True:
        asked = {"limit": 2} | ({"before": following} if following else {})
        page = browser.get("/api/notices", params=asked).json()
        found += [it["no"] for it in page["notices"]]
        following = page["next"]
        if following is None:
            break

    assert len(set(found)) == 5
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize(
    "body", [{}, {"upto": "3"}, {"upto": -1}, {"upto": True}, {"upto": 2**60}, {"upto": 1, "x": 1}, []]
)
def test_a_body_that_says_nothing_is_told_so(street: Written, serve: Callable[..., Serving], body: object) -> None:
    """422 and which field, and nothing is noted."""
    who = street.sign_in(Role.OFFICER, SUBDISTRICT)
    told(street, who)
    browser = serve(street.config).browser(who)

    said = browser.post("/api/notices/read", json=body, headers=who.csrf)

    assert (said.status_code, said.json()["error"]) == (422, "upto")
    assert street.store.notices().unread(who.person.person_id) == 1


@pytest.mark.parametrize("asked", [{"limit": "0"}, {"limit": "x"}, {"before": "-1"}, {"before": "1e3"}])
def test_a_question_that_is_none_is_told(street: Written, serve: Callable[..., Serving], asked: dict[str, str]) -> None:
    """One sentence, no trace."""
    browser = serve(street.config).browser(street.sign_in(Role.OFFICER, SUBDISTRICT))

    assert browser.get("/api/notices", params=asked).status_code == 422
