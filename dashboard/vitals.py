"""Vitals: how the system is, read from the store: feeds and their age, ingest's pulse, lag, size, what was refused."""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Final, NamedTuple

from layouts.desk.vitals import ChannelLine, DialectLine, Feed, LetterLine, LoadLine, Vitals
from street.alarm_load import TEN_US, Span, groups, is_flood, load
from street.alarms import Life, life
from street.assets import Asset
from street.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US, local_day_start_us
from street.masking import masked
from street.readings import Flag
from street.scenarios import Scenarios, load_scenarios
from street.store import Latest, LetterGroup, Reader

GROUPS: Final = 200
FRESH_US: Final = 2 * SECOND_US  # what one viewer's page has just read is new enough for another's
LOAD_DAYS: Final = 30
LATELY_US: Final = 5 * MINUTE_US
AGE_UNKNOWN: Final = int(Flag.RETAINED | Flag.ASSUMED_TIME)  # with both: a stored copy that does not say how old it is
NO_LAG: Final = int(
    Flag.RETAINED | Flag.ASSUMED_TIME | Flag.LATE | Flag.HISTORY | Flag.CLOCK_SKEW | Flag.SIMULATED
)  # fmt: skip


class Factors(NamedTuple):
    """From how many expected intervals on a value is late, stale, lost."""

    late: float
    stale: float
    lost: float


class Pulse:
    """The vitals of one street, read at most every `FRESH_US` however many look."""

    def __init__(
        self,
        reader: Callable[[], AbstractContextManager[Reader]],
        now_us: Callable[[], int],
        factors: Factors,
        positions: int = 1,
    ) -> None:
        self._reader = reader
        self._now_us = now_us
        self._factors = factors
        self._positions = positions
        self._reading = threading.Lock()
        self._scenarios: Scenarios | None = None
        self._last: Vitals | None = None

    def now(self, *, is_new: bool = False) -> Vitals:
        """Return how things are; *is_new* reads them anew whatever was read a moment ago.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._reading:
            if self._scenarios is None:
                self._scenarios = load_scenarios()
            now_us, last = self._now_us(), self._last
            if is_new or last is None or not 0 <= now_us - last.at_us < FRESH_US:
                with self._reader() as reader:
                    self._last = last = gather(reader, now_us, self._scenarios, self._factors, self._positions)
            return last


def gather(reader: Reader, now_us: int, scenarios: Scenarios, factors: Factors, positions: int = 1) -> Vitals:
    """Return how the system is at *now_us*."""
    assets, latest, groups = reader.assets(), reader.latest(), reader.dead_letter_groups(GROUPS)
    readings = reader.readings_by_dialect(now_us // HOUR_US)
    return Vitals(
        at_us=now_us,
        beat=reader.heartbeat(),
        lag_us=lag_of(latest, now_us),
        size_bytes=reader.size_bytes(),
        feeds=feeds_of(assets, heard_of(latest), now_us, scenarios, factors),
        dialects=dialects_of(assets, readings, groups),  # ingest's own counts of messages join here: Reader.figures
        letters=[line_of(group) for group in groups],
        alarms=alarms_of(reader, assets, now_us, positions)._replace(titles=titles_of(scenarios)),
        duty_us=reader.duty_beat(),
        channels=[ChannelLine(it.channel, it.waiting, it.done, it.dead, masked(it.reason)) for it in reader.channels()],
    )


def alarms_of(reader: Reader, assets: Iterable[Asset], now_us: int, positions: int) -> LoadLine:
    """Return how alarms have loaded *positions* operators since `LOAD_DAYS` days ago, and how it is now."""
    from_us = now_us - LOAD_DAYS * DAY_US
    calls, spans, unauthorised = reader.alarm_history(from_us, now_us + 1)
    if calls:  # a store that is younger has no quiet days before its first
        from_us = max(from_us, local_day_start_us(calls[0].at_us))
    by_id, shelvings = {asset.asset_id: asset for asset in assets}, reader.shelvings(now_us)
    open_alarms = reader.open_alarms()
    lives = Counter(life(alarm, shelvings, now_us, by_id.get(alarm.asset_id)) for alarm in open_alarms)
    ten = [call for call in calls if call.at_us > now_us - TEN_US]
    return LoadLine(
        load=load(calls, [Span(*it) for it in spans], from_us, now_us, positions=positions, unauthorised=unauthorised),
        positions=positions,
        ten=len(ten),
        hour=sum(call.at_us > now_us - HOUR_US for call in calls),
        unseen=lives[Life.UNACKNOWLEDGED] + lives[Life.RETURNED_UNACKNOWLEDGED],
        shelved=lives[Life.SHELVED],
        out=lives[Life.OUT_OF_SERVICE],
        chattering=sum(alarm.is_chattering for alarm in open_alarms),
        is_flood=is_flood([call.at_us for call in calls if call.at_us > now_us - HOUR_US], now_us),
        groups=groups(ten, lambda asset_id: community_of(by_id.get(asset_id))),
    )


def titles_of(scenarios: Scenarios) -> dict[str, tuple[str, str]]:
    """Return what each rule's alarm says, in zh and en."""
    rules = (rule for scenario in scenarios.values() for rule in scenario.rules)
    return {rule.rule_id: (rule.title, rule.title_en) for rule in rules}


