"""The guard: the outermost layer. What it lets through is well-formed, for us, and allowed to who asks.

request ─▶ size ─▶ host ─▶ who asks ─▶ how often ─▶ address, policy, method ─▶ origin, body, CSRF ─▶ the pages
             every answer leaves with the security headers, never with a version or a traceback

Unknown and forbidden look the same: to a stranger everything is behind the sign-in page, to everybody else what he
may not ask does not exist. Refusals are audited.
"""

import hmac
import logging
import math
import os
import re
from typing import Final, NamedTuple

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import asking, bodies, rates
from dashboard.access import CALLBACK_RULES, Rule, callback_prefix, rule_of
from dashboard.answers import refused, wants_page
from dashboard.callback_shape import check
from dashboard.cookies import CSRF_FIELD, CSRF_HEADER, csrf_cookie, give_csrf, is_secure, session_cookie
from dashboard.leaving import FIXED_HEADERS, ONLY_HTTPS, Leaving, content_policy
from dashboard.office import Office
from dashboard.refusals import Refusal
from dashboard.session_book import Known
from street.clock import monotonic_s
from street.errors import StreetError
from street.policy import Action, may

LOG = logging.getLogger(__name__)
LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::[0-9]{1,5})?")
MOST_ADDRESS: Final = 4 * 1024
MOST_HEADERS: Final = 32 * 1024
UNASKED: Final = frozenset(
    {"/stream", "/api/snapshot", "/desk/health/now"}
)  # a page asks these by itself: nobody is there


class Arrived(NamedTuple):
    """One request as the guard handles it."""

    scope: Scope
    headers: Headers
    cookies: dict[str, str]
    address: str
    request_id: str


