"""What a person writes down about devices is read strictly, and the first profile that fits is taken."""

from pathlib import Path

import pytest

from ingest.profiles import CAYENNE, PATH, Profile, profile_of, read_profiles
from street.errors import ConfigError


def _read(folder: Path, text: str) -> tuple[list[Profile], dict[str, list[tuple[str, str | None]]]]:
    path = folder / "profiles.yaml"
    path.write_text(text, encoding="utf-8")
    return read_profiles(path)


def test_ours_can_be_read() -> None:
    """Its examples are true."""
    profiles, streams = read_profiles(PATH)

    assert {it.payload for it in profiles} == {CAYENNE, "layout"}
    assert streams["MultiDatastream(4)"] == [("wind_speed", "m/s"), ("wind_direction", "°")]


@pytest.mark.parametrize(
    ("device", "profile", "port", "fits"),
    [("lpp-7", "x", 3, True), ("lpp-7", "x", 4, False), ("bin-7", "x", 3, False), ("lpp-7", "y", 3, False)],
)
def test_all_that_a_profile_asks_for_must_hold(device: str, profile: str, port: int, *, fits: bool) -> None:
    """Device, profile's name and port."""
    it = Profile("p", CAYENNE, ("lpp-*",), "x*", frozenset({3}))

    assert it.fits(device, profile, port) is fits


def test_whom_nobody_has_described_has_no_profile() -> None:
    """A port alone never says Cayenne unless the file does."""
    assert profile_of("bin-17", "", 85) is None
    assert profile_of("lpp-1", "", 1) is not None


@pytest.mark.parametrize(
    "text",
    [
        "lora: {a: 5}", "lora: {a: {payload: cayenne_lpp}}", "lora: {a: {payload: morse, f_ports: [1]}}",
        "lora: {a: {f_ports: [1], fields: [{quantity: t, at: 0, scale: x}]}}",
        "lora: {a: {f_ports: [1], fields: [{quantity: 5, at: 0}]}}",
        "lora: {a: {f_ports: [1]}}", "lora: {a: {f_ports: [1], payload: cayenne_lpp, fields: []}}",
        "lora: {a: {f_ports: [1], fields: [{quantity: t, at: 0, size: 9}]}}",
        "lora: {a: {f_ports: [1], fields: [{quantity: t, at: 0, order: odd}]}}",
        "lora: {a: {f_ports: [1], fields: [{quantity: t, at: 0, bit: 8}]}}",
        "lora: {a: {f_ports: [1], fields: [{at: 0}]}}", "lora: {a: {f_ports: [1], fields: [{quantity: t, at: x}]}}",
    ],
)  # fmt: skip
def test_what_cannot_be_names_the_profile(tmp_path: Path, text: str) -> None:
    """For everybody, of an unknown kind, or a layout that is none."""
    with pytest.raises(ConfigError, match=r"profiles\.yaml: lora\.a: "):
        _read(tmp_path, text)


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    """And is none to be afraid of."""
    assert _read(tmp_path, "") == ([], {})


@pytest.mark.parametrize(
    "text", ["lora: 5", "streams: [1]", "streams: {a: [5]}", "streams: {a: [{unit: m}]}", "streams: {a: {b: c}}"]
)
def test_a_part_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    """At the start, with the file's name."""
    with pytest.raises(ConfigError, match=r"^profiles\.yaml: (?:lora|streams)"):
        _read(tmp_path, text)
