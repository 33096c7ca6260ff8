"""From decoded messages to one transaction: readings, availability, alarms, incidents, stills and dead letters."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from ingest.applying import apply
from ingest.clocks import Clocks
from ingest.decode import Decoded, DecodedReading, Kind, Message
from ingest.incident_events import placed
from ingest.register import Register
from ingest.sightings import note_sighting
from ingest.stamp import stamp
from street.assets import Asset
from street.places import Places
from street.readings import DeadLetter, Flag, Reading
from street.rules.gauges import Usual
from street.rules.judge import Judge
from street.shelving import Shelving
from street.store import Arrival, Batch, WaitingMessage, Writer, Written

RETAINED: Final = int(Flag.RETAINED)
IMPLAUSIBLE: Final = int(Flag.IMPLAUSIBLE)
MISSING: Final = int(Flag.MISSING)
SIMULATED: Final = int(Flag.SIMULATED)
CLOCK_SKEW: Final = int(Flag.CLOCK_SKEW)
LATE: Final = int(Flag.LATE)
UNREAL: Final = int(Flag.RETAINED | Flag.SIMULATED)
# what a source says of a value's worth -> what a person must know beside it
WORTH: Final = {"historical": int(Flag.HISTORY), "stale": int(Flag.LATE), "bad": IMPLAUSIBLE}
# kinds that tell of the device and not of the street: counted, not stored
SILENT: Final = frozenset({Kind.DISCOVERY, Kind.REMOVAL, Kind.LOG, Kind.IGNORE})
PRESENCE: Final = frozenset({Kind.AVAILABILITY, Kind.BIRTH, Kind.DEATH})


class Item(NamedTuple):
    """One message and what it says."""

    message: Message
    dialect: str
    decoded: Decoded


class Filing:
    """Files batches of messages; knows the register, the scenarios and the rules.

    Args:
        writer: the store's one writer.
        register: device → asset.
        places: which community and grid cell an incident lies in.
        make_judge: returns the judge as the store knows it; called again after a batch that was not kept.
    """

    def __init__(self, writer: Writer, register: Register, places: Places, make_judge: Callable[[], Judge]) -> None:
        self.register = register
        self._places = places
        self._writer = writer
        self._make_judge = make_judge
        self._judge: Judge | None = None
        self._channels: dict[tuple[str, str], str | int] = {}
        self._clocks = Clocks(writer)

    def file(self, items: Sequence[Item], now_us: int) -> Written:
        """Store *items* in one transaction.

        Raises:
            StoreError: nothing of them was kept.
        """
        judge = self._ready_judge()
        try:
            batch = self._writer.begin(now_us)
            self._gather(items, batch, judge)
            return batch.commit()
        except BaseException:
            self._judge = None  # it has seen readings that the store has not
            raise

    def learn(self) -> None:
        """Know the register as it is now."""
        if self._judge is not None:
            self._judge.learn(self.register.by_id)

    def learn_usual(self, usual: Usual) -> None:
        """Know what is usual of the series that somebody asks it of."""
        if self._judge is not None:
            self._judge.learn_usual(usual)

    def shelve(self, shelvings: Sequence[Shelving]) -> None:
        """Know which alarms are to call nobody."""
        if self._judge is not None:
            self._judge.shelve(shelvings)

    def beat(self, now_us: int, *, link: bool, link_since_us: int, is_caught_up: bool = True) -> Written:
        """Store that we live, and what the passing of time moves.

        Args:
            now_us: the present.
            link: whether the broker is heard.
            link_since_us: since when that is so.
            is_caught_up: whether all that was heard is stored; a delay must not run out over what still waits.

        Raises:
            StoreError: nothing was kept.
        """
        judge = self._ready_judge()
        try:
            batch = self._writer.begin(now_us)
            batch.beat(now_us, link, link_since_us)
            if link and is_caught_up:
                apply(judge.tick(now_us, listening_since_us=link_since_us), batch)
            elif not link:
                apply(judge.link_lost(now_us, link_since_us), batch)
            return batch.commit()
        except BaseException:
            self._judge = None
            raise

    def reject(self, item: Item, reason: str, now_us: int) -> Written:
        """Store, instead of *item*, that the store would not have it."""
        batch = self._writer.begin(now_us)
        batch.add_dead_letter(_dead_letter(item, "store-rejected", reason))
        return batch.commit()

    def _ready_judge(self) -> Judge:
        if self._judge is None:
            self._judge = self._make_judge()
        return self._judge

    def _gather(self, items: Sequence[Item], batch: Batch, judge: Judge) -> None:
        readings: list[Reading] = []
        ends: list[int] = []
        find = self.register.find
        self._clocks.begin(items)
        for item in items:
            message, dialect, decoded = item
            asset = None
            if decoded.kind is Kind.TELEMETRY and decoded.device_id is not None:
                asset = find(dialect, decoded.device_id)
            if asset is None or decoded.extra or decoded.others:
                self._take_oddly(item, asset, batch, readings)
                for other in decoded.others or ():
                    self._take_oddly(Item(message, dialect, other), None, batch, readings)
            else:
                self._read(asset, message, decoded, 0, readings)
            ends.append(len(readings))
        self._store(items, readings, ends, batch, judge)

    def _store(
        self, items: Sequence[Item], readings: list[Reading], ends: list[int], batch: Batch, judge: Judge
    ) -> None:
        by_id, doubtful = self.register.by_id, self._clocks.doubtful
        for reading in batch.add_readings(readings):
            in_doubt = bool(doubtful) and reading[:3] in doubtful
            moves = judge.observe(by_id[reading.asset_id], reading, in_doubt=in_doubt)
            if moves:
                apply(moves, batch)
        apply(judge.faults(), batch)
        if batch.refused:
            for item in _refused_of(batch.refused, items, readings, ends):  # names without end: none is told as field
                batch.add_dead_letter(_dead_letter(item, "schema-unknown", "too many quantities of one asset", ""))

    def _read(self, asset: Asset, message: Message, decoded: Decoded, flags: int, readings: list[Reading]) -> None:
        """Append the readings of one message to *readings*: the hot path."""
        received_us = message.received_us
        said_us, said = stamp(decoded.time_us, received_us)
        asset_id = asset.asset_id
        judge = self._ready_judge().quality.judge
        for quantity, value, _unit, _path, time_us, channel, quality in decoded.readings:
            if channel is not None:
                quantity = self._channelled(asset_id, quantity, channel)  # noqa: PLW2901 - its own series
            at_us, earned = (said_us, said) if time_us is None else stamp(time_us, received_us)
            if earned & LATE and not flags & UNREAL and quality not in WORTH:
                at_us, earned = self._clocks.read((asset_id, quantity), decoded, at_us, received_us, earned)
            own = flags | earned
            if value is None or quality == "missing":
                readings.append(Reading(asset_id, quantity, at_us, received_us, None, own | MISSING))
            elif not isinstance(value, (dict, str)):
                if quality is not None:
                    own |= WORTH.get(quality, 0)
                value = float(value)  # noqa: PLW2901 - true is 1.0
                own = judge(asset, quantity, at_us, received_us, value, own)
                readings.append(Reading(asset_id, quantity, at_us, received_us, value, own))

    def _take_oddly(self, item: Item, asset: Asset | None, batch: Batch, readings: list[Reading]) -> None:
        """File what is more, or less, than plain telemetry of a known device."""
        message, dialect, decoded = item
        if decoded.code is not None:
            batch.add_dead_letter(_dead_letter(item, decoded.code, decoded.reason or decoded.code))
            return
        if decoded.incident is not None:
            batch.report_incident(placed(decoded.incident, self._places))
            return
        if decoded.kind in SILENT or decoded.device_id is None or decoded.extra.get("repeated"):
            return
        asset = (
            asset or self.register.find(dialect, decoded.device_id) or self._newcomer(item, decoded.device_id, batch)
        )
        if asset is None:
            return
        if decoded.kind in PRESENCE:
            self._note_presence(asset, item, batch)
        if decoded.kind is Kind.EVENT and not message.retain:
            note_sighting(asset, decoded, message.received_us, batch)
        if decoded.kind not in PRESENCE or decoded.kind is Kind.BIRTH:
            self._read_oddly(asset, item, batch, readings)

    def _note_presence(self, asset: Asset, item: Item, batch: Batch) -> None:
        """File whether a device is there; one that was born is, one that dies takes along what stands behind it."""
        message, dialect, decoded = item
        at_us, _flags = stamp(decoded.time_us, message.received_us)
        said = next((bool(one.value) for one in decoded.readings if one.quantity == "online"), None)
        is_there = True if decoded.kind is Kind.BIRTH else said
        if is_there is None:
            return
        behind = (self.register.find(dialect, device_id) for device_id in decoded.extra.get("also", ()))
        for there in (asset, *behind):
            if there is not None:
                batch.set_availability(there.asset_id, is_there, at_us)
                self._ready_judge().note_presence(there.asset_id, at_us, is_there=is_there)

    def _newcomer(self, item: Item, device_id: str, batch: Batch) -> Asset | None:
        """Return the new asset of who measures or shows something; presence and events may be a gateway's own."""
        _message, dialect, decoded = item
        is_measured = bool(decoded.readings) and (decoded.kind not in PRESENCE or decoded.kind is Kind.BIRTH)
        if not is_measured and decoded.snapshot is None:
            return None
        asset = self.register.meet(dialect, device_id)
        if asset is None and self.register.waits:
            message = item.message
            said = WaitingMessage(message.received_us, message.topic, message.payload, message.retain)
            batch.keep_waiting(Arrival(dialect, device_id, said))
        elif asset is None:
            batch.add_dead_letter(_dead_letter(item, "device-unknown", "no asset has this device"))
        return asset

    def _read_oddly(self, asset: Asset, item: Item, batch: Batch, readings: list[Reading]) -> None:
        """File stills, retained copies, simulated uplinks, partly refused messages."""
        message, _dialect, decoded = item
        extra = decoded.extra
        if decoded.snapshot is not None and not message.retain:  # a kept still may be of any age: never shown as new
            at_us, _flags = stamp(decoded.time_us, message.received_us)
            batch.add_snapshot(asset.asset_id, at_us, decoded.snapshot)
        for fault in extra.get("dropped", ()):
            batch.add_dead_letter(_dead_letter(item, fault["code"], fault["reason"], fault["field"]))
        if message.retain and decoded.time_us is None:
            decoded.readings = [one for one in decoded.readings if self._is_first(asset.asset_id, one)]
        flags = RETAINED if message.retain else 0
        flags |= SIMULATED if extra.get("simulated") else 0
        flags |= CLOCK_SKEW if extra.get("clock_skew") else 0
        self._read(asset, message, decoded, flags, readings)

    def _is_first(self, asset_id: str, reading: DecodedReading) -> bool:
        """Return whether a retained value of unknown age is all we have: otherwise it is old news at best."""
        return self._writer.latest_at(asset_id, reading.quantity) is None

    def _channelled(self, asset_id: str, quantity: str, channel: str | int) -> str:
        """Return the series' name: a device's first channel has the plain name, the others have their own series.

        Which one was first is not stored; but one that has a series of its own was not, also after a restart.
        """
        own = f"{quantity}.{channel}"
        if self._writer.latest_at(asset_id, own) is not None:
            return own
        main = self._channels.setdefault((asset_id, quantity), channel)
        return quantity if main == channel else own


def _refused_of(
    refused: list[Reading], items: Sequence[Item], readings: list[Reading], ends: list[int]
) -> Iterator[Item]:
    """Yield each message that had *refused* readings.

    Args:
        refused: some of *readings*.
        items: the messages.
        readings: of all messages, in their order.
        ends: where in *readings* those of each message end.
    """
    odd = {id(reading) for reading in refused}
    begin = 0
    for item, end in zip(items, ends, strict=True):
        if any(id(reading) in odd for reading in readings[begin:end]):
            yield item
        begin = end


def _dead_letter(item: Item, code: str, reason: str, field: str | None = None) -> DeadLetter:
    message = item.message
    said = str(item.decoded.extra.get("field", "")) if field is None else field
    return DeadLetter(
        message.received_us, item.dialect, message.topic, message.payload, code, reason, said, message.retain
    )
