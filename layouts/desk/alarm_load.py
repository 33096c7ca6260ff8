"""The load of alarms as the health page shows it: each figure beside its target, the ten that call most, and now."""

from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.asset_worklists import alarm_title
from layouts.desk.frame import Viewer
from layouts.desk.moments import stamp
from layouts.desk.pieces import Part, Words, row, table
from layouts.desk.vitals import LoadLine
from street.alarm_load import Figure

STATES: Final = {"good": "fresh", "bearable": "late", "too-much": "stale"}  # shapes that the page has
SHARE: Final = "_share"


def load_section(viewer: Viewer, line: LoadLine | None) -> Component:
    """Return the section."""
    words = viewer.words
    heads = [words[f"load_{name}"] for name in ("figure", "value", "target", "limit", "verdict")]
    top_heads = [words[f"load_{name}"] for name in ("rule", "asset", "calls")]
    rows = html.Tbody(figure_rows(words, line), id=ids.HEALTH_LOAD)
    top = html.Tbody(top_rows(words, line), id=ids.HEALTH_LOAD_TOP)
    return html.Section(
        [
            html.H2([words["load"], html.Small(now_line(words, line), id=ids.HEALTH_LOAD_NOW)]),
            html.Small(_windows(words, line), className="hint"),
            table(heads, [rows], words["load"], classes="load"),
            table(top_heads, [top], words["load_top"], classes="load_top"),
        ],
        className="load",
    )


def now_line(words: Words, line: LoadLine | None) -> list[Part]:
    """Return how it is now; a flood is told with the groups it consists of."""
    if line is None:
        return [words["load_none"]]
    names = ("ten", "hour", "unseen", "shelved", "out", "chattering")
    told: list[Part] = [words["load_now"].format(**{name: getattr(line, name) for name in names})]
    if line.is_flood:
        most = " · ".join(f"{_title(words, line, it.rule_id)} {it.area_id} ×{it.calls}" for it in line.groups[:3])
        told = [html.Strong(words["load_flood"]), f" {most} · ", *told]
    return told


def figure_rows(words: Words, line: LoadLine | None) -> list[Component]:
    """Return one row a figure, always in the same order."""
    return [] if line is None else [_figure(words, it) for it in line.load.figures]


def top_rows(words: Words, line: LoadLine | None) -> list[Component]:
    """Return the ten alarms that call most, the most frequent first."""
    if line is None:
        return [_none(words)]
    rows = [
        row([_title(words, line, rule_id), html.Span(asset_id, className="code"), f"{calls:,}"])
        for (rule_id, asset_id), calls in line.load.top
    ]
    return rows or [_none(words)]


def _none(words: Words) -> Component:
    return html.Tr(html.Td(words["load_none"], colSpan=3, className="quiet"))


def _title(words: Words, line: LoadLine, rule_id: str) -> str:
    """Return what an alarm says, in the reader's language."""
    titles = {name: both[words["lang"] == "en"] for name, both in line.titles.items()}
    return alarm_title(rule_id, titles, words)


def _figure(words: Words, figure: Figure) -> Component:
    at_most = words["load_at_most"]
    verdict = html.Span(
        [html.I(), words[f"load_{figure.verdict}"]], className="mark", **_told(state=STATES[figure.verdict])
    )
    cells: list[Part | list[Part]] = [
        words[f"load_{figure.name}"],
        html.Span(_shown(figure, figure.value), className="figure"),
        at_most.format(n=_shown(figure, figure.target)),
        at_most.format(n=_shown(figure, figure.limit)),
        verdict,
    ]
    return html.Tr([html.Td(cell) for cell in cells], **_told(figure=figure.name, verdict=figure.verdict))


def _told(**names: str) -> dict[str, Any]:
    """Return what the browser reads from an element."""
    return {f"data-{name}": value for name, value in names.items()}


def _shown(figure: Figure, value: float) -> str:
    if figure.name.endswith(SHARE):
        return f"{value:.1%}"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _windows(words: Words, line: LoadLine | None) -> str:
    if line is None:
        return ""
    return words["load_windows"].format(positions=line.positions, from_at=stamp(line.load.from_us))
