"""Whom an act tells what: those who must do something next, or waited for it; never who did it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from street.incidents import Act, Incident, Order
from street.notices import Notice, about, to_department, to_person, to_role
from street.people import Actor, Role

Whom = Callable[[Incident, Incident], tuple[str, ...]]


def notices_of(before: Incident, after: Incident, order: Order, by: Actor) -> list[Notice]:
    """Return what is told of an act that led from *before* to *after*."""
    if not order.action_id:
        return []
    return [
        about(after, kind, f"{order.action_id}:{kind}", order.at_us, *to, who=by.login, reason=order.reason)
        for kind, whom in _TOLD.get(order.act, {}).items()
        if (to := tuple(it for it in dict.fromkeys(whom(before, after)) if it != to_person(by.person_id)))
    ]


def _handlers(incident: Incident) -> Iterator[str]:
    if incident.handler_id:
        yield to_person(incident.handler_id)
    elif incident.department_id:
        yield to_department(incident.department_id)


def _roles(incident: Incident, *roles: Role) -> Iterator[str]:
    area_id = incident.grid_cell_id or incident.community_id
    if area_id:
        yield from (to_role(role, area_id) for role in roles)


def _handler(_before: Incident, after: Incident) -> tuple[str, ...]:
    return tuple(_handlers(after))


def _former(before: Incident, after: Incident) -> tuple[str, ...]:
    return tuple(it for it in _handlers(before) if it not in _handlers(after))


def _sender(before: Incident, _after: Incident) -> tuple[str, ...]:
    return (to_person(before.dispatched_by),) if before.dispatched_by else tuple(_roles(before, Role.OPERATOR))


def _operators(_before: Incident, after: Incident) -> tuple[str, ...]:
    return tuple(_roles(after, Role.OPERATOR))


def _verifiers(_before: Incident, after: Incident) -> tuple[str, ...]:
    return tuple(_roles(after, Role.OPERATOR, Role.GRID_WORKER))


def _handler_and_squad(_before: Incident, after: Incident) -> tuple[str, ...]:
    return (*_handlers(after), *_roles(after, Role.SQUAD_LEADER))


_TOLD: Final[Mapping[Act, Mapping[str, Whom]]] = {
    Act.FILE: {"filed": _operators},
    Act.ACKNOWLEDGE: {"filed": _operators},
    Act.DISPATCH: {"dispatched": _handler},
    Act.WITHDRAW: {"withdrawn": _former},
    Act.TRANSFER: {"transferred": _handler, "withdrawn": _former},
    Act.ACCEPT: {"accepted": _sender},
    Act.RETURN: {"returned": _sender},
    Act.HANDLE: {"handled": _verifiers},
    Act.VERIFY: {"closed": _handler},
    Act.REWORK: {"reworked": _handler},
    Act.EXTEND: {"extended": _handler},
    Act.SUSPEND: {"suspended": _handler},
    Act.RESUME: {"resumed": _handler},
    Act.SUPERVISE: {"supervised": _handler_and_squad},
    Act.REOPEN: {"reopened": _operators},
    Act.MERGE: {"merged": _handler},
}
