"""Choosing a new password: what is wrong with it, or it is set."""

from collections.abc import Mapping

from dashboard.office import Office
from street import passwords
from street.people import Actor, Person


def set_password(office: Office, person: Person, fields: Mapping[str, str], by: Actor) -> list[str]:
    """Set what *fields* say under `new` and `again`; return the codes of what is wrong, and then nothing was set.

    All other sessions of the person end.
    """
    new = fields.get("new", "")
    if new != fields.get("again", ""):
        return ["differs"]
    faults = passwords.faults(new, office.config.people.password_policy, person.login, person.name)
    if faults:
        return faults
    if any(passwords.verify(known, new) for known in office.people.recent_hashes(person.person_id)):
        return ["used"]
    office.people.set_password(person.person_id, passwords.hashed(new), must_change=False, by=by)
    return []
