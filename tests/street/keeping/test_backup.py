"""A backup is whole or is not there; and nobody waits for it."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from street.config import Config
from street.errors import StoreError
from street.keeping import manifest
from street.keeping.backup import UNREADY, Wish, backups_in, take
from tests.street.keeping.conftest import add, configured, count, lived, opened

ROOT = Path(__file__).resolve().parents[3]


def quiet(_line: str) -> None:
    """Hear nothing."""


def test_a_backup_says_what_is_in_it(config: Config, tmp_path: Path, clock: Callable[[], int]) -> None:
    """On both engines: rows, sequence, newest reading, the audit's end, and what each file must be."""
    lived(config, readings=7)

    backup = take(config, Wish(folder=tmp_path / "backups"), clock, quiet)

    told = backup.manifest
    assert told == manifest.read(backup.path)
    assert (told.rows["readings"], told.rows["people"], told.sequence) == (7, 1, 1)
    assert told.newest_us > 0
    assert told.audit_no == told.rows["audit"] > 0
    for name, said in told.files.items():
        assert manifest.digest_of(backup.path / name) == said


def test_keys_and_configuration_are_in_it_and_nobody_else_may_read(
    config: Config, tmp_path: Path, clock: Callable[[], int]
) -> None:
    """Without the keys, second factors are void and the audit proves nothing."""
    lived(config)

    backup = take(config, Wish(folder=tmp_path / "backups"), clock, quiet)

    assert (backup.path / "keys.json").read_bytes() == config.people.keys_file.read_bytes()
    assert (backup.path / "config.yaml").read_text(encoding="utf-8") == Path(config.shown).read_text(encoding="utf-8")
    assert {oct(it.stat().st_mode & 0o077) for it in backup.path.iterdir() if it.name != "manifest.json"} == {"0o0"}
    assert backup.path.stat().st_mode & 0o077 == 0


def test_ingest_commits_while_a_backup_is_taken(file_config: Config, tmp_path: Path, clock: Callable[[], int]) -> None:
    """And what it commits meanwhile is not in the backup, or is there whole: one state."""
    store = opened(file_config)
    for _ in range(10):
        add(store, 4_000)
    done, during, going = threading.Event(), [0], threading.Event()

    def ingest() -> None:
        while not done.is_set():
            add(store, 100)
            during[0] += going.is_set()

    thread = threading.Thread(target=ingest)
    thread.start()
    try:
        going.set()
        backups = [take(file_config, Wish(folder=tmp_path / "backups"), clock, quiet)]
        while during[0] < 3 and len(backups) < 50:
            backups.append(take(file_config, Wish(folder=tmp_path / "backups"), clock, quiet))
    finally:
        done.set()
        thread.join()

    assert during[0] >= 3
    assert all(it.manifest.rows["readings"] % 100 == 0 for it in backups)
    assert 40_000 <= backups[0].manifest.rows["readings"] <= backups[-1].manifest.rows["readings"] <= count(store)
    store.close()


def test_only_so_many_are_kept(file_config: Config, tmp_path: Path, clock: Callable[[], int]) -> None:
    """The newest of them."""
    lived(file_config)

    taken = [take(file_config, Wish(folder=tmp_path / "backups", keep=2), clock, quiet).path for _ in range(4)]

    assert backups_in(tmp_path / "backups") == [taken[3], taken[2]]


def test_each_file_goes_through_the_pipe(config: Config, tmp_path: Path, clock: Callable[[], int]) -> None:
    """An operator's own encryption: nothing lies there in the clear but the manifest, which names nobody."""
    lived(config)

    backup = take(config, Wish(folder=tmp_path / "backups", pipe="tr 'a-z' 'b-za'"), clock, quiet)

    names = sorted(it.name for it in backup.path.iterdir())
    assert names == sorted(["manifest.json", "config.yaml.piped", "keys.json.piped", f"{_file(backup.manifest)}.piped"])
    assert "魏" not in (backup.path / "manifest.json").read_text(encoding="utf-8")


