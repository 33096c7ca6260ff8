"""The parts of the dashboard that answer at addresses of their own; what may be asked of them stands in `access`.

Each is a module with `routes(office)`; see `dashboard.office`. The first that fits an address answers.
"""

from typing import Final

from dashboard import (
    account,
    acts,
    alarm_acts,
    areas,
    camera_reviews,
    candidates,
    desk,
    incident_import,
    incident_page,
    incident_queue,
    incident_same,
    incident_timeline,
    indicators,
    matter_import,
    notices,
    oidc,
    pairing,
    reveals,
    rule_preview,
    scrape,
    second_step,
    shelvings,
    sign_in,
    stills,
)

PARTS: Final = (
    candidates,  # before incidents, whose ids may hold a slash
    notices,
    sign_in,
    second_step,
    pairing,
    account,
    oidc,
    desk,
    stills,
    reveals,
    acts,
    incident_queue,
    incident_same,
    incident_import,
    incident_timeline,
    incident_page,  # last of these: it takes every address below /api/incidents/
    indicators,
    matter_import,
    alarm_acts,
    shelvings,
    rule_preview,
    areas,
    camera_reviews,
    scrape,
)
