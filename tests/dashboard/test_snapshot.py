"""The follower: keeps the picture whatever becomes of the store."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dashboard.snapshot import Follower, Watch, opened_store
from street.clock import now_us
from street.config import Config
from street.config.sections import StoreConfig
from street.errors import StoreError
from street.store import Reader
from tests.dashboard.conftest import METER, Heard, Written, an_incident, configured, until, written_at


@pytest.fixture
def follow() -> Iterator[Callable[[Config], Heard]]:
    """Follow stores; all followers are stopped at the end."""
    followers = []

    def start(config: Config) -> Heard:
        hub = Heard()
        recounts: list[int] = []
        follower = Follower(lambda: opened_store(config, now_us), hub, lambda: recounts.append(1))
        follower.start()
        followers.append(follower)
        return hub

    yield start
    for follower in followers:
        follower.stop()
        assert not follower.is_alive()


def test_what_is_committed_is_published(follow: Callable[[Config], Heard], street: Written) -> None:
    """The writer's bell wakes us; nothing is asked for in between."""
    hub = follow(street.config)
    until(lambda: hub.replaced, "the first picture")
    street.read(21.5)
    until(lambda: hub.published)

    assert hub.published[0]["f"]["temperature"][0] == 21.5


def test_a_lost_bell_costs_a_quarter_of_a_second_not_the_change(
    follow: Callable[[Config], Heard], street: Written
) -> None:
    """Another dashboard took the bell over: the look at the store's version heals it."""
    hub = follow(street.config)
    until(lambda: hub.replaced, "the first picture")
    thief = street.store.bell()
    assert thief is not None
    street.read(21.5)
    until(lambda: hub.published)
    thief.close()

    assert hub.published[0]["f"]["temperature"][0] == 21.5


def test_new_assets_cost_a_whole_picture(follow: Callable[[Config], Heard], street: Written) -> None:
    """What the map stands on has changed: everything is told again."""
    hub = follow(street.config)
    until(lambda: hub.replaced, "the first picture")
    street.report(an_incident())
    until(lambda: any("i" in body for body in hub.published))
    street.store.register_assets([METER])
    until(lambda: len(hub.replaced) == 2, "a second picture")

    assert list(hub.replaced[1]["i"]) == ["native/1"]


def test_a_gap_in_the_changes_costs_a_whole_picture(street: Written) -> None:
    """Whoever is too far behind is told everything again instead of something wrong."""
    hub = Heard()
    follower = Follower(lambda: opened_store(street.config, now_us), hub, lambda: None)
    with opened_store(street.config, now_us) as (reader, _watch):
        behind = reader.sequence() + 1_000_000  # as after a restore from an older backup
        picture = follower._look(reader)
        picture.sequence = behind
        street.read(21.5)
        after = follower._step(reader, picture)

    assert after.sequence < behind
    assert [list(whole["f"]) for whole in hub.replaced] == [[], ["temperature"]]
    assert hub.published == []


def test_a_store_that_comes_later_is_found(follow: Callable[[Config], Heard], tmp_path: Path) -> None:
    """The dashboard may start before ingest has ever run: it says that it knows nothing, and waits."""
    hub = follow(configured(tmp_path))
    until(lambda: {"h": None} in hub.published, "blindness is said")
    written = written_at(tmp_path)
    until(lambda: hub.replaced, "the picture")
    written.close()

    assert set(hub.replaced[0]["assets"]) == {"WX-01", "NM-01"}


def test_a_store_that_is_replaced_is_opened_again(follow: Callable[[Config], Heard], tmp_path: Path) -> None:
    """After a restore from backup the old file would never change again, and the wall would be dead."""
    first = written_at(tmp_path)
    hub = follow(first.config)
    until(lambda: hub.replaced, "the first picture")
    first.close()
    for path in tmp_path.glob("street.db*"):
        path.unlink()
    second = written_at(tmp_path)
    second.read(5.0)
    until(lambda: any(whole["f"] for whole in hub.replaced), "the new store's picture")
    second.close()

    assert {"h": None} in hub.published


def test_a_store_that_is_something_else_is_said_once(
    follow: Callable[[Config], Heard], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says the change, not the state; the pages are served all the same."""
    path = tmp_path / "street.db"
    path.write_bytes(b"not a database " * 1000)
    hub = follow(Config(store=StoreConfig(url=f"sqlite:///{path}")))
    until(lambda: len(hub.published) >= 2, "two attempts")

    assert caplog.text.count("store unreadable") == 1


def test_a_watch_notices_that_its_file_is_gone(tmp_path: Path) -> None:
    """By the file's inode, not by its name."""
    path = tmp_path / "a.db"
    path.write_bytes(b"1")
    watch = Watch(path, None)
    watch.check()
    shutil.copy(path, tmp_path / "b.db")
    (tmp_path / "b.db").replace(path)

    with pytest.raises(StoreError, match="replaced"):
        watch.check()


def test_where_no_bell_can_be_hung_the_version_is_looked_at(
    follow: Callable[[Config], Heard], street: Written, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A folder that can't be written, or another engine: slower, not blind."""
    (tmp_path / "street.db.signal").mkdir()
    hub = follow(street.config)
    until(lambda: hub.replaced, "the first picture")
    street.read(21.5)
    until(lambda: hub.published)

    assert hub.published[0]["f"]["temperature"][0] == 21.5
    assert "no bell" in caplog.text


def test_what_nobody_foresaw_does_not_end_the_follower(caplog: pytest.LogCaptureFixture) -> None:
    """Its thread is the only one that keeps the picture."""
    attempts: list[int] = []

    @contextmanager
    def broken() -> Iterator[tuple[Reader, Watch]]:
        attempts.append(1)
        msg = "a damaged store"
        raise RuntimeError(msg)
        yield

    hub = Heard()
    follower = Follower(broken, hub, lambda: None)
    follower.start()
    until(lambda: len(attempts) == 2, "it tries again")
    follower.stop()

    assert hub.published[0] == {"h": None}
    assert "a damaged store" in caplog.text
