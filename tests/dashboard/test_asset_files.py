"""The register as a file: only the asker's areas, names masked, and the audit knows who took it."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from openpyxl import load_workbook
from starlette.exceptions import HTTPException

from dashboard.asset_files import exported, template
from layouts.desk.assets import MOST_LABELS
from street.asset_sheet import Known, read_assets
from street.assets import Asset
from street.config import Config
from street.labels import qr_code
from street.people import Role
from street.scenarios import load_scenarios
from tests.dashboard.conftest import COMMUNITY, SUBDISTRICT, Serving, Written
from tests.dashboard.desk_office import Desk, asked_by

HOSTILE = Asset(asset_id="EL-1", kind="elder_home", name="=cmd|' /C calc'!A0 13812345678", community_id=COMMUNITY)


def ids_in(form: str, body: bytes) -> list[str]:
    """Return the ids of a file's assets."""
    if form == "csv":
        return [row["id"] for row in csv.DictReader(io.StringIO(body.decode("utf-8-sig")))]
    if form == "xlsx":
        heads, *rows = load_workbook(io.BytesIO(body))["asset"].iter_rows(values_only=True)
        return [str(row[heads.index("id")]) for row in rows]
    return [feature["properties"]["id"] for feature in json.loads(body)["features"]]


@pytest.mark.parametrize("form", ["csv", "xlsx", "geojson"])
def test_a_file_holds_what_lies_in_the_askers_areas(street: Written, form: str) -> None:
    """And what the address asks for."""
    desk = Desk(street)
    street.store.register_assets([HOSTILE])

    with asked_by(street.sign_in(Role.OFFICER, COMMUNITY)):
        own = exported(desk.office, form, "")
        asked = exported(desk.office, form, "?kind=noise_meter&state=unknown")
    with asked_by(street.sign_in(Role.ADMIN, SUBDISTRICT)):
        whole = exported(desk.office, form, "")

    assert ids_in(form, bytes(own.body)) == ["EL-1", "NM-01"]
    assert ids_in(form, bytes(asked.body)) == ["NM-01"]
    assert ids_in(form, bytes(whole.body)) == ["EL-1", "NM-01", "WX-01"]


def test_names_leave_masked_and_run_in_no_spreadsheet(street: Written) -> None:
    """What a device or a clerk called it is text."""
    desk = Desk(street)
    street.store.register_assets([HOSTILE])

    with asked_by(street.sign_in(Role.ADMIN, SUBDISTRICT)):
        body = bytes(exported(desk.office, "csv", "?kind=elder_home").body).decode()

    assert "138****5678" in body
    assert "13812345678" not in body
    assert '"=cmd' not in body


def test_the_audit_says_who_took_how_much(street: Written) -> None:
    """Before the first byte leaves."""
    desk = Desk(street)

    with asked_by(street.sign_in(Role.ADMIN, SUBDISTRICT)):
        exported(desk.office, "csv", "?kind=noise_meter&lang=en")

    newest = street.store.audit().find(limit=1)[0].entry
    assert (newest.action, newest.object, newest.reason) == ("assets.export", "assets/csv", "kind=noise_meter")
    assert newest.after == '{"assets":1}'


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/system/assets", "/desk/assets"),
        ("/system/assets?lang=en&view=due", "/desk/assets?lang=en&view=due"),
        ("/system/newcomers?lang=en", "/desk/newcomers?lang=en"),
        ("/system/assets/NM-01", "/desk/assets?asset=NM-01"),
        ("/system/assets/a%26b=%0d%0ac", "/desk/assets?asset=a%26b%3D%0D%0Ac"),
    ],
)
def test_a_labels_address_leads_to_the_asset(served: Serving, address: str, leads_to: str) -> None:
    """Whatever stands in it stays one field of the address."""
    answer = served.client.get(address)

    assert answer.status_code in {303, 404}
    assert answer.status_code == 404 or answer.headers["location"] == leads_to


def test_a_label_leads_to_its_assets_page(street: Written, serve: Callable[[Config], Serving]) -> None:
    """The code holds the address that the server was asked at; its name is masked as on the page."""
    street.store.register_assets([HOSTILE])
    admin = street.sign_in(Role.ADMIN, SUBDISTRICT)
    browser = serve(street.config).browser(admin)

    one = browser.get("/desk/assets.html?asset=NM-01")
    every = browser.get("/desk/assets.html")
    led = browser.get("/system/assets/NM-01")

    code = qr_code(f"{str(one.url).split('/desk')[0]}/system/assets/NM-01")
    assert code in one.text
    assert one.text.count("<article>") == 1
    assert every.text.count("<article>") == 3
    assert "13812345678" not in every.text
    assert one.headers["content-disposition"] == 'attachment; filename="labels.html"'
    assert (led.status_code, led.headers["location"]) == (303, "/desk/assets?asset=NM-01")


def test_more_labels_than_anybody_prints_are_refused(street: Written) -> None:
    """Each costs a millisecond and a corner of paper."""
    desk = Desk(street)
    lamps = [Asset(asset_id=f"SL-{number}", kind="streetlight", name="x") for number in range(MOST_LABELS + 1)]
    street.store.register_assets(lamps)

    with asked_by(street.sign_in(Role.ADMIN, SUBDISTRICT)), pytest.raises(HTTPException) as refusal:
        exported(desk.office, "html", "?kind=streetlight", base="http://street.example")

    assert refusal.value.status_code == 413


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_template_reads_back_as_a_list_without_rows(street: Written, lang: str) -> None:
    """Its headings are understood in both languages."""
    book = load_workbook(io.BytesIO(template(lang)))
    heads = [str(cell.value) for cell in book.worksheets[0][1]]
    row = dict.fromkeys(heads, "") | {heads[1]: "SL-9", heads[2]: "streetlight", heads[3]: "lamp"}
    book.worksheets[0].append(list(row.values()))
    file = io.BytesIO()
    book.save(file)

    sheet = read_assets(file.getvalue(), Known.of((), (), Desk(street).office.places, load_scenarios()))

    assert [(it.asset_id, it.kind) for it in sheet.assets] == [("SL-9", "streetlight")]
    assert sheet.faults == ()


@pytest.mark.parametrize("form", ["csv", "xlsx", "geojson", "html"])
def test_a_name_of_any_length_and_kind_leaves_as_text(street: Written, form: str) -> None:
    """HTML, characters that turn, 100,000 letters: a device's name may be all of them."""
    names = ["<img src=x onerror=alert(1)>", "a\u202egnp.exe", "x" * 100_000, "=cmd|x", "@SUM(1)"]
    street.store.register_assets(
        [Asset(asset_id=f"U-{number}", kind="unknown", name=name) for number, name in enumerate(names)]
    )

    with asked_by(street.sign_in(Role.ADMIN, SUBDISTRICT)):
        body = bytes(exported(Desk(street).office, form, "?kind=unknown", base="http://street.example").body)

    if form == "html":
        assert b"<img" not in body
        assert body.count(b"<article>") == len(names)
    else:
        assert ids_in(form, body) == [f"U-{number}" for number in range(len(names))]
    if form == "xlsx":
        cells = [cell.value for row in load_workbook(io.BytesIO(body))["asset"].iter_rows() for cell in row]
        assert not [cell for cell in cells if isinstance(cell, str) and cell[:1] in "=+-@"]
