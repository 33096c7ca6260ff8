"""Coarsening: a camera's still so coarse that nobody in it can be known, or sharp but made of its pixels alone.

    stored bytes ──▶ child process (little memory, little time) ──▶ header checked ──▶ decoded ──▶ drawn anew

A detector misses faces; a picture of 96 pixels shows none to miss. Both ways out are encoded anew from pixels, so that
positions, comments, thumbnails and whatever hangs behind the picture stay inside. The bytes come from a device, and
decoders have holes: they are only ever opened in a child, which can be killed and knows nothing.
"""

import resource
import subprocess
import sys
import threading
from io import BytesIO
from typing import Final, Literal

from PIL import Image, ImageOps

Sharpness = Literal["coarse", "sharp"]

COARSE_WIDTH: Final = 96  # [px]; a licence plate 140 px wide in a picture of 1,920 is 7 px wide in it
COARSE_HEIGHT: Final = 96
SOFTLY: Final = 4  # times the coarse width, so that screens show no sharp squares, which eyes put together
SHARP_SIDE: Final = 1_920
MOST_PIXELS: Final = 24_000_000
LONGEST_SIDE: Final = 8_192
MOST_BYTES: Final = 15 * 1024 * 1024
CHILD_S: Final = 3
CHILD_BYTES: Final = 300 * 1024 * 1024
AT_ONCE: Final = 2
MOST_WAITING: Final = 8  # else slow pictures would take every thread of the server

_TURNS = threading.BoundedSemaphore(AT_ONCE)
_PLACES = threading.BoundedSemaphore(AT_ONCE + MOST_WAITING)


class PictureError(ValueError):
    """The bytes are no picture that we show."""


class BusyError(RuntimeError):
    """Too many pictures are being drawn: try again."""


def redrawn(jpeg: bytes, sharpness: Sharpness) -> bytes:
    """Return the still drawn anew as JPEG, by a child process.

    Raises:
        PictureError: it is no JPEG, too large, or takes too much memory or more than `CHILD_S`.
        BusyError: more than `MOST_WAITING` wait already.
    """
    if len(jpeg) > MOST_BYTES:
        msg = "too many bytes"
        raise PictureError(msg)
    if not _PLACES.acquire(blocking=False):
        msg = "too many pictures at once"
        raise BusyError(msg)
    try:
        with _TURNS:
            return _by_child(jpeg, sharpness)
    finally:
        _PLACES.release()


def _by_child(jpeg: bytes, sharpness: Sharpness) -> bytes:
    command = [sys.executable, "-I", __file__, sharpness]
    try:
        child = subprocess.run(command, input=jpeg, capture_output=True, timeout=CHILD_S, check=False)
    except subprocess.TimeoutExpired as error:
        msg = "takes too long"
        raise PictureError(msg) from error
    if child.returncode != 0 or not child.stdout:
        last = child.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        msg = last[:200] or f"decoder ended with {child.returncode}"
        raise PictureError(msg)
    return child.stdout


def draw(jpeg: bytes, sharpness: Sharpness) -> bytes:
    """Draw the still anew in this process: only for children.

    Raises:
        PictureError: it is no JPEG, or larger than `MOST_PIXELS`.
        OSError: it is broken.
    """
    with Image.open(BytesIO(jpeg), formats=("JPEG",)) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
            msg = f"too many pixels: {width} x {height}"
            raise PictureError(msg)
        side = COARSE_WIDTH * 2 if sharpness == "coarse" else SHARP_SIDE
        picture.draft("RGB", (side, side))  # decodes a half, a quarter or an eighth of a JPEG where that is enough
        drawn = ImageOps.exif_transpose(picture).convert("RGB")
    drawn = _coarse(drawn) if sharpness == "coarse" else _bounded(drawn)
    out = BytesIO()
    bare = Image.frombytes("RGB", drawn.size, drawn.tobytes())  # pixels alone: `save` would keep the comment
    bare.save(out, "JPEG", quality=85)
    return out.getvalue()


def _coarse(picture: Image.Image) -> Image.Image:
    width, height = _fitting(picture, COARSE_WIDTH, COARSE_HEIGHT)
    few = picture.resize((width, height), Image.Resampling.BOX)
    return few.resize((width * SOFTLY, height * SOFTLY), Image.Resampling.BILINEAR)


def _bounded(picture: Image.Image) -> Image.Image:
    size = _fitting(picture, SHARP_SIDE, SHARP_SIDE)
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS)


def _fitting(picture: Image.Image, width: int, height: int) -> tuple[int, int]:
    share = min(width / picture.width, height / picture.height, 1.0)
    return max(1, round(picture.width * share)), max(1, round(picture.height * share))


def _main(sharpness: str) -> None:
    Image.MAX_IMAGE_PIXELS = None  # `draw` has its own, smaller bound
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_BYTES, CHILD_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CHILD_S, CHILD_S))
    drawn = draw(sys.stdin.buffer.read(MOST_BYTES + 1), "sharp" if sharpness == "sharp" else "coarse")
    sys.stdout.buffer.write(drawn)


if __name__ == "__main__":
    _main(sys.argv[1])
