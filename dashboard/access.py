"""Who may ask what: the one table of addresses. What it does not name does not exist.

An address names an action of `street.policy`; whoever may do that action to anything at all may ask, and the route
itself asks again about the very thing. A route, a callback or a stream without a row here is never served, and fails
a test. A `*` stands for one or more characters; the longest pattern that fits counts.

Whoever adds a route adds its row to RULES; whoever adds a callback adds its output to CALLBACK_RULES.
"""

import functools
import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from street.policy import Action

Body = Literal["none", "json", "form", "xlsx", "table", "list"]
READ: Final = frozenset({"GET", "HEAD"})
GET: Final = frozenset({"GET"})
POST: Final = frozenset({"POST"})
READ_POST: Final = READ | POST


class Rule(NamedTuple):
    """One address, or all that a pattern with `*` fits.

    `action` None: never served to anybody. `body` is what a POST carries; other methods carry nothing.
    """

    pattern: str
    action: Action | None
    methods: frozenset[str] = READ
    why: str = ""
    body: Body = "none"


CALLBACK: Final = "/_dash-update-component"
_ASKED: Final = "Dash asks callbacks so; each needs a rule of its own"

RULES: Final = (
    # -- open: all that answers without a session ------------------------------------------------------------------
    Rule("/", Action.OPEN, why="leads home, or to the sign-in page"),
    Rule("/healthz", Action.OPEN),
    Rule("/metrics", Action.OPEN, why="to this machine's own Prometheus; 404 to everybody else"),
    Rule("/assets/sign_in/*", Action.OPEN),
    Rule("/assets/tokens.css", Action.OPEN, why="the sign-in pages' colours"),
    Rule("/login", Action.OPEN, READ_POST, body="form"),
    Rule("/login/code", Action.OPEN, READ_POST, body="form"),
    Rule("/login/password", Action.OPEN, READ_POST, body="form"),
    Rule("/login/enrol", Action.OPEN, READ_POST, body="form"),
    Rule("/login/oidc", Action.OPEN),
    Rule("/login/oidc/back", Action.OPEN),
    Rule("/pair", Action.OPEN, READ_POST, body="form"),
    Rule("/pair/wait", Action.OPEN),
    # -- one's own account -----------------------------------------------------------------------------------------
    Rule("/logout", Action.USE_OWN_ACCOUNT, POST, body="form"),
    Rule("/account", Action.USE_OWN_ACCOUNT, READ_POST, body="form"),
    # -- the wall --------------------------------------------------------------------------------------------------
    Rule("/wall", Action.SEE_LIVE),
    Rule("/stream", Action.SEE_LIVE, GET, why="a HEAD would never end"),
    Rule("/api/snapshot", Action.SEE_LIVE),
    Rule("/assets/*", Action.SEE_LIVE),
    Rule("/geo/*", Action.SEE_LIVE),
    Rule("/vendor/maplibre-gl/*", Action.SEE_LIVE),
    Rule("/_dash-component-suites/*", Action.SEE_LIVE),
    Rule("/_dash-layout", Action.SEE_LIVE),
    Rule("/_dash-dependencies", Action.SEE_LIVE),
    Rule("/_favicon.ico", Action.SEE_LIVE),
    Rule(CALLBACK, Action.SEE_LIVE, POST, _ASKED, "json"),
    # -- the desk --------------------------------------------------------------------------------------------------
    Rule("/desk/people", Action.SEE_PEOPLE),
    Rule("/desk/people.xlsx", Action.CHANGE_PEOPLE, why="the empty list to fill in"),
    Rule("/desk/roster", Action.SEE_ROSTER),
    Rule("/desk/devices", Action.KEEP_DEVICES),
    Rule("/desk/audit", Action.SEE_AUDIT),
    Rule("/desk/audit.csv", Action.EXPORT_AUDIT),
    Rule("/desk/assets", Action.SEE_ASSETS),
    Rule("/desk/assets.csv", Action.SEE_ASSETS),
    Rule("/desk/assets.xlsx", Action.SEE_ASSETS),
    Rule("/desk/assets.geojson", Action.SEE_ASSETS),
    Rule("/desk/assets.html", Action.SEE_ASSETS, why="labels to print"),
    Rule("/desk/assets-template.xlsx", Action.KEEP_ASSETS, why="the empty list to fill in"),
    Rule("/desk/newcomers", Action.KEEP_ASSETS),
    Rule("/system/assets", Action.SEE_ASSETS, why="leads to the desk"),
    Rule("/system/newcomers", Action.KEEP_ASSETS, why="leads to the desk"),
    Rule("/system/assets/*", Action.SEE_ASSETS, why="leads to the asset at the desk; what a QR label says"),
    Rule("/desk/health", Action.SEE_SYSTEM),
    Rule("/desk/health/now", Action.SEE_SYSTEM, why="the page refreshes itself by it"),
    Rule("/system/health", Action.SEE_SYSTEM, why="leads to the desk's page"),
    Rule("/desk/assets/*", Action.USE_OWN_ACCOUNT, why="code, no contents"),
    Rule("/desk/_dash-component-suites/*", Action.USE_OWN_ACCOUNT, why="code, no contents"),
    Rule("/desk/_dash-layout", Action.USE_OWN_ACCOUNT, why="made for who asks"),
    Rule("/desk/_dash-dependencies", Action.USE_OWN_ACCOUNT, why="which callbacks there are, no contents"),
    Rule("/desk/_favicon.ico", Action.USE_OWN_ACCOUNT),
    Rule(f"/desk{CALLBACK}", Action.USE_OWN_ACCOUNT, POST, _ASKED, "json"),
    Rule("/api/people/import", Action.CHANGE_PEOPLE, POST, body="xlsx"),
    Rule("/api/assets/import", Action.KEEP_ASSETS, POST, body="list"),
    # -- incidents and pictures ------------------------------------------------------------------------------------
    Rule("/api/actions", Action.REPORT_INCIDENT, POST, "whoever may add a note; each act asks its own right", "json"),
    Rule("/api/incidents", Action.SEE_INCIDENT, READ_POST, "reporting asks its own right", "json"),
    Rule("/api/incidents/import", Action.IMPORT_INCIDENTS, POST, body="table"),
    Rule("/api/areas", Action.SEE_AREAS),
    Rule("/api/cameras/reviews", Action.REVIEW_CAMERA, READ_POST, body="json"),
    Rule("/api/incidents/*/timeline", Action.SEE_INCIDENT),
    Rule("/api/incidents/*/same", Action.SEE_INCIDENT),
    Rule("/api/incidents.csv", Action.EXPORT_INCIDENTS),
    Rule("/api/indicators", Action.SEE_INDICATORS),
    Rule("/api/matters.xlsx", Action.CHANGE_MATTERS),
    Rule("/api/matters/import", Action.CHANGE_MATTERS, POST, body="xlsx"),
    Rule("/api/incidents/*", Action.SEE_INCIDENT),
    Rule("/api/stills/*", Action.SEE_STILL),
    Rule("/api/stills/*/sharp", Action.REVEAL),
    Rule("/api/reveals", Action.REVEAL, POST, body="json"),
    # -- alarms ----------------------------------------------------------------------------------------------------
    Rule("/api/alarms", Action.SEE_INCIDENT),
    Rule("/api/alarms/actions", Action.ACT_ON_ALARM, POST, body="json"),
    Rule("/api/shelvings", Action.SHELVE_ALARM, READ_POST, body="json"),
    Rule("/api/shelvings/end", Action.SHELVE_ALARM, POST, body="json"),
    # -- dispatch and notices --------------------------------------------------------------------------------------
    Rule("/api/incidents/*/candidates", Action.DISPATCH_INCIDENT),
    Rule("/api/notices", Action.USE_OWN_ACCOUNT),
    Rule("/api/notices/read", Action.USE_OWN_ACCOUNT, POST, body="json"),
    Rule("/api/rules/preview", Action.EDIT_RULES, POST, body="json"),
    # -- never -----------------------------------------------------------------------------------------------------
    Rule("/_dash-ws-callback", None, why="the feed is /stream; callbacks over sockets give up after 3 min"),
    Rule("/_reload-hash", None, why="for developers' hot reload only"),
    Rule("/desk/_dash-ws-callback", None, why="as above"),
    Rule("/desk/_reload-hash", None, why="as above"),
)

