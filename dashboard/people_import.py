"""People and shifts out of an XLSX: judged row by row, and taken in whole or not at all.

POST /api/people/import?dry=1   says what is wrong, writes nothing
POST /api/people/import         judges again, writes, and tells the one-time passwords once
GET  /desk/people.xlsx          the empty list
"""

import asyncio
import io
from collections.abc import Mapping
from typing import Any, Final

from dash import ClientsideFunction, Dash, Input, Output
from openpyxl import Workbook  # type: ignore[import-untyped]  # it ships no types
from openpyxl.styles import Font  # type: ignore[import-untyped]  # as above
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import asking
from dashboard.bodies import XLSX
from dashboard.desk_view import areas_named, may_change, within
from dashboard.looks import language_of
from dashboard.office import Office
from layouts import ids
from layouts.desk.addresses import IMPORT, TEMPLATE
from layouts.desk.areas import Areas
from layouts.desk.people import PEOPLE_ROLES
from layouts.desk.pieces import Words
from layouts.wording import desk_words_in
from street.clock import DAY_US
from street.errors import FieldError, LoginTakenError
from street.passwords import hashed, new_password
from street.people_sheet import COLUMNS, Known, PeopleSheet, RowFault, read_people
from street.policy import Action
from street.store import ImportRow

MOST_PEOPLE: Final = 500  # each costs one hash; longer lists go by `python -m street people import`
MOST_FAULTS: Final = 200  # that are told at once
ROSTER_DAYS: Final = 400  # how far around now shifts are compared

Report = dict[str, Any]


def join(pages: Dash, _office: Office, _areas: Areas) -> None:
    """Join the panel's buttons to the browser's own functions: a callback of ours takes no large body."""
    pages.clientside_callback(  # type: ignore[no-untyped-call]  # Dash is half typed
        ClientsideFunction("desk", "checkFile"),
        Output(ids.IMPORT_CHECKED, "children"),
        Output(ids.IMPORT_GO, "disabled"),
        Input(ids.IMPORT_CHOOSE, "n_clicks"),
        prevent_initial_call=True,
    )
    pages.clientside_callback(  # type: ignore[no-untyped-call]  # as above
        ClientsideFunction("desk", "importFile"),
        Output(ids.IMPORT_DONE, "children"),
        Input(ids.IMPORT_GO, "n_clicks"),
        prevent_initial_call=True,
    )


def routes(office: Office) -> list[Route]:
    """Return the import's routes."""
    areas = areas_named(office)

    async def take(request: Request) -> Response:
        words = desk_words_in(language_of(request, office.config))
        content = await request.body()
        is_dry = request.query_params.get("dry") == "1"
        report, status = await asyncio.to_thread(imported, office, content, words, is_dry=is_dry)
        return JSONResponse(report, status, headers={"cache-control": "no-store"})

    def empty(request: Request) -> Response:
        lang = language_of(request, office.config)
        headers = {"content-disposition": 'attachment; filename="people.xlsx"', "cache-control": "no-store"}
        return Response(template(lang, areas), media_type=XLSX, headers=headers)

    return [Route(IMPORT, take, methods=["POST"]), Route(TEMPLATE, empty)]


def imported(office: Office, content: bytes, words: Words, *, is_dry: bool) -> tuple[Report, int]:
    """Judge a list and, unless *is_dry*, take it in; return what to tell and the answer's status.

    A list with any fault is answered 422 and writes nothing, whether dry or not.
    """
    now_us = office.now_us()
    shifts = office.roster.shifts(now_us - ROSTER_DAYS * DAY_US, now_us + ROSTER_DAYS * DAY_US)
    everybody = office.people.all()
    sheet = read_people(content, Known.of(everybody, office.places, shifts))
    faults = [*sheet.faults, *_refused(sheet, {person.person_id: person for person in everybody})]
    if faults:
        return _faulty(faults, words), 422
    counts = {"people": len(sheet.people), "shifts": len(sheet.shifts)}
    if is_dry:
        return {"ok": True, "said": words["import_fine"], "counts": counts, "heads": [], "rows": []}, 200
    secrets = [new_password() for _ in sheet.people]
    rows = [ImportRow(person, hashed(secret)) for person, secret in zip(sheet.people, secrets, strict=True)]
    try:
        office.people.add_many(rows, asking.actor(), sheet.shifts)
    except LoginTakenError as error:
        return _faulty([RowFault("people", 0, "login", "login-taken", str(error))], words), 422
    except FieldError as error:
        return _faulty([RowFault("file", 0, error.field, error.code)], words), 422
    told = [[person.login, person.name, secret] for person, secret in zip(sheet.people, secrets, strict=True)]
    return {
        "ok": True,
        "said": words["import_done"],
        "counts": counts,
        "note": words["one_times"] if told else "",
        "heads": [words["login"], words["name"], words["one_time"]] if told else [],
        "rows": told,
    }, 200


def _refused(sheet: PeopleSheet, known: Mapping[str, Any]) -> list[RowFault]:
    """Return what is not the asker's to write."""
    if len(sheet.people) > MOST_PEOPLE:
        return [RowFault("people", 0, "", "too-many-rows", str(MOST_PEOPLE))]
    fresh = {person.person_id: person for person in sheet.people}
    faults = [
        RowFault("people", 0, "area", "refused", person.login)
        for person in sheet.people
        if not may_change(Action.CHANGE_PEOPLE, person)
    ]
    on_duty = {shift.person_id for shift in sheet.shifts}
    for person_id in sorted(on_duty):
        person = fresh.get(person_id) or known[person_id]
        if not may_change(Action.CHANGE_ROSTER, person):
            faults.append(RowFault("roster", 0, "login", "refused", person.login))
    return faults


def _faulty(faults: list[RowFault], words: Words) -> Report:
    rows = [
        [
            words[f"sheet_{fault.sheet}"],
            str(fault.row) if fault.row else words["none"],
            words.get(f"column_{fault.column}", words["none"]),
            words.get(f"fault_{fault.code}", fault.code) + (f" · {fault.found}" if fault.found else ""),
        ]
        for fault in faults[:MOST_FAULTS]
    ]
    more = len(faults) - len(rows)
    return {
        "ok": False,
        "said": words["import_faulty"],
        "counts": {"faults": len(faults)},
        "note": words["import_more"].format(n=more) if more else "",
        "heads": [words[name] for name in ("sheet", "row", "column", "fault")],
        "rows": rows,
    }


def template(lang: str, areas: Areas) -> bytes:
    """Return the empty workbook: its two sheets, and a third that says which roles and areas there are."""
    words = desk_words_in(lang)
    book = Workbook()
    book.remove(book.worksheets[0])
    for part, columns in COLUMNS.items():
        sheet = book.create_sheet(words[f"sheet_{part}"])
        sheet.append([words[f"column_{name}"] for name in columns])
        sheet.freeze_panes = "A2"
        for number, cell in enumerate(sheet[1], start=1):
            cell.font = Font(bold=True)
            sheet.column_dimensions[chr(64 + number)].width = 18
    notes = book.create_sheet(words["sheet_notes"])
    notes.append([words["sheet_notes_roles"], words["sheet_notes_areas"]])
    roles = [words[f"role_{role}"] for role in PEOPLE_ROLES]
    names = [areas.name(option["value"], lang) for option in areas.options(lang, within(Action.CHANGE_PEOPLE))]
    for number in range(max(len(roles), len(names))):
        notes.append([(column[number] if number < len(column) else None) for column in (roles, names)])
    for letter in "AB":
        notes.column_dimensions[letter].width = 30
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
