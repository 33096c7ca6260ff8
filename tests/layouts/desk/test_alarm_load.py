"""The load of alarms on the health page: each figure beside its target."""

import pytest

from layouts.desk.alarm_load import figure_rows, load_section, now_line, top_rows
from layouts.desk.vitals import LoadLine
from layouts.wording import desk_words_in
from street.alarm_load import Group, load
from street.clock import DAY_US, MINUTE_US
from tests.layouts.desk.reading import a_viewer, said
from tests.street.test_alarm_load import T0, Call

CALLS = [Call(T0 + number * 4 * MINUTE_US, f"n-{number % 3}", severity=1) for number in range(13)]


def a_line(**changes: object) -> LoadLine:
    """Return a day with thirteen grave calls."""
    own = load(CALLS, [], T0, T0 + DAY_US)
    row = {
        "load": own, "positions": 1, "ten": 2, "hour": 7, "unseen": 3, "shelved": 2, "out": 1, "chattering": 1,
        "is_flood": False, "groups": [Group("loud", "370202007001", 8, 3, 2)],
    }  # fmt: skip
    return LoadLine(**{**row, **changes})  # type: ignore[arg-type]  # made of parts


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_figure_stands_beside_its_target(lang: str) -> None:
    """Value, target, limit and verdict in words: no colour is needed."""
    words = desk_words_in(lang)
    rows = {row.to_plotly_json()["props"]["data-figure"]: row for row in figure_rows(words, a_line())}

    assert len(rows) == 14
    assert "13" in said(rows["per_day"])
    assert "150" in said(rows["per_day"])
    assert words["load_good"] in said(rows["per_day"])
    assert "100.0%" in said(rows["high_share"])
    assert words["load_too-much"] in said(rows["high_share"])


def test_a_flood_is_told_with_what_it_consists_of() -> None:
    """By kind and area; without one, nothing of it."""
    words = desk_words_in("en")

    flood = " ".join(said(part) for part in now_line(words, a_line(is_flood=True)) if part)
    calm = " ".join(said(part) for part in now_line(words, a_line()) if part)

    assert "alarm flood" in flood
    assert "loud 370202007001 ×8" in flood
    assert "alarm flood" not in calm
    assert "shelved 2" in calm


def test_the_ten_that_call_most_are_listed() -> None:
    """And an empty month says so."""
    words = desk_words_in("en")

    assert next(said(row) for row in top_rows(words, a_line())).endswith("5")
    assert said(top_rows(words, None)[0]) == words["load_none"]


@pytest.mark.parametrize(("lang", "title"), [("zh", "噪声超限"), ("en", "Too loud")])
def test_an_alarm_is_called_by_its_words(lang: str, title: str) -> None:
    """A rule's id means nothing to who reads; one that is not there any more keeps its id."""
    words, titles = desk_words_in(lang), {"loud": ("噪声超限", "Too loud")}

    named, unnamed = top_rows(words, a_line(titles=titles)), top_rows(words, a_line())

    assert title in said(named[0])
    assert "loud" in said(unnamed[0])


def test_the_section_says_its_windows() -> None:
    """Whoever compares figures must know what was counted."""
    section = said(load_section(a_viewer("en"), a_line(positions=2)))

    assert "Per operator position (2); since " in section
    assert "aligned to the beginning" in section
