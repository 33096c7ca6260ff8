"""The table of matters, and limits as texts."""

import csv
from pathlib import Path

import pytest

from street.components import components
from street.matters import CLOCKS, TABLE, Limit, Matter, MatterKind, Matters, limit_of, load_matters
from street.scenarios import load_scenarios
from street.worktime import Unit

MATTERS = load_matters()
SHARED = Path(__file__).parents[3] / "shared/codes"


def test_the_table_is_the_standards() -> None:
    """250 matters and 153 classes of components, the same digits in both; the gaps are gaps in the source."""
    codes = {kind: {it.code for it in MATTERS if it.kind is kind} for kind in MatterKind}

    assert {kind: len(found) for kind, found in codes.items()} == {MatterKind.MATTER: 250, MatterKind.COMPONENT: 153}
    assert codes[MatterKind.COMPONENT] == set(components())
    assert not {"06031", "07005", "09007", "01016"} & codes[MatterKind.MATTER]
    assert all(MATTERS.find(MatterKind.COMPONENT, code).name == it.name for code, it in components().items())  # type: ignore[union-attr]  # all are there


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/codes is not beside this checkout")
def test_names_are_those_of_the_transcribed_standard() -> None:
    """Each of them, to the letter."""
    said = {}
    for kind, name in ((MatterKind.MATTER, "matters"), (MatterKind.COMPONENT, "components")):
        with (SHARED / f"gb47678_5_{name}.tsv").open(encoding="utf-8", newline="") as file:
            said |= {(kind, row["code"]): row["name"] for row in csv.DictReader(file, delimiter="\t")}

    assert {(it.kind, it.code): it.name for it in MATTERS} == said


def test_every_matter_says_what_a_site_must_settle() -> None:
    """When it is filed and closed, who is responsible, four limits, both names; all of it marked as an example."""
    bare = [
        it.code
        for it in MATTERS
        if not (it.file_when and it.close_when and it.department_id and it.name_en and it.is_example)
        or set(it.limits) != set(CLOCKS)
    ]

    assert bare == []


@pytest.mark.parametrize(
    ("code", "limit"),
    [
        ("06010", "4 work_hours"),
        ("06011", "4 work_days"),
        ("06012", "5 work_hours"),
        ("06017", "4 work_hours"),
        ("06001", "20 work_days"),
        ("06025", "15 work_days"),
        ("01004", "4 work_hours"),
        ("01003", "6 urgent_hours"),
    ],
)
def test_examples_are_the_limits_that_were_seen(code: str, limit: str) -> None:
    """DOMAIN §2.8: what local notices give."""
    found = MATTERS.find(None, code)

    assert found is not None
    assert found.limits["dispatched"] == limit_of(limit)


def test_every_rule_of_a_scenario_names_a_matter() -> None:
    """Else its incidents would have no limits."""
    named = {rule.matter for scenario in load_scenarios().values() for rule in scenario.rules}

    assert len(named - {""}) > 10
    assert [code for code in named - {""} if MATTERS.find(None, code) is None] == []


def test_kind_and_code_are_the_key() -> None:
    """01037 is a broken lamp as a matter, and a lamp as a component."""
    names = [found.name if (found := MATTERS.find(kind, "01037")) else None for kind in (None, "matter", "component")]

    assert names == ["路灯异常", "路灯异常", "路灯"]
    assert MATTERS.find(None, "99999") is None
    assert MATTERS.find(MatterKind.COMPONENT, "06010") is None


def test_handling_is_one_clock_through_its_stages() -> None:
    """From dispatch until it is done; the others are a stage each; where nothing runs there is no limit."""
    limits = {name: Limit(number, Unit.WORK_HOURS) for number, name in enumerate(CLOCKS)}
    matter = Matter(kind=MatterKind.MATTER, code="06010", name="暴露垃圾", limits=limits)

    stages = ["reported", "filed", "dispatched", "accepted", "en_route", "on_scene", "checking", "closed", "suspended"]
    amounts = [limit.amount if (limit := matter.limit(stage)) else None for stage in stages]

    assert amounts == [0, 1, 2, 2, 2, 2, 3, None, None]


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("4 work_hours", Limit(4, Unit.WORK_HOURS)),
        ("0.5 urgent_hours", Limit(0.5, Unit.URGENT_HOURS)),
        (" 10000 days ", Limit(10_000, Unit.DAYS)),
        ("0 work_days", Limit(0, Unit.WORK_DAYS)),
        ("1234.125 days", Limit(1234.125, Unit.DAYS)),
    ],
)
def test_a_limit_is_read_and_written_the_same(text: str, limit: Limit) -> None:
    """To the last of three decimals."""
    assert limit_of(text) == limit
    assert limit_of(str(limit)) == limit


@pytest.mark.parametrize("text", ["", "4", "work_hours", "-1 days", "4 weeks", "10001 days", "nan days", "1e3 days"])
def test_what_is_no_limit_is_refused(text: str) -> None:
    """With what was expected."""
    with pytest.raises(ValueError, match="expected a limit like 4 work_hours"):
        limit_of(text)


def test_a_change_takes_the_place_of_what_it_changes() -> None:
    """And the others stay."""
    own = Matter(kind=MatterKind.MATTER, code="06010", name="暴露垃圾", version=2)

    changed = MATTERS.with_changes([own])

    assert changed.find(None, "06010") is own
    assert len(changed) == len(MATTERS)
    assert len(Matters([]).with_changes([own])) == 1


def test_the_table_is_one_line_a_matter() -> None:
    """A keeper may read it in any editor."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()

    assert len(lines) == 1 + 403
    assert lines[0].startswith("kind,code,name,name_en,department_id,reported,filed,dispatched,checking,")
