"""People: who they are, what they may be, where, and when they are on duty.

A person has grants, each a role in an area. Areas are named by their official digits, and a longer name lies inside
every shorter one it begins with: district 370202 ⊃ subdistrict 370202007 ⊃ community 370202007001 ⊃ grid cell
370202007001003.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

AREA_DIGITS: Final = (6, 9, 12, 15)  # 区, 街道, 社区, 网格
NOBODY: Final = ""  # the person id of a request without a session


class Actor(NamedTuple):
    """Who does something, and from where: what the audit remembers of it."""

    person_id: str
    login: str
    address: str = ""
    session_id: str = ""
    request_id: str = ""

    @classmethod
    def system(cls, login: str) -> "Actor":
        """Return the actor for a command or the program itself: nobody with an account."""
        return cls(NOBODY, login)


KEEPER: Final = Actor.system("keeper")._replace(address="console")  # who types a command on the machine itself


class Role(StrEnum):
    """What somebody is to the street. A person may be several things, each in an area of its own."""

    WALL = "wall"  # a screen, not a person: sees, never acts
    OPERATOR = "operator"
    OFFICER = "officer"
    SQUAD_LEADER = "squad_leader"
    GRID_WORKER = "grid_worker"
    DEPARTMENT = "department"
    LEADER = "leader"
    ADMIN = "admin"  # keeps people and devices, handles no incidents, reads no personal data
    AUDITOR = "auditor"  # reads the audit and nothing else may: 等保 parts this from the admin


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one area and all areas inside it."""

    role: Role
    area_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A time on duty, from `starts_us` until before `ends_us`."""

    person_id: str
    starts_us: int
    ends_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account, or a screen that was paired.

    `version` counts changes; an edit names the version it started from.
    """

    person_id: str
    login: str
    name: str
    name_en: str = ""
    phone: str = ""
    unit: str = ""  # squad or department, free text
    grants: tuple[Grant, ...] = field(default=())
    is_active: bool = True
    is_demo: bool = False
    must_change_password: bool = False
    has_totp: bool = False
    is_on_duty: bool = False  # whether a shift of the roster holds now, as of when the person was read
    version: int = 1

    @property
    def roles(self) -> frozenset[Role]:
        """What the person is anywhere."""
        return frozenset(grant.role for grant in self.grants)


def is_area(area_id: str) -> bool:
    """Return whether *area_id* has the form of an area's name."""
    return area_id.isascii() and area_id.isdigit() and len(area_id) in AREA_DIGITS


def lies_in(area_id: str, outer_id: str) -> bool:
    """Return whether area *area_id* is *outer_id* or lies inside it; an empty name holds nothing."""
    return bool(outer_id) and area_id.startswith(outer_id)
