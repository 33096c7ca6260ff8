"""Stills drawn anew: nobody can be known in a coarse one, nothing but pixels leaves, and bombs burst elsewhere."""

import contextlib
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat

from street import coarsen
from street.clock import monotonic_s
from street.coarsen import COARSE_WIDTH, MOST_BYTES, SHARP_SIDE, BusyError, PictureError, redrawn

GPS = 0x8825


def a_still(width: int = 1_920, height: int = 1_080, plate: str = "", **saved: object) -> bytes:
    """Return a JPEG of a grey street, with a licence plate 140 px wide on it."""
    picture = Image.new("RGB", (width, height), "#777777")
    if plate:
        draw = ImageDraw.Draw(picture)
        draw.rectangle((900, 800, 1_040, 844), fill="#1144aa")
        draw.text((908, 806), plate, fill="white", font=ImageFont.load_default(28))
    out = BytesIO()
    picture.save(out, "JPEG", quality=95, **saved)  # type: ignore[arg-type]  # Pillow's own options
    return out.getvalue()


def opened(jpeg: bytes) -> Image.Image:
    """Return a picture as its reader sees it."""
    picture = Image.open(BytesIO(jpeg))
    picture.load()
    return picture


def test_two_plates_look_the_same_when_coarse() -> None:
    """What cannot be told apart cannot be read: the sharp ones differ by a lot, the coarse ones by what noise does."""
    first, second = (a_still(plate=text) for text in ("B 12345", "B 67890"))

    coarse = ImageChops.difference(opened(redrawn(first, "coarse")), opened(redrawn(second, "coarse")))
    sharp = ImageChops.difference(opened(redrawn(first, "sharp")), opened(redrawn(second, "sharp")))

    assert max(high for _, high in coarse.getextrema()) < 40
    assert max(high for _, high in sharp.getextrema()) > 150


