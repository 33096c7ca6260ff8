"""Putting a backup in the store's place: checked first, staged beside it, examined, swapped; the old one is kept."""

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from street.clock import iso, monotonic_s
from street.config import Config
from street.errors import StoreError
from street.keeping import manifest, programs
from street.keeping.backup import KEYS, PIPED, Backup, Tell, backups_in, stamp_of
from street.keeping.engines import engine_of
from street.keeping.manifest import Manifest
from street.keys import load_keys
from street.store import copies
from street.store.audit_chain import Head
from street.store.copies import Facts
from street.store.migrate import check_not_newer

SIDE_FOLDER: Final = ".restoring-"


@dataclass(frozen=True, slots=True)
class Restored:
    """A restore that is done."""

    backup: Backup
    old: str  # what the store that was there is called now, "" where there was none
    old_keys: str
    took_s: float


def restore(config: Config, place: Path, pipe: str, now_us: Callable[[], int], tell: Tell) -> Restored:
    """Put the backup at *place* where the configuration's store is.

    Args:
        config: whose store, and whose keys.
        place: a backup, or a folder of backups: then the newest one that is sound and not of a newer program.
        pipe: the shell command that undoes the one of the backup, "" where there was none.
        now_us: the clock.
        tell: is told what happens.

    Raises:
        StoreError: nothing was changed: somebody uses the store, or there is no sound backup.
    """
    began_s, engine = monotonic_s(), engine_of(config.store.url)
    engine.check_unused(config.store.url)
    stamp = stamp_of(now_us())
    with staged(config, place, pipe, stamp, tell) as (backup, url, keys):
        copies.begin_anew(url, now_us(), load_keys(keys).audit, f"from {backup.path.name}")
        fresh_keys = _laid_down(keys, config.people.keys_file, stamp)
        try:
            old = engine.swap(config.store.url, url, stamp)
            old_keys = _put_keys(fresh_keys, config.people.keys_file, stamp)
        finally:
            fresh_keys.unlink(missing_ok=True)
    return Restored(backup, old, old_keys, monotonic_s() - began_s)


@contextlib.contextmanager
def staged(config: Config, place: Path, pipe: str, stamp: str, tell: Tell) -> Iterator[tuple[Backup, str, Path]]:
    """Give the newest sound backup at *place*, the URL of a store made of it and examined, and its keys.

    What is still staged at the end goes.
    """
    engine = engine_of(config.store.url)
    where = engine.side_of(config)
    where.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=SIDE_FOLDER, dir=where) as name:
        side = Path(name)
        backup, url = _first_sound(config, place, pipe, stamp, side, tell)
        try:
            yield backup, url, side / KEYS
        finally:
            engine.discard(url)


def _first_sound(config: Config, place: Path, pipe: str, stamp: str, side: Path, tell: Tell) -> tuple[Backup, str]:
    candidates = [place] if (place / manifest.NAME).exists() else backups_in(place)
    refused: StoreError | None = None
    for path in candidates:
        try:
            backup = Backup(path, manifest.read(path))
            return backup, _stage(config, backup, pipe, stamp, side)
        except StoreError as error:
            refused = error
            tell(f"refused {path.name}: {error}")
    if refused is not None and len(candidates) == 1:
        raise refused
    msg = f"no sound backup in {place}" if candidates else f"no backup in {place}"
    raise StoreError(msg)


def _stage(config: Config, backup: Backup, pipe: str, stamp: str, side: Path) -> str:
    engine, told = engine_of(config.store.url), backup.manifest
    if told.engine != engine.name:
        msg = f"it is of {told.engine}, and store.url is of {engine.name}"
        raise StoreError(msg)
    check_not_newer(told.revision)
    needed, free = sum(it.bytes for it in told.files.values()), shutil.disk_usage(side).free
    if free < needed:
        msg = f"{side.parent} has {free // 10**6} MB free, and it takes {needed // 10**6} MB"
        raise StoreError(msg)
    for name in (engine.file_name, KEYS):
        _plain(backup, name, pipe, side)
    url = engine.stage(config.store.url, side / engine.file_name, stamp)
    try:
        _compare(copies.examine(url, load_keys(side / KEYS).audit, (Head(told.audit_no, told.audit_hash),)), told)
    except StoreError:
        engine.discard(url)
        raise
    return url


def _plain(backup: Backup, name: str, pipe: str, side: Path) -> None:
    """Bring one file of the backup to *side* as it was before the pipe, and compare it with the manifest."""
    said = backup.manifest.files.get(name)
    if said is None:
        msg = f"{name} is not in its manifest"
        raise StoreError(msg)
    if said.is_piped and not pipe:
        msg = "it went through a command: say --pipe with the one that undoes it"
        raise StoreError(msg)
    source, target = backup.path / (name + PIPED if said.is_piped else name), side / name
    target.unlink(missing_ok=True)
    try:
        if said.is_piped:
            programs.pipe(pipe, source, target)
            found = manifest.digest_of(target)
        else:
            found = manifest.copy(source, target)
    except OSError as error:
        msg = f"{name} cannot be laid down: {error.strerror}"
        raise StoreError(msg) from error
    if (found.bytes, found.sha256) != (said.bytes, said.sha256):
        msg = f"{name} is damaged: {found.bytes} bytes with another SHA-256 than the manifest's {said.bytes}"
        raise StoreError(msg)


def _laid_down(keys: Path, place: Path, stamp: str) -> Path:
    """Copy the backup's keys to the folder of *place*: what can fail of that fails before the store is swapped."""
    fresh = place.with_name(f"{place.name}.restoring-{stamp}")
    try:
        fresh.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        manifest.copy(keys, fresh)
        copies.sync(fresh)
    except OSError as error:
        msg = f"the keys cannot be put at {place}: {error.strerror}"
        raise StoreError(msg) from error
    return fresh


def _put_keys(fresh: Path, place: Path, stamp: str) -> str:
    """Put the backup's keys in place where others or none are; return what the others are called now."""
    if not place.exists():
        fresh.rename(place)
        return ""
    if place.read_bytes() == fresh.read_bytes():
        return ""
    old = place.with_name(f"{place.name}.before-{stamp}")
    place.rename(old)
    fresh.rename(place)
    return str(old)


def _compare(found: Facts, told: Manifest) -> None:
    said = {"tables": told.revision, "commits": told.sequence, **told.rows}
    have = {"tables": found.revision, "commits": found.sequence, **found.rows}
    other = sorted(name for name in {*said, *have} if said.get(name) != have.get(name))
    if other:
        differences = ", ".join(f"{name} {have.get(name)} for {said.get(name)}" for name in other)
        msg = f"it holds something else than its manifest says: {differences}"
        raise StoreError(msg)


def summary(backup: Backup) -> str:
    """Return one line about a backup."""
    told = backup.manifest
    size = sum(it.bytes for it in told.files.values()) / 1e6
    newest = iso(told.newest_us) if told.newest_us else "none"
    rows = sum(told.rows.values())
    return (
        f"{backup.path} of {iso(told.begun_us)}: {size:.1f} MB, {rows} rows, newest reading {newest}, "
        f"tables {told.revision}, program {told.program}, taken in {told.took_s:.1f} s"
    )