# By the prefix of a Dash app: an output as Dash calls it -> the action it needs.
CALLBACK_RULES: Final[Mapping[str, Mapping[str, Action]]] = {
    "": {},
    "/desk": {
        "desk-body.children": Action.USE_OWN_ACCOUNT,  # each page asks for its own action
        "people-go.search": Action.SEE_PEOPLE,
        "..person-grants.options...person-grants.value..": Action.CHANGE_PEOPLE,
        "..person-said.children...person-go.search..": Action.CHANGE_PEOPLE,
        "..person-act-said.children...person-act-go.search...person-subject.data..": Action.CHANGE_PEOPLE,
        "roster-go.search": Action.SEE_ROSTER,
        "..shift-said.children...shift-go.search..": Action.CHANGE_ROSTER,
        "devices-go.search": Action.KEEP_DEVICES,
        "pair-go.search": Action.KEEP_DEVICES,
        "pair-said.children": Action.KEEP_DEVICES,
        "..session-said.children...session-go.search..": Action.KEEP_DEVICES,
        "assets-go.search": Action.SEE_ASSETS,
        "..asset-form-said.children...asset-form-go.search..": Action.KEEP_ASSETS,
        "..asset-said.children...asset-go.search..": Action.KEEP_ASSETS,
        "newcomers-go.search": Action.KEEP_ASSETS,
        "..newcomer-said.children...newcomer-go.search..": Action.KEEP_ASSETS,
        "audit-go.search": Action.SEE_AUDIT,
        "audit-chain.children": Action.SEE_AUDIT,
        "letters-replay-said.children": Action.KEEP_SYSTEM,
        "..letters-forget-said.children...health-go.search..": Action.KEEP_SYSTEM,
    },
}

_EXACT: Final = {rule.pattern: rule for rule in RULES if "*" not in rule.pattern}
_FITTING: Final = tuple(
    (re.compile(re.escape(rule.pattern).replace(r"\*", ".+"), re.DOTALL), rule)
    for rule in sorted(RULES, key=lambda rule: len(rule.pattern), reverse=True)
    if "*" in rule.pattern
)


@functools.lru_cache(maxsize=2_048)
def rule_of(path: str) -> Rule | None:
    """Return the rule for *path*, or None for an address that does not exist."""
    exact = _EXACT.get(path)
    if exact is not None:
        return exact
    return next((rule for pattern, rule in _FITTING if pattern.fullmatch(path)), None)


def callback_prefix(path: str) -> str | None:
    """Return the prefix of the Dash app whose callbacks are asked at *path*, None where none are."""
    return path.removesuffix(CALLBACK) if path.endswith(CALLBACK) else None
