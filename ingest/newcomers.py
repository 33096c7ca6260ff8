"""Newcomers at ingest's side: what each dialect would make of them, and how what waited is replayed into history.

The dashboard decides, in the store; it moves the register's version. Ingest, which asks for that once a second, then
knows the new asset, files what its device had said until then, and lets the newcomer go.
"""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ingest.decode import DIALECTS, Decoded, DecodedReading, Decoder, Message, default_routes
from ingest.filing import Filing, Item
from ingest.topics import matches
from street.assets import Asset
from street.errors import StoreError
from street.logs import quoted
from street.readings import LATE_US, UNITS
from street.scenarios import Scenarios
from street.store import Newcomer, Newcomers, NewcomerState, WaitingMessage

log = logging.getLogger(__name__)

LOOKED_AT_ONCE: Final = 5  # newcomers a second: a flood must not cost what the known ones need
MESSAGES_LOOKED_AT: Final = 10  # the newest
MOST_SHOWN: Final = 20  # readings
MOST_ASSETS: Final = 3
LONGEST: Final = 64
SHORTEST_ID: Final = 3  # an id of two letters is found inside anything
STALE: Final = "stale"  # the quality of what is too old to raise an alarm


@dataclass(slots=True)
class Guess:
    """What one dialect makes of some messages.

    Attributes:
        dialect: its name.
        is_own_topic: whether the topics are of the form its makers use.
        device_id: who it takes the sender for.
        readings: what it reads, by quantity: value and unit, the newest.
        refusals: why it refused messages, and how often.
    """

    dialect: str
    is_own_topic: bool = False
    device_id: str = ""
    readings: dict[str, tuple[float | str, str | None]] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)

    @property
    def worth(self) -> tuple[bool, bool, int, int]:
        """How good it is: more is better; a dialect that reads nothing is worth nothing."""
        known = sum(name in UNITS for name in self.readings)
        return bool(self.readings), self.is_own_topic, known, -sum(self.refusals.values())


def guesses_of(messages: Sequence[Message]) -> list[Guess]:
    """Return what every dialect makes of *messages* of one device, best first; nobody's state is touched."""
    return sorted((_guess(name, messages) for name in DIALECTS), key=lambda guess: guess.worth, reverse=True)


def suggestion(
    guesses: Sequence[Guess], scenarios: Scenarios, assets: Iterable[Asset], device_id: str
) -> dict[str, Any]:
    """Return what to show a person, as plain JSON.

    Returns:
        dialect ("" where none reads anything) · kind ("" where nothing tells) · assets: up to three ids that it may
        speak for · by_dialect: of each that reads something, device_id, is_own_topic, readings as
        [quantity, value, unit], refusals.
    """
    able = [guess for guess in guesses if guess.readings]
    best = able[0] if able else None
    kind = likely_kind(best.readings, scenarios) if best else ""
    return {
        "dialect": best.dialect if best else "",
        "kind": kind,
        "assets": likely_assets([device_id, *(guess.device_id for guess in able[:1])], assets, kind),
        "by_dialect": [
            {
                "dialect": guess.dialect,
                "device_id": _short(guess.device_id),
                "is_own_topic": guess.is_own_topic,
                "readings": [
                    [_short(name), value, unit and _short(unit)]
                    for name, (value, unit) in list(guess.readings.items())[:MOST_SHOWN]
                ],
                "refusals": guess.refusals,
            }
            for guess in able
        ],
    }


def likely_kind(quantities: Iterable[str], scenarios: Scenarios) -> str:
    """Return the kind of asset that measures such quantities, "" where nothing tells."""
    names = {name.split(".")[0] for name in quantities}
    shared = {kind: len(names & scenario.quantities.keys()) for kind, scenario in scenarios.items()}
    best = max(shared, key=lambda kind: shared[kind], default="")
    telling = scenarios.kind_of(sorted(names))
    return telling or (best if shared.get(best, 0) >= 2 else "")


def likely_assets(device_ids: Iterable[str], assets: Iterable[Asset], kind: str) -> list[str]:
    """Return the ids of assets that one of *device_ids* may speak for, the likeliest first.

    An asset is likely when its id or name is the device's, or stands in it; those of the likely kind come first.
    """
    said = {_letters(device_id) for device_id in device_ids} - {""}
    found: list[tuple[int, str]] = []
    for asset in assets:
        own = {_letters(text) for text in (asset.asset_id, asset.name, asset.device_id)} - {""}
        is_same = bool(own & said)
        is_inside = any(len(text) >= SHORTEST_ID and text in one for text in own for one in said)
        if is_same or is_inside:
            found.append((2 * (not is_same) + (asset.kind != kind), asset.asset_id))
    return [asset_id for _, asset_id in sorted(found)[:MOST_ASSETS]]


