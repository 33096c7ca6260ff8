"""A whole ingest over a real store, fed by a broker that does what the test says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ingest.small_street import SmallStreet


@pytest.fixture
def street(tmp_path: Path) -> Iterator[SmallStreet]:
    """Return a small street that is connected."""
    it = SmallStreet(tmp_path)
    it.connect()
    yield it
    it.close()
