"""Labels to print: the code opens the asset's page."""

import re

import pytest

from street.assets import Asset
from street.errors import FieldError
from street.labels import label_sheet, page_address, qr_code

LAMP = Asset(asset_id="SL-1", kind="streetlight", name="一号灯", standard_id="37020201037000123")


def test_a_label_leads_to_the_assets_page() -> None:
    """Ids that are no plain words are quoted."""
    assert page_address("https://eye.example/", "SL-1") == "https://eye.example/system/assets/SL-1"
    assert page_address("http://10.0.0.7:8050", "ttn:门/1") == "http://10.0.0.7:8050/system/assets/ttn%3A%E9%97%A8%2F1"


@pytest.mark.parametrize("base", ["", "eye.example", "javascript:alert(1)", "https://a b", "https://x/?q=", "ftp://x"])
def test_an_address_is_one(base: str) -> None:
    """A label that is stuck on for years does not lead somewhere else."""
    with pytest.raises(FieldError):
        page_address(base, "SL-1")


def test_codes_of_two_assets_differ() -> None:
    """The picture is made of the address."""
    assert qr_code("https://eye.example/system/assets/A") != qr_code("https://eye.example/system/assets/B")


def test_the_sheet_has_a_label_for_each() -> None:
    """Code, id, name and the standard's id."""
    sheet = label_sheet(
        [LAMP, Asset(asset_id="SL-2", kind="streetlight", name="二号灯")], "https://eye.example", "天眼"
    )

    assert sheet.count("<svg") == sheet.count("<article>") == 2
    assert all(text in sheet for text in ("SL-1", "一号灯", "37020201037000123", "二号灯"))


def test_a_name_is_never_markup() -> None:
    """Devices name themselves."""
    sheet = label_sheet([Asset(asset_id="x", kind="other", name="<script>alert(1)</script>")], "https://a", "<b>")

    assert not re.search(r"<script|<b>", sheet)
