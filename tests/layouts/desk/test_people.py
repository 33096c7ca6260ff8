"""The list of people."""

import pytest

from layouts.desk.people import ON_A_PAGE, home_of, page_of, people_page, state_chips
from layouts.wording import desk_words_in
from street.people import Grant, Person, Role
from tests.layouts.desk.reading import AREAS, COMMUNITY, SUBDISTRICT, a_person, a_viewer, links, pieces, said


def test_people_stand_under_their_area() -> None:
    """The widest of several; who has none stands under that."""
    both = (Grant(Role.OFFICER, COMMUNITY), Grant(Role.LEADER, SUBDISTRICT))
    people = [a_person(grants=both, name="甲"), a_person(name="乙"), a_person(grants=(), name="丙")]

    shown = people_page(a_viewer(), people, AREAS, may_change=False, aside=None)

    assert [home_of(person) for person in people] == [SUBDISTRICT, COMMUNITY, ""]
    groups = [one["children"] for one in pieces(shown) if one.get("scope") == "rowgroup"]
    assert groups == ["江苏路街道", "齐东路社区", "未分配区域"]


def test_a_phone_number_is_covered_and_never_there() -> None:
    """Not even in an attribute."""
    shown = people_page(a_viewer(), [a_person()], AREAS, may_change=True, aside=None)

    assert "138****5678" in said(shown)
    assert "13812345678" not in str(list(pieces(shown)))


@pytest.mark.parametrize(("lang", "first", "second"), [("zh", "李娜", "Li Na"), ("en", "Li Na", "李娜")])
def test_the_name_of_the_language_comes_first(lang: str, first: str, second: str) -> None:
    """The other one below it."""
    shown = said(people_page(a_viewer(lang), [a_person()], AREAS, may_change=False, aside=None))

    assert shown.index(first) < shown.index(second)


def test_a_long_list_is_paged_and_a_page_that_is_none_is_the_nearest() -> None:
    """Counts are of all."""
    people = [a_person(person_id=f"p-{number}", name=f"N{number}") for number in range(ON_A_PAGE + 5)]

    last = said(people_page(a_viewer(page="99"), people, AREAS, may_change=False, aside=None))

    assert f"{ON_A_PAGE + 5} 人" in last
    assert "第 2 / 2 页" in last
    assert f"N{ON_A_PAGE}" in last
    assert "|N0|" not in last


@pytest.mark.parametrize(("said_page", "page"), [("3", 3), ("-1", 1), ("x", 1), ("９", 1), ("9" * 20, 1)])
def test_a_page_is_a_small_number(said_page: str, page: int) -> None:
    """Anything else is the first."""
    assert page_of({"page": said_page}) == page


def test_nobody_found_offers_the_way_back() -> None:
    """The filters go, the language stays."""
    shown = people_page(a_viewer("en", q="x", lang="en"), [], AREAS, may_change=False, aside=None)

    assert "Nothing matches" in said(shown)
    assert "/desk/people?lang=en" in links(shown)


def test_only_who_changes_people_is_offered_to() -> None:
    """Buttons that lead to nothing are noise."""
    offered, plain = (
        links(people_page(a_viewer(), [a_person()], AREAS, may_change=may, aside=None)) for may in (True, False)
    )

    assert "?new=1" in offered
    assert "?new=1" not in plain


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (a_person(), ["启用"]),
        (a_person(is_active=False, is_demo=True), ["停用", "演示账号"]),
        (a_person(is_on_duty=True, has_totp=True, must_change_password=True), ["启用", "在岗", "须改密码", "双因素"]),
    ],
)
def test_how_it_stands_with_an_account_is_said_in_words(person: Person, words: list[str]) -> None:
    """Never by colour alone."""
    assert said(state_chips(person, desk_words_in("zh"))).split("|") == words


def test_opening_somebody_else_closes_what_was_open() -> None:
    """Neither the empty form nor the word that somebody was saved goes along."""
    shown = people_page(a_viewer(q="li", new="1", saved="3"), [a_person()], AREAS, may_change=True, aside=None)

    assert "?q=li&person=p-1" in links(shown)
