"""The audit page."""

import pytest

from layouts import ids
from layouts.desk.audit import AuditLine, Chain, act_word, audit_page, chain_verdict, entry_panel, wrong_times
from layouts.wording import desk_words_in
from tests.layouts.desk.reading import NOW_US, a_viewer, links, piece, pieces, said

ZH = desk_words_in("zh")
ENTRY = AuditLine(
    1234, NOW_US, "lina", "person.change", "person/p-1", "done", '{"unit":"a"}', '{"unit":"b"}', "moved", "10.0.0.7",
    "s-1", "r-1", 1, "ab" * 32,
)  # fmt: skip


def page(*lines: AuditLine, older_no: int | None = None, may_export: bool = True, **query: str) -> object:
    """Return the page of these entries."""
    return audit_page(
        a_viewer(path="/desk/audit", **query), lines, total=len(lines), older_no=older_no, may_export=may_export,
        aside=None,
    )  # fmt: skip


def test_an_entry_says_who_what_where_from_and_to() -> None:
    """In words where there are some; the code stays readable on it."""
    shown = page(ENTRY)

    for wanted in (
        "1,234",
        "2026-11-24 19:24:33",
        "lina",
        "修改人员",
        "person/p-1",
        '{"unit":"a"}',
        "成功",
        "10.0.0.7",
    ):
        assert wanted in said(shown)
    assert "person.change" in [one.get("title") for one in pieces(shown)]


def test_a_long_change_is_cut_in_the_list_and_whole_in_the_panel() -> None:
    """A pointer that rests on it shows all of it as well."""
    long = '{"text":"' + "x" * 200 + '"}'
    entry = ENTRY._replace(after=long)

    assert long not in said(page(entry))
    assert long in [one.get("title") for one in pieces(page(entry))]
    assert long in said(entry_panel(a_viewer(path="/desk/audit"), entry))


@pytest.mark.parametrize(
    ("outcome", "word", "is_marked"), [("done", "成功", False), ("refused", "被拒", True), ("odd", "odd", True)]
)
def test_what_was_not_done_stands_out(outcome: str, word: str, *, is_marked: bool) -> None:
    """By a word in a frame, not by colour; repeated ones carry their count."""
    shown = page(ENTRY._replace(outcome=outcome, times=7))

    marked = [one["children"] for one in pieces(shown) if one.get("className") == "chip grave"]
    assert (word in marked) == is_marked
    assert word in said(shown)
    assert "×7" in said(shown)


def test_nobody_is_called_so() -> None:
    """An empty cell would look like a fault of ours."""
    assert "未登录" in said(page(ENTRY._replace(login="")))


def test_the_file_has_the_filters_of_the_page_and_none_of_its_paging() -> None:
    """What is exported is what is meant, not one page of it."""
    shown = page(ENTRY, actor="lina", before="99", entry="1")

    assert "/desk/audit.csv?actor=lina" in links(shown)
    assert not [link for link in links(page(ENTRY, may_export=False)) if "audit.csv" in link]


def test_pages_lead_to_older_entries_and_back_to_the_newest() -> None:
    """By number, so that new entries move nothing."""
    assert "?before=7" in links(page(ENTRY, older_no=7))
    assert links(page(ENTRY, before="7"))[-1] == "/desk/audit"
    assert "更早" not in said(page(ENTRY))


@pytest.mark.parametrize(
    ("chain", "words", "tone"),
    [
        (Chain(True, 1200, None, "", NOW_US), "审计链完整 · 1,200 条 · 校验于 2026-11-24 19:24:33", "fine"),
        (Chain(False, 3, 532, "changed", NOW_US), "审计链自第 532 条起不符：该条或其前一条被改动", "wrong"),
        (Chain(False, 3, None, "new-word", NOW_US), "审计链自第 — 条起不符：new-word", "wrong"),
        (Chain(True, 0, None, "", NOW_US), "尚无审计记录", "fine"),
    ],
    ids=["whole", "touched", "unknown why", "empty"],
)
def test_the_verdict_is_a_sentence(chain: Chain, words: str, tone: str) -> None:
    """With the first row that does not fit."""
    shown = chain_verdict(chain, ZH)

    assert said(shown) == words
    assert next(pieces(shown))["className"] == f"said {tone}"


def test_until_the_chain_is_walked_the_page_says_so() -> None:
    """A blank would look like a good verdict."""
    assert said(piece(page(ENTRY), ids.CHAIN)["children"]) == "正在校验审计链…"


def test_an_action_without_a_word_is_told_by_its_code() -> None:
    """And one that an address names is offered, whatever it is."""
    assert act_word("person.add", ZH) == "新增人员"
    assert act_word("odd.one", ZH) == "odd.one"
    assert "odd.one" in [
        option["value"] for option in piece(page(ENTRY, action="odd.one"), ids.AUDIT_ACTION)["options"]
    ]


def test_wrong_times_are_an_alert() -> None:
    """Read out at once."""
    shown = wrong_times(a_viewer(path="/desk/audit"))

    assert [one["role"] for one in pieces(shown) if one.get("className") == "said wrong"] == ["alert"]
