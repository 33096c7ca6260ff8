"""Shelvings: what they cover, when they hold, and which are refused."""

from dataclasses import replace

import pytest

from street.assets import Asset
from street.clock import DAY_US, HOUR_US, MINUTE_US
from street.errors import FieldError
from street.shelving import (
    LONGEST_US,
    SHIFT_US,
    Shelving,
    ShelvingKind,
    Weekly,
    check,
    covers,
    holding,
    holds,
    is_over,
    window,
)

# Monday 2026-11-23 00:00 in Qingdao
MONDAY_US = 1_795_363_200_000_000
METER = Asset(
    asset_id="n-1", kind="noise_meter", name="N", community_id="370202007001", grid_cell_id="370202007001003"
)  # fmt: skip


def a_shelving(**changes: object) -> Shelving:
    """Return one of an hour from Monday's midnight on, for the meter."""
    row: dict[str, object] = {
        "asset_id": "n-1",
        "from_us": MONDAY_US,
        "until_us": MONDAY_US + HOUR_US,
        "reason": "works",
    }
    return Shelving(**{**row, **changes})  # type: ignore[arg-type]  # made of parts


@pytest.mark.parametrize(
    ("scope", "is_covered"),
    [
        pytest.param({"asset_id": "n-1"}, True, id="its asset"),
        pytest.param({"asset_id": "n-2"}, False, id="another asset"),
        pytest.param({"asset_id": "", "rule_id": "loud"}, True, id="its rule everywhere"),
        pytest.param({"asset_id": "", "rule_id": "dark"}, False, id="another rule"),
        pytest.param({"asset_id": "", "asset_kind": "noise_meter"}, True, id="its kind"),
        pytest.param({"asset_id": "", "asset_kind": "camera"}, False, id="another kind"),
        pytest.param({"asset_id": "", "area_id": "370202007001003"}, True, id="its grid cell"),
        pytest.param({"asset_id": "", "area_id": "370202007001"}, True, id="its community"),
        pytest.param({"asset_id": "", "area_id": "370202007"}, True, id="its subdistrict"),
        pytest.param({"asset_id": "", "area_id": "370202007002"}, False, id="next door"),
        pytest.param({"asset_id": "", "area_id": "370202007", "asset_kind": "camera"}, False, id="both must fit"),
        pytest.param({"asset_id": "n-1", "rule_id": "loud", "area_id": "370202007001"}, True, id="all of it fits"),
    ],
)
def test_a_shelving_covers_what_all_of_its_scope_names(scope: dict[str, str], is_covered: bool) -> None:
    """One wrong part, and an alarm that nobody meant would be quiet."""
    shelving = a_shelving(**scope)

    assert covers(shelving, METER, "n-1", "loud") is is_covered
    assert holds(shelving, METER, "loud", MONDAY_US) is is_covered


def test_an_unregistered_asset_has_neither_kind_nor_place() -> None:
    """Only what names it, or its rule, covers it."""
    assert covers(a_shelving(), None, "n-1", "loud")
    assert not covers(a_shelving(asset_id="", area_id="370202"), None, "n-1", "loud")


@pytest.mark.parametrize(
    ("at_us", "is_held"),
    [(-1, False), (0, True), (HOUR_US - 1, True), (HOUR_US, False)],
    ids=["before", "from its first moment", "to its last", "not at its end"],
)
def test_it_ends_by_itself(at_us: int, is_held: bool) -> None:
    """Nobody has to think of it."""
    shelving = a_shelving()

    assert holds(shelving, METER, "loud", MONDAY_US + at_us) is is_held
    assert is_over(shelving, MONDAY_US + at_us) is (at_us >= HOUR_US)


def test_one_that_somebody_ended_holds_no_more() -> None:
    """From that moment on."""
    ended = a_shelving(ended_us=MONDAY_US + MINUTE_US)

    assert holds(ended, METER, "loud", MONDAY_US + MINUTE_US - 1)
    assert not holds(ended, METER, "loud", MONDAY_US + MINUTE_US)


