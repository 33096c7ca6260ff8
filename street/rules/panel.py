"""A panel: the gauges of one rule at one asset, and which quantity feeds which of them."""

from collections.abc import Callable

from street.clock import SECOND_US
from street.rules.gauges import NOTHING_USUAL, Difference, Gauge, Silence, Unusual, Usual, gauge_of
from street.scenarios import Rule
from street.scenarios.conditions import Measure, Source, limits_of

Feed = Callable[[int, float], None]


class Panel:
    """Every number that a rule asks for at one asset.

    Args:
        rule: what asks.
        asset_id: where.
        usual: what is usual of every series.
    """

    def __init__(self, rule: Rule, asset_id: str, usual: Usual = NOTHING_USUAL) -> None:
        self._asset_id = asset_id
        self.gauges: dict[Source, Gauge] = {
            source: gauge_of(source, _silences(rule, source), usual.get((asset_id, source.quantity)))
            for source in rule.sources
        }
        self.lead = self.gauges[rule.lead]
        self._timed = [it for it in self.gauges.values() if type(it).pass_to is not Gauge.pass_to]
        self.is_timed = bool(self._timed)
        self._feeds: dict[str, tuple[Feed, ...]] = {}
        for source, gauge in self.gauges.items():
            self._join(source.quantity, gauge.take)
            if isinstance(gauge, Difference):
                self._join(source.less, gauge.take_second)

    def take(self, at_us: int, value: float, quantity: str) -> None:
        """Take in a reading of *quantity*; what time changes has come as far as that."""
        if self.is_timed:
            self.pass_to(at_us)
        for feed in self._feeds[quantity]:
            feed(at_us, value)

    def pass_to(self, at_us: int) -> None:
        """Take in that it is *at_us* and that nothing has come."""
        for gauge in self._timed:
            gauge.pass_to(at_us)

    def hear(self, at_us: int, quantity: str) -> None:
        """Take up that *quantity* was heard then, as the store knows."""
        for source, gauge in self.gauges.items():
            if isinstance(gauge, Silence) and source.quantity == quantity:
                gauge.take(at_us, 0.0)

    def due_us(self, listening_since_us: int) -> int | None:
        """Return when time alone changes a number next, None while it does not."""
        due_us: int | None = None
        for gauge in self._timed:
            if isinstance(gauge, Silence):
                gauge.listen(listening_since_us)
            if gauge.due_us is not None and (due_us is None or gauge.due_us < due_us):
                due_us = gauge.due_us
        return due_us

    def numbers(self) -> dict[Source, float | None]:
        """Return every number as it is."""
        return {source: gauge.number for source, gauge in self.gauges.items()}

    def learn(self, usual: Usual) -> None:
        """Know what is usual now."""
        for source, gauge in self.gauges.items():
            if isinstance(gauge, Unusual):
                gauge.learn(usual.get((self._asset_id, source.quantity)))

    def forget(self) -> None:
        """Forget every number."""
        for gauge in self.gauges.values():
            gauge.forget()

    def _join(self, quantity: str, feed: Feed) -> None:
        self._feeds[quantity] = (*self._feeds.get(quantity, ()), feed)


def _silences(rule: Rule, source: Source) -> tuple[int, ...]:
    """Return the silences that *rule* asks for of *source* [µs], shortest first."""
    if source.measure is not Measure.SILENCE:
        return ()
    limits = [limit for level in rule.levels for limit in limits_of(level.when) if limit.source == source]
    return tuple(sorted({int((limit.raise_above or 0.0) * SECOND_US) for limit in limits}))
