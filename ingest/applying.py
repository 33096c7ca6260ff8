"""What the judge says becomes rows of a batch."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from street.alarms import Grade
from street.quality import Fault
from street.rules import Clear, Pend, Raise, Regrade
from street.rules.causes import Shift
from street.rules.flapping import Again, Repeat
from street.rules.judge import JudgedMove, Listen
from street.rules.shelves import Hold, LetGo
from street.store import Batch


def apply(moves: Iterable[JudgedMove], batch: Batch) -> None:
    """Write *moves* into *batch*, in their order."""
    for move in moves:
        _WRITE[type(move)](move, batch)


def _raise(move: Raise, batch: Batch) -> None:
    if move.incident is not None:
        batch.report_incident(move.incident)
    batch.raise_alarm(move.alarm)


_WRITE: Final[dict[type, Callable[[Any, Batch], None]]] = {
    Raise: _raise,
    Again: lambda move, batch: batch.raise_again(*move),
    Repeat: lambda move, batch: batch.repeat_alarm(*move),
    Regrade: lambda move, batch: batch.regrade_alarm(Grade(*move[:4]), move.incident),
    Clear: lambda move, batch: batch.clear_alarm(move.alarm_id, move.at_us, move.value),
    Hold: lambda move, batch: batch.hold_alarm(*move),
    LetGo: lambda move, batch: batch.let_alarm_go(*move),
    Shift: lambda move, batch: batch.shift_alarm(*move),
    Pend: lambda move, batch: batch.set_rule_state(*move),
    Fault: lambda move, batch: batch.set_rule_state(move.asset_id, move.state_id, move.since_us),
    Listen: lambda move, batch: batch.note_listening(move.since_us),
}
