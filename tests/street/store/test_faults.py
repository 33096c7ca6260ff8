"""The keeper's worklist."""

from street.quality import Fault
from street.store import Reader, Writer
from street.store.faults import StandingFault
from tests.street.store.makers import NOON_US


def test_the_worklist_says_which_fault_where_and_since_when(reader: Reader, writer: Writer) -> None:
    """Oldest first; a rule's delay is no fault, and a quantity's name may hold anything."""
    batch = writer.begin(NOON_US)
    for fault in (Fault("n-2", "", "clock", NOON_US + 5), Fault("n-1", "noise:laeq", "stuck", NOON_US)):
        batch.set_rule_state(fault.asset_id, fault.state_id, fault.since_us)
    batch.set_rule_state("n-1", "noise-by-day", NOON_US)
    batch.commit()

    assert reader.faults() == [
        StandingFault("n-1", "noise:laeq", "stuck", NOON_US),
        StandingFault("n-2", "", "clock", NOON_US + 5),
    ]


def test_what_is_over_leaves_it(reader: Reader, writer: Writer) -> None:
    """At once."""
    for since_us in (NOON_US, None):
        batch = writer.begin(NOON_US)
        batch.set_rule_state("n-1", Fault("n-1", "noise_laeq", "stuck", None).state_id, since_us)
        batch.commit()

    assert reader.faults() == []
