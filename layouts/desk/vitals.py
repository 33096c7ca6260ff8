"""How the system is, as the health page shows it: feeds and their age, ingest's pulse, what was refused."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from street.alarm_load import Group, Load
from street.clock import SECOND_US

STATES: Final = ("lost", "stale", "late", "fresh", "never", "free")  # the worst first
IN_TIME: Final = ("fresh", "free")
BEAT_LATE_S, BEAT_STALE_S, BEAT_LOST_S = 5, 15, 60  # UX 4.7: the push channel


class Feed(NamedTuple):
    """All assets of one kind that come by one dialect through one gateway.

    `states` counts the assets by how old their newest reading is; `state` is that of the newest of all. `since_us` is
    when that state began, None where it is as it should be or was never otherwise.
    """

    dialect: str
    gateway_id: str
    kind: str
    kind_en: str
    states: Mapping[str, int]
    newest_us: int | None
    interval_s: float | None
    state: str
    since_us: int | None

    @property
    def assets(self) -> int:
        """How many there are."""
        return sum(self.states.values())

    @property
    def in_time(self) -> int:
        """How many of them are heard as expected."""
        return sum(self.states.get(state, 0) for state in IN_TIME)


class DialectLine(NamedTuple):
    """What one dialect brings."""

    dialect: str
    assets: int
    readings: int  # of this hour
    refused: int  # messages, ever


class LetterLine(NamedTuple):
    """Messages that were refused for one reason."""

    group_id: int
    code: str
    dialect: str
    field: str
    letters: int  # ever
    kept: int
    first_us: int
    last_us: int


class LoadLine(NamedTuple):
    """How alarms load the operators: the figures of a period, and how it is now. Counts are of everybody together."""

    load: Load
    positions: int
    ten: int  # calls in the last ten minutes
    hour: int
    unseen: int  # alarms that wait for somebody
    shelved: int
    out: int
    chattering: int
    is_flood: bool
    groups: Sequence[Group]
    titles: Mapping[str, tuple[str, str]] = {}


class ChannelLine(NamedTuple):
    """How one channel of notices does; `reason` is why its last delivery that failed did so."""

    name: str
    waiting: int
    done: int
    dead: int
    reason: str


class Vitals(NamedTuple):
    """How the system was at `at_us`.

    `beat` is ingest's last sign of life as (at [µs], link, link since [µs]); `lag_us` the median and the 95th
    percentile of how long readings were on their way, None where none came lately.
    """

    at_us: int
    beat: tuple[int, bool, int] | None
    lag_us: tuple[int, int] | None
    size_bytes: int
    feeds: Sequence[Feed]
    dialects: Sequence[DialectLine]
    letters: Sequence[LetterLine]
    alarms: LoadLine | None = None
    duty_us: int | None = None  # duty's last sign of life
    channels: Sequence[ChannelLine] = ()

    @property
    def beat_state(self) -> str:
        """How old ingest's last sign of life is, in one word."""
        return self._state_of(None if self.beat is None else self.beat[0])

    @property
    def duty_state(self) -> str:
        """How old duty's last sign of life is, in one word."""
        return self._state_of(self.duty_us)

    def _state_of(self, beat_us: int | None) -> str:
        if beat_us is None:
            return "never"
        age_s = (self.at_us - beat_us) / SECOND_US
        bounds = ((BEAT_LOST_S, "lost"), (BEAT_STALE_S, "stale"), (BEAT_LATE_S, "late"))
        return next((state for bound_s, state in bounds if age_s > bound_s), "fresh")
