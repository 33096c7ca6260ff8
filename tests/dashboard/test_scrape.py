"""The metrics' address: for this machine's own Prometheus."""

from collections.abc import Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from dashboard import scrape
from street.config import Config
from tests.dashboard.conftest import Serving, Written


def test_this_machine_reads_them_without_a_session(serve: Callable[[Config], Serving], street: Written) -> None:
    """A scraper cannot sign in."""
    street.beat()
    answer = serve(street.config).browser(None).get("/metrics")
    names = {family.name for family in text_string_to_metric_families(answer.text)}

    assert answer.status_code == 200
    assert {"street_mqtt_connected", "street_store_size_bytes", "street_alarms_active"} <= names


def test_to_others_the_address_does_not_exist(
    serve: Callable[[Config], Serving], street: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts of a street are nobody's business but its keeper's."""
    monkeypatch.setattr(scrape, "LOOPBACK", frozenset({"192.0.2.1"}))
    answer = serve(street.config).browser(None).get("/metrics")

    assert answer.status_code in {401, 404}
    assert "street_" not in answer.text
