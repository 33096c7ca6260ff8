"""Bringing a store to the tables of a new program, with a way back.

stop ingest and dashboard ──▶ backup ──▶ migrate, one transaction ──▶ examine ──▶ start
                                └──▶ the way back: install the older program, restore this backup
"""

from collections.abc import Callable
from dataclasses import dataclass

from street.config import Config
from street.keeping.backup import Backup, Tell, Wish, take
from street.keeping.engines import engine_of
from street.keys import load_keys
from street.store import copies
from street.store.copies import Facts


@dataclass(frozen=True, slots=True)
class Upgraded:
    """An upgrade that is done."""

    backup: Backup
    found: Facts


def upgrade(config: Config, wish: Wish, now_us: Callable[[], int], tell: Tell) -> Upgraded:
    """Back the store up, give it our tables, and examine it.

    Raises:
        StoreError: somebody uses the store, there is no backup, or the migration failed: the store has its old tables.
    """
    engine_of(config.store.url).check_unused(config.store.url)
    backup = take(config, wish, now_us, tell)
    copies.bring_to_head(config.store.url)
    tell(f"tables {backup.manifest.revision} brought up to date")
    return Upgraded(backup, copies.examine(config.store.url, load_keys(config.people.keys_file).audit))