def test_a_pipe_that_fails_leaves_nothing(file_config: Config, tmp_path: Path, clock: Callable[[], int]) -> None:
    """Neither a backup nor an unready one in the clear."""
    lived(file_config)

    with pytest.raises(StoreError, match="--pipe ended with 3: no such key"):
        take(file_config, Wish(folder=tmp_path / "backups", pipe="echo no such key >&2; exit 3"), clock, quiet)

    assert [it.name for it in (tmp_path / "backups").iterdir()] == [".lock"]


def test_a_damaged_store_gives_no_backup(file_config: Config, tmp_path: Path, clock: Callable[[], int]) -> None:
    """Or rotation would replace the good ones."""
    lived(file_config, readings=3_000)
    path = file_config.store_path
    assert path is not None
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 40_000)

    with pytest.raises(StoreError):
        take(file_config, Wish(folder=tmp_path / "backups"), clock, quiet)

    assert backups_in(tmp_path / "backups") == []


def test_a_store_that_is_not_there_is_told(file_config: Config, tmp_path: Path, clock: Callable[[], int]) -> None:
    """And none is made."""
    with pytest.raises(StoreError, match="there is no store at"):
        take(file_config, Wish(folder=tmp_path / "backups"), clock, quiet)

    assert file_config.store_path is not None
    assert not file_config.store_path.exists()


def test_an_audit_that_was_tampered_with_is_told(file_config: Config, tmp_path: Path, clock: Callable[[], int]) -> None:
    """Each backup verifies the chain."""
    lived(file_config)
    shutil.copy(file_config.people.keys_file, tmp_path / "other.json")
    file_config.people.keys_file.unlink()  # another key: the chain does not hold

    with pytest.raises(StoreError, match="the audit does not verify: entry 1: changed"):
        take(file_config, Wish(folder=tmp_path / "backups"), clock, quiet)


def test_two_at_once_do_not_disturb_each_other(file_config: Config, tmp_path: Path, clock: Callable[[], int]) -> None:
    """The second is told; a timer may meet a keeper."""
    lived(file_config)
    said: list[str] = []

    def second(_line: str) -> None:
        with pytest.raises(StoreError, match="another backup") as caught:
            take(file_config, Wish(folder=tmp_path / "backups"), clock, quiet)
        said.append(str(caught.value))

    take(file_config, Wish(folder=tmp_path / "backups"), clock, second)

    assert said


def test_a_folder_without_room_is_refused_before_anything_is_written(
    file_config: Config, tmp_path: Path, clock: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk would stop ingest, if the store lies there too."""
    lived(file_config)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=60_000_000))

    with pytest.raises(StoreError, match=r"has 60 MB free, and a backup takes \d+ MB"):
        take(file_config, Wish(folder=tmp_path / "backups"), clock, quiet)


@pytest.mark.parametrize("moment", ["copied 100 %", "copied 50 %"])
def test_killed_meanwhile_it_leaves_no_backup_and_the_next_one_clears_up(
    tmp_path: Path, moment: str, clock: Callable[[], int]
) -> None:
    """kill -9 at a step of the copy, and at its end."""
    config = configured(tmp_path, "sqlite:///store/street.db")
    lived(config, readings=4_000)
    program = (
        "import os, signal\nfrom pathlib import Path\nfrom street.config import load\n"
        "from street.keeping.backup import Wish, take\nfrom street.store import copies\n"
        "copies.PAGES_A_STEP = 4\n"
        f"def tell(line):\n    if line == {moment!r}: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"take(load({config.shown!r}, {{}}), Wish(folder=Path({str(tmp_path / 'backups')!r})), lambda: 10**15, tell)\n"
    )

    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=dict(os.environ), timeout=60, check=False)

    assert ended.returncode == -signal.SIGKILL
    assert backups_in(tmp_path / "backups") == []
    assert list((tmp_path / "backups").glob(f"{UNREADY}*"))
    take(config, Wish(folder=tmp_path / "backups"), clock, quiet)
    assert len(backups_in(tmp_path / "backups")) == 1
    assert list((tmp_path / "backups").glob(f"{UNREADY}*")) == []


def _file(told: manifest.Manifest) -> str:
    return next(name for name in told.files if name.startswith("street."))