class Guard:
    """ASGI layer around the whole server.

    Attributes:
        policy: the content security policy, known when the pages are set up.
    """

    def __init__(self, inner: ASGIApp, office: Office) -> None:
        """Stand around *inner*."""
        self._inner = inner
        self._office = office
        dashboard = office.config.dashboard
        self._hosts = LOOPBACK_NAMES | {name.lower().strip("[]") for name in (dashboard.host, *dashboard.names.split())}
        self._rates = rates.Rates()
        self._fixed = [*FIXED_HEADERS, *([ONLY_HTTPS] if is_secure(office.config) else [])]
        self.policy = content_policy([])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse or hand on one request."""
        if scope["type"] == "lifespan":
            await self._inner(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 4404})
            return
        here = arrived(scope)
        names = (b"content-security-policy", self.policy.encode("ascii")), (b"x-request-id", here.request_id.encode())
        leaving = Leaving(send, [*self._fixed, *names], has_body=scope["method"] != "HEAD")
        answer = await self._served(here, receive, leaving)
        if answer is not None and not leaving.has_begun:
            leaving.is_final = True
            await answer(here.scope, receive, leaving)

    async def _served(self, here: Arrived, receive: Receive, leaving: Leaving) -> Response | None:
        """Serve one request; return the guard's own answer where that did not come to an end."""
        config = self._office.config
        try:
            await self._serve(here, receive, leaving)
        except HTTPException as refusal:
            return refused(here.scope, config, refusal.status_code, refusal.detail, refusal.headers)
        except StreetError as error:  # mostly a store that is missing or cannot be read
            LOG.warning("answer not possible path=%.200r reason=%r", here.scope["path"], str(error))
            return refused(here.scope, config, 503, "try again", {"retry-after": "2"})
        except Exception:  # the edge: whatever went wrong is logged here and shown to nobody
            LOG.exception("answer failed request=%s path=%.200r", here.request_id, here.scope["path"])
            return refused(here.scope, config, 500, f"internal error {here.request_id}")
        return refused(here.scope, config, 404, "") if leaving.is_missing else None

    async def _serve(self, here: Arrived, receive: Receive, leaving: Leaving) -> None:
        self._check_form(here)
        known = await self._known(here)
        rule = self._admit(here, known)
        scope = here.scope
        if scope["method"] == "POST":
            receive = await self._checked_body(here, known, rule, receive)
        elif scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        who = asking.Asking(
            known.person if known else None, known.session if known else None, here.address, here.request_id
        )
        token = asking.begin(who)
        try:
            await self._inner(scope, receive, self._with_csrf(here, known, leaving))
        finally:
            asking.end(token)
            if scope["method"] == "POST":
                self._office.book.look_again()
        if known and scope["path"] not in UNASKED:
            self._office.book.note_use(known)

    # -- who, and how often ---------------------------------------------------------------------------------------

    def _check_form(self, here: Arrived) -> None:
        scope = here.scope
        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > MOST_ADDRESS:
            raise HTTPException(414, "address too long")
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADERS:
            raise HTTPException(431, "headers too large")
        hosts = here.headers.getlist("host")
        host = _host_of(hosts[0]) if len(hosts) == 1 else ""
        if host not in self._hosts:
            raise HTTPException(400 if not host else 421, "not a name of this server")

    async def _known(self, here: Arrived) -> Known | None:
        """Return the session of the cookie; who brings an unknown one is counted by address before it is looked up."""
        token = here.cookies.get(session_cookie(self._office.config), "")
        if not token:
            return None
        if not self._office.book.has(token):
            self._take_turn(here, f"address {here.address}", rates.EVERYTHING)
        return await self._office.book.find(token)

    def _check_rate(self, here: Arrived, known: Known | None, rule: Rule | None) -> None:
        who = f"session {known.session.session_id}" if known else f"address {here.address}"
        self._take_turn(here, who, rates.EVERYTHING)
        if rule is not None and rule.action is Action.OPEN and here.scope["method"] == "POST" in rule.methods:
            self._take_turn(here, f"address {here.address}", rates.SIGN_IN)

    def _take_turn(self, here: Arrived, who: str, rate: rates.Rate) -> None:
        wait_s = self._rates.wait_s(who, rate, monotonic_s())
        if wait_s:
            self._note(here, None, "request", who, "too-many")
            raise HTTPException(429, "too many requests", {"retry-after": str(math.ceil(wait_s))})

    # -- what -----------------------------------------------------------------------------------------------------

    def _admit(self, here: Arrived, known: Known | None) -> Rule:
        """Return the rule of an address that who asks may ask; everything else is 401 to strangers and 404 else."""
        scope = here.scope
        rule = rule_of(scope["path"])
        if rule is None or rule.action is None:
            self._check_rate(here, known, None)
            raise HTTPException(404 if known else 401)
        is_allowed = may(known.person if known else None, rule.action)
        self._check_rate(here, known, rule if is_allowed else None)  # first: a flood of refusals is no flood of notes
        if not is_allowed:
            if known or not wants_page(scope):  # a stranger's page leads to the sign-in page: that is no attempt
                self._note(here, known, rule.action, scope["path"] if known else rule.pattern, "not-allowed")
            raise HTTPException(404 if known else 401)
        if scope["method"] not in rule.methods:
            raise HTTPException(405, "method not allowed", {"allow": ", ".join(sorted(rule.methods))})
        return rule

    # -- what with ------------------------------------------------------------------------------------------------

    async def _checked_body(self, here: Arrived, known: Known | None, rule: Rule, receive: Receive) -> Receive:
        if not _is_same_origin(here.headers, "https" if is_secure(self._office.config) else "http"):
            self._note(here, known, rule.action or "", rule.pattern, "other-origin")
            raise HTTPException(403, "from another origin")
        given = await bodies.given(receive, here.headers, rule.body)
        if known and rule.action is not Action.OPEN:
            told = here.headers.get(CSRF_HEADER) or given.fields.get(CSRF_FIELD, "")
            if not hmac.compare_digest(told.encode(), known.session.csrf.encode()):
                self._note(here, known, rule.action or "", rule.pattern, "csrf")
                raise HTTPException(403, "without the session's token")
        prefix = callback_prefix(here.scope["path"])
        if prefix is not None and known:
            self._check_callback(here, known, prefix, given.json)
        return bodies.replayed(given.raw, receive)

    def _check_callback(self, here: Arrived, known: Known, prefix: str, body: object) -> None:
        if here.scope["query_string"]:
            raise HTTPException(400, "a callback has no query")

        def may_ask(action: Action) -> bool:
            is_allowed = may(known.person, action)
            if not is_allowed:
                output = body.get("output") if isinstance(body, dict) else ""
                self._note(here, known, action, f"{prefix}{output}"[:200], "not-allowed")
            return is_allowed

        pages = self._office.pages.get(prefix)
        check(body, pages.callback_map if pages else {}, CALLBACK_RULES.get(prefix, {}), may_ask)

    # -- the way out ----------------------------------------------------------------------------------------------

    def _with_csrf(self, here: Arrived, known: Known | None, leaving: Leaving) -> Send:
        """Return the way out, which gives a page of a session the CSRF text where its browser has lost it."""
        name = csrf_cookie(self._office.config)
        if not known or not wants_page(here.scope) or here.cookies.get(name) == known.session.csrf:
            return leaving
        cookie = Response()
        give_csrf(cookie, self._office.config, known.session)
        given = [(name, value) for name, value in cookie.raw_headers if name == b"set-cookie"]
        mark = f"{name}=".encode()

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", []))
                if not any(name == b"set-cookie" and value.startswith(mark) for name, value in own):
                    message = {**message, "headers": own + given}
            await leaving(message)

        return send

    def _note(self, here: Arrived, known: Known | None, action: str, thing: str, reason: str) -> None:
        who = (known.person.person_id, known.person.login) if known else ("", "")
        session_id = known.session.session_id if known else ""
        refusal = Refusal(*who, here.address, session_id, action, thing[:200], reason)
        self._office.refusals.note(refusal, here.request_id)


def arrived(scope: Scope) -> Arrived:
    """Return a request with its asker's address; behind the proxy the server has learnt it from there already."""
    headers = Headers(scope=scope)
    address = str((scope.get("client") or ("", 0))[0])
    return Arrived(scope, headers, cookie_parser(headers.get("cookie", "")), address, os.urandom(8).hex())


def _host_of(host: str) -> str:
    """Return the name in a Host header without its port, lower case; empty where there is none, or more than that."""
    found = HOST.fullmatch(host)
    return found[1].lower().strip("[]") if found else ""


def _is_same_origin(headers: Headers, scheme: str) -> bool:
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or origin.lower() == f"{scheme}://{headers.get('host', '')}".lower()