def community_of(asset: Asset | None) -> str:
    """Return the community that an asset lies in, "" where nobody knows."""
    return "" if asset is None else asset.community_id


def heard_of(latest: Iterable[Latest]) -> dict[str, int]:
    """Return when each asset's newest reading was true; a broker's stored copy makes nothing new."""
    heard: dict[str, int] = {}
    for live in latest:
        if live.flags & AGE_UNKNOWN != AGE_UNKNOWN:
            at_us = min(live.at_us, live.received_us)  # a clock that is ahead
            heard[live.asset_id] = max(at_us, heard.get(live.asset_id, at_us))
    return heard


def feeds_of(
    assets: Iterable[Asset], heard: Mapping[str, int], now_us: int, scenarios: Scenarios, factors: Factors
) -> list[Feed]:
    """Return the assets by dialect, gateway and kind."""
    grouped: dict[tuple[str, str, str], list[Asset]] = defaultdict(list)
    for asset in assets:
        grouped[asset.dialect, asset.gateway_id, asset.kind].append(asset)
    feeds = []
    for (dialect, gateway_id, kind), members in grouped.items():
        scenario = scenarios.get(kind)
        usual_s = scenario.interval_s if scenario else None
        intervals = [asset.interval_s or usual_s for asset in members]
        interval_s = min((it for it in intervals if it is not None), default=None)
        newest_us = max((heard[asset.asset_id] for asset in members if asset.asset_id in heard), default=None)
        states = Counter(
            state_of(heard.get(asset.asset_id), it, now_us, factors)[0]
            for asset, it in zip(members, intervals, strict=True)
        )
        state, since_us = state_of(newest_us, interval_s, now_us, factors)
        names = (scenario.name, scenario.name_en) if scenario else (masked(kind), masked(kind))
        feeds.append(Feed(dialect, masked(gateway_id), *names, states, newest_us, interval_s, state, since_us))
    return feeds


def state_of(newest_us: int | None, interval_s: float | None, now_us: int, factors: Factors) -> tuple[str, int | None]:
    """Return how old a value is in one word, and since when [µs]; None where it is as it should be, or was never."""
    if newest_us is None:
        return "never", None
    if interval_s is None:
        return "free", None
    interval_us = interval_s * SECOND_US
    bounds = (("lost", factors.lost), ("stale", factors.stale), ("late", factors.late))
    for state, factor in bounds:
        begins_us = newest_us + int(factor * interval_us)
        if now_us > begins_us:
            return state, begins_us
    return "fresh", None


def lag_of(latest: Iterable[Latest], now_us: int) -> tuple[int, int] | None:
    """Return the median and the 95th percentile of how long the newest readings were on their way [µs]."""
    lags = sorted(
        max(live.received_us - live.at_us, 0)
        for live in latest
        if not live.flags & NO_LAG and now_us - live.received_us <= LATELY_US
    )
    return (lags[len(lags) // 2], lags[len(lags) * 95 // 100]) if lags else None


def dialects_of(
    assets: Iterable[Asset], readings: Mapping[str, int], groups: Iterable[LetterGroup]
) -> list[DialectLine]:
    """Return what each dialect brings, by name."""
    known = Counter(asset.dialect for asset in assets)
    refused: Counter[str] = Counter()
    for group in groups:
        refused[group.dialect] += group.letters
    names = sorted({*known, *readings, *refused})
    return [DialectLine(name, known[name], readings.get(name, 0), refused[name]) for name in names]


def line_of(group: LetterGroup) -> LetterLine:
    """Return a group as it may be shown: the field's name comes from the message."""
    return LetterLine(
        group.group_id, group.code, group.dialect, masked(group.field), group.letters, group.kept, group.first_us,
        group.last_us,
    )  # fmt: skip
