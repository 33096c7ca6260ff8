"""The sentences of the import of matters."""

from pathlib import Path

from layouts.wording import desk_words_in, desk_zh, indicators_zh
from layouts.wording.matters_zh import WORDS
from street import asset_cells, matter_sheet, workbook
from street.matter_sheet import COLUMNS

OF_WORKBOOK = {"not-xlsx", "too-large", "too-many-sheets", "too-many-rows", "too-many-columns"}
OF_CELLS = {"formula", "error-cell", "characters", "too-long", "date"}
OF_SHEET = {
    "empty", "unknown-sheet", "unknown-column", "column-twice", "missing-column", "missing", "unknown", "code", "twice",
    "of-standard", "limit", "superseded",
}  # fmt: skip


def test_every_fault_has_a_sentence_and_every_sentence_a_fault() -> None:
    """Whoever adds a fault to the sheet adds the sentence that says what to do."""
    said = {key.removeprefix("matters_fault_") for key in WORDS if key.startswith("matters_fault_")}

    assert said == OF_WORKBOOK | OF_CELLS | OF_SHEET
    for module, codes in ((workbook, OF_WORKBOOK), (asset_cells, OF_CELLS), (matter_sheet, OF_SHEET)):
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        assert [code for code in codes if f'"{code}"' not in source] == []


def test_every_column_has_a_name() -> None:
    """A fault names its column as the sheet does."""
    named = {key.removeprefix("matters_column_") for key in WORDS if key.startswith("matters_column_")}

    assert named == {name for columns in COLUMNS.values() for name in columns} | {"file", ""}


def test_no_key_hides_another() -> None:
    """They share one dictionary with the desk's."""
    assert all(key.startswith(("matters_", "act_")) for key in WORDS)
    assert not WORDS.keys() & (desk_zh.WORDS.keys() | indicators_zh.WORDS.keys())
    assert desk_words_in("zh")["matters_head_row"] == "行"
