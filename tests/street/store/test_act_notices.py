"""Whom an act tells: those who must do something next; never who did it."""

from dataclasses import replace
from typing import Any

import pytest

from street.incidents import Act, Order, Stage
from street.people import Actor
from street.store import Store, Writer
from street.store.act_notices import notices_of
from tests.street.store.makers import NOON_US, add_person, an_incident, rows
from tests.street.store.test_acts import OPERATOR, do, report

CELL = "370202007001001"
BEFORE = an_incident(
    stage=Stage.ACCEPTED, handler_id="o-1", dispatched_by="d-1", grid_cell_id=CELL, community_id=CELL[:12]
)


def told(act: Act, by_id: str = "x", **after: Any) -> dict[str, tuple[str, ...]]:
    """Return which kinds an act tells, and whom."""
    order = Order(action_id="t-1", incident_id=BEFORE.incident_id, act=act, at_us=NOON_US, reason="why")
    found = notices_of(BEFORE, replace(BEFORE, **after), order, Actor(by_id, by_id))
    assert all(it.notice_id == f"t-1:{it.kind}" and it.fields["reason"] == "why" for it in found)
    return {it.kind: it.to for it in found}


@pytest.mark.parametrize(
    ("act", "after", "expected"),
    [
        (Act.ACCEPT, {}, {"accepted": ("person:d-1",)}),
        (Act.RETURN, {"handler_id": ""}, {"returned": ("person:d-1",)}),
        (Act.TRANSFER, {"handler_id": "o-2"}, {"transferred": ("person:o-2",), "withdrawn": ("person:o-1",)}),
        (Act.TRANSFER, {"handler_id": "", "department_id": "养护"}, {
            "transferred": ("department:养护",), "withdrawn": ("person:o-1",)}),
        (Act.HANDLE, {}, {"handled": (f"role:operator@{CELL}", f"role:grid_worker@{CELL}")}),
        (Act.SUPERVISE, {}, {"supervised": ("person:o-1", f"role:squad_leader@{CELL}")}),
        (Act.VERIFY, {}, {"closed": ("person:o-1",)}),
        (Act.NOTE, {}, {}),
    ],
)  # fmt: skip
def test_an_act_tells_who_must_know(act: Act, after: dict[str, Any], expected: dict[str, tuple[str, ...]]) -> None:
    """The sender, the new and the former handler, the verifiers."""
    assert told(act, **after) == expected


def test_nobody_is_told_of_what_she_did_herself() -> None:
    """She knows."""
    assert told(Act.ACCEPT, by_id="d-1") == {}


def test_a_notice_is_kept_with_its_act_and_once(store: Store, writer: Writer) -> None:
    """In one transaction, for the officer's own list; the same tap again tells nothing anew."""
    officer = add_person(store)
    report(writer, severity=3)
    do(store, Act.FILE)
    for _ in range(2):
        do(store, Act.DISPATCH, OPERATOR, "tap-d", officer_id=officer.person_id)

    found = rows(store, "SELECT kind, person_id FROM notices JOIN notice_readers USING (notice_no)")
    assert found == [("dispatched", officer.person_id)]
