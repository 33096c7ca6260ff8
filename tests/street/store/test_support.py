"""The dump for support: what is not listed is only counted."""

import orjson

from street.people import Actor, Person
from street.store import open_store, schema
from street.store.support import MOST_ROWS, TOLD
from tests.street.store.makers import NOON_US, a_letter, a_reading, an_incident, put


def test_everything_listed_exists() -> None:
    """A column that was renamed must not silently vanish from the dump, or worse."""
    tables = schema.metadata.tables

    assert {name: set(columns.split()) - set(tables[name].c.keys()) for name, columns in TOLD.items()} == {
        name: set() for name in TOLD
    }


def test_personal_columns_are_not_listed() -> None:
    """Names, texts, positions, addresses, tokens, and what devices sent."""
    personal = set(
        "name name_en phone unit login title title_en description address lon lat topic payload reason field jpeg"
        " token_hash csrf password_hash second_factor subject before after object body seal device_id road media"
        " incident_id".split()
    )

    listed = {(table, name) for table, names in TOLD.items() for name in names.split() if name in personal}

    assert listed == {("marks", "name"), ("series", "unit")}


def test_a_dump_counts_all_and_tells_of_nobody(url: str) -> None:
    """Every table has its number of rows, new ones too; ids that look like numbers are masked."""
    store = open_store(url, lambda: NOON_US, audit_key=b"k" * 32)
    by = Actor("p", "13912345678", "203.0.113.9")
    person = Person(person_id="", login="ann", name="王小明", phone="13812345678")
    store.people().add(person, password_hash="argon2", by=by)
    writer = store.writer()
    put(writer, a_reading(asset_id="13812345678"))
    batch = writer.begin(NOON_US)
    batch.report_incident(an_incident("x/13812345678", title="鲁B12345", description="13812345678"))
    batch.add_dead_letter(a_letter(topic="street/13812345678", payload=b"13812345678", field="13812345678"))
    batch.commit()
    writer.close()

    told = list(store.support_dump())
    text = orjson.dumps(told).decode()

    assert {each["table"] for each in told if "table" in each} == set(schema.metadata.tables)
    assert next(each["rows"] for each in told if each.get("table") == "people") == 1
    assert next(each for each in told if each.get("of") == "latest")["value"] == 60.0
    assert not [it for it in ("13812345678", "13912345678", "王小明", "12345", "203.0.113.9", "argon2") if it in text]
    store.close()


def test_a_dump_is_bounded(url: str) -> None:
    """The newest rows of a large table; how many there are is said all the same."""
    store = open_store(url, lambda: NOON_US)
    writer = store.writer()
    batch = writer.begin(NOON_US)
    for number in range(MOST_ROWS + 10):
        batch.add_dead_letter(a_letter(number))
    batch.commit()
    writer.close()

    told = [each for each in store.support_dump() if "dead_letters" in (each.get("of"), each.get("table"))]

    assert (told[0]["rows"], len(told) - 1) == (MOST_ROWS + 10, MOST_ROWS)
    assert told[1]["received_us"] == max(each["received_us"] for each in told[1:])
    store.close()
