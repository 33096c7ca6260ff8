"""What a layout says and holds, read back from its components."""

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component

from layouts.desk.areas import AreaName, Areas
from layouts.desk.frame import Viewer
from street.people import Grant, Person, Role

SUBDISTRICT, COMMUNITY, CELL = "370202007", "370202007001", "370202007001002"
NOW_US = 1_795_519_473_000_000  # 2026-11-24 19:24:33 in Shanghai
AREAS = Areas(
    {
        CELL: AreaName("齐东路社区第2网格", ""),
        SUBDISTRICT: AreaName("江苏路街道", "Jiangsu Road Subdistrict"),
        COMMUNITY: AreaName("齐东路社区", "Qidong Rd Community"),
    }
)


def a_viewer(language: str = "zh", path: str = "/desk/people", **query: str) -> Viewer:
    """Return an admin who looks."""
    return Viewer(
        name="陈静", roles=("系统管理员",), lang=language, pages=("/desk/people", "/desk/roster"), path=path,
        query=query, csrf="c-1", now_us=NOW_US,
    )  # fmt: skip


def a_person(**changes: Any) -> Person:
    """Return an officer."""
    told: dict[str, Any] = {
        "person_id": "p-1", "login": "lina", "name": "李娜", "name_en": "Li Na", "phone": "13812345678", "unit": "一组",
        "grants": (Grant(Role.OFFICER, COMMUNITY),), "version": 3,
    }  # fmt: skip
    return Person(**(told | changes))


def pieces(component: Any) -> Iterator[dict[str, Any]]:
    """Yield the properties of *component* and of all inside it, each with its type."""
    if isinstance(component, Component):
        props = component.to_plotly_json()["props"]  # type: ignore[no-untyped-call]  # Dash is half typed
        yield {**props, "type": component._type}
        yield from pieces(props.get("children"))
    elif isinstance(component, list | tuple):
        for one in component:
            yield from pieces(one)


def said(component: Any) -> str:
    """Return all text, its pieces parted by bars."""
    if isinstance(component, Component):
        return said(component.to_plotly_json()["props"].get("children"))  # type: ignore[no-untyped-call]  # as above
    if isinstance(component, list | tuple):
        return "|".join(filter(None, (said(one) for one in component)))
    return "" if component is None else str(component)


def piece(component: Any, wanted: str) -> dict[str, Any]:
    """Return the properties of the element with this id."""
    return next(one for one in pieces(component) if one.get("id") == wanted)


def links(component: Any) -> list[str]:
    """Return where links lead."""
    return [str(one["href"]) for one in pieces(component) if "href" in one]
