"""Notices: who is told what, and in which words.

    act or duty ── Notice ──▶ store (in the act's own transaction) ──▶ the list of each reader, at once
                                                                   ──▶ duty ── Texts ──▶ channels that were configured

A notice names kinds and fields, never sentences: those are data files, one a language. Texts are masked wherever they
go: who may know more opens the incident and reveals it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from street import strict_yaml
from street.errors import ConfigError
from street.incidents import Incident
from street.masking import masked
from street.people import AREA_DIGITS, Role

LANGUAGES: Final = ("zh", "en")
LONGEST_FIELD: Final = 200
CRITICAL: Final = 1  # this severity is told at night too
_FOLDER: Final = Path(__file__).with_name("notices_texts")
_OTHER: Final = "other"  # the text of a kind that has none of its own


def to_person(person_id: str) -> str:
    """Return the recipient who is this person."""
    return f"person:{person_id}"


def to_department(department_id: str) -> str:
    """Return the recipients who work for this department (their unit), on duty or not."""
    return f"department:{department_id}"


def to_role(role: Role, area_id: str) -> str:
    """Return the recipients of this role whose areas hold *area_id*: those on duty, or all where nobody is."""
    return f"role:{role.value}@{area_id}"


def to_level(role: Role, area_id: str) -> str:
    """Return the recipients who have this role in exactly *area_id*: those on duty, or all where nobody is."""
    return f"level:{role.value}@{area_id}"


def to_reached(level: int, area_id: str, subdistrict_id: str) -> tuple[str, ...]:
    """Return whom an escalation to *level* (1 squad, 2 subdistrict, 3 district) is told: that level and two below it.

    Args:
        level: that is reached.
        area_id: where the incident lies.
        subdistrict_id: nine digits; its district is named by the first six.
    """
    rungs = (
        (to_role(Role.OFFICER, area_id),),
        (to_role(Role.SQUAD_LEADER, area_id),),
        (to_role(Role.OPERATOR, area_id), to_level(Role.LEADER, subdistrict_id)),
        (to_level(Role.LEADER, subdistrict_id[: AREA_DIGITS[0]]),),
    )
    return tuple(it for rung in rungs[max(level - 2, 0) : level + 1] for it in rung)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that people are told once, under an id that whoever tells it makes: the same id is never kept twice.

    `to` are recipients as the four functions above name them; those who left are left out. `fields` are what the texts
    of its kind want; see `street/notices_texts`.
    """

    notice_id: str
    kind: str
    at_us: int
    severity: int = 3  # 1 (紧急) … 4 (提示)
    incident_id: str = ""
    to: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    is_drill: bool = False


def about(incident: Incident, kind: str, notice_id: str, at_us: int, *to: str, **fields: str) -> Notice:
    """Return the notice of something that was done to an incident.

    Args:
        incident: as it is now.
        kind: of `street/notices_texts`.
        notice_id: mostly the action's id.
        at_us: when it was done.
        to: recipients.
        fields: what the kind's texts want beside the incident.
    """
    of_incident = {
        "no": str(incident.short_no), "title": incident.title, "title_en": incident.title_en or incident.title,
        "address": incident.address, "severity": str(incident.severity),
    }  # fmt: skip
    return Notice(
        notice_id=notice_id, kind=kind, at_us=at_us, severity=incident.severity, incident_id=incident.incident_id,
        to=to, fields=of_incident | fields, is_drill=incident.is_drill,
    )  # fmt: skip


def areas_around(area_id: str) -> list[str]:
    """Return *area_id* and every area that holds it, the largest first."""
    return [area_id[:digits] for digits in AREA_DIGITS if digits <= len(area_id)]


class Said(NamedTuple):
    """A notice in words."""

    title: str
    text: str


class Texts:
    """The sentences of every kind in one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        path = _FOLDER / f"{lang}.yaml"
        self._texts: dict[str, Said] = {}
        for kind, told in strict_yaml.read(path).items():
            if not isinstance(told, Mapping) or set(told) != {"title", "text"}:
                msg = f"{path}:1: {kind}: expected a title and a text"
                raise ConfigError(msg)
            self._texts[kind] = Said(str(told["title"]), str(told["text"]))

    @property
    def kinds(self) -> frozenset[str]:
        """Which kinds have texts of their own."""
        return frozenset(self._texts)

    def word(self, name: str) -> str:
        """Return the title of an entry that is no kind of notice, as `many`."""
        return self._texts[name].title

    def sentence(self, name: str) -> str:
        """Return the text of an entry that is no kind of notice, as `again`."""
        return self._texts[name].text

    def said(self, notice: Notice) -> Said:
        """Return *notice* in words, each on one line, personal fields covered; a field that is missing leaves a gap."""
        pattern = self._texts.get(notice.kind, self._texts[_OTHER])
        told = {name: _plain(value) for name, value in notice.fields.items()}
        fields = _Fields(told | {"kind": notice.kind})
        if self.lang == "en":
            fields["title"] = fields["title_en"] or fields["title"]
        if (level := self._texts.get(f"level_{fields['level']}")) is not None:
            fields["level"] = level.title
        title, text = (masked(each.format_map(fields)) for each in pattern)
        mark = self.word("drill") if notice.is_drill else ""
        return Said(f"{mark}{title}", " ".join(text.split()))


@cache
def texts(lang: str) -> Texts:
    """Return the sentences of one of `LANGUAGES`, read once."""
    return Texts(lang if lang in LANGUAGES else LANGUAGES[0])


class _Fields(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return ""


def _plain(text: str) -> str:
    """Return outside text on one line, without controls, not longer than a notice can bear."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= LONGEST_FIELD else f"{line[: LONGEST_FIELD - 1]}…"
