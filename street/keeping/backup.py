"""Taking a backup: into a folder under a name that says it is not ready, examined, then renamed.

A backup that has its name is whole; whatever still has the other name is rubbish, and the next one removes it.
"""

import contextlib
import fcntl
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from street.clock import as_datetime, monotonic_s
from street.config import Config
from street.errors import StoreError
from street.keeping import manifest, programs
from street.keeping.engines import engine_of
from street.keeping.manifest import File, Manifest
from street.keys import load_keys
from street.store import copies

PREFIX: Final = "sky-eye-"
UNREADY: Final = ".unready-"
PIPED: Final = ".piped"
KEYS: Final = "keys.json"
CONFIG: Final = "config.yaml"
SPARE_BYTES: Final = 64 * 1024 * 1024  # the disk must not be full afterwards: the store may lie on it too

Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a backup is wished: where, how many are kept, and the shell command each of its files goes through."""

    folder: Path
    keep: int = 24
    pipe: str = ""


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup on the disk."""

    path: Path
    manifest: Manifest


def take(config: Config, wish: Wish, now_us: Callable[[], int], tell: Tell) -> Backup:
    """Save the store, the keys and the configuration; return the backup, examined, on the disk.

    Ingest and dashboard go on meanwhile.

    Raises:
        StoreError: there is none: no room, another backup is being taken, or the store is damaged.
    """
    engine = engine_of(config.store.url)
    wish.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(wish.folder):
        _clear_away(wish.folder)
        needed = engine.needed_bytes(config.store.url) * (2 if wish.pipe else 1) + SPARE_BYTES
        free = shutil.disk_usage(wish.folder).free
        if free < needed:
            msg = f"{wish.folder} has {free // 10**6} MB free, and a backup takes {needed // 10**6} MB"
            raise StoreError(msg)
        path = wish.folder / f"{PREFIX}{stamp_of(now_us())}"
        unready = wish.folder / f"{UNREADY}{path.name}"
        unready.mkdir(mode=0o700)
        with _said_as_store_error(wish.folder):
            told = _fill(config, unready, wish.pipe, now_us(), tell)
            unready.rename(path)
            copies.sync(wish.folder)
        for old in backups_in(wish.folder)[wish.keep :]:
            tell(f"removed {old.name}: {wish.keep} are kept")
            shutil.rmtree(old)
    return Backup(path, told)


def backups_in(folder: Path) -> list[Path]:
    """Return the backups in *folder*, newest first."""
    return sorted((it for it in folder.glob(f"{PREFIX}*") if it.is_dir()), reverse=True)


def stamp_of(at_us: int) -> str:
    """Return an instant as it stands in names: to the microsecond, in the order of time, digits and z only."""
    return as_datetime(at_us).strftime("%Y%m%dt%H%M%S%fz")


def _fill(config: Config, folder: Path, pipe: str, begun_us: int, tell: Tell) -> Manifest:
    engine, began_s = engine_of(config.store.url), monotonic_s()
    facts = engine.save(
        config.store.url, folder / engine.file_name, load_keys(config.people.keys_file).audit, _percent(tell)
    )
    shutil.copyfile(config.people.keys_file, folder / KEYS)
    shutil.copyfile(config.shown, folder / CONFIG)
    files = {name: _finished(folder / name, pipe) for name in (engine.file_name, KEYS, CONFIG)}
    told = Manifest(
        engine=engine.name,
        begun_us=begun_us,
        took_s=round(monotonic_s() - began_s, 3),
        program=manifest.program_version(),
        revision=facts.revision,
        sequence=facts.sequence,
        newest_us=facts.newest_us,
        audit_no=facts.audit.entry_no,
        audit_hash=facts.audit.hash,
        rows=facts.rows,
        files=files,
    )
    told.write(folder)
    copies.sync(folder / manifest.NAME)
    copies.sync(folder)
    return told


def _finished(path: Path, pipe: str) -> File:
    """Digest one file, and put what the pipe makes of it in its place."""
    path.chmod(0o600)
    plain = manifest.digest_of(path)
    if not pipe:
        copies.sync(path)
        return plain
    piped = path.with_name(path.name + PIPED)
    programs.pipe(pipe, path, piped)
    copies.sync(piped)
    path.unlink()
    return File(bytes=plain.bytes, sha256=plain.sha256, is_piped=True)


def _percent(tell: Tell) -> Callable[[float], object]:
    said = 0

    def progress(share: float) -> None:
        nonlocal said
        tenth = int(share * 10)
        if tenth > said:
            said = tenth
            tell(f"copied {tenth * 10} %")

    return progress


def _clear_away(folder: Path) -> None:
    for left in folder.glob(f"{UNREADY}*"):
        shutil.rmtree(left)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder: two backups at once would take each other's unready files for rubbish."""
    with (folder / ".lock").open("a") as place:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            msg = f"another backup into {folder} is being taken"
            raise StoreError(msg) from error
        yield


@contextlib.contextmanager
def _said_as_store_error(folder: Path) -> Iterator[None]:
    """Leave no rubbish, and say what the file system said."""
    try:
        yield
    except OSError as error:
        _clear_away(folder)
        msg = f"cannot write the backup: {error}"
        raise StoreError(msg) from error
    except BaseException:
        _clear_away(folder)
        raise
