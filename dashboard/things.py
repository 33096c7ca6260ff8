"""One thing for one asker: the asset, alarm or incident that a route is about, where its asker may do that to it.

Unknown and forbidden raise the same 404. That somebody asked for what there is and may not have it is audited.
"""

from starlette.exceptions import HTTPException

from dashboard import asking
from dashboard.office import Office
from dashboard.picture import area_of
from dashboard.refusals import Refusal
from street.alarms import Alarm
from street.assets import Asset
from street.incidents import Incident
from street.policy import Action, may


def asset_for(office: Office, asset_id: str, action: Action) -> Asset:
    """Return the asset, to which the asker may do *action*.

    Raises:
        HTTPException: 404.
    """
    _check_name(asset_id)
    with office.reader() as reader:
        asset = reader.asset(asset_id)
    if asset is None:
        raise HTTPException(404)
    _check_right(office, action, area_of(asset), f"asset/{asset_id}")
    return asset


def incident_for(office: Office, incident_id: str, action: Action) -> Incident:
    """Return the incident, to which the asker may do *action*.

    Raises:
        HTTPException: 404.
    """
    _check_name(incident_id)
    with office.reader() as reader:
        found = reader.incidents([incident_id])
    if not found:
        raise HTTPException(404)
    _check_right(office, action, area_for(office, found[0]), f"incident/{incident_id}")
    return found[0]


def alarm_for(office: Office, alarm_id: str, action: Action) -> tuple[Alarm, Asset | None]:
    """Return the alarm, to which the asker may do *action*, with its asset where that is registered.

    Raises:
        HTTPException: 404.
    """
    _check_name(alarm_id)
    with office.reader() as reader:
        found = reader.alarms([alarm_id])
        asset = reader.asset(found[0].asset_id) if found else None
    if not found:
        raise HTTPException(404)
    _check_right(office, action, area_of(asset), f"alarm/{alarm_id}")
    return found[0], asset


def area_for(office: Office, incident: Incident) -> str:
    """Return where an incident lies: where its asset does if nobody knows better, empty if nobody knows at all."""
    if area_id := area_of(incident):
        return area_id
    with office.reader() as reader:
        return area_of(reader.asset(incident.asset_id))


def area_check(office: Office, action: Action, area_id: str, name: str) -> None:
    """Refuse the asker what she may not do to what lies there.

    Raises:
        HTTPException: 404.
    """
    _check_right(office, action, area_id, name)


def is_allowed(office: Office, action: Action, area_id: str) -> bool:
    """Return whether the asker may do *action* to what lies there."""
    return may(asking.person(), action, office.thing(area_id))


def _check_name(name: str) -> None:
    """Refuse what names nothing: PostgreSQL would not even take it as a text."""
    if not name.isprintable():
        raise HTTPException(404)


def _check_right(office: Office, action: Action, area_id: str, name: str) -> None:
    if is_allowed(office, action, area_id):
        return
    by = asking.actor()
    refusal = Refusal(by.person_id, by.login, by.address, by.session_id, action.value, name[:200], "not-allowed")
    office.refusals.note(refusal, by.request_id)
    raise HTTPException(404)
