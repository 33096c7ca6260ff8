"""The keeper's worklist: what is wrong with the sensors themselves.

A fault that stands is kept among the rules' states, under a name that no rule has: it survives a restart.
"""

from typing import NamedTuple

from sqlalchemy import Connection, select

from street.quality import PREFIX
from street.store import schema


class StandingFault(NamedTuple):
    """One fault of one quantity, or of the asset itself (quantity ""), since when [µs UTC].

    `fault` is implausible, stuck, jumping, repeated, clock or silent.
    """

    asset_id: str
    quantity: str
    fault: str
    since_us: int


def standing_faults(connection: Connection) -> list[StandingFault]:
    """Return what stands, oldest first."""
    states = schema.rule_states.c
    statement = select(states.asset_id, states.rule_id, states.pending_since_us).where(
        states.rule_id.startswith(PREFIX)
    )
    found = []
    for asset_id, state_id, since_us in connection.execute(
        statement.order_by(states.pending_since_us, states.asset_id)
    ):
        _, fault, quantity = state_id.split(":", 2)
        found.append(StandingFault(asset_id, quantity, fault, since_us))
    return found
