"""Somebody who decodes what the simulator says and applies the rules, as ingest does, but without store and broker."""

from collections.abc import Iterable
from typing import NamedTuple

from ingest.decode import Decoded, Decoder, Kind, Message
from ingest.register import Register
from ingest.simulator.speech import Posting
from ingest.stamp import stamp
from street.assets import Asset
from street.clock import SECOND_US
from street.readings import Flag, Reading
from street.rules import Clear, Move, Raise, Rules
from street.scenarios import load_scenarios

ROUTES = [("street/#", "native"), ("zigbee2mqtt/#", "zigbee2mqtt"), ("v3/+/devices/+/#", "ttn_v3")]


class Note(NamedTuple):
    """Something that a viewer notices, at so many seconds after the live start."""

    second: float
    what: str
    severity: int
    subject: str


class Witness:
    """Notes raises, clears, reports and refusals; each message arrives when due, none before the start."""

    def __init__(self, assets: Iterable[Asset], live_s: float) -> None:
        self._live_us = int(live_s * SECOND_US)
        self._decoder = Decoder(ROUTES)
        self._register = Register(assets, newcomers=0, add=lambda _assets: None)
        self.scenarios = load_scenarios()
        self.rules = Rules(self.scenarios)
        self.notes: list[Note] = []
        self.readings: list[Reading] = []
        self.refused: list[tuple[str, str]] = []
        self.unknown: list[str] = []
        self._clock_us = self._live_us
        self._severity: dict[str, int] = {}

    def hear(self, posting: Posting) -> None:
        """Take one message in."""
        now_us = max(posting.at_us, self._live_us)
        while self._clock_us + SECOND_US <= now_us:
            self._clock_us += SECOND_US
            self._move(self.rules.tick(self._clock_us), self._clock_us)
        message = Message(posting.topic, posting.payload, False, now_us)
        dialect, decoded = self._decoder.decode(message)
        if decoded.kind is Kind.REJECT:
            self.refused.append((posting.topic, str(decoded.code)))
        elif decoded.incident is not None:
            self._note(now_us, "report", decoded.incident.severity, decoded.incident.incident_id)
        elif decoded.device_id is not None:
            asset = self._register.find(dialect, decoded.device_id)
            if asset is None:
                if "bridge" not in posting.topic:
                    self.unknown.append(posting.topic)
            elif decoded.kind is Kind.TELEMETRY:
                self._read(asset, message, decoded)

    def _read(self, asset: Asset, message: Message, decoded: Decoded) -> None:
        for one in decoded.readings:
            at_us, flags = stamp(one.time_us or decoded.time_us, message.received_us)
            assert isinstance(one.value, float | int)
            value = float(one.value)
            if not self.scenarios.is_plausible(asset.kind, one.quantity, value):
                flags |= int(Flag.IMPLAUSIBLE)
            reading = Reading(asset.asset_id, one.quantity, at_us, message.received_us, value, flags)
            self.readings.append(reading)
            self._move(self.rules.observe(asset, reading), message.received_us)

    def _move(self, moves: list[Move], now_us: int) -> None:
        for move in moves:
            if isinstance(move, Raise):
                self._severity[move.alarm.alarm_id] = move.alarm.severity
                self._note(now_us, "raise", move.alarm.severity, move.alarm.alarm_id)
            elif isinstance(move, Clear):
                self._note(now_us, "clear", self._severity[move.alarm_id], move.alarm_id)

    def _note(self, now_us: int, what: str, severity: int, subject: str) -> None:
        self.notes.append(Note((now_us - self._live_us) / SECOND_US, what, severity, subject))
