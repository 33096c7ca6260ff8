"""What a reader may see of the live picture."""

from typing import Any

import pytest

from dashboard.view import Eye, View, Where, view_of
from street.people import Grant, Person, Role

SUBDISTRICT, OURS, THEIRS = "370202007", "370202007001", "370202007004"
OUR_CELL = f"{OURS}002"
PHONE = "call 13812345678"


def a_person(*grants: tuple[Role, str], **changes: Any) -> Person:
    """Return a person with these grants."""
    return Person(person_id="p", login="p", name="p", grants=tuple(Grant(*grant) for grant in grants), **changes)


def an_incident(area: str = OURS, severity: int = 2, title: str = "noise") -> dict[str, Any]:
    """Return an incident in the feed's form."""
    return {"sev": severity, "title": title, "title_en": "", "place": "", "area": area}


def a_picture() -> tuple[dict[str, Any], Where]:
    """Return a state with a thing of ours, one of theirs, and one that lies nowhere in particular."""
    where = Where(
        SUBDISTRICT,
        assets={"ours": OUR_CELL, "theirs": THEIRS, "nowhere": ""},
        incidents={"i/ours": OUR_CELL, "i/theirs": THEIRS, "i/nowhere": ""},
        reported={OUR_CELL: 3, THEIRS: 4, "": 1},
    )
    assets = {name: {"name": f"{name} {PHONE}"} for name in where.assets}
    state = {
        "assets": assets,
        "a": {name: [1.0, 0] for name in assets},
        "f": {"temperature": [1, 2, 3]},
        "i": {
            "i/ours": an_incident(title=PHONE),
            "i/theirs": an_incident(THEIRS, 1, PHONE),
            "i/nowhere": an_incident("", 4),
        },
        "c": {"reported": 8, "open": 3, "s1": 1, "s2": 1, "s3": 0, "s4": 1, "filed": None, "areas": {OURS: 1}},
        "h": [1.0, 1, 1.0],
    }  # fmt: skip
    return state, where


@pytest.mark.parametrize(
    ("person", "view"),
    [
        pytest.param(None, View(frozenset()), id="nobody"),
        pytest.param(a_person((Role.WALL, OURS)), View(frozenset({OURS})), id="a wall"),
        pytest.param(a_person((Role.ADMIN, "370202")), View(frozenset()), id="an admin sees no street"),
        pytest.param(a_person((Role.SQUAD_LEADER, OURS)), View(frozenset({OURS})), id="a squad leader"),
        pytest.param(a_person((Role.OPERATOR, OURS)), View(frozenset({OURS})), id="an operator off duty"),
        pytest.param(
            a_person((Role.OPERATOR, OURS), is_on_duty=True),
            View(frozenset({OURS})),
            id="an operator on duty",
        ),
        pytest.param(
            a_person((Role.WALL, OURS), (Role.LEADER, SUBDISTRICT), (Role.WALL, OUR_CELL)),
            View(frozenset({SUBDISTRICT})),
            id="an area inside another counts once",
        ),
    ],
)
def test_a_view_follows_from_grants_and_duty(person: Person | None, view: View) -> None:
    """Two who may see the same share one view, and its cost."""
    assert view_of(person) == view


def test_a_whole_picture_holds_what_lies_in_the_views_areas() -> None:
    """Weather and heartbeat are everybody's; what lies nowhere in particular is the subdistrict's."""
    state, where = a_picture()
    whole = Eye(View(frozenset({OURS})), where).whole(state)

    assert set(whole["assets"]) == set(whole["a"]) == {"ours"}
    assert set(whole["i"]) == {"i/ours"}
    assert (whole["f"], whole["h"]) == (state["f"], state["h"])
    assert whole["c"] == {
        "reported": 3, "open": 1, "s1": 0, "s2": 1, "s3": 0, "s4": 0, "filed": None, "areas": {OURS: 1},
    }  # fmt: skip


