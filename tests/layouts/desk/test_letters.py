"""The panel of dead letters: why, what to do, samples, and deeds behind a fold."""

import pytest

from layouts import ids
from layouts.desk.letters import ReplayLine, Sample, fix, gone_panel, letters_now, letters_panel
from layouts.desk.vitals import LetterLine
from layouts.wording import desk_words_in
from tests.layouts.desk.reading import NOW_US, a_viewer, links, piece, pieces, said

LINE = LetterLine(7, "type", "native", "water_level", 12, 3, NOW_US, NOW_US)
SAMPLE = Sample(5, NOW_US, "street/A/telemetry", "wrong type", 900, 512, '{"a": "<b>"}', "000 7b 22", True)
DONE = ReplayLine("ann", NOW_US, 3, 1, 1, 1, NOW_US, True)


def shown(*samples: Sample, may_keep: bool = True, line: LetterLine = LINE, **query: str) -> object:
    """Return the panel."""
    return letters_panel(a_viewer(path="/desk/health", group="7", **query), line, samples, None, may_keep=may_keep)


def test_it_says_why_and_what_to_do() -> None:
    """In a sentence a keeper can follow."""
    told = said(shown(SAMPLE))

    assert told.startswith("类型不对|关闭|怎么办|看字段的取值：数字不要写成文字；请在设备或网关上改正。")
    assert "street/A/telemetry" in told


def test_a_sample_shows_text_and_bytes_and_that_it_was_cut() -> None:
    """The first is open; markup stays text."""
    panel = shown(SAMPLE, SAMPLE._replace(letter_id=4, is_retained=False))
    folds = [one.get("open") for one in pieces(panel) if one["type"] == "Details" and "sample" in one["className"]]

    assert folds == [True, False]
    assert '文本|{"a": "<b>"}|字节|000 7b 22|仅显示前 512 字节' in said(panel)
    assert said(panel).count("保留消息") == 1


def test_a_deed_lies_behind_a_fold_that_says_what_it_does() -> None:
    """Two presses, the second on a button with its number; nothing to do, nothing to press."""
    panel = shown(SAMPLE)

    assert "重放这一组…|采集端按当前配置重新解码留存的 3 条" in said(panel)
    assert "删除样本…|删除留存的 3 条原文，不能恢复；累计数保留。|确认删除 3 条" in said(panel)
    assert not piece(panel, ids.LETTERS_REPLAY)["disabled"]
    assert piece(shown(line=LINE._replace(kept=0)), ids.LETTERS_FORGET)["disabled"]


def test_who_may_only_look_is_offered_nothing() -> None:
    """The places that refresh are there all the same."""
    there = {one["id"] for one in pieces(shown(SAMPLE, may_keep=False)) if "id" in one}

    assert there == {ids.LETTERS_NOW, ids.LETTERS_REPLAY_SAID}
    assert there <= {one["id"] for one in pieces(gone_panel(a_viewer())) if "id" in one}


@pytest.mark.parametrize(
    ("replay", "wanted"),
    [
        (DONE, "上次重放 2026-11-24 19:24:33：入库 1 · 仍被拒 1 · 失败 1（ann）"),
        (DONE._replace(done_us=None, failed=0),
         "重放中：已试 2 / 3 · 入库 1 · 仍被拒 1 · 失败 0（ann，2026-11-24 19:24:33）"),
        (DONE._replace(done_us=None, is_heard=False), "采集端没有心跳，恢复后继续"),
    ],
)  # fmt: skip
def test_a_replay_tells_how_it_goes(replay: ReplayLine, wanted: str) -> None:
    """Also that nobody is there to do it."""
    assert wanted in said(letters_now(a_viewer(), LINE, replay))


@pytest.mark.parametrize(("forgot", "is_told"), [("3", True), ("x", False), ("٣", False), ("", False)])
def test_what_was_forgotten_is_said_once_it_is_gone(forgot: str, *, is_told: bool) -> None:
    """From the address, which may hold anything."""
    panel = shown(forgot=forgot)

    assert ("已删除 3 条样本" in said(panel)) == is_told
    assert "/desk/health" in links(panel)


def test_a_reason_without_a_fix_is_a_matter_for_developers() -> None:
    """Better than a page that breaks."""
    words = desk_words_in("zh")

    assert fix("brand-new", words) == words["fix_internal-error"]
