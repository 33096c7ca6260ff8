"""How often somebody may ask: a bucket of turns for each session or address, filled again as time goes by."""

from collections import OrderedDict
from typing import Final, NamedTuple

MOST_BUCKETS: Final = 20_000


class Rate(NamedTuple):
    """How many turns a full bucket holds, and how many come back in a second."""

    most: float
    per_s: float


EVERYTHING: Final = Rate(400, 100)  # a page's first load asks for about fifty files
SIGN_IN: Final = Rate(30, 3)  # what anybody may send without a session; argon2 makes about ten a second


class Rates:
    """Counts who asks how often; remembers the busiest few thousand."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[tuple[str, Rate], tuple[float, float]] = OrderedDict()

    def wait_s(self, who: str, rate: Rate, now_s: float) -> float:
        """Take one turn of *who*; return 0, or how long until there is one again, and take none.

        Args:
            who: names a session or an address.
            rate: which of its buckets.
            now_s: on a clock that never steps.
        """
        left, at_s = self._buckets.get((who, rate), (rate.most, now_s))
        left = min(rate.most, left + (now_s - at_s) * rate.per_s)
        is_let = left >= 1
        self._buckets[who, rate] = (left - 1 if is_let else left, now_s)
        self._buckets.move_to_end((who, rate))
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return 0.0 if is_let else (1 - left) / rate.per_s
