"""Signing in at the site's OpenID Connect provider: authorization code, PKCE, nonce, a signed ID token checked whole.

    /login/oidc ──▶ provider ──▶ /login/oidc/back ──▶ the steps that are left (dashboard.sign_in_steps)

A provider says who somebody is, never what they may do: people are made at the desk. Whom it means is remembered by
its subject; the first time, an account without a password whose login is the provider's preferred_username.
"""

import importlib
import logging
import os
import warnings
from functools import partial
from typing import Any, Final

from authlib.deprecate import AuthlibDeprecationWarning  # type: ignore[import-untyped]  # it ships no types
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard import asking, cookies, sealed, sign_in_steps
from dashboard.looks import look_of, shown
from dashboard.office import Office
from dashboard.way_in import own_path
from layouts.sign_in.login import Door, login_page
from street.errors import LoginTakenError
from street.people import Actor, Person
from street.store import Entry

LOG = logging.getLogger(__name__)
ANSWER_S: Final = 5.0
SIGNED_WITH: Final = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512", "EdDSA")


class Provider:
    """The one provider of the configuration, found by its discovery document when it is first needed."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._client: Any = None  # Authlib ships no types

    async def client(self) -> Any:  # noqa: ANN401 - as above
        """Return Authlib's client, with the provider's addresses and keys.

        Raises:
            ValueError: the document at the issuer's address is another's.
        """
        people = self._office.config.people
        if self._client is None:
            self._client = _client(people.oidc_issuer, people.oidc_client_id, os.environ.get(people.oidc_secret_env))
        metadata = await self._client.load_server_metadata()
        if metadata.get("issuer") != people.oidc_issuer:
            self._client = None
            msg = f"the provider calls itself {metadata.get('issuer')!r}, not {people.oidc_issuer!r}"
            raise ValueError(msg)
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [it for it in offered if it in SIGNED_WITH]
        return self._client


def _client(issuer: str, client_id: str, secret: str | None) -> Any:  # noqa: ANN401 - as above
    """Return a client; the half second that loading it takes is waited for by sites with a provider only."""
    with warnings.catch_warnings():  # that httpx2 would be newer
        warnings.simplefilter("ignore", AuthlibDeprecationWarning)
        authlib = importlib.import_module("authlib.integrations.starlette_client")
    return authlib.OAuth().register(
        "provider",
        client_id=client_id,
        client_secret=secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "timeout": ANSWER_S},
    )


def routes(office: Office) -> list[Route]:
    """Return the routes of the provider; none of them does anything where none is configured."""
    provider = Provider(office)
    return [
        Route("/login/oidc", partial(_leave, office, provider), methods=["GET"]),
        Route("/login/oidc/back", partial(_come_back, office, provider), methods=["GET"]),
    ]


async def _leave(office: Office, provider: Provider, request: Request) -> Response:
    if not office.config.people.oidc_issuer:
        return RedirectResponse("/login", 303)
    kept: dict[str, Any] = {}
    request.scope["session"] = kept
    scheme = "https" if cookies.is_secure(office.config) else "http"
    back = f"{scheme}://{request.headers['host']}/login/oidc/back"
    try:
        client = await provider.client()
        answer: Response = await client.authorize_redirect(request, back)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a provider, it is not the person's matter
        return await _failed(office, request, error)
    content = {"kept": kept, "next": own_path(request.query_params.get("next", ""))}
    sealed.keep(answer, office, sealed.PROVIDER, content)
    answer.headers["cache-control"] = "no-store"
    return answer


async def _come_back(office: Office, provider: Provider, request: Request) -> Response:
    content = sealed.read(request, office, sealed.PROVIDER)
    if not office.config.people.oidc_issuer or content is None:
        return RedirectResponse("/login?over=1", 303)
    request.scope["session"] = content["kept"]
    people = office.config.people
    wanted = {
        "iss": {"essential": True, "value": people.oidc_issuer},
        "aud": {"essential": True, "value": people.oidc_client_id},
        "sub": {"essential": True},
    }
    try:
        client = await provider.client()
        token = await client.authorize_access_token(request, claims_options=wanted)
        said: dict[str, Any] = token["userinfo"]
    except Exception as error:  # noqa: BLE001 - whatever a provider sends, or does not: nobody is let in by it
        return await _failed(office, request, error)
    answer = await run_in_threadpool(_known, office, request, said, content["next"])
    sealed.forget(answer, office, sealed.PROVIDER)
    return answer


def _known(office: Office, request: Request, said: dict[str, Any], wanted: str) -> Response:
    person = person_of(office, str(said["sub"]), str(said.get("preferred_username", "")))
    if person is None:
        return _told(office, request, "provider_unknown", 403)
    return sign_in_steps.go_on(request, office, person, sign_in_steps.begun(office, person, wanted), was_sent=True)


def person_of(office: Office, subject: str, username: str) -> Person | None:
    """Return the active person whom the provider means, linking her the first time; None where nobody is meant."""
    issuer, people = office.config.people.oidc_issuer, office.people
    person = people.person_of_subject(issuer, subject)
    if person is None and username:
        person = people.find(username)
        if person is not None and people.password_hash(person.person_id) is None and person.is_active:
            by = Actor(person.person_id, person.login, asking.address(), "", asking.request_id())
            try:
                people.link_subject(person.person_id, issuer, subject, by=by)
            except LoginTakenError:  # another subject is this person, or somebody was quicker
                person = None
        else:
            person = None
    if person is not None and person.is_active:
        return person
    by = Actor("", "", asking.address(), "", asking.request_id())
    office.audit.add([Entry(office.now_us(), "sign_in", "", "refused", by, "", "", "provider")])
    return None


async def _failed(office: Office, request: Request, error: Exception) -> Response:
    LOG.warning("provider failed kind=%s reason=%.200r", type(error).__name__, str(error))
    return await run_in_threadpool(_told, office, request, "provider_failed", 502)


def _told(office: Office, request: Request, word: str, status: int) -> Response:
    look = look_of(request, office.config)
    return shown(login_page(look, Door(fault=look.words[word], has_provider=True)), request, office.config, status)
