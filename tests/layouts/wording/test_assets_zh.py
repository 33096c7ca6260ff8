"""The Chinese words of assets."""

import re
from pathlib import Path

import pytest

from layouts.wording import assets_en, assets_zh, desk_zh, health_zh
from street.asset_words import COLUMNS, plain, words
from street.readings import UNITS
from street.scenarios import load_scenarios


@pytest.mark.parametrize("language", [assets_zh, assets_en], ids=["zh", "en"])
def test_a_list_may_be_headed_as_the_form_is(language: object) -> None:
    """The template's headings are these words: they have to be understood."""
    said = language.WORDS  # type: ignore[attr-defined]  # both modules have it

    assert [words("columns").get(plain(said[f"asset_column_{name}"])) for name in COLUMNS] == list(COLUMNS)


def test_every_quantity_that_a_scenario_knows_has_a_name() -> None:
    """A new one is told by its code until it has one here."""
    named = {quantity for scenario in load_scenarios().values() for quantity in scenario.quantities}

    assert {it for it in named if f"quantity_{it}" not in assets_zh.WORDS} == set()


@pytest.mark.parametrize("language", [assets_zh, assets_en], ids=["zh", "en"])
def test_every_canonical_quantity_has_a_name(language: object) -> None:
    """Whatever a decoder can make of a device is shown by its name; `online` is a state and has words of its own."""
    said = language.WORDS  # type: ignore[attr-defined]  # both modules have it

    assert {it for it in UNITS if f"quantity_{it}" not in said} - {"online"} == set()


def test_every_code_of_a_list_has_its_sentence() -> None:
    """Read from where they are raised."""
    codes: set[str] = set()
    for name in ("asset_cells", "asset_file", "asset_rows", "asset_sheet", "workbook"):
        source = Path(f"street/{name}.py").read_text(encoding="utf-8")
        codes |= set(re.findall(r'code="([a-z-]+)"', source)) | set(re.findall(r'fault\([^)]*?, "([a-z-]+)"', source))
        codes |= set(re.findall(r'RowFault\(.*?"([a-z]+-[a-z-]+)"', source))
    known = {*assets_zh.WORDS, *desk_zh.WORDS}

    assert len(codes) > 20
    assert {it for it in codes if f"asset_fault_{it}" not in known and f"fault_{it}" not in known} == set()


def test_no_word_of_the_other_pages_is_said_anew() -> None:
    """One key, one meaning."""
    assert not assets_zh.WORDS.keys() & (desk_zh.WORDS.keys() | health_zh.WORDS.keys())
