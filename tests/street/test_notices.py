"""Notices in words: both languages say the same, outside text stays text."""

import pytest

from street.notices import LANGUAGES, Notice, about, areas_around, texts, to_level, to_person, to_reached, to_role
from street.people import Role
from street.store.act_notices import _TOLD
from tests.street.store.makers import NOON_US, an_incident

NO_KINDS = {"drill", "other", "many", "again", "number", "level_1", "level_2", "level_3"}


def a_notice(**changes: object) -> Notice:
    """Return a notice of an incident that was dispatched."""
    told = {"title": "噪声超限", "title_en": "Too loud", "no": "12", "address": "大学路12号", "severity": "2"}
    given = {"notice_id": "n-1", "kind": "dispatched", "at_us": NOON_US, "fields": told}
    return Notice(**{**given, **changes})  # type: ignore[arg-type]  # a row of a test


def test_both_languages_know_the_same_kinds() -> None:
    """A kind that is missing in one would be told as a bare "notice"."""
    assert texts("zh").kinds == texts("en").kinds


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_that_is_told_has_a_text(lang: str) -> None:
    """Those of people's acts, and those of time alone."""
    told = {kind for kinds in _TOLD.values() for kind in kinds}
    told |= {"reported", "unanswered", "unclaimed", "no_progress", "coordinated", "late"}
    told |= {"shelving_ending", "shelving_ended"}

    assert told <= texts(lang).kinds - NO_KINDS


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(texts("zh").kinds - NO_KINDS))
def test_no_text_wants_a_field_that_nobody_gives(lang: str, kind: str) -> None:
    """Every field is named in the head of zh.yaml; a gap in a sentence would be a misspelt one."""
    names = "no title title_en address severity who reason count level minutes asset rule until kind"
    told = texts(lang).said(a_notice(kind=kind, fields={name: f"<{name}>" for name in names.split()}))

    assert "{" not in "".join(told)
    assert told.title


def test_a_notice_is_one_line_of_title_and_one_of_text() -> None:
    """Worked by hand."""
    assert texts("en").said(a_notice()) == ("For you no. 12", "Level 2 Too loud 大学路12号: please accept")
    assert texts("zh").said(a_notice()) == ("派遣给您 12号", "2级 噪声超限 大学路12号，请接单")


def test_a_drill_is_titled_as_one() -> None:
    """In every channel, before anything else."""
    assert texts("zh").said(a_notice(is_drill=True)).title == "【演练】派遣给您 12号"


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("a\r\nBcc: x@example.org", id="line breaks"),
        pytest.param("{no.__class__} {0} %s", id="places of a template"),
        pytest.param("\u202eevil\u2066", id="direction marks"),
        pytest.param("x" * 5_000, id="endless"),
        pytest.param("call 13800138000", id="a phone number"),
    ],
)
def test_outside_text_stays_text(title: str) -> None:
    """What somebody typed as an incident's title is never a header, a place, a second line or a person's number."""
    said = texts("zh").said(a_notice(fields={"title": title, "no": "1"}))

    assert "\n" not in said.title + said.text
    assert "13800138000" not in said.text
    assert "class 'str'" not in said.text
    assert "\u202e" not in said.text
    assert len(said.text) < 300


def test_a_kind_that_nobody_wrote_a_text_for_is_told_all_the_same() -> None:
    """A plain notice is better than none."""
    assert texts("en").said(a_notice(kind="brand_new")).title == "Notice"


def test_levels_have_names() -> None:
    """Stored is a number: a notice is read in two languages."""
    told = a_notice(kind="unanswered", fields={"no": "3", "level": "2", "minutes": "5"})

    assert texts("zh").said(told).title == "升级至街道 3号"
    assert texts("en").said(told).title == "Up to the subdistrict no. 3"


def test_a_notice_about_an_incident_knows_it() -> None:
    """Its number, severity and whether it is a drill come along."""
    told = about(an_incident(short_no=42, is_drill=True), "closed", "n-1", NOON_US, to_person("p-1"), who="li")

    assert (told.incident_id, told.severity, told.is_drill) == ("rules/a-1", 2, True)
    assert (told.fields["no"], told.fields["who"], told.to) == ("42", "li", ("person:p-1",))


def test_each_level_is_told_with_the_two_below() -> None:
    """Two down, two up."""
    cell, subdistrict = "370202007007003", "370202007"

    assert to_reached(3, cell, subdistrict) == (
        to_role(Role.SQUAD_LEADER, cell), to_role(Role.OPERATOR, cell), to_level(Role.LEADER, subdistrict),
        to_level(Role.LEADER, "370202"),
    )  # fmt: skip
    assert to_reached(1, cell, subdistrict) == (to_role(Role.OFFICER, cell), to_role(Role.SQUAD_LEADER, cell))


def test_the_areas_around_a_cell() -> None:
    """District, subdistrict, community, itself."""
    assert areas_around("370202007007003") == ["370202", "370202007", "370202007007", "370202007007003"]
    assert areas_around("") == []