def look(newcomers: Newcomers, scenarios: Scenarios, by_id: Mapping[str, Asset]) -> int:
    """Look at some that have waited without, or have said much since; return how many.

    Raises:
        StoreError: the store cannot be read or written.
    """
    found = newcomers.unguessed(LOOKED_AT_ONCE)
    noted = {}
    for newcomer in found:
        messages = [_message(it) for it in newcomers.messages(newcomer.newcomer_id)[-MESSAGES_LOOKED_AT:]]
        noted[newcomer.newcomer_id] = suggestion(guesses_of(messages), scenarios, by_id.values(), newcomer.device_id)
    if noted:
        newcomers.note_guesses(noted)
    return len(found)


def replay(newcomers: Newcomers, decoder: Decoder, filing: Filing, now_us: int) -> int:
    """File what settled newcomers have said, and let them go; return how many messages.

    Args:
        newcomers: where they wait.
        decoder: one of the configured routes, but not the one that live messages go through: their devices' state is
            of now, and must not be moved by what is older.
        filing: knows the assets that they speak for.
        now_us: the present.

    Raises:
        StoreError: the store is down; what was not filed is tried again the next time.
    """
    replayed = 0
    for newcomer in newcomers.all(NewcomerState.SETTLED):
        items = [_item(decoder, waiting, now_us) for waiting in newcomers.messages(newcomer.newcomer_id)]
        _file(filing, items, now_us)
        newcomers.forget([newcomer.newcomer_id])
        replayed += len(items)
        _tell(newcomer, len(items))
    return replayed


def _guess(name: str, messages: Sequence[Message]) -> Guess:
    own = [it for it, dialect in default_routes() if dialect == name and _takes(it, messages)]
    # Topics that are nobody's form may still carry payloads that are.
    routes = own or ["/#" if any(message.topic.startswith("/") for message in messages) else "#"]
    decoder = Decoder([(it, name) for it in routes])
    guess = Guess(name, bool(own))
    for message in messages:
        _, decoded = decoder.decode(message)
        for one in (decoded, *(decoded.others or ())):
            if one.code is not None:
                guess.refusals[one.code] = guess.refusals.get(one.code, 0) + 1
            elif one.readings:
                guess.device_id = one.device_id or guess.device_id
                guess.readings |= {it.quantity: (_shown(it), it.unit) for it in one.readings if _is_value(it)}
    return guess


def _takes(topic_filter: str, messages: Sequence[Message]) -> bool:
    return any(matches(topic_filter, message.topic) for message in messages)


def _is_value(reading: DecodedReading) -> bool:
    return reading.value is not None and not isinstance(reading.value, dict)


def _shown(reading: DecodedReading) -> float | str:
    value = reading.value
    return _short(value) if isinstance(value, str) else float(value or 0)  # type: ignore[arg-type]  # no dict here


def _short(text: str) -> str:
    return text[:LONGEST].encode("utf-8", "replace").decode()  # JSON has no lone surrogates


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _message(waiting: WaitingMessage) -> Message:
    return Message(waiting.topic, waiting.payload, waiting.retain, waiting.received_us)


def _item(decoder: Decoder, waiting: WaitingMessage, now_us: int) -> Item:
    message = _message(waiting)
    dialect, decoded = decoder.decode(message)
    if now_us - waiting.received_us > LATE_US:
        for one in (decoded, *(decoded.others or ())):
            _age(one)
    return Item(message, dialect, decoded)


def _age(decoded: Decoded) -> None:
    """Mark what it says as too old to raise an alarm: it has waited."""
    decoded.readings = [it if it.quality else it._replace(quality=STALE) for it in decoded.readings]


def _file(filing: Filing, items: Sequence[Item], now_us: int) -> None:
    """File *items*; one that the store refuses alone becomes a dead letter."""
    if not items:
        return
    try:
        filing.file(items, now_us)
    except StoreError as error:
        if len(items) == 1:
            filing.reject(items[0], str(error), now_us)
            return
        middle = len(items) // 2
        _file(filing, items[:middle], now_us)
        _file(filing, items[middle:], now_us)


def _tell(newcomer: Newcomer, messages: int) -> None:
    device = quoted(newcomer.device_id)
    log.info("newcomer settled dialect=%s device=%s messages=%d", newcomer.dialect, device, messages)
