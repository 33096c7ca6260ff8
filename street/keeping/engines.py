"""How either engine's store is saved, staged beside the living one, and put in its place."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from street.config import Config
from street.errors import StoreError
from street.keeping import programs
from street.store import copies, databases
from street.store.copies import Facts

LOG_ENDINGS: Final = ("-wal", "-shm")


class Engine(Protocol):
    """What keeping asks of an engine. A *stamp* tells names of this run from every other's."""

    name: str
    file_name: str

    def needed_bytes(self, url: str) -> int:
        """Return what a copy takes at most."""

    def save(self, url: str, target: Path, audit_key: bytes, progress: Callable[[float], object]) -> Facts:
        """Write one state of the store to the new file *target*; return what it holds."""

    def check_unused(self, url: str) -> None:
        """Refuse a store that a process has open."""

    def side_of(self, config: Config) -> Path:
        """Return the folder where a saved file is laid down before it is staged."""

    def stage(self, url: str, source: Path, stamp: str) -> str:
        """Make a second store of the saved file *source*, beside the one at *url*; return its URL."""

    def discard(self, staged_url: str) -> None:
        """Remove a staged store."""

    def swap(self, url: str, staged_url: str, stamp: str) -> str:
        """Put the staged store in place; return what the old one is called now, "" where there was none."""


class FileEngine:
    """SQLite."""

    name = "sqlite"
    file_name = "street.db"

    def needed_bytes(self, url: str) -> int:
        """Return the size of the file and of its log."""
        path = path_of(url)
        beside = [path, *(path.with_name(path.name + ending) for ending in LOG_ENDINGS)]
        return sum(it.stat().st_size for it in beside if it.exists())

    def save(self, url: str, target: Path, audit_key: bytes, progress: Callable[[float], object]) -> Facts:
        """Copy by the online backup, and examine the copy: what cannot be restored is no backup."""
        if not path_of(url).is_file():
            msg = f"there is no store at {path_of(url)}"
            raise StoreError(msg)
        copies.copy_file(url, target, progress)
        return copies.examine(f"sqlite:///{target}", audit_key)

    def check_unused(self, url: str) -> None:
        """Refuse a file that somebody has open."""
        if path_of(url).exists():
            copies.settle(path_of(url))

    def side_of(self, config: Config) -> Path:
        """Return the store's own folder, so that all that follows is renames."""
        return path_of(config.store.url).parent

    def stage(self, url: str, source: Path, stamp: str) -> str:
        """Call the file what it is now."""
        staged = path_of(url).with_name(f"{path_of(url).name}.restoring-{stamp}")
        source.rename(staged)
        copies.sync(staged)
        return f"sqlite:///{staged}"

    def discard(self, staged_url: str) -> None:
        """Remove the file and what lies beside it."""
        for ending in ("", *LOG_ENDINGS):
            path_of(staged_url + ending).unlink(missing_ok=True)

    def swap(self, url: str, staged_url: str, stamp: str) -> str:
        """Rename; the old file keeps a second name first, so that at every moment there is a store."""
        path, staged = path_of(url), path_of(staged_url)
        copies.settle(staged)
        self.check_unused(url)
        old = path.with_name(f"{path.name}.before-{stamp}")
        had_one = path.exists()
        if had_one:
            os.link(path, old)
        for ending in LOG_ENDINGS:  # of a damaged store only: another one's log would ruin ours
            log = path.with_name(path.name + ending)
            if log.exists():
                log.rename(old.with_name(old.name + ending))
        staged.rename(path)
        copies.sync(path.parent)
        return str(old) if had_one else ""


class ServerEngine:
    """PostgreSQL, by its own programs."""

    name = "postgresql"
    file_name = "street.dump"

    def needed_bytes(self, url: str) -> int:
        """Return the database's size; a dump is compressed, and smaller."""
        return databases.size_of(url)

    def save(self, url: str, target: Path, audit_key: bytes, progress: Callable[[float], object]) -> Facts:
        """Dump one state, and count the same state's rows; only a restore can examine the dump itself."""
        address, secret = databases.address(url)
        with databases.one_state(url) as (snapshot, facts):
            target.touch(mode=0o600)
            how = ["--format=custom", "--compress=1", "--no-owner", "--no-privileges"]
            programs.run("pg_dump", [*how, f"--snapshot={snapshot}", f"--file={target}", address], secret)
        copies.sync(target)
        programs.run("pg_restore", ["--list", str(target)], {})
        copies.check_audit(url, audit_key)
        progress(1.0)
        return facts

    def check_unused(self, url: str) -> None:
        """Refuse a database with connections."""
        databases.check_unused(url)

    def side_of(self, config: Config) -> Path:
        """Return the keys' folder: a dump is no more private than they are."""
        return config.people.keys_file.parent

    def stage(self, url: str, source: Path, stamp: str) -> str:
        """Restore into a database of its own, on the same server."""
        staged = databases.renamed(url, f"{databases.name_of(url)}_restoring_{stamp}")
        databases.create(staged)
        address, secret = databases.address(staged)
        how = ["--no-owner", "--no-privileges", "--exit-on-error", "--jobs=2"]
        try:
            programs.run("pg_restore", [*how, f"--dbname={address}", str(source)], secret)
        except StoreError:
            databases.drop(staged)
            raise
        return staged

    def discard(self, staged_url: str) -> None:
        """Remove the database."""
        databases.drop(staged_url)

    def swap(self, url: str, staged_url: str, stamp: str) -> str:
        """Rename both in one transaction."""
        databases.check_unused(url)
        old = f"{databases.name_of(url)}_before_{stamp}"
        had_one = databases.exists(url)
        databases.put_in_place(url, staged_url, old)
        return old if had_one else ""


def engine_of(url: str) -> Engine:
    """Return the engine that a store's URL speaks of."""
    return FileEngine() if url.startswith("sqlite:") else ServerEngine()


def path_of(url: str) -> Path:
    """Return the file of an SQLite URL."""
    return Path(url.removeprefix("sqlite:///"))
