"""The tables, as far as the migrations do not say it already."""

from street.store import schema


def test_hot_tables_lie_by_time_first() -> None:
    """Otherwise a batch of a thousand readings dirties a thousand pages."""
    keys = {table.name: [column.name for column in table.primary_key] for table in schema.metadata.sorted_tables}

    assert keys["readings"] == ["minute", "series_id", "at_us"]
    assert keys["rollup_minute"] == ["block", "series_id", "minute"]
    assert keys["rollup_hour"] == ["hour", "series_id"]
