"""The panel of dead letters that were refused for one reason: why, what to do, samples, another try."""

from collections.abc import Sequence
from typing import NamedTuple

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.addresses import HEALTH, search_of
from layouts.desk.frame import Viewer
from layouts.desk.health import why
from layouts.desk.moments import stamp
from layouts.desk.pieces import Part, Words, button, chip, facts, panel, said, told
from layouts.desk.vitals import LetterLine


class Sample(NamedTuple):
    """One letter, masked and without what a screen could trip over.

    `text` has escapes for what cannot be seen; `dump` is some bytes a line, both of the first `shown` bytes.
    """

    letter_id: int
    received_us: int
    topic: str
    reason: str
    size: int
    shown: int
    text: str
    dump: str
    is_retained: bool


class ReplayLine(NamedTuple):
    """The group's last replay. `done_us` is None while it goes on, `is_heard` whether ingest lives to do it."""

    login: str
    asked_us: int
    letters: int
    stored: int
    refused: int
    failed: int
    done_us: int | None
    is_heard: bool


def letters_panel(
    viewer: Viewer, line: LetterLine, samples: Sequence[Sample], replay: ReplayLine | None, *, may_keep: bool
) -> Component:
    """Return the panel; *may_keep* offers to replay and to forget."""
    words = viewer.words
    shown: list[Part] = [
        html.Section([html.H3(words["letters_fix"]), html.P(fix(line.code, words))], className="fix"),
        html.Div(letters_now(viewer, line, replay), id=ids.LETTERS_NOW, className="told"),
        *(_acts(viewer, line) if may_keep else [html.Div(told(ids.LETTERS_REPLAY_SAID), hidden=True)]),
        html.H3(words["letters_samples"]),
        *([_sample(sample, words, is_open=not number) for number, sample in enumerate(samples)] or [
            html.P(words["letters_no_samples"], className="quiet")
        ]),
    ]  # fmt: skip
    return panel(why(line.code, words), shown, HEALTH + search_of(viewer.query, group="", forgot=""), words)


def gone_panel(viewer: Viewer) -> Component:
    """Return the panel of a group that is none."""
    words = viewer.words
    shown: list[Part] = [
        html.P(words["letters_gone"], className="said fine"),
        html.Div([html.Div(id=ids.LETTERS_NOW), told(ids.LETTERS_REPLAY_SAID)], hidden=True),
    ]
    return panel(words["letters"], shown, HEALTH + search_of(viewer.query, group="", forgot=""), words)


def letters_now(viewer: Viewer, line: LetterLine, replay: ReplayLine | None) -> list[Part]:
    """Return what moves by itself in the panel: how many there are, and how the last replay goes."""
    words = viewer.words
    pairs: list[tuple[str, Part]] = [
        (words["letters_why"], html.Span(line.code, className="code")),
        (words["dialect"], html.Span(line.dialect or words["none"], className="code")),
        (words["letters_field"], html.Span(line.field or words["none"], className="code")),
        (words["letters_ever"], f"{line.letters:,}"),
        (words["letters_kept"], f"{line.kept:,}"),
        (words["letters_first"], stamp(line.first_us)),
        (words["letters_last"], stamp(line.last_us)),
    ]
    return [facts(pairs), _replay(replay, words)]


def fix(code: str, words: Words) -> str:
    """Return in one sentence what to do about a reason."""
    return words.get(f"fix_{code}", words["fix_internal-error"])


def _replay(replay: ReplayLine | None, words: Words) -> Component | None:
    if replay is None:
        return None
    key = "replay_done" if replay.done_us is not None else "replay_waits" if replay.is_heard else "replay_idle"
    text = words[key].format(
        who=replay.login, at=stamp(replay.done_us or replay.asked_us), letters=f"{replay.letters:,}",
        tried=f"{replay.stored + replay.refused + replay.failed:,}", stored=f"{replay.stored:,}",
        refused=f"{replay.refused:,}", failed=f"{replay.failed:,}",
    )  # fmt: skip
    return said(text, "fine" if replay.done_us is not None else "quiet")


def _acts(viewer: Viewer, line: LetterLine) -> list[Part]:
    words, many = viewer.words, f"{line.kept:,}"
    forgot = viewer.query.get("forgot", "")
    done = said(words["forgot"].format(n=f"{int(forgot):,}")) if forgot.isascii() and forgot.isdigit() else None
    return [
        html.Div(dcc.Store(id=ids.LETTERS_SUBJECT, data={"group": line.group_id}), hidden=True),
        _sure(words["replay_open"], words["replay_note"].format(n=many), button(
            ids.LETTERS_REPLAY, words["replay_go"].format(n=many), "main", disabled=not line.kept)),
        told(ids.LETTERS_REPLAY_SAID),
        _sure(words["forget_open"], words["forget_note"].format(n=many), button(
            ids.LETTERS_FORGET, words["forget_go"].format(n=many), "danger", disabled=not line.kept)),
        told(ids.LETTERS_FORGET_SAID, done),
    ]  # fmt: skip


def _sure(opens: str, note: str, does: Component) -> Component:
    """Return a deed behind a fold that says what it does: two presses, the second on its own words."""
    return html.Details([html.Summary(opens), html.P(note, className="hint"), does], className="more sure")


def _sample(sample: Sample, words: Words, *, is_open: bool) -> Component:
    cut = [html.Small(words["letter_cut"].format(n=f"{sample.shown:,}"))] if sample.shown < sample.size else []
    pairs: list[tuple[str, Part]] = [
        (words["letter_topic"], html.Span(sample.topic, className="code")),
        (words["letter_reason"], sample.reason or words["none"]),
    ]
    size = words["letter_size"].format(n=f"{sample.size:,}")
    return html.Details(
        [
            html.Summary([
                html.Span(stamp(sample.received_us)), html.Span(size, className="quiet"),
                chip(words["letter_retained"], "quiet") if sample.is_retained else None,
            ]),
            facts(pairs),
            html.H4(words["letter_text"]), html.Pre(sample.text, className="text", tabIndex="0"),
            html.H4(words["letter_bytes"]), html.Pre(sample.dump, className="dump", tabIndex="0"),
            *cut,
        ],
        className="more sample", open=is_open,
    )  # fmt: skip