@pytest.mark.parametrize(
    ("days", "hours", "at", "is_held"),
    [
        pytest.param((1,), (8, 12), (0, 8, 0), True, id="its first minute"),
        pytest.param((1,), (8, 12), (0, 12, 0), False, id="its end"),
        pytest.param((1,), (8, 12), (1, 9, 0), False, id="another day"),
        pytest.param((1,), (8, 12), (7, 9, 0), True, id="next week"),
        pytest.param((1, 3), (8, 12), (2, 9, 0), True, id="the second of its days"),
        pytest.param((1,), (22, 6), (0, 23, 0), True, id="before midnight"),
        pytest.param((1,), (22, 6), (1, 5, 59), True, id="after midnight, on Tuesday"),
        pytest.param((1,), (22, 6), (1, 6, 0), False, id="Tuesday at its end"),
        pytest.param((1,), (22, 6), (0, 5, 0), False, id="Monday's early morning is Sunday's night"),
        pytest.param((7,), (22, 6), (7, 5, 0), True, id="Sunday's night reaches into Monday"),
        pytest.param((1,), (0, 24), (0, 23, 59), True, id="a whole day"),
    ],
)
def test_weekly_hours_are_local_and_may_pass_midnight(
    days: tuple[int, ...], hours: tuple[int, int], at: tuple[int, int, int], is_held: bool
) -> None:
    """The street's clock; a night belongs to the day on which it begins."""
    weekly = Weekly(days, hours[0] * 60, hours[1] * 60)
    shelving = a_shelving(kind=ShelvingKind.MAINTENANCE, until_us=MONDAY_US + 30 * DAY_US, weekly=weekly)
    day, hour, minute = at

    assert holds(shelving, METER, "loud", MONDAY_US + day * DAY_US + hour * HOUR_US + minute * MINUTE_US) is is_held


def test_weekly_hours_end_with_the_whole() -> None:
    """The last window is cut where the plan ends."""
    weekly = Weekly((1,), 0, 12 * 60)
    shelving = a_shelving(kind=ShelvingKind.MAINTENANCE, weekly=weekly)

    assert window(shelving, MONDAY_US) == (MONDAY_US, MONDAY_US + HOUR_US)
    assert window(shelving, MONDAY_US + HOUR_US) is None


def test_of_several_the_one_that_holds_longest_is_told() -> None:
    """Overlapping windows: whoever waits for the alarm sees the last end; out of service comes first."""
    short, long = a_shelving(), a_shelving(until_us=MONDAY_US + 2 * HOUR_US, asset_id="", rule_id="loud")
    out = a_shelving(kind=ShelvingKind.OUT_OF_SERVICE, until_us=None)

    assert holding([short, long], METER, "n-1", "loud", MONDAY_US) == long
    assert holding([long, out], METER, "n-1", "loud", MONDAY_US) == out
    assert holding([short, long], METER, "n-1", "loud", MONDAY_US + 3 * HOUR_US) is None


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        pytest.param({"reason": "x"}, "reason", "missing", id="no reason"),
        pytest.param({"reason": "x" * 501}, "reason", "long", id="a long reason"),
        pytest.param({"asset_id": ""}, "scope", "missing", id="the whole street"),
        pytest.param({"asset_id": "", "area_id": "37020"}, "scope", "area", id="no area"),
        pytest.param({"until_us": None}, "until", "missing", id="for ever"),
        pytest.param({"until_us": MONDAY_US}, "until", "early", id="no time at all"),
        pytest.param({"until_us": MONDAY_US + SHIFT_US + HOUR_US}, "until", "long", id="past a shift"),
        pytest.param({"from_us": MONDAY_US - HOUR_US}, "from", "early", id="begun an hour ago"),
        pytest.param({"from_us": MONDAY_US + 400 * DAY_US}, "from", "late", id="the year after next"),
        pytest.param({"kind": ShelvingKind.OUT_OF_SERVICE}, "until", "open", id="out of service with an end"),
        pytest.param(
            {"kind": ShelvingKind.OUT_OF_SERVICE, "until_us": None, "asset_id": "", "area_id": "370202007"},
            "scope", "wide", id="a whole area out of service",
        ),
        pytest.param({"weekly": Weekly((1,), 0, 60)}, "weekly", "kind", id="weekly, but no maintenance"),
        pytest.param(
            {"kind": ShelvingKind.MAINTENANCE, "until_us": MONDAY_US + LONGEST_US + HOUR_US}, "until", "long",
            id="maintenance of two months",
        ),
        *(
            pytest.param({"kind": ShelvingKind.MAINTENANCE, "weekly": weekly}, "weekly", "form", id=f"weekly {weekly}")
            for weekly in (Weekly((), 0, 60), Weekly((8,), 0, 60), Weekly((1,), 60, 60), Weekly((1,), 0, 1_441))
        ),
    ],
)  # fmt: skip
def test_what_may_not_be_shelved_so_is_refused(changes: dict[str, object], field: str, code: str) -> None:
    """By the field that is wrong."""
    with pytest.raises(FieldError) as refused:
        check(a_shelving(**changes), MONDAY_US)

    assert (refused.value.field, refused.value.code) == (field, code)


def test_what_may_be_is_taken() -> None:
    """A shift, a month of maintenance, a year of Mondays, out of service without an end."""
    shift = a_shelving(until_us=MONDAY_US + SHIFT_US)
    month = a_shelving(kind=ShelvingKind.MAINTENANCE, until_us=MONDAY_US + LONGEST_US)
    year = replace(month, weekly=Weekly((1,), 480, 720), until_us=MONDAY_US + 365 * DAY_US)
    out = a_shelving(kind=ShelvingKind.OUT_OF_SERVICE, until_us=None)

    for shelving in (shift, month, year, out):
        check(shelving, MONDAY_US)
