"""Signing in at a provider: a real one on this machine, the real app and store."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from layouts.wording.sign_in import ZH
from street.people import Person, Role
from tests.dashboard.accounts import House, a_house, code_at, is_in, sign_in, told
from tests.dashboard.conftest import TESTER
from tests.dashboard.provider import CLIENT_ID, Answer, Provider, a_provider

# the provider's own, not ours
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """One provider for the file; each test has people of its own there."""
    with a_provider() as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A street that trusts this provider, and has a secret with it."""
    monkeypatch.setenv("SKY_EYE_OIDC_SECRET", "between us")
    provider.asked.clear()
    provider.lie = lambda answer: answer
    with a_house(tmp_path, oidc_issuer=provider.issuer, oidc_client_id=CLIENT_ID) as made:
        yield made


def leave(browser: httpx.Client, wanted: str = "") -> tuple[str, dict[str, str]]:
    """Press the button; return where it leads and what it asks there."""
    answer = browser.get("/login/oidc", params={"next": wanted} if wanted else None)
    assert answer.status_code == 302, answer.text
    location = answer.headers["location"]
    return location, {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def come_back(browser: httpx.Client, address: str) -> httpx.Response:
    """Follow the provider's redirect, as a browser would: from another site."""
    return browser.get(address, headers={"sec-fetch-site": "cross-site"})


def through(house: House, provider: Provider, subject: str, wanted: str = "") -> tuple[httpx.Client, httpx.Response]:
    """Go all the way."""
    browser = house.browser()
    location, _ = leave(browser, wanted)
    return browser, come_back(browser, provider.agree(location, subject))


def provided(house: House, login: str, role: Role = Role.OPERATOR) -> Person:
    """Add somebody who has no password here."""
    return house.add(login, role, password_hash=None)


def test_the_provider_is_offered_and_asked_with_proof_key_nonce_and_state(house: House, provider: Provider) -> None:
    """Nothing secret is in the address; what proves us later stays sealed in the browser."""
    browser = house.browser()

    page = browser.get("/login?next=/wall").text
    location, query = leave(browser)

    assert 'href="/login/oidc?next=%2Fwall"' in page
    assert location.startswith(f"{provider.issuer}/oauth2/authorize?")
    assert (query["response_type"], query["client_id"]) == ("code", CLIENT_ID)
    assert (query["code_challenge_method"], query["scope"]) == ("S256", "openid profile")
    assert query["redirect_uri"] == f"http://127.0.0.1:{house.serving.port}/login/oidc/back"
    assert min(len(query[name]) for name in ("state", "nonce", "code_challenge")) >= 20


def test_who_the_provider_knows_by_login_is_let_in_and_remembered_by_subject(house: House, provider: Provider) -> None:
    """The page that leads on is ours, so that strict cookies go with it; a new name there changes nothing here."""
    provided(house, "zhang")
    provider.know("s-1", preferred_username="zhang")

    browser, answer = through(house, provider, "s-1", "/wall?lang=en")
    provider.know("s-1", preferred_username="somebody-else")
    again, _ = through(house, provider, "s-1")

    assert answer.status_code == 200
    assert 'http-equiv="refresh" content="0; url=/wall?lang=en"' in answer.text
    assert is_in(browser)
    assert is_in(again)
    assert "sent" not in browser.cookies


def test_the_key_that_was_promised_is_the_key_that_is_shown(house: House, provider: Provider) -> None:
    """PKCE: the verifier that the token endpoint gets is the one whose digest went through the browser."""
    provided(house, "pkce")
    provider.know("s-pkce", preferred_username="pkce")
    browser = house.browser()
    location, query = leave(browser)

    come_back(browser, provider.agree(location, "s-pkce"))

    digest = hashlib.sha256(provider.asked[-1]["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == query["code_challenge"]


@pytest.mark.parametrize("why", ["nobody", "has a password", "left", "is another subject already", "has no name"])
def test_nobody_is_made_and_nobody_is_taken_over(house: House, provider: Provider, why: str) -> None:
    """A provider's word never makes a person, and never opens an account that has a password or another subject."""
    subject = f"s-{why.replace(' ', '-')}"
    provider.know(subject, **({} if why == "has no name" else {"preferred_username": "target"}))
    store = house.written.store
    if why == "has a password":
        house.add("target")
    elif why != "nobody":
        person = provided(house, "target")
        if why == "left":
            store.people().change(replace(person, is_active=False), by=TESTER)
        if why == "is another subject already":
            store.people().link_subject(person.person_id, provider.issuer, "s-true", by=TESTER)
    before = len(store.people().all())

    browser, answer = through(house, provider, subject)

    assert (answer.status_code, told(answer)) == (403, ZH["provider_unknown"])
    assert not is_in(browser)
    assert len(store.people().all()) == before
    assert store.people().person_of_subject(provider.issuer, subject) is None
    assert ("", "sign_in", "provider") in house.refusals()


def test_a_second_factor_and_a_role_that_needs_one_hold_here_too(house: House, provider: Provider) -> None:
    """What the provider asked for is not known here."""
    secret = house.with_factor(provided(house, "careful"))
    provided(house, "chief", Role.ADMIN)
    provider.know("s-careful", preferred_username="careful")
    provider.know("s-chief", preferred_username="chief")

    careful, answer = through(house, provider, "s-careful")
    chief, other = through(house, provider, "s-chief")

    assert "url=/login/code" in answer.text
    assert not is_in(careful)
    assert careful.post("/login/code", data={"code": code_at(secret)}).headers["location"] == "/wall"
    assert "url=/login/enrol" in other.text
    assert not is_in(chief)


def _unsigned(answer: Answer) -> Answer:
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    return answer | {"id_token": f"{header}.{answer['id_token'].split('.')[1]}."}


def _renamed(answer: Answer) -> Answer:
    head, body, signature = answer["id_token"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))) | {"sub": "s-boss"}
    changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return answer | {"id_token": f"{head}.{changed}.{signature}"}


def _own_key(answer: Answer) -> Answer:
    """Sign the same claims with a key that the token itself brings along."""
    key = ec.generate_private_key(ec.SECP256R1())
    x, y = (
        number.to_bytes(32, "big")
        for number in (key.public_key().public_numbers().x, key.public_key().public_numbers().y)
    )
    jwk = {"kty": "EC", "crv": "P-256", "x": _text(x), "y": _text(y)}
    head = _text(json.dumps({"alg": "ES256", "jwk": jwk}).encode())
    signed = f"{head}.{answer['id_token'].split('.')[1]}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return answer | {"id_token": f"{signed}.{_text(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"}


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param(_own_key, id="signed with a key of its own"),
        pytest.param(_unsigned, id="unsigned"),
        pytest.param(_renamed, id="somebody else under the same signature"),
        pytest.param(lambda _answer: {"access_token": "x", "token_type": "Bearer"}, id="no token at all"),
        pytest.param(lambda answer: answer | {"id_token": "nonsense"}, id="nonsense"),
        pytest.param(lambda _answer: ["nonsense"], id="not even an object"),
    ],
)
def test_a_token_that_is_not_whole_lets_nobody_in(
    house: House, provider: Provider, lie: Callable[[Answer], Answer]
) -> None:
    """Whatever is wrong with it, the person reads one calm sentence."""
    provided(house, "victim")
    provider.know("s-victim", preferred_username="victim")
    provider.lie = lie

    browser, answer = through(house, provider, "s-victim")
    provider.lie = lambda answer: answer
    honest, _ = through(house, provider, "s-victim")

    assert (answer.status_code, told(answer)) == (502, ZH["provider_failed"])
    assert [is_in(browser), is_in(honest)] == [False, True]


def test_a_token_of_another_sign_in_or_another_client_is_refused(house: House, provider: Provider) -> None:
    """Both are signed and fresh; the nonce and the audience give them away."""
    provided(house, "victim")
    provider.know("s-victim", preferred_username="victim")
    other_nonce = provider.token_for("s-victim", client_id=CLIENT_ID, nonce="n" * 20)
    provider.lie = lambda _answer: other_nonce
    first, refused = through(house, provider, "s-victim")

    second = house.browser()
    location, query = leave(second)
    other_client = provider.token_for("s-victim", client_id="canteen", nonce=query["nonce"])
    provider.lie = lambda _answer: other_client
    answer = come_back(second, provider.agree(location, "s-victim"))

    assert [refused.status_code, answer.status_code] == [502, 502]
    assert not is_in(first)
    assert not is_in(second)


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(house: House, provider: Provider) -> None:
    """Else somebody could be signed in as somebody else without noticing."""
    provided(house, "mallory")
    provider.know("s-mallory", preferred_username="mallory")
    mallory, victim = house.browser(), house.browser()
    address = provider.agree(leave(mallory)[0], "s-mallory")

    unasked = come_back(victim, address)
    leave(victim)
    mixed = come_back(victim, address)

    assert unasked.headers["location"] == "/login?over=1"
    assert mixed.status_code == 502
    assert not is_in(victim)


def test_who_says_no_at_the_provider_comes_back_to_the_page(house: House, provider: Provider) -> None:
    """And can still use a password."""
    browser = house.browser()
    location, _ = leave(browser)
    denied = httpx.post(location, data={"action": "deny"}, follow_redirects=False).headers["location"]
    state = parse_qs(urlsplit(location).query)["state"][0]

    answer = come_back(browser, f"{denied}&state={state}")

    assert (answer.status_code, told(answer)) == (502, ZH["provider_failed"])
    house.add("local")
    assert sign_in(browser, "local").status_code == 303


def test_a_provider_that_is_away_or_another_one_is_one_sentence(tmp_path: Path, provider: Provider) -> None:
    """The password form stays."""
    for number, issuer in enumerate(("http://localhost:9", f"{provider.issuer}/")):
        with a_house(tmp_path / str(number), oidc_issuer=issuer, oidc_client_id=CLIENT_ID) as house:
            answer = house.browser().get("/login/oidc")

            assert (answer.status_code, told(answer)) == (502, ZH["provider_failed"])
            assert 'name="password"' in answer.text


def test_where_no_provider_is_configured_there_is_none(tmp_path: Path) -> None:
    """The addresses lead to the page and do nothing."""
    with a_house(tmp_path) as house:
        browser = house.browser()

        assert "/login/oidc" not in browser.get("/login").text
        assert browser.get("/login/oidc").headers["location"] == "/login"
        assert browser.get("/login/oidc/back?code=x&state=y").headers["location"] == "/login?over=1"
