"""The manifest is what a backup is checked by; so it is checked itself."""

import hashlib
import re
from pathlib import Path

import pytest

from street.errors import StoreError
from street.keeping import manifest
from street.keeping.manifest import File, Manifest


def a_manifest() -> Manifest:
    """Return one of an empty store."""
    return Manifest(
        engine="sqlite", begun_us=1, took_s=0.5, program="1", revision="0001", sequence=0, newest_us=0, audit_no=0,
        audit_hash="0" * 64, rows={"readings": 0}, files={"street.db": File(bytes=3, sha256="x", is_piped=True)},
    )  # fmt: skip


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Files and rows included."""
    a_manifest().write(tmp_path)

    assert manifest.read(tmp_path) == a_manifest()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"form": 1}', '{"form": 1, "files": {"a": 5}}', "\x00"])
def test_rubbish_is_told(tmp_path: Path, text: str) -> None:
    """In one sentence."""
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")

    with pytest.raises(StoreError, match=re.escape(str(tmp_path))):
        manifest.read(tmp_path)


def test_a_copy_is_its_owners_and_digested(tmp_path: Path) -> None:
    """In one pass over what may be gigabytes."""
    (tmp_path / "a").write_bytes(b"street" * 500_000)

    said = manifest.copy(tmp_path / "a", tmp_path / "b")

    assert said == manifest.digest_of(tmp_path / "b")
    assert said == File(bytes=3_000_000, sha256=hashlib.sha256(b"street" * 500_000).hexdigest())
    assert (tmp_path / "b").stat().st_mode & 0o077 == 0


def test_a_copy_never_goes_over_another_file(tmp_path: Path) -> None:
    """It may be a store."""
    (tmp_path / "a").write_bytes(b"new")
    (tmp_path / "b").write_bytes(b"old")

    with pytest.raises(FileExistsError):
        manifest.copy(tmp_path / "a", tmp_path / "b")


def test_the_program_knows_its_version() -> None:
    """It stands in each backup."""
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest.program_version())
