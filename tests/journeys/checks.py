"""What a screen must satisfy, asked of the page itself. Each check returns the offences it found."""

import io
import itertools
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import FloatRect, Page

BOXES = [f"w{number}" for number in range(1, 15)]
QUESTIONS = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def ask(page: Page, question: str, about: float | None = None) -> Any:
    """Ask the page one of the questions in checks.js."""
    expression = "\n".join(line for line in QUESTIONS.splitlines() if not line.startswith("//"))
    return page.evaluate(f"(about) => {expression}.{question}(about)", about)


def boxes_amiss(page: Page) -> list[str]:
    """Boxes that are missing, leave the screen, or lie on one another (the card lies on the map)."""
    size = page.viewport_size or {"width": 0, "height": 0}
    found = {name: page.get_by_test_id(name).bounding_box() for name in BOXES}
    amiss = [f"{name} is not there" for name, box in found.items() if not box or box["width"] * box["height"] == 0]
    there = {name: box for name, box in found.items() if box}
    for name, box in there.items():
        right, bottom = box["x"] + box["width"], box["y"] + box["height"]
        if box["x"] < 0 or box["y"] < 0 or right > size["width"] or bottom > size["height"]:
            amiss.append(f"{name} leaves the screen: {box}")
    for (one, a), (other, b) in itertools.combinations(there.items(), 2):
        if {one, other} != {"w11", "w12"} and not _are_apart(a, b):
            amiss.append(f"{one} and {other} overlap")
    return amiss


def _are_apart(a: FloatRect, b: FloatRect) -> bool:
    beside = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
    return beside or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]


def place_of(page: Page, name: str, scale: float = 1.0) -> list[float]:
    """Return a box's place and size, scaled."""
    box = page.get_by_test_id(name).bounding_box()
    assert box, name
    return [box["x"] * scale, box["y"] * scale, box["width"] * scale, box["height"] * scale]


def alike_shapes(page: Page, selector: str, least: float = 0.08) -> list[str]:
    """Pairs of severities whose silhouettes differ in less than that share of the icon once colour is gone."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setEmulatedVisionDeficiency", {"type": "achromatopsia"})
    outlines: dict[str, Image.Image] = {}
    for shape in page.query_selector_all(selector):
        severity = shape.get_attribute("data-sev") or ""
        if severity not in outlines and shape.is_visible():
            outlines[severity] = _silhouette(shape.screenshot())
    session.send("Emulation.setEmulatedVisionDeficiency", {"type": "none"})
    alike = [f"only {sorted(outlines)} were seen"] if sorted(outlines) != ["1", "2", "3", "4"] else []
    for one, other in itertools.combinations(sorted(outlines), 2):
        share = ImageStat.Stat(ImageChops.difference(outlines[one], outlines[other])).mean[0] / 255
        if share < least:
            alike.append(f"{one} and {other} differ in {share:.2f}")
    return alike


def _silhouette(png: bytes) -> Image.Image:
    grey = Image.open(io.BytesIO(png)).convert("L").resize((64, 64))
    ground = grey.tobytes()[0]
    return grey.point([255 if abs(value - ground) > 40 else 0 for value in range(256)])


def red_pixels(page: Page) -> int:
    """Count the pixels of level 1's red on the map."""
    picture = Image.open(io.BytesIO(page.get_by_test_id("w11").screenshot())).convert("RGB").tobytes()
    reds, greens, blues = picture[::3], picture[1::3], picture[2::3]
    return sum(r > 200 and g < 110 and b < 120 for r, g, b in zip(reds, greens, blues, strict=True))
