"""People as rows: how a person is read, checked and described to the audit."""

import re
import unicodedata
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Select, select, true

from street.errors import FieldError
from street.people import Grant, Person, Role, is_area
from street.store import schema

LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
PHONE: Final = re.compile(r"(?:\+?[0-9][0-9 -]{2,19})?")
LONGEST: Final = {"name": 64, "name_en": 64, "unit": 100}
MOST_GRANTS: Final = 50
EDITABLE: Final = ("login", "name", "name_en", "phone", "unit", "is_active", "must_change_password")


def read_people(connection: Connection, now_us: int, where: ColumnElement[bool] | None = None) -> list[Person]:
    """Return those people, by login, on duty or not as of *now_us*."""
    people = schema.people
    wanted = true() if where is None else where
    rows = list(connection.execute(select(people).where(wanted).order_by(people.c.login)))
    ids = select(people.c.person_id).where(wanted)
    grants: dict[str, list[Grant]] = {}
    table = schema.grants
    statement = select(table).where(table.c.person_id.in_(ids)).order_by(table.c.role, table.c.area_id)
    for row in connection.execute(statement):
        grants.setdefault(row.person_id, []).append(Grant(Role(row.role), row.area_id))
    on_duty = set(connection.execute(_on_duty(now_us).where(schema.shifts.c.person_id.in_(ids))).scalars())
    return [_person(row, tuple(grants.get(row.person_id, ())), row.person_id in on_duty) for row in rows]


def _on_duty(now_us: int) -> Select[tuple[str]]:
    shifts = schema.shifts.c
    return select(shifts.person_id).where(shifts.starts_us <= now_us, shifts.ends_us > now_us)


def read_person(connection: Connection, now_us: int, person_id: str) -> Person | None:
    """Return one person, None where nobody has this id."""
    found = read_people(connection, now_us, schema.people.c.person_id == person_id)
    return found[0] if found else None


def login_of(text: str) -> str:
    """Return what is typed as a login in the form in which logins are kept."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def check(person: Person) -> None:
    """Raise FieldError where a field of *person* holds what it may not."""
    if not LOGIN.fullmatch(person.login):
        raise FieldError(field="login", code="form")
    for field, longest in LONGEST.items():
        _check_text(field, getattr(person, field), longest)
    if not person.name.strip():
        raise FieldError(field="name", code="missing")
    if not PHONE.fullmatch(person.phone):
        raise FieldError(field="phone", code="form")
    if len(person.grants) > MOST_GRANTS:
        raise FieldError(field="grants", code="too-many")
    if any(not is_area(grant.area_id) for grant in person.grants):
        raise FieldError(field="area", code="unknown")


def _check_text(field: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise FieldError(field=field, code="too-long")
    if not is_plain(text):
        raise FieldError(field=field, code="characters")


def is_plain(text: str) -> bool:
    """Return whether *text* is one line of text: no controls, no direction marks, no lone surrogates."""
    return not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in text)


def row_of(person: Person) -> dict[str, Any]:
    """Return what an edit may write of *person*."""
    row = {name: getattr(person, name) for name in EDITABLE}
    return {**row, "is_active": int(person.is_active), "must_change_password": int(person.must_change_password)}


def write_grants(connection: Connection, person: Person) -> None:
    """Replace the grants of *person* in the caller's transaction."""
    table = schema.grants
    connection.execute(table.delete().where(table.c.person_id == person.person_id))
    rows = [
        {"person_id": person.person_id, "role": grant.role.value, "area_id": grant.area_id}
        for grant in dict.fromkeys(person.grants)
    ]
    if rows:
        connection.execute(table.insert(), rows)


def described(person: Person, other: Person | None = None) -> str:
    """Return what the audit may keep of *person* as JSON: no personal fields, but which of them differ from *other*."""
    said: dict[str, Any] = {
        "login": person.login,
        "roles": sorted(f"{grant.role.value}@{grant.area_id}" for grant in person.grants),
        "is_active": person.is_active,
    }
    if other is not None:
        changed = [
            name for name in ("name", "name_en", "phone", "unit") if getattr(person, name) != getattr(other, name)
        ]
        said |= {"changed": changed} if changed else {}
    return orjson.dumps(said).decode()


def _person(row: Row[Any], grants: tuple[Grant, ...], is_on_duty: bool) -> Person:
    return Person(
        person_id=row.person_id,
        login=row.login,
        name=row.name,
        name_en=row.name_en,
        phone=row.phone,
        unit=row.unit,
        grants=grants,
        is_active=bool(row.is_active),
        is_demo=bool(row.is_demo),
        must_change_password=bool(row.must_change_password),
        has_totp=row.second_factor is not None,
        is_on_duty=is_on_duty,
        version=row.version,
    )
