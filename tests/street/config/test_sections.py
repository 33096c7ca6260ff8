"""Defaults and ranges belong together."""

from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from street.config.sections import ROUTES, SECTIONS

ROOT = Path(__file__).resolve().parents[3]
KEYS = [(section, item) for section, kind in SECTIONS.items() for item in fields(kind)]


@pytest.mark.parametrize(("section", "item"), [pytest.param(*it, id=f"{it[0]}.{it[1].name}") for it in KEYS])
def test_a_default_obeys_its_own_rule(section: str, item) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - a dataclass Field
    """Leaving a key out can never be wrong."""
    if section == "ingest" and item.name == "routes":
        grouped: dict[str, list[str]] = {}
        for topic_filter, dialect in item.default:
            grouped.setdefault(dialect, []).append(topic_filter)
        default: object = grouped
    elif item.name == "channels":
        default = {}  # said by name
    else:
        default = str(item.default) if isinstance(item.default, Path) else item.default

    assert item.metadata["rule"].take(default) == item.default


def test_the_checked_in_file_has_only_known_keys() -> None:
    """Anything else would stop a new clone."""
    said = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    known = {section: {item.name for item in fields(kind)} for section, kind in SECTIONS.items()}

    assert [f"{section}.{key}" for section, keys in said.items() for key in keys if key not in known[section]] == []


def test_the_checked_in_file_routes_as_the_default_does() -> None:
    """What a new clone understands is what the documentation's table says."""
    said = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))["ingest"]["routes"]

    assert [(it, dialect) for dialect, filters in said.items() for it in filters] == list(ROUTES)


def test_durations_and_sizes_carry_their_unit() -> None:
    """`_s`, `_days`, `_rows` … : nobody has to guess."""
    units = ("_s", "_ms", "_min", "_h", "_hours", "_days", "_rows", "_mb", "_kb", "_mm", "_m", "_factor")
    counts = ("_messages", "_max", "_each", "_positions", "port")
    numbers = [f"{section}.{item.name}" for section, item in KEYS if type(item.default) in {int, float}]

    assert [name for name in numbers if not name.endswith(units + counts)] == []
