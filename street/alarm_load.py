"""Alarm load: how much an operator is called, by ISA-18.2's and IEC 62682's figures, each with its target.

Counted is each time that an alarm calls (ISA-18.2: annunciation), never a repeat, and nothing that calls nobody.
Windows: ten minutes and hours are aligned to the period's beginning; a flood begins when more than 10 calls lie in the
ten minutes before one of them, and ends when fewer than 5 do. All counts are per operator position.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from street.clock import DAY_US, HOUR_US, MINUTE_US

TEN_US: Final = 10 * MINUTE_US
FLOOD_ABOVE: Final = 10  # calls in ten minutes
FLOOD_ENDS_BELOW: Final = 5
HOUR_ABOVE: Final = 30
TOP: Final = 10
CHATTER: Final = 3  # calls of one alarm within a minute
FLEETING_US: Final = MINUTE_US  # over before anybody could look, and not back at once: that would be chattering
STALE_US: Final = DAY_US
HIGH, MEDIUM = 1, 2  # severities; 3 and 4 are what ISA-18.2 calls low


class Called(Protocol):
    """One call; the store's are such."""

    @property
    def at_us(self) -> int:
        """When."""

    @property
    def asset_id(self) -> str:
        """Where."""

    @property
    def rule_id(self) -> str:
        """Of which kind."""

    @property
    def severity(self) -> int:
        """How grave."""


class Span(NamedTuple):
    """One time that a limit was broken; `to_us` None: it still is."""

    asset_id: str
    rule_id: str
    from_us: int
    to_us: int | None


class Group(NamedTuple):
    """Calls of one kind in one area."""

    rule_id: str
    area_id: str
    calls: int
    assets: int
    severity: int  # of the gravest