@pytest.mark.parametrize(("width", "height"), [(1_920, 1_080), (1_080, 1_920), (640, 480), (97, 97), (8_000, 1)])
def test_a_coarse_still_holds_no_more_than_its_few_pixels(width: int, height: int) -> None:
    """Shrunk to 96 pixels and enlarged again it is the same picture: there was nothing finer in it."""
    noise = Image.effect_noise((width, height), 90).convert("RGB")
    out = BytesIO()
    noise.save(out, "JPEG", quality=95)

    coarse = opened(redrawn(out.getvalue(), "coarse"))
    few = coarse.resize((coarse.width // 4 or 1, coarse.height // 4 or 1), Image.Resampling.BOX)
    again = few.resize(coarse.size, Image.Resampling.BICUBIC)
    finer = ImageStat.Stat(ImageChops.difference(coarse, again).convert("L")).mean[0]

    assert max(few.size) <= COARSE_WIDTH
    assert finer < 12


def test_nothing_but_pixels_leaves() -> None:
    """Positions, comments and what hangs behind the picture stay inside (TRUST B88, B89)."""
    exif = Image.Exif()
    exif.get_ifd(GPS)[1] = "N"
    exif[0x010F] = "maker-4711"
    still = a_still(200, 100, exif=exif, comment=b"13812345678") + b"<script>PK\x03\x04"

    for sharpness in ("coarse", "sharp"):
        drawn = redrawn(still, sharpness)  # type: ignore[arg-type]  # one of the two

        assert opened(drawn).getexif() == {}
        assert not [mark for mark in (b"maker-4711", b"13812345678", b"<script>", b"Exif") if mark in drawn]


def test_a_turned_camera_is_turned_back() -> None:
    """The orientation is applied before it is dropped."""
    exif = Image.Exif()
    exif[0x0112] = 6

    assert opened(redrawn(a_still(200, 100, exif=exif), "sharp")).size == (100, 200)


def test_a_sharp_still_has_a_largest_side() -> None:
    """More pixels than a screen has help nobody."""
    assert max(opened(redrawn(a_still(4_000, 2_000), "sharp")).size) == SHARP_SIDE


def a_png_bomb() -> bytes:
    """Return 236 KB that are 81 million pixels (TRUST 0.20)."""
    size = 9_000
    raw = zlib.compress(b"\0" * (size + 1) * size, 9)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = size.to_bytes(4, "big") * 2 + b"\x08\0\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", raw) + chunk(b"IEND", b"")


def resized(jpeg: bytes, width: int, height: int) -> bytes:
    """Return a JPEG whose header claims another size."""
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + jpeg[at + 4 :]


def a_scan_bomb() -> bytes:
    """Return a progressive JPEG of 16 million pixels whose last scan comes again 3,000 times."""
    out = BytesIO()
    Image.new("RGB", (4_000, 4_000)).save(out, "JPEG", progressive=True)
    jpeg = out.getvalue()
    at = jpeg.rindex(b"\xff\xda")
    return jpeg[:at] + jpeg[at:-2] * 3_000 + jpeg[-2:]


@pytest.mark.parametrize(
    ("still", "why"),
    [
        pytest.param(b"", "cannot identify", id="nothing"),
        pytest.param(b"\xff\xd8\xff\xe0", "cannot identify", id="only a beginning"),
        pytest.param(b"<svg onload=alert(1)>", "cannot identify", id="SVG"),
        pytest.param(b"GIF89a" + b"\0" * 100, "cannot identify", id="GIF"),
        pytest.param(a_png_bomb(), "cannot identify", id="a PNG of 81 million pixels"),
        pytest.param(a_still(400, 300)[:1500], "truncated", id="broken off"),
        pytest.param(resized(a_still(8, 8), 30_000, 30_000), "too many pixels", id="30,000 x 30,000"),
        pytest.param(resized(a_still(8, 8), 1, 65_535), "too many pixels", id="1 x 65,535"),
        pytest.param(resized(a_still(8, 8), 8_193, 2), "too many pixels", id="one pixel too long"),
        pytest.param(a_scan_bomb(), "too long", id="thousands of scans"),
        pytest.param(b"\xff\xd8" + b"\0" * MOST_BYTES, "too many bytes", id="too many bytes"),
    ],
)
def test_what_is_no_still_is_refused_at_once(still: bytes, why: str) -> None:
    """TRUST B87, B90, B91: before anything is decoded, and never in this process."""
    begun_s = monotonic_s()

    with pytest.raises(PictureError, match=why):
        redrawn(still, "coarse")

    assert monotonic_s() - begun_s < coarsen.CHILD_S + 2.0


def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that hangs costs its time limit, not a thread for ever."""
    monkeypatch.setattr(coarsen, "CHILD_S", 0.0001)

    with pytest.raises(PictureError, match="too long"):
        redrawn(a_still(), "coarse")


def test_slow_pictures_do_not_take_every_thread() -> None:
    """Whoever comes when enough wait is told so at once; afterwards all is as before."""
    with contextlib.ExitStack() as drawn:
        for _ in range(coarsen.AT_ONCE + coarsen.MOST_WAITING):
            drawn.enter_context(coarsen._PLACES)

        with pytest.raises(BusyError):
            redrawn(a_still(64, 64), "coarse")

    assert redrawn(a_still(64, 64), "coarse")


def test_drawing_in_this_process_gives_the_same() -> None:
    """The child does what `draw` does, and no more."""
    still = a_still(300, 200)

    assert coarsen.draw(still, "coarse") == redrawn(still, "coarse")
    assert coarsen.draw(still, "sharp") == redrawn(still, "sharp")


def test_too_many_pixels_are_refused_by_their_header() -> None:
    """Before anything is decoded."""
    with pytest.raises(PictureError, match="too many pixels"):
        coarsen.draw(resized(a_still(8, 8), 8_000, 8_000), "sharp")
