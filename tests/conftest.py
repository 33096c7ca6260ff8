"""What holds for every test."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

# A shared machine makes deadlines lie; a failure prints what is needed to run it again.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Take away what a test's `main()` set up: its stream is gone when the next test logs."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
