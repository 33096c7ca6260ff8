"""Labels to stick on assets: a sheet to print, each with a QR code that opens the asset's page."""

import re
from collections.abc import Iterable
from html import escape
from typing import Final
from urllib.parse import quote

import segno

from street.assets import Asset
from street.errors import FieldError

PAGE: Final = "/system/assets/"
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,253}(?:/[A-Za-z0-9._~/-]{0,200})?", re.ASCII)
_SHEET: Final = """<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<title>{title}</title>
<style>
@page {{ size: A4; margin: 10mm }}
body {{ margin: 0; font: 9pt/1.25 "Noto Sans SC", sans-serif; display: grid; gap: 2mm;
  grid-template-columns: repeat(3, 1fr) }}
article {{ display: flex; gap: 2mm; align-items: center; height: 32mm; padding: 1mm; border: 0.2mm dashed;
  break-inside: avoid; overflow: hidden }}
svg {{ width: 28mm; height: 28mm; flex: none }}
p {{ margin: 0; overflow-wrap: anywhere; max-height: 2.5em; overflow: hidden }}
strong {{ font-size: 12pt }}
</style>
{labels}
</html>
"""


def page_address(base: str, asset_id: str) -> str:
    """Return the address of an asset's page below *base*.

    Raises:
        FieldError: *base* is no plain http or https address.
    """
    if not _ADDRESS.fullmatch(base):
        raise FieldError(field="base", code="address")
    return f"{base.rstrip('/')}{PAGE}{quote(asset_id, safe='')}"


def qr_code(address: str) -> str:
    """Return *address* as a QR code: an SVG to stand in a page, readable with 15 % of it gone."""
    return segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True)


def label_sheet(assets: Iterable[Asset], base: str, title: str) -> str:
    """Return a page of labels, 24 on a sheet of A4: QR code, id, names, the standard's id.

    Raises:
        FieldError: *base* is no plain http or https address.
    """
    labels = "\n".join(_label(asset, page_address(base, asset.asset_id)) for asset in assets)
    return _SHEET.format(title=escape(title), labels=labels)


def _label(asset: Asset, address: str) -> str:
    lines = [f"<strong>{escape(asset.asset_id)}</strong>", escape(asset.name), escape(asset.name_en), asset.standard_id]
    said = "".join(f"<p>{line}</p>" for line in lines if line)
    return f"<article>{qr_code(address)}<div>{said}</div></article>"
