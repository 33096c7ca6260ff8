"""The bell: heard by whoever is bound, and nobody's trouble when nobody is."""

import select
from pathlib import Path

import pytest

from street.store.signal import Bell, Ringer, signal_path


@pytest.fixture(params=["s", "d" * 120], ids=["short path", "longer than a socket's name"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give the bell's path of a database in a folder."""
    folder = tmp_path / request.param
    folder.mkdir()
    return signal_path(folder / "street.db")


def test_a_ring_is_heard(path: Path) -> None:
    """By a selector, so that nobody polls."""
    bell, ringer = Bell(path), Ringer(path)

    ringer.ring()
    ringer.ring()

    assert select.select([bell], [], [], 5)[0] == [bell]
    assert bell.hush()
    assert not bell.hush()
    bell.close()
    ringer.close()


def test_ringing_where_nobody_listens_is_fine(path: Path) -> None:
    """The dashboard may be down for hours."""
    ringer = Ringer(path)
    ringer.ring()
    Bell(path).close()

    ringer.ring()
    ringer.close()

    assert not path.exists()


def test_a_ringer_never_blocks(path: Path) -> None:
    """A listener that hangs has a full queue; ingest goes on."""
    bell, ringer = Bell(path), Ringer(path)

    for _ in range(5_000):
        ringer.ring()

    assert bell.hush()
    bell.close()
    ringer.close()


def test_a_bell_left_by_a_dead_process_is_taken_over(path: Path) -> None:
    """And closing the old one does not unhang the new one."""
    old, new, ringer = Bell(path), Bell(path), Ringer(path)

    old.close()
    ringer.ring()

    assert new.hush()
    new.close()
    ringer.close()
