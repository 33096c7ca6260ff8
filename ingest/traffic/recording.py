"""The form of a recording: gzip of JSON lines, one message each, in order of arrival.

    {"received_at":"2026-11-24T10:00:00.123456Z","topic":"…","payload_b64":"…","retain":false,"qos":1}

Each line stands alone, so a file that was cut off can be read up to the cut, and two can be put together with `cat`.
The keys are those of `python -m ingest decode`: `zcat FILE | python -m ingest decode` says what each message means.
"""

import base64
import binascii
import contextlib
import gzip
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, Self

import orjson

from street import clock
from street.errors import ConfigError

LEVEL: Final = 1  # of compression: ingest works beside us
CHUNK_BYTES: Final = 1 << 16
PIECE_BYTES: Final = 1 << 20  # a small file can hold a terabyte of zeros: never more than this at once
LINE_BYTES: Final = 16 << 20  # the largest packet that any broker of ours takes, as base64
GZIP: Final = b"\x1f\x8b"


class Recorded(NamedTuple):
    """One message as it arrived."""

    received_us: int
    topic: str
    payload: bytes
    retain: bool
    qos: int


class RecordingFile:
    """A recording that is being written; what was flushed is readable whatever happens to us.

    Raises:
        OSError: from every method, as the disk says; a file that exists is not overwritten.
    """

    def __init__(self, path: Path) -> None:
        self._raw = path.open("xb")
        self._gzip = gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=self._raw)

    def add(self, messages: Iterable[Recorded]) -> None:
        """Append *messages*."""
        self._gzip.write(b"".join(map(_line, messages)))

    def flush(self) -> int:
        """Hand everything to the operating system; return how large the file is [B]."""
        self._gzip.flush()
        self._raw.flush()
        return self._raw.tell()

    def close(self) -> None:
        """End the file."""
        with self._raw:
            self._gzip.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with contextlib.suppress(OSError):  # a full disk has been told by then
            self.close()


def _line(message: Recorded) -> bytes:
    received_us, topic, payload, retain, qos = message
    said = {
        "received_at": clock.iso(received_us),
        "topic": topic,
        "payload_b64": base64.b64encode(payload).decode(),
        "retain": retain,
        "qos": qos,
    }
    return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)


class Recording:
    """A recording on disk; iterate over it as often as needed.

    Attributes:
        path: where it is.
        is_cut: whether the last iteration met an end that is none; set when it is through.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_cut = False

    def __iter__(self) -> Iterator[Recorded]:
        """Yield what was recorded, up to the end or the cut.

        Raises:
            ConfigError: it cannot be read, or a whole line of it is no message.
        """
        self.is_cut = False
        number = 0
        for number, line in enumerate(self._lines(), start=1):
            try:
                yield _message(line)
            except (ValueError, KeyError, TypeError) as error:
                msg = f"{self.path}:{number}: is no recorded message: {error}"
                raise ConfigError(msg) from error

    def _lines(self) -> Iterator[bytes]:
        rest = b""
        for piece in self._pieces():
            *lines, rest = (rest + piece).split(b"\n")
            yield from (line for line in lines if line.strip())
            if len(rest) > LINE_BYTES:
                msg = f"{self.path}: is no recording: a line has no end"
                raise ConfigError(msg)
        self.is_cut = self.is_cut or bool(rest)

    def _pieces(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as file:
                is_plain = file.read(2) != GZIP
                file.seek(0)
                yield from iter(lambda: file.read(PIECE_BYTES), b"") if is_plain else self._unpacked(file)
        except OSError as error:
            msg = f"{self.path}: cannot be read: {error.strerror}"
            raise ConfigError(msg) from error

    def _unpacked(self, file: BinaryIO) -> Iterator[bytes]:
        """Yield what the gzip members in *file* hold. Python's own reader gives up what stands before a cut."""
        member = zlib.decompressobj(wbits=31)
        packed = file.read(CHUNK_BYTES)
        while packed:
            try:
                yield member.decompress(packed, PIECE_BYTES)
            except zlib.error:
                self.is_cut = True
                return
            packed = member.unconsumed_tail or member.unused_data or file.read(CHUNK_BYTES)
            if member.eof and packed:
                member = zlib.decompressobj(wbits=31)
        while not member.eof and (piece := member.decompress(b"", PIECE_BYTES)):
            yield piece
        self.is_cut = not member.eof


def is_recording(path: Path) -> bool:
    """Return whether *path* holds recorded traffic, as opposed to a CSV: its first character tells.

    Raises:
        ConfigError: it cannot be read.
    """
    pieces = Recording(path)._pieces()
    return next((piece.lstrip()[:1] == b"{" for piece in pieces if piece.strip()), False)


def _message(line: bytes) -> Recorded:
    said = orjson.loads(line)
    topic, retain, qos = said["topic"], said.get("retain", False), said.get("qos", 1)
    if type(topic) is not str or not 0 < len(topic.encode()) <= 65_535 or set(topic) & {"+", "#", "\0"}:
        msg = "topic: expected one that can be published to"
        raise ValueError(msg)
    if type(retain) is not bool or qos not in {0, 1, 2}:
        msg = "retain, qos: expected true or false, and 0, 1 or 2"
        raise ValueError(msg)
    try:
        payload = base64.b64decode(said["payload_b64"], validate=True)
    except binascii.Error as error:
        msg = f"payload_b64: {error}"
        raise ValueError(msg) from error
    received_at = datetime.fromisoformat(said["received_at"])
    return Recorded(clock.as_us(received_at), topic, payload, retain, int(qos))
