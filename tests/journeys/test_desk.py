"""The desk in Chromium, over a real store: one pass a screen, by keyboard and mouse, with a silent console."""

import contextlib
import csv
import io
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from dashboard.__main__ import listening, server_of
from dashboard.app import create_app
from layouts.desk.moments import day_of
from street.clock import now_us
from street.config import Config
from street.config.sections import PeopleConfig, StoreConfig
from street.keys import load_keys
from street.passwords import verify
from street.people import Actor, Grant, Person, Role
from street.store import Session, Store, open_store
from tests.journeys import checks
from tests.journeys.conftest import NO_GL, Browsers, Opened, Seen
from tests.journeys.stack import until

BY = Actor.system("journey")
SUBDISTRICT, COMMUNITY = "370202007", "370202007001"
SIZES = [(1920, 1080), (1366, 768)]
HOSTILE = '<img src=x onerror="document.title=1">'


@dataclass
class Desk:
    """A dashboard over a store of its own."""

    store: Store
    url: str
    open: Callable[..., Opened]

    def person(self, login: str, role: Role, area_id: str = SUBDISTRICT, **changes: Any) -> Person:
        """Add somebody."""
        told: dict[str, Any] = {"login": login, "name": login.title(), "grants": (Grant(role, area_id),)}
        person = Person(person_id="", **(told | changes))
        return self.store.people().add(person, password_hash=None, by=BY)

    def session(self, person: Person, kind: str = "person", name: str = "Chromium") -> tuple[str, Session]:
        """Sign somebody in."""
        return self.store.sessions().begin(person.person_id, kind=kind, address="127.0.0.1", name=name, by=BY)

    def see(self, person: Person, path: str, size: tuple[int, int] = SIZES[1]) -> Opened:
        """Open a page as *person*."""
        token, session = self.session(person)
        return self.open(self.url + path, size, {"sid": token, "_csrf_token": session.csrf})


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, browsers: Browsers) -> Iterator[Desk]:
    """One desk for the file; each test has people of its own."""
    folder = tmp_path_factory.mktemp("desk")
    config = Config(
        store=StoreConfig(url=f"sqlite:///{folder / 'street.db'}"),
        people=PeopleConfig(keys_file=folder / "keys.json", sessions_each=50),
    )
    key = load_keys(config.people.keys_file).audit
    store = open_store(config.store.url, now_us=now_us, audit_key=key, session_limits=config.people)
    server = server_of(create_app(config, now_us=now_us))
    listener = listening("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    until(lambda: server.started, "the desk is served")
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    contexts = []

    def opened(address: str, size: tuple[int, int], cookies: dict[str, str]) -> Opened:
        context = browsers(NO_GL).new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True)
        context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
        contexts.append(context)
        page, seen = context.new_page(), Seen()
        seen.watch(page)
        page.goto(address)
        page.wait_for_selector("main :is(h1, .nothing)")
        return page, seen

    yield Desk(store, url, opened)
    for context in contexts:
        context.close()
    server.should_exit = True
    thread.join(30)
    store.close()


@pytest.fixture(scope="module")
def admin(desk: Desk) -> Person:
    """An admin."""
    return desk.person("chenjing", Role.ADMIN, name="陈静", name_en="Chen Jing")


def choose(page: Page, control: str, text: str) -> None:
    """Choose from a list as a hand would."""
    page.locator(f"#{control}").click()
    page.locator(".dash-dropdown-content").get_by_text(text, exact=False).first.click()


def clean(page: Page, seen: Seen, *, host: str) -> None:
    """Assert that the page is whole: silent, at home, nothing cut, small or faint."""
    assert seen.errors == []
    assert seen.failures == []
    assert seen.hosts == {host.removeprefix("http://")}
    assert checks.ask(page, "scrolls") == []
    assert checks.ask(page, "faintTexts") == []
    assert checks.ask(page, "smallTexts", 14) == []


