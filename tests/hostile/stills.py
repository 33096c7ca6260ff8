"""Pictures made to hurt, by the names that the catalogue gives them."""

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Final

from PIL import Image

EICAR: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MARKER: Final = b"S3cretPlace8"  # what a picture must not tell beside its pixels
SIDES: Final = (640, 480)
HEADER: Final = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"


def a_jpeg(size: tuple[int, int] = SIDES, mode: str = "RGB", **options: object) -> bytes:
    """Return a plain picture."""
    made = io.BytesIO()
    Image.new(mode, size, 90 if mode == "L" else (90, 120, 60)).save(made, "JPEG", **options)
    return made.getvalue()


def _other(form: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (32, 32), (200, 30, 30)).save(made, form)
    return made.getvalue()


def _zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("x.js", "window.__x=1")
    return made.getvalue()


def _exif(fill: Callable[[Image.Exif], None]) -> bytes:
    exif = Image.Exif()
    fill(exif)
    return a_jpeg(exif=exif.tobytes())


def _gps(exif: Image.Exif) -> None:
    exif[0x010E] = MARKER.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (36.0, 4.0, 0.0), 3: "E", 4: (120.0, 19.0, 0.0)})


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def _with_segments(*segments: bytes) -> bytes:
    plain = a_jpeg()
    return plain[:2] + b"".join(segments) + plain[2:]


def _sized(width: int, height: int) -> bytes:
    """Return a small picture whose header claims other sides."""
    plain = bytearray(a_jpeg())
    place = plain.index(b"\xff\xc0") + 5
    plain[place : place + 4] = struct.pack(">HH", height, width)
    return bytes(plain)


def _profiled() -> bytes:
    pieces = [b"ICC_PROFILE\0" + bytes([number, 8]) + b"\0" * 64_000 for number in range(1, 9)]
    return _with_segments(*(_segment(0xE2, piece) for piece in pieces))


STILLS: Final[dict[str, Callable[[], bytes]]] = {
    "html": lambda: b"<!DOCTYPE html><script>window.__x=1</script>",
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="window.__x=1"/>',
    "pdf": lambda: b"%PDF-1.7\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj",
    "exe": lambda: b"MZ\x90\x00" + b"\0" * 60,
    "zip": _zip,
    "gif": lambda: _other("GIF"),
    "png": lambda: _other("PNG"),
    "webp": lambda: _other("WEBP"),
    "bmp": lambda: _other("BMP"),
    "eps": lambda: _other("EPS"),
    "heic": lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "empty": lambda: b"",
    "jpeg-gps": lambda: _exif(_gps),
    "jpeg-turned": lambda: _exif(lambda exif: exif.__setitem__(0x0112, 6)),
    "jpeg-thumbnail": lambda: _with_segments(_segment(0xE1, b"Exif\0\0" + MARKER + a_jpeg((160, 120)))),
    "jpeg-comment": lambda: _with_segments(
        _segment(0xFE, MARKER), _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + MARKER)
    ),
    "jpeg-html": lambda: a_jpeg() + b"<!DOCTYPE html><script>window.__x=1</script>" + MARKER,
    "jpeg-zip": lambda: a_jpeg() + _zip() + MARKER,
    "jpeg-js": lambda: _with_segments(_segment(0xFE, b"*/=window.__x=1/*" + MARKER)),
    "jpeg-eicar": lambda: a_jpeg() + EICAR + MARKER,
    "jpeg-1x65535": lambda: _sized(1, 65_500),
    "jpeg-8192": lambda: a_jpeg((8192, 8192), "L", quality=10),
    "jpeg-huge-header": lambda: _sized(60_000, 60_000),
    "jpeg-zero": lambda: _sized(0, 0),
    "jpeg-truncated": lambda: a_jpeg()[:700],
    "jpeg-only-magic": lambda: b"\xff\xd8\xff",
    "jpeg-noise": lambda: HEADER + bytes(range(256)) * 40,
    "jpeg-icc": _profiled,
}
