"""A restore, done for the sake of knowing that it can be done, and how long it takes; the store is left alone."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from street.clock import SECOND_US, monotonic_s
from street.config import Config
from street.keeping.backup import Backup, Tell, Wish, stamp_of, take
from street.keeping.engines import engine_of
from street.keeping.restore import staged
from street.keys import load_keys
from street.store import copies


@dataclass(frozen=True, slots=True)
class Drill:
    """What a drill showed.

    `loss_s` is how much would be lost now: the age of the state that was restored; `restore_s` how long it took until
    a store was there that is examined, up to date and ready to open.
    """

    backup: Backup
    loss_s: float
    restore_s: float

    def loss_with(self, interval_s: float) -> float:
        """Return the most that can be lost [s] when a backup begins each *interval_s*: until the next one is ready."""
        return interval_s + self.backup.manifest.took_s


def drill(config: Config, folder: Path | None, pipe: tuple[str, str], now_us: Callable[[], int], tell: Tell) -> Drill:
    """Restore beside the store, examine, and throw it away.

    Args:
        config: whose store.
        folder: where backups are, to prove the newest sound one; None takes one now.
        pipe: the shell commands for a backup taken now, and for undoing it.
        now_us: the clock.
        tell: is told what happens.

    Raises:
        StoreError: it cannot be restored.
    """
    with _backups(config, folder, pipe[0], now_us, tell) as place:
        began_s, stamp = monotonic_s(), stamp_of(now_us())
        with staged(config, place, pipe[1], stamp, tell) as (backup, url, keys):
            copies.begin_anew(url, now_us(), load_keys(keys).audit, "drill")
            restore_s = monotonic_s() - began_s
    return Drill(backup, (now_us() - backup.manifest.begun_us) / SECOND_US, restore_s)


@contextlib.contextmanager
def _backups(config: Config, folder: Path | None, pipe: str, now_us: Callable[[], int], tell: Tell) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    beside = engine_of(config.store.url).side_of(config)
    with tempfile.TemporaryDirectory(prefix=".drill-", dir=beside) as name:
        yield take(config, Wish(folder=Path(name), pipe=pipe), now_us, tell).path
