"""A street for the commands of a keeper."""

from pathlib import Path

from tests.street.keeping.conftest import configured, lived


def a_street(folder: Path, *, lives: bool = True) -> str:
    """Return the path of a configuration in *folder*; its store has ten readings, if it *lives* already."""
    config = configured(folder, "sqlite:///store/street.db")
    if lives:
        lived(config)
    return config.shown
