"""Signing in, in Chromium: by one click in the demo, by keyboard alone, without scripts, at a provider's site."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from layouts.wording.sign_in import EN, ZH
from street.clock import now_us
from street.commands.demo_people import make_demo_people
from street.people import Role
from tests.dashboard.accounts import PASSWORD, House, a_house, code_at
from tests.dashboard.provider import CLIENT_ID, a_provider
from tests.journeys import checks
from tests.journeys.conftest import Browsers, Seen

MOST_BYTES = 300 * 1024
SMALLEST_PX = 16
TARGET_PX = 44
SIZES = [(1920, 1080), (1280, 800), (1024, 768), (390, 844), (640, 400)]
SMALL_TARGETS = """(least) => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), summary")]
  .filter((e) => !e.classList.contains("skip")).map((e) => [e.getBoundingClientRect(), e])
  .filter(([box]) => box.width && Math.min(box.width, box.height) < least - 0.5)
  .map(([box, e]) => `${box.width}x${box.height} ${e.textContent}`)"""
Open = Callable[..., tuple[Page, Seen]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A demo's dashboard, with some people who have passwords."""
    with a_house(tmp_path_factory.mktemp("house"), demo_accounts=True) as made:
        make_demo_people(made.written.store, now_us())
        made.add()
        yield made


@pytest.fixture
def open_page(browsers: Browsers) -> Iterator[Open]:
    """Open pages in browsers of their own."""
    contexts: list[BrowserContext] = []

    def opened(address: str, width: int = 1280, height: int = 800, **options: object) -> tuple[Page, Seen]:
        browser: Browser = browsers([])
        context = browser.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]  # as given
        contexts.append(context)
        page, seen = context.new_page(), Seen()
        seen.watch(page)
        page.goto(address)
        return page, seen

    yield opened
    for context in contexts:
        context.close()


def url(house: House, path: str) -> str:
    """Return the whole address of a page."""
    return f"http://127.0.0.1:{house.serving.port}{path}"


def enter(page: Page, login: str, password: str = PASSWORD) -> None:
    """Fill the form and send it."""
    page.fill("#login", login)
    page.fill("#password", password)
    page.keyboard.press("Enter")


def test_the_demos_wall_is_one_click_away(house: House, open_page: Open) -> None:
    """Who opens the wall's address is asked who she is; one button, and the wall is there."""
    page, seen = open_page(url(house, "/wall"), 1920, 1080)

    assert page.url == url(house, "/login?next=/wall")
    page.click("[data-demo=wall]")

    page.wait_for_selector("#w2")
    assert page.url == url(house, "/wall")
    assert seen.hosts == {f"127.0.0.1:{house.serving.port}"}


def test_the_page_weighs_little(house: House, open_page: Open) -> None:
    """All of it, compressed, cold: it must open on a slow line at once."""
    page, seen = open_page("about:blank")
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))

    page.goto(url(house, "/login"), wait_until="networkidle")

    assert len(sizes) >= 3
    assert 0 < sum(sizes) < MOST_BYTES
    assert seen.failures + seen.errors == []


def test_the_keyboard_alone_is_enough(house: House, open_page: Open) -> None:
    """The first field has the focus, Tab goes in reading order, each stop is ringed, Enter sends."""
    page, _ = open_page(url(house, "/login?lang=en"))

    expect(page.locator("#login")).to_be_focused()
    page.keyboard.type("liwei")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=EN["enter"], exact=True)).to_be_focused()
    page.keyboard.press("Enter")

    page.wait_for_url("**/wall")
    assert float(ring.removesuffix("px")) >= 3


def test_a_wrong_password_is_said_aloud_and_only_it_is_typed_again(house: House, open_page: Open) -> None:
    """The account stays in its field; the sentence is an alert; the focus waits where it is needed."""
    page, _ = open_page(url(house, "/login"), locale="zh-CN")

    enter(page, "liwei", "wrong wrong wrong")

    expect(page.get_by_role("alert")).to_have_text(ZH["wrong"])
    expect(page.locator("#login")).to_have_value("liwei")
    expect(page.locator("#password")).to_have_value("")
    expect(page.locator("#password")).to_be_focused()


def test_it_works_without_scripts(house: House, open_page: Open) -> None:
    """Sign in, look at the account, sign out: forms are enough."""
    page, _ = open_page(url(house, "/login?lang=en&next=/account"), java_script_enabled=False)

    enter(page, "liwei")
    page.wait_for_url(url(house, "/account"))
    page.get_by_role("button", name=EN["sign_out"], exact=True).click()

    expect(page.get_by_role("status")).to_have_text(EN["signed_out"])
    page.goto(url(house, "/account"))
    assert page.url == url(house, "/login?next=/account")


def test_a_new_admin_goes_through_all_steps(house: House, open_page: Open) -> None:
    """A new password, then the picture that an authenticator scans, then the desk."""
    house.add("chief", Role.ADMIN, must_change_password=True)
    page, seen = open_page(url(house, "/login?lang=en"))

    enter(page, "chief")
    page.fill("#new", "Lampe.Fluss.93")
    page.fill("#again", "Lampe.Fluss.93")
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name=EN["qr_label"])).to_be_visible()
    page.get_by_text(EN["enrol_by_hand"]).click()
    secret = (page.locator("details code").text_content() or "").replace(" ", "")
    page.fill("#code", code_at(secret))
    page.keyboard.press("Enter")

    page.wait_for_url("**/desk/people*")
    assert seen.errors == []


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_cut_small_faint_or_too_near(
    house: House, open_page: Open, lang: str, width: int, height: int
) -> None:
    """From a phone to a wall, in both languages, before and after signing in."""
    page, seen = open_page(url(house, f"/login?lang={lang}"), width, height)
    amiss = {"login": _amiss(page)}

    page.goto(url(house, "/pair"))
    amiss["pair"] = _amiss(page)
    page.goto(url(house, "/login?next=/account"))
    enter(page, "liwei")
    page.wait_for_url(url(house, "/account"))
    amiss["account"] = _amiss(page)

    assert {name: found for name, found in amiss.items() if found} == {}
    assert page.evaluate("document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[lang]
    assert [it for it in seen.errors if "favicon" not in it] == []


def _amiss(page: Page) -> list[str]:
    wide = page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)")
    found = [f"{wide} px too wide"] if wide else []
    found += [f"small {it}" for it in checks.ask(page, "smallTexts", SMALLEST_PX)]
    found += [f"cut {it}" for it in checks.ask(page, "cutTexts")]
    found += [f"faint {it}" for it in checks.ask(page, "faintTexts")]
    return found + [f"near {it}" for it in page.evaluate(SMALL_TARGETS, TARGET_PX)]


@pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")  # the provider's own
def test_a_provider_on_another_site_leads_back_signed_in(
    tmp_path: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser keeps strict cookies back on a way from another site; the page in between gets over that."""
    monkeypatch.setenv("SKY_EYE_OIDC_SECRET", "between us")
    with (
        a_provider() as provider,
        a_house(tmp_path, oidc_issuer=provider.issuer, oidc_client_id=CLIENT_ID) as house,
    ):
        house.add("zhang", password_hash=None)
        provider.know("s-zhang", preferred_username="zhang")
        page, _ = open_page(url(house, "/account"))
        assert page.url == url(house, "/login?next=/account")

        page.click('a[href^="/login/oidc"]')
        page.fill("input[name=sub]", "s-zhang")
        page.keyboard.press("Enter")

        page.wait_for_url(url(house, "/account"))
        expect(page.get_by_text("zhang")).to_be_visible()
