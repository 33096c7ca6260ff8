"""Silence: which assets are not heard any more, told from nobody having listened.

An asset is silent when it was heard once, its expected interval is known, and three of them have passed without a word
while we listened; one that its device, or the broker for it, calls offline is silent after one and a half. What was
never heard is not silent: it may not be built yet.

Where we did not listen for long, the count begins anew; a short gap gives everybody a little time to speak again.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from street.assets import Asset
from street.clock import MINUTE_US, SECOND_US
from street.freshness import FACTORS, interval_s
from street.scenarios import Scenarios

SHORT_GAP_US: Final = 5 * MINUTE_US  # a persistent session keeps what is sent meanwhile; beyond, count anew
GRACE_US: Final = 10 * MINUTE_US  # at most so long after a short gap nobody is called silent
FEWEST_OF_ALL: Final = 5  # assets that can fall silent together for one reason
OFFLINE_US: Final = MINUTE_US  # a word of its own absence counts after so long: devices restart


class Expectation(NamedTuple):
    """How long an asset may say nothing [µs]: before it is late, and before it is silent."""

    late_us: int
    silent_us: int


class Silence:
    """Watches when each asset was last heard.

    Args:
        scenarios: how often each kind speaks.
        assets: by id, as registered; read again at each `learn`.
        heard: when each was last heard live [µs UTC, arrival]; the caller writes into it on the hot path.
        offline: since when a device is called offline [µs UTC], by asset; the caller keeps it.
        listening_since_us: since when nothing can have gone by unheard, as stored; 0 where nobody knows.
        listened_us: until when was listened last, before now; 0 where nobody knows.
    """

    def __init__(
        self,
        scenarios: Scenarios,
        assets: Mapping[str, Asset],
        heard: dict[str, int],
        offline: dict[str, int],
        *,
        listening_since_us: int = 0,
        listened_us: int = 0,
    ) -> None:
        self._scenarios = scenarios
        self.heard = heard
        self.offline = offline
        self.silent: dict[str, int] = {}  # asset -> after when it would be heard again
        self.listening_since_us = listening_since_us
        self._listened_us = listened_us
        self.up_since_us = 0
        self.expected: dict[str, Expectation] = {}
        self._shortest_us = 0
        self.learn(assets)

    def learn(self, assets: Mapping[str, Asset]) -> None:
        """Know *assets* as they are registered now."""
        self.expected = {
            asset_id: Expectation(int(FACTORS.late * every_s * SECOND_US), int(FACTORS.stale * every_s * SECOND_US))
            for asset_id, asset in assets.items()
            if (every_s := interval_s(asset, self._scenarios.get(asset.kind))) is not None
        }
        self._shortest_us = min((one.late_us for one in self.expected.values()), default=0)

    def listen(self, now_us: int, up_since_us: int) -> None:
        """Take in that we listen now, without a break since *up_since_us*."""
        if up_since_us != self.up_since_us:
            self.up_since_us = up_since_us
            if up_since_us - self._listened_us > SHORT_GAP_US or not self.listening_since_us:
                self.listening_since_us = up_since_us
        self._listened_us = now_us

    def tick(self, now_us: int) -> Iterator[tuple[str, int | None]]:
        """Yield each asset that fell silent with since when [µs UTC], or that is heard again with None."""
        silent, offline, expectations = self.silent, self.offline, self.expected
        for asset_id, heard_us in self.heard.items():
            expected = expectations.get(asset_id)
            if asset_id in silent:
                if expected is None or heard_us > silent[asset_id]:
                    del silent[asset_id]
                    yield asset_id, None
            elif expected is not None and (now_us - heard_us >= expected.silent_us or asset_id in offline):
                due_us = self._due_us(asset_id, heard_us, expected)
                if now_us >= due_us:
                    silent[asset_id] = heard_us
                    yield asset_id, due_us

    def hush(self, now_us: int) -> tuple[bool, bool]:
        """Return whether nothing at all has come for so long that it is odd, and so long that it must be the broker.

        The one is what makes the most talkative asset late, the other what makes it silent: of those that lived when
        the last word came.
        """
        newest_us = max(self.heard.values(), default=0)
        quiet_us = now_us - max(newest_us, self.up_since_us)
        if quiet_us < self._shortest_us:
            return False, False
        alive = [
            expected
            for asset_id, heard_us in self.heard.items()
            if (expected := self.expected.get(asset_id)) and heard_us >= newest_us - expected.silent_us
        ]
        if len(alive) < FEWEST_OF_ALL:
            return False, False
        talkative = min(alive)
        return quiet_us >= talkative.late_us, quiet_us >= talkative.silent_us

    def _due_us(self, asset_id: str, heard_us: int, expected: Expectation) -> int:
        """Return when the asset is silent if nothing more is heard of it."""
        silent_us = expected.silent_us
        due_us = max(heard_us, self.listening_since_us) + silent_us
        said_us = self.offline.get(asset_id)
        if said_us is not None and said_us >= heard_us:
            due_us = min(due_us, max(said_us + OFFLINE_US, max(heard_us, self.listening_since_us) + expected.late_us))
        return max(due_us, self.up_since_us + min(silent_us, GRACE_US))
