"""A recording gives back, byte for byte, what was put in, up to wherever it was cut off."""

import gzip
from pathlib import Path

import pytest

from ingest.traffic.recording import Recorded, Recording, RecordingFile, is_recording
from street.errors import ConfigError

AT_US = 1_789_999_200_000_001


def messages(count: int) -> list[Recorded]:
    """Return messages of every kind of bytes, a microsecond apart."""
    odd = [b"", b"\xff\x00\n\r", '{"名": "路灯"}'.encode(), bytes(range(256)) * 40]
    return [
        Recorded(AT_US + number, f"street/灯-{number}/status", odd[number % 4], number % 2 == 0, number % 3)
        for number in range(count)
    ]


def a_recording(path: Path, *, count: int = 40) -> list[Recorded]:
    """Write a recording; return what it holds."""
    with RecordingFile(path) as file:
        file.add(messages(count)[: count // 2])
        file.flush()
        file.add(messages(count)[count // 2 :])
    return messages(count)


def test_what_was_recorded_is_read_again(tmp_path: Path) -> None:
    """To the byte and to the microsecond; and as often as one likes."""
    held = a_recording(tmp_path / "t.jsonl.gz")

    recording = Recording(tmp_path / "t.jsonl.gz")

    assert list(recording) == held
    assert list(recording) == held
    assert not recording.is_cut


def test_a_file_cut_anywhere_is_read_up_to_the_cut(tmp_path: Path) -> None:
    """At every single byte: whole messages, in order, none made up; and it is said that more was there."""
    held = a_recording(tmp_path / "t.jsonl.gz", count=8)
    octets = (tmp_path / "t.jsonl.gz").read_bytes()
    counts = []

    for size in range(2, len(octets)):
        (tmp_path / "cut.gz").write_bytes(octets[:size])
        recording = Recording(tmp_path / "cut.gz")
        found = list(recording)
        assert found == held[: len(found)]
        assert recording.is_cut
        counts.append(len(found))

    assert counts == sorted(counts)
    assert counts[-1] == 8


def test_what_was_flushed_survives_a_kill(tmp_path: Path) -> None:
    """The file was never closed."""
    file = RecordingFile(tmp_path / "t.jsonl.gz")
    file.add(messages(5))
    size = file.flush()

    recording = Recording(tmp_path / "t.jsonl.gz")

    assert list(recording) == messages(5)
    assert recording.is_cut
    assert size == (tmp_path / "t.jsonl.gz").stat().st_size
    file.close()


def test_a_damaged_byte_ends_it(tmp_path: Path) -> None:
    """What stands before is still good."""
    held = a_recording(tmp_path / "t.jsonl.gz", count=4000)
    octets = bytearray((tmp_path / "t.jsonl.gz").read_bytes())
    octets[len(octets) * 3 // 4] ^= 0xFF
    (tmp_path / "t.jsonl.gz").write_bytes(octets)
    recording = Recording(tmp_path / "t.jsonl.gz")

    try:
        found = list(recording)
    except ConfigError:  # the damage looked like text
        return

    assert found == held[: len(found)]
    assert recording.is_cut


def test_two_recordings_put_together_are_one(tmp_path: Path) -> None:
    """`cat a b > c`, and unpacked as well."""
    held = a_recording(tmp_path / "a.gz")
    octets = (tmp_path / "a.gz").read_bytes()
    (tmp_path / "both.gz").write_bytes(octets + octets)
    (tmp_path / "plain.jsonl").write_bytes(gzip.decompress(octets))

    assert list(Recording(tmp_path / "both.gz")) == held + held
    assert list(Recording(tmp_path / "plain.jsonl")) == held


def test_a_file_that_exists_is_not_written_over(tmp_path: Path) -> None:
    """It may be the only trace of what went wrong."""
    (tmp_path / "t.jsonl.gz").write_bytes(b"precious")

    with pytest.raises(FileExistsError):
        RecordingFile(tmp_path / "t.jsonl.gz")

    assert (tmp_path / "t.jsonl.gz").read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param(b"[]", "is no recorded message", id="no object"),
        pytest.param(b'{"topic":"a"}', "is no recorded message", id="no payload"),
        pytest.param(
            b'{"received_at":"2026-11-24T10:00:00Z","topic":"a/#","payload_b64":""}', "topic: expected", id="a filter"
        ),
        pytest.param(
            b'{"received_at":"2026-11-24T10:00:00Z","topic":"a","payload_b64":"***"}', "payload_b64: ", id="no base64"
        ),
        pytest.param(b'{"received_at":"yesterday","topic":"a","payload_b64":""}', "yesterday", id="no instant"),
        pytest.param(b'{"received_at":"2026-11-24T10:00:00","topic":"a","payload_b64":""}', ":1: ", id="no zone"),
        pytest.param(
            b'{"received_at":"2026-11-24T10:00:00Z","topic":"a","payload_b64":"","qos":3}', "qos: expected", id="QoS 3"
        ),
    ],
)
def test_a_whole_line_that_is_no_message_is_named(tmp_path: Path, line: bytes, said: str) -> None:
    """With file and line: somebody has edited it."""
    path = tmp_path / "t.jsonl"
    path.write_bytes(line + b"\n")

    with pytest.raises(ConfigError, match=said) as raised:
        list(Recording(path))

    assert str(raised.value).startswith(f"{path}:1: ")


def test_a_file_of_zeros_is_not_unpacked_into_memory(tmp_path: Path) -> None:
    """A gigabyte of nothing weighs a megabyte."""
    with gzip.open(tmp_path / "bomb.gz", "wb", compresslevel=9) as file:
        for _ in range(64):
            file.write(bytes(1 << 20))

    with pytest.raises(ConfigError, match="a line has no end"):
        list(Recording(tmp_path / "bomb.gz"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """One line, not a trace."""
    with pytest.raises(ConfigError, match=r"none\.gz: cannot be read: No such file"):
        list(Recording(tmp_path / "none.gz"))


def test_the_form_of_a_file_tells_what_it_is(tmp_path: Path) -> None:
    """So that one command plays both."""
    a_recording(tmp_path / "t.jsonl.gz")
    (tmp_path / "t.csv").write_text("time,value\n", encoding="utf-8")
    with gzip.open(tmp_path / "t.csv.gz", "wb") as file:
        file.write(b"time,value\n")
    (tmp_path / "empty").touch()

    found = [is_recording(tmp_path / name) for name in ("t.jsonl.gz", "t.csv", "t.csv.gz", "empty")]

    assert found == [True, False, False, False]
