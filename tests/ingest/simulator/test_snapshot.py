"""The drawn pictures."""

import io
from datetime import datetime

import pytest
from PIL import Image, ImageChops, ImageStat

from ingest.simulator.snapshot import draw
from street.clock import STREET_ZONE

NOON = datetime(2026, 11, 24, 12, 0, 5, tzinfo=STREET_ZONE)


def picture(*, camera: str = "CAM-05", light: float = 1.0, cars: int = 3, is_blocked: bool = False) -> Image.Image:
    """Draw and read back."""
    return Image.open(io.BytesIO(draw(camera, NOON, light=light, cars=cars, is_blocked=is_blocked)))


@pytest.mark.parametrize("light", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("cars", [0, 3, 50])
def test_a_picture_is_small(light: float, cars: int) -> None:
    """It goes over the broker and into the store every few minutes for nineteen cameras: at most 40 KiB."""
    jpeg = draw("CAM-05", NOON, light=light, cars=cars, is_blocked=True)

    assert jpeg[:3] == b"\xff\xd8\xff"
    assert 4_000 < len(jpeg) <= 40 * 1024


def test_a_picture_has_the_size_it_says() -> None:
    """The wall's card is made for 16:9."""
    assert (picture().size, picture().format) == ((640, 360), "JPEG")


def test_the_same_moment_is_the_same_picture() -> None:
    """Byte for byte, as everything the simulator says."""
    assert draw("CAM-05", NOON, light=1, cars=3, is_blocked=False) == draw(
        "CAM-05", NOON, light=1, cars=3, is_blocked=False
    )
    assert ImageChops.difference(picture(), picture(camera="CAM-06")).getbbox() is not None


def test_night_is_dark() -> None:
    """Brightness is the average of all pixels."""
    day, night = (ImageStat.Stat(picture(light=light).convert("L")).mean[0] for light in (1.0, 0.0))

    assert night < 0.55 * day


def test_a_blocked_lane_is_seen_in_the_lane() -> None:
    """The difference lies where the lane is marked, and nowhere else."""
    changed = ImageChops.difference(picture(), picture(is_blocked=True)).convert("L").point(lambda p: 255 * (p > 40))
    box = changed.getbbox()

    assert box is not None
    assert box[0] > 400
    assert box[1] > 280


def test_a_picture_says_that_it_is_a_demo() -> None:
    """White letters at the top right, on any sky: nobody may take it for a street."""
    letters = picture(light=0.0).convert("L").crop((450, 60, 640, 130)).point(lambda p: 255 * (p > 200))

    assert ImageStat.Stat(letters).mean[0] > 12