def test_who_sees_the_subdistrict_sees_what_lies_nowhere_too() -> None:
    """Somebody must."""
    state, where = a_picture()
    whole = Eye(View(frozenset({SUBDISTRICT})), where).whole(state)

    assert (len(whole["assets"]), len(whole["i"]), whole["c"]["reported"]) == (3, 3, 8)


def test_a_grid_cell_is_not_its_community() -> None:
    """The neighbour's cell begins with the same twelve digits."""
    state, where = a_picture()
    whole = Eye(View(frozenset({f"{OURS}001"})), where).whole(state)

    assert (whole["assets"], whole["i"], whole["c"]["open"]) == ({}, {}, 0)


def test_texts_are_masked_for_everybody() -> None:
    """A feed hangs on walls and stays open on tablets: who may know more asks for it, with a reason."""
    state, where = a_picture()
    whole = Eye(View(frozenset({SUBDISTRICT})), where).whole(state)

    assert "12345678" not in whole["i"]["i/ours"]["title"]
    assert "12345678" not in whole["i"]["i/theirs"]["title"]
    assert "12345678" not in whole["assets"]["theirs"]["name"]
    assert state["i"]["i/theirs"]["title"] == PHONE


def test_a_delta_tells_of_nothing_that_was_never_seen() -> None:
    """Not even that it went: its id would tell that it was."""
    state, where = a_picture()
    eye = Eye(View(frozenset({OURS})), where)
    eye.begin(state)
    body = {"a": {"ours": [2.0, 0], "theirs": [2.0, 1]}, "i": {"i/theirs": None}, "f": {"wind": [1, 2, 3]}, "h": None}

    assert eye.delta(body, state) == {"a": {"ours": [2.0, 0]}, "f": {"wind": [1, 2, 3]}, "h": None}


def test_an_incident_that_leaves_the_area_goes_and_one_that_comes_appears() -> None:
    """It was put into another community by somebody who looked."""
    state, where = a_picture()
    eye = Eye(View(frozenset({OURS})), where)
    eye.begin(state)
    where.incidents |= {"i/ours": THEIRS, "i/theirs": OUR_CELL}
    moved = {"i/ours": an_incident(THEIRS), "i/theirs": an_incident(OURS, 1)}
    state["i"] |= moved
    first = eye.delta({"i": moved}, state)
    again = eye.delta({"i": {"i/ours": an_incident(THEIRS)}}, state)

    assert first["i"] == {"i/ours": None, "i/theirs": an_incident(OURS, 1)}
    assert first["c"] == {"s1": 1, "s2": 0}
    assert again == {}


def test_counts_are_told_when_the_views_own_have_changed_only() -> None:
    """Another community's numbers must not show as a twitch of ours."""
    state, where = a_picture()
    eye = Eye(View(frozenset({OURS})), where)
    eye.begin(state)
    state["c"] |= {"reported": 9, "open": 4}
    where.reported = {**where.reported, THEIRS: 5}
    theirs = eye.delta({"c": {"reported": 9, "open": 4}}, state)
    where.reported = {**where.reported, OUR_CELL: 4}
    ours = eye.delta({"c": {"reported": 10}}, state)

    assert theirs == {}
    assert ours == {"c": {"reported": 4}}


def test_nothing_is_counted_before_anything_was() -> None:
    """A zero that nobody counted would be a lie."""
    state, where = a_picture()

    assert Eye(View(frozenset({OURS})), where).whole({**state, "c": {}})["c"] == {}


def test_where_things_lie_is_taken_out_of_what_is_sent() -> None:
    """And forgotten with the incident."""
    where = Where(SUBDISTRICT, incidents={"old": OURS})
    body: dict[str, Any] = {"i": {"old": None, "new": {}}, "where": {"incidents": {"new": THEIRS}, "reported": {"": 1}}}
    where.take(body)
    after = dict(where.incidents)
    where.take({"where": {"assets": {"a": OURS}}}, is_whole=True)

    assert "where" not in body
    assert (after, where.incidents, where.assets, where.reported) == ({"new": THEIRS}, {}, {"a": OURS}, {"": 1})
