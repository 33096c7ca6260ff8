"""The register as a file, and the short addresses that lead to the desk.

    /desk/assets.csv · .xlsx · .geojson    the assets in the asker's areas that fit the address' filters
    /desk/assets.html                      labels to print, of those; or of one
    /desk/assets-template.xlsx             the empty list
    /system/assets · /system/assets/<id>   what a QR label says: they lead to the page and to the asset's panel
    /system/newcomers                      leads to the page

Names leave masked, as the page shows them; the whole register is `python -m street assets export`'s. Whoever takes a
file leaves an entry in the audit before the first byte leaves.
"""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from openpyxl import Workbook  # type: ignore[import-untyped]  # it ships no types
from openpyxl.styles import Font  # type: ignore[import-untyped]  # as above
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # as above
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard import asking
from dashboard.asset_finding import find
from dashboard.bodies import XLSX
from dashboard.looks import language_of
from dashboard.office import Office
from layouts.desk.addresses import ASSET_TEMPLATE, ASSETS, NEWCOMERS, query_of, search_of
from layouts.desk.assets import MOST_LABELS
from layouts.wording import desk_words_in
from street.asset_export import FORMATS
from street.asset_words import COLUMNS
from street.assets import Asset
from street.labels import label_sheet
from street.masking import masked
from street.store import Entry

LABELS: Final = "html"
MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": XLSX,
    "geojson": "application/geo+json",
    LABELS: "text/html; charset=utf-8",
}


def routes(office: Office) -> list[Route]:
    """Return the routes."""

    def export_as(name: str) -> Callable[[Request], Response]:
        return lambda request: exported(office, name, str(request.url.query), base=_base(request))

    def empty(request: Request) -> Response:
        headers = {"content-disposition": 'attachment; filename="assets.xlsx"', "cache-control": "no-store"}
        return Response(template(language_of(request, office.config)), media_type=XLSX, headers=headers)

    return [
        *(Route(f"{ASSETS}.{name}", export_as(name)) for name in MEDIA_TYPES),
        Route(ASSET_TEMPLATE, empty),
        Route("/system/assets", _to_assets),
        Route("/system/assets/{asset_id}", _to_assets),
        Route("/system/newcomers", _to_newcomers),
    ]


def exported(office: Office, form: str, search: str, *, base: str = "") -> Response:
    """Return the file of what *search* asks for, in the asker's areas; *base* begins the labels' addresses.

    Raises:
        HTTPException: 413 for more labels than anybody prints at once.
    """
    query = query_of(search)
    with office.reader() as reader:
        found = find(office, reader, query, office.now_us()).of_state(query.get("state", ""))
    wanted = query.get("asset", "") if form == LABELS else ""
    assets = [_masked(one.asset) for one in found if not wanted or one.asset.asset_id == wanted]
    if form == LABELS and len(assets) > MOST_LABELS:
        raise HTTPException(413, "too many labels at once")
    asked = " ".join(f"{name}={value}" for name, value in query.items() if value and name != "lang")
    entry = Entry(
        office.now_us(), "assets.export", f"assets/{form}", "done", asking.actor(), reason=asked[:500],
        after=f'{{"assets":{len(assets)}}}',
    )  # fmt: skip
    office.audit.add([entry])
    title = office.config.dashboard.title
    body = label_sheet(assets, base, title).encode() if form == LABELS else FORMATS[form](assets, ())
    name = "labels.html" if form == LABELS else f"assets.{form}"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(body, media_type=MEDIA_TYPES[form], headers=headers)


def template(lang: str) -> bytes:
    """Return the empty list: the columns and nothing else."""
    words = desk_words_in(lang)
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = words["assets"]
    sheet.append([words[f"asset_column_{name}"] for name in COLUMNS])
    sheet.freeze_panes = "A2"
    for number, cell in enumerate(sheet[1], start=1):
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = 16
    for column in ("standard_id", "component", "community_id", "grid_cell_id"):  # long numbers that must stay whole
        sheet.column_dimensions[get_column_letter(COLUMNS.index(column) + 1)].number_format = "@"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _masked(asset: Asset) -> Asset:
    return replace(asset, name=masked(asset.name), name_en=masked(asset.name_en))


def _base(request: Request) -> str:
    """Return where this server is asked: its own names alone get past the guard."""
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def _to_assets(request: Request) -> Response:
    query, asset_id = query_of(request.url.query), request.path_params.get("asset_id", "")
    return RedirectResponse(ASSETS + search_of(query, asset=asset_id or query.get("asset")), 303)


def _to_newcomers(request: Request) -> Response:
    return RedirectResponse(NEWCOMERS + search_of(query_of(request.url.query)), 303)
