"""What people change in the register: one asset as edited, or a whole list.

Each change and its entry in the audit are one transaction, and only where the register still is what they saw.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import NamedTuple

import orjson
from sqlalchemy import Connection

from street.assets import Asset
from street.errors import SupersededError
from street.people import Actor
from street.places import Place
from street.store import assets as asset_rows
from street.store import audit_chain, marks
from street.store.office import Office
from street.store.reader import REGISTER_VERSION


class Taken(NamedTuple):
    """How much of a list is new to the register."""

    added: int
    changed: int
    unchanged: int


class Registry:
    """The register as people keep it. Every method raises StoreError; nothing was changed then."""

    def __init__(self, office: Office, tell_register: Callable[[Connection], None], ring: Callable[[], None]) -> None:
        self._office = office
        self._tell_register = tell_register
        self._ring = ring

    def change(self, asset: Asset, *, seen: Asset, by: Actor) -> None:
        """Store *asset* as edited from *seen*.

        Raises:
            SupersededError: it is not registered as it was seen.
        """
        with self._office.writing("change an asset") as connection:
            if asset_rows.one_asset(connection, asset.asset_id) != seen:
                msg = f"asset {asset.asset_id} was changed meanwhile"
                raise SupersededError(msg)
            asset_rows.register(connection, [asset], replaces=True)
            before, after = _differences(seen, asset)
            entry = self._office.done("assets.change", f"asset/{asset.asset_id}", by, before=before, after=after)
            self._finish(connection, entry)
        self._ring()

    def take_in(
        self, assets: Sequence[Asset], places: Sequence[Place], *, taken: Taken, seen_version: int, by: Actor
    ) -> None:
        """Store a whole list that was judged against the register of *seen_version*; an id that is there is replaced.

        Raises:
            SupersededError: somebody changed the register since: it has to be judged again.
        """
        with self._office.writing("take in a list of assets") as connection:
            if marks.read_mark(connection, REGISTER_VERSION, 0) != seen_version:
                msg = "the register was changed meanwhile"
                raise SupersededError(msg)
            if assets:
                asset_rows.register(connection, list(assets), replaces=True)
            if places:
                asset_rows.register_places(connection, list(places))
            counts = {"assets": len(assets), "places": len(places), **taken._asdict()}
            after = orjson.dumps(counts).decode()
            self._finish(connection, self._office.done("assets.import", "assets", by, after=after))
        self._ring()

    def _finish(self, connection: Connection, entry: audit_chain.Entry) -> None:
        self._tell_register(connection)
        audit_chain.append(connection, self._office.audit_key, entry)


def _differences(before: Asset, after: Asset) -> tuple[str, str]:
    """Return what is not the same, before and after, as JSON."""
    pairs = {it.name: (getattr(before, it.name), getattr(after, it.name)) for it in fields(Asset)}
    moved = {name: (str(old), str(new)) for name, (old, new) in pairs.items() if old != new}
    told = ({name: pair[side] for name, pair in moved.items()} for side in (0, 1))
    old, new = (orjson.dumps(side, option=orjson.OPT_SORT_KEYS).decode() for side in told)
    return old, new