@pytest.mark.parametrize(("size", "lang"), [(SIZES[0], "zh"), (SIZES[1], "en")], ids=["1080p zh", "laptop en"])
@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.ADMIN, "/desk/people"),
        (Role.ADMIN, "/desk/people?new=1"),
        (Role.ADMIN, "/desk/people?import=1"),
        (Role.SQUAD_LEADER, "/desk/roster"),
        (Role.ADMIN, "/desk/devices"),
        (Role.AUDITOR, "/desk/audit"),
        (Role.OFFICER, "/desk/assets?asset=NM-01"),
        (Role.ADMIN, "/desk/newcomers?newcomer=1"),
    ],
    ids=["people", "new", "import", "roster", "devices", "audit", "assets", "newcomers"],
)
def test_every_page_is_whole_in_both_sizes_and_languages(
    desk: Desk, role: Role, path: str, size: tuple[int, int], lang: str
) -> None:
    """Nothing scrolls sideways, no word is faint, the console is silent, nothing leaves the origin."""
    who = desk.person(f"{role}{time.monotonic_ns()}", role)
    address = path + ("&" if "?" in path else "?") + f"lang={lang}"

    page, seen = desk.see(who, address, size)
    expect(page.locator(".chain .quiet")).to_have_count(0)

    clean(page, seen, host=desk.url)
    assert page.evaluate("document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[lang]


def test_an_admin_adds_somebody_finds_and_changes_her(desk: Desk, admin: Person) -> None:
    """From the empty form to the row in the list; the password that is shown once works."""
    page, seen = desk.see(admin, "/desk/people")

    page.get_by_text("新增人员").first.click()
    page.fill("#person-name", HOSTILE)
    page.fill("#person-login", "hostile")
    page.fill("#person-phone", "13812345678")
    choose(page, "person-grant-role", "执法队员")
    choose(page, "person-grant-area", "齐东路社区")
    page.click("#person-grant-add")
    expect(page.locator("#person-grants")).to_contain_text("执法队员 · 齐东路社区")
    page.click("#person-save")
    secret = page.locator(".secret").inner_text()
    page.get_by_text("打开该人员").click()
    page.wait_for_selector("#person-reset-password", state="attached")
    page.fill("#person-unit", "一组")
    page.click("#person-save")
    expect(page.locator("#person-said")).to_contain_text("已保存")
    page.fill("#people-text", "hostile")
    expect(page.locator(".people tbody tr:not(.group)")).to_have_count(1)

    person = desk.store.people().find("hostile")
    assert person is not None
    assert (person.name, person.unit, person.grants) == (HOSTILE, "一组", (Grant(Role.OFFICER, COMMUNITY),))
    assert verify(desk.store.people().password_hash(person.person_id), secret)
    assert "q=hostile" in page.url
    assert "13812345678" not in page.content()
    assert page.locator(".people img").count() == 0
    clean(page, seen, host=desk.url)


def test_a_list_is_checked_and_then_taken_in(desk: Desk, admin: Person, tmp_path: Path) -> None:
    """The template, filled in wrongly, is refused with its row; put right, it comes in whole."""
    page, seen = desk.see(admin, "/desk/people?import=1")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载模板").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    book.worksheets[0].append(["sheet-1", "赵军", "", "", "", "皇帝", "齐东路社区"])
    book.save(wrong := tmp_path / "wrong.xlsx")
    book.worksheets[0]["F2"] = "执法队员"
    book.worksheets[1].append(["sheet-1", "2026-11-24", "20:00", "08:00"])
    book.save(right := tmp_path / "right.xlsx")

    _choose_file(page, wrong)
    expect(page.locator("#import-checked")).to_contain_text("没有这个角色 · 皇帝")
    expect(page.locator("#import-go")).to_be_disabled()
    failed = [failure for failure in seen.failures if failure.startswith("422")]
    _choose_file(page, right)
    expect(page.locator("#import-checked")).to_contain_text("1 人、1 个班次，可以导入")
    page.click("#import-go")
    expect(page.locator("#import-done")).to_contain_text("已导入 1 人、1 个班次")

    assert desk.store.people().find("sheet-1") is not None
    assert len(failed) == 1


def _choose_file(page: Page, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.click("#import-choose")
    chooser.value.set_files(path)


def test_a_squad_leader_plans_a_day(desk: Desk) -> None:
    """A press on the day, two times, saved; and taken away again."""
    leader = desk.person("leader-r", Role.SQUAD_LEADER, COMMUNITY)
    officer = desk.person("officer-r", Role.OFFICER, COMMUNITY)
    day = day_of(now_us())
    page, seen = desk.see(leader, f"/desk/roster?person={officer.person_id}&day={day}")

    page.fill("#shift-from", "00:00")
    page.fill("#shift-to", "24:00")
    page.click("#shift-save")
    expect(page.locator("#shift-said")).to_contain_text("已保存")
    expect(page.locator("td.chosen .shift.now")).to_have_text("00:00–24:00")
    assert len(desk.store.roster().shifts(0, 2**60)) >= 1
    page.locator("#shift-kept input").uncheck()
    page.click("#shift-save")
    expect(page.locator("td.chosen .shift")).to_have_count(0)

    clean(page, seen, host=desk.url)


def test_a_screen_is_let_in_by_its_code(desk: Desk, admin: Person) -> None:
    """Typed as it stands on the screen, with the Enter key; then an area."""
    offer = desk.store.pairing().offer("screen", "hall", "10.0.0.5", now_us())
    page, seen = desk.see(admin, "/desk/devices")

    page.fill("#pair-code", f"{offer.code[:4].lower()}-{offer.code[4:]}")
    page.keyboard.press("Enter")
    expect(page.locator(".waiting")).to_contain_text("大屏 · hall · 来自 10.0.0.5")
    choose(page, "pair-area", "江苏路街道")
    page.click("#pair-approve")
    expect(page.locator("#pair-said")).to_contain_text("已批准")

    assert desk.store.pairing().collect(offer.token) is not None
    clean(page, seen, host=desk.url)


def test_a_stolen_tablet_is_shown_the_sign_in_page_within_five_seconds(desk: Desk) -> None:
    """Ended from the desk; what the thief presses next leads out, and the page is gone."""
    leader = desk.person("leader-s", Role.SQUAD_LEADER, COMMUNITY)
    thief = desk.person("officer-s", Role.OFFICER, COMMUNITY)
    stolen, _ = desk.see(thief, "/desk/roster")
    page, seen = desk.see(leader, "/desk/devices?q=officer-s")

    page.locator("a.opens").first.click()
    page.fill("#session-reason", "平板遗失")
    page.click("#session-end")
    expect(page.locator("a.opens")).to_have_count(0)
    began = time.monotonic()
    until(lambda: _pressed_out(stolen), "the stolen tablet is out", 5.0)

    assert time.monotonic() - began < 5
    assert "/login?next=" in stolen.url
    clean(page, seen, host=desk.url)


def _pressed_out(page: Page) -> bool:
    if "/login" not in page.url:
        with contextlib.suppress(PlaywrightError):  # it may lead out between the look and the press
            page.locator("text=下一周").click(timeout=1_000)
        page.wait_for_timeout(200)
    return "/login" in page.url


def test_the_auditor_reads_filters_verifies_and_takes_the_file(desk: Desk) -> None:
    """What others did, in words; the file has the same rows as the page."""
    auditor = desk.person("auditor-a", Role.AUDITOR)
    target = desk.person("target-a", Role.OFFICER, COMMUNITY)
    page, seen = desk.see(auditor, "/desk/audit")

    page.fill("#audit-object", f"person/{target.person_id}")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("新增人员")
    page.locator("a.opens").click()
    expect(page.locator(".panel")).to_contain_text("target-a")
    page.click("#audit-chain-again")
    expect(page.locator("#audit-chain")).to_contain_text("审计链完整")
    with page.expect_download() as download:
        page.get_by_text("导出 CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")

    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 3
    assert rows[1][4] == f"person/{target.person_id}"
    clean(page, seen, host=desk.url)


def test_the_keyboard_reaches_everything_and_sees_where_it_is(desk: Desk, admin: Person) -> None:
    """Skip link first, then the rail, the filters, the rows; each with an outline."""
    desk.person("keys-1", Role.OFFICER, COMMUNITY)
    page, _ = desk.see(admin, "/desk/people?q=keys-1")
    stops: list[str] = []

    page.evaluate("document.activeElement.blur()")
    for _press in range(30):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e), w = e.closest(".line");
            return [e.id || e.className || e.tagName, parseFloat(s.outlineWidth) >= 2 && s.outlineStyle !== "none"
              || (w && getComputedStyle(w).outlineStyle !== "none")] }"""
        )
        assert stop[1] or stop[0] == "BODY", f"no outline on {stop[0]}"
        stops.append(stop[0])

    wanted = ["skip", "people-text", "people-area", "people-role", "people-state", "sheet", "opens"]
    assert [stop for stop in stops if stop in wanted][: len(wanted)] == wanted
