"""Other people's programs that keeping runs: PostgreSQL's own, and whatever command a backup is piped through."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from street.errors import StoreError

DEBIAN_FOLDER = Path("/usr/lib/postgresql")


def run(program: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run one of PostgreSQL's programs.

    Raises:
        StoreError: it is not installed, or what it said last.
    """
    said = subprocess.run(
        [found(program), *arguments], env={**os.environ, **environment}, capture_output=True, check=False
    )
    if said.returncode:
        lines = said.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        msg = f"{program}: {lines[0].removeprefix(f'{program}: ').removeprefix('error: ')}"
        raise StoreError(msg)


def found(program: str, folder: Path = DEBIAN_FOLDER) -> str:
    """Return where *program* is: on the PATH, or the newest of Debian's."""
    versions = sorted(folder.glob(f"*/bin/{program}"), key=lambda path: [int(it) for it in path.parts[-3].split(".")])
    place = shutil.which(program) or (str(versions[-1]) if versions else "")
    if not place:
        msg = f"{program} is not installed: apt-get install postgresql-client"
        raise StoreError(msg)
    return place


def pipe(command: str, source: Path, target: Path) -> None:
    """Give *source* to the shell command *command*, and write what it makes of it to the new file *target*.

    Raises:
        StoreError: what it said last; there is no target then.
    """
    target.touch(mode=0o600)
    with source.open("rb") as given, target.open("wb") as made:
        said = subprocess.run(["/bin/sh", "-c", command], stdin=given, stdout=made, stderr=subprocess.PIPE, check=False)
    if said.returncode:
        target.unlink()
        lines = said.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        msg = f"--pipe ended with {said.returncode}: {lines[-1]}"
        raise StoreError(msg)