class Figure(NamedTuple):
    """One figure beside its target: `target` and `limit` are the highest that are good and that can be borne."""

    name: str
    value: float
    target: float
    limit: float

    @property
    def verdict(self) -> str:
        """good, bearable or too-much."""
        return "good" if self.value <= self.target else "bearable" if self.value <= self.limit else "too-much"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The load of one period. `top` are alarms as (rule, asset) with their calls, the most frequent first."""

    from_us: int
    to_us: int
    calls: int
    figures: tuple[Figure, ...]
    top: tuple[tuple[tuple[str, str], int], ...]
    floods: tuple[tuple[int, int], ...]

    def figure(self, name: str) -> Figure:
        """Return the figure of this name."""
        return next(it for it in self.figures if it.name == name)


def load(
    calls: Sequence[Called], spans: Iterable[Span], from_us: int, to_us: int, *, positions: int = 1,
    unauthorised: int = 0,
) -> Load:  # fmt: skip
    """Return the load of a period.

    Args:
        calls: those of the period, oldest first.
        spans: how long limits were broken in it; not those of momentary rules, which are over at once by nature.
        from_us: the beginning [µs].
        to_us: the end [µs].
        positions: how many operators share the work.
        unauthorised: suppressions and changes that nobody may answer for.
    """
    at = [call.at_us for call in calls]
    days = max((to_us - from_us) / DAY_US, 1e-9)
    tens, hours = (_counts(at, from_us, to_us, width, positions) for width in (TEN_US, HOUR_US))
    flooded = floods(at, to_us)
    top = Counter((call.rule_id, call.asset_id) for call in calls).most_common(TOP)
    mix = Counter(call.severity for call in calls)
    known, n = list(spans), len(calls) / positions
    values: dict[str, tuple[float, float, float]] = {
        "per_10min": (n / days / 144, 1, 2),
        "per_hour": (n / days / 24, 6, 12),
        "per_day": (n / days, 150, 300),
        "peak_10min": (max(tens, default=0), FLOOD_ABOVE, FLOOD_ABOVE),
        "busy_10min_share": (_share(tens, FLOOD_ABOVE), 0.01, 0.01),
        "busy_hour_share": (_share(hours, HOUR_ABOVE), 0.01, 0.01),
        "flood_share": (sum(end - begin for begin, end in flooded) / (to_us - from_us), 0.01, 0.01),
        "top_share": (sum(count for _, count in top) / len(calls) if calls else 0.0, 0.05, 0.05),
        "chattering": (chattering(calls), 0, 0),
        "fleeting": (fleeting(known), 0, 0),
        "stale": (_most_stale(known, from_us, to_us), 5, 5),
        "high_share": (mix[HIGH] / len(calls) if calls else 0.0, 0.05, 0.05),
        "medium_share": (mix[MEDIUM] / len(calls) if calls else 0.0, 0.15, 0.15),
        "unauthorised": (unauthorised, 0, 0),
    }
    figures = tuple(Figure(name, *value) for name, value in values.items())
    return Load(
        from_us=from_us, to_us=to_us, calls=len(calls), figures=figures, top=tuple(top), floods=tuple(flooded)
    )  # fmt: skip


def floods(at: Sequence[int], to_us: int) -> list[tuple[int, int]]:
    """Return when floods began and ended, given when calls came [µs], oldest first; one that lasts ends at *to_us*."""
    found: list[tuple[int, int]] = []
    recent: deque[int] = deque()
    begin_us: int | None = None
    for at_us in at:
        if begin_us is not None and at_us > (end_us := recent[-FLOOD_ENDS_BELOW] + TEN_US):
            found.append((begin_us, end_us))
            begin_us = None
        recent.append(at_us)
        while recent[0] <= at_us - TEN_US:
            recent.popleft()
        if begin_us is None and len(recent) > FLOOD_ABOVE:
            begin_us = at_us
    if begin_us is not None:
        found.append((begin_us, min(recent[-FLOOD_ENDS_BELOW] + TEN_US, to_us)))
    return found


def is_flood(at: Sequence[int], now_us: int) -> bool:
    """Return whether there is a flood at *now_us*."""
    found = floods(at, now_us + 1)
    return bool(found) and found[-1][1] > now_us


def chattering(calls: Iterable[Called]) -> int:
    """Return how many alarms have called `CHATTER` times within a minute."""
    last: dict[tuple[str, str], deque[int]] = defaultdict(lambda: deque(maxlen=CHATTER))
    found = set()
    for call in calls:
        key = call.rule_id, call.asset_id
        times = last[key]
        times.append(call.at_us)
        if len(times) == CHATTER and times[-1] - times[0] <= MINUTE_US:
            found.add(key)
    return len(found)


def fleeting(spans: Iterable[Span]) -> int:
    """Return how many times a limit was broken for less than a minute and did not break again within ten."""
    found, last = 0, dict[tuple[str, str], Span]()
    for span in sorted(spans, key=lambda it: it.from_us):
        before = last.get(span[:2])
        found += before is not None and _is_fleeting(before) and span.from_us - (before.to_us or 0) > TEN_US
        last[span[:2]] = span
    return found + sum(map(_is_fleeting, last.values()))


def _is_fleeting(span: Span) -> bool:
    return span.to_us is not None and span.to_us - span.from_us < FLEETING_US


def groups(calls: Iterable[Called], area_of: Callable[[str], str]) -> list[Group]:
    """Return calls by kind and area, the largest group first: how a flood is read.

    Args:
        calls: any.
        area_of: the area of an asset, by its id.
    """
    found: dict[tuple[str, str], list[Called]] = defaultdict(list)
    for call in calls:
        found[call.rule_id, area_of(call.asset_id)].append(call)
    made = [
        Group(*key, len(those), len({it.asset_id for it in those}), min(it.severity for it in those))
        for key, those in found.items()
    ]
    return sorted(made, key=lambda it: (-it.calls, it.severity, it.rule_id, it.area_id))


def by_severity(calls: Iterable[Called]) -> Mapping[int, int]:
    """Return how many calls each severity had."""
    return Counter(call.severity for call in calls)


def _counts(at: Iterable[int], from_us: int, to_us: int, width_us: int, positions: int) -> list[float]:
    """Return the calls of each aligned window, also of those without any."""
    counted = Counter((at_us - from_us) // width_us for at_us in at)
    return [counted[place] / positions for place in range(-(-(to_us - from_us) // width_us))]


def _share(counts: Sequence[float], above: float) -> float:
    return sum(count > above for count in counts) / len(counts) if counts else 0.0


def _most_stale(spans: Iterable[Span], from_us: int, to_us: int) -> int:
    """Return the most alarms that had stood for more than a day at the end of any day of the period."""
    stale = [(it.from_us + STALE_US, to_us + 1 if it.to_us is None else it.to_us) for it in spans]
    ends = [*range(from_us + DAY_US, to_us, DAY_US), to_us]
    return max((sum(begin < end_us < end for begin, end in stale) for end_us in ends), default=0)
