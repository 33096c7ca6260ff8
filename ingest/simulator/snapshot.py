"""A camera's picture: a street that is plainly drawn, with its time, the camera's name and the word DEMO."""

import io
from datetime import datetime
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from ingest.simulator.dice import between, fraction

SIZE: Final = (640, 360)
_HORIZON: Final = 150
_PAINTS: Final = ((52, 60, 72), (120, 70, 60), (150, 150, 150), (60, 80, 120), (200, 190, 170))
_INTRUDER: Final = (205, 70, 50)

Colour = tuple[int, int, int]


def draw(camera: str, at: datetime, *, light: float, cars: int, is_blocked: bool) -> bytes:
    """Return the picture as JPEG, at most 40 KiB.

    Args:
        camera: its asset id; written into the picture, and what the houses depend on.
        at: local time, written into the picture.
        light: 0 by night to 1 at noon.
        cars: how many vehicles are about.
        is_blocked: whether one stands in the marked fire lane.
    """
    image = Image.new("RGB", SIZE, _shade((150, 178, 205), light))
    pen = ImageDraw.Draw(image)
    _houses(pen, camera, light)
    _road(pen, light)
    for number in range(min(cars, 7)):
        lane = 210 + 26 * (number % 3)
        along = 40 + 560 * fraction(camera, at.timestamp() // 60, number)
        _car(pen, along, lane, _shade(_PAINTS[number % len(_PAINTS)], light))
    _fire_lane(pen, light, is_blocked=is_blocked)
    _writing(pen, camera, at)
    return _jpeg(image)


def _shade(colour: Colour, light: float) -> Colour:
    share = 0.16 + 0.84 * light
    red, green, blue = colour
    return int(red * share), int(green * share), int(blue * (share + (1 - light) * 0.1))


def _houses(pen: ImageDraw.ImageDraw, camera: str, light: float) -> None:
    left = -10.0
    number = 0
    while left < SIZE[0]:
        width = between(70, 130, camera, "width", number)
        top = between(30, 100, camera, "top", number)
        wall = _PAINTS[int(fraction(camera, "paint", number) * len(_PAINTS))]
        pen.rectangle((left, top, left + width - 6, _HORIZON + 10), fill=_shade(wall, light))
        pen.polygon(
            ((left - 4, top), (left + width / 2 - 3, top - 24), (left + width - 2, top)),
            fill=_shade((170, 85, 60), light),
        )
        for row in range(int((_HORIZON - top) // 28)):
            for column in range(int(width // 26)):
                is_lit = light < 0.3 and fraction(camera, number, row, column) < 0.5
                x, y = left + 8 + column * 24, top + 10 + row * 28
                pen.rectangle((x, y, x + 11, y + 15), fill=(236, 205, 120) if is_lit else _shade((80, 95, 110), light))
        left += width
        number += 1


def _road(pen: ImageDraw.ImageDraw, light: float) -> None:
    pen.rectangle((0, _HORIZON, SIZE[0], 190), fill=_shade((150, 145, 138), light))
    pen.rectangle((0, 190, SIZE[0], 300), fill=_shade((72, 74, 78), light))
    pen.rectangle((0, 300, SIZE[0], SIZE[1]), fill=_shade((140, 136, 130), light))
    for x in range(10, SIZE[0], 70):
        pen.rectangle((x, 243, x + 36, 247), fill=_shade((225, 225, 215), light))


def _car(pen: ImageDraw.ImageDraw, x: float, y: float, colour: Colour) -> None:
    pen.rounded_rectangle((x, y - 14, x + 58, y + 8), radius=6, fill=colour)
    pen.rounded_rectangle((x + 10, y - 28, x + 46, y - 10), radius=7, fill=colour)
    pen.rectangle((x + 14, y - 24, x + 42, y - 13), fill=(28, 34, 40))
    for wheel in (x + 8, x + 40):
        pen.ellipse((wheel, y + 2, wheel + 12, y + 14), fill=(18, 18, 20))


def _fire_lane(pen: ImageDraw.ImageDraw, light: float, *, is_blocked: bool) -> None:
    pen.polygon(((410, 300), (600, 300), (636, 352), (400, 352)), outline=_shade((235, 200, 60), light), width=3)
    for x in range(420, 600, 30):
        pen.line((x, 300, x + 26, 350), fill=_shade((235, 200, 60), light), width=2)
    if is_blocked:
        _car(pen, 490, 332, _INTRUDER)
        pen.rectangle((482, 298, 556, 352), outline=(240, 240, 240), width=2)


def _writing(pen: ImageDraw.ImageDraw, camera: str, at: datetime) -> None:
    small, large = ImageFont.load_default(18), ImageFont.load_default(54)
    pen.rectangle((0, 0, SIZE[0], 26), fill=(12, 14, 18))
    pen.text((8, 3), f"{camera}   {at:%Y-%m-%d %H:%M:%S}", fill=(235, 238, 242), font=small)
    pen.text((SIZE[0] - 190, 60), "DEMO", fill=(255, 255, 255), font=large, stroke_width=2, stroke_fill=(20, 20, 20))


def _jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=70)
    return file.getvalue()
