"""What the writer knows of series, read back from the tables."""

from street.assets import Asset
from street.readings import Flag
from street.store import Store, Writer
from street.store.series import NEVER, Series, SeriesBook
from tests.street.store.makers import NOON_US, a_reading, put


def test_a_book_read_back_is_the_one_that_was_kept(store: Store, writer: Writer) -> None:
    """Numbers, places and how far each has come."""
    store.register_assets([Asset(asset_id="n-1", kind="noise", name="n", community_id="c1")])
    put(writer, a_reading(), a_reading(quantity="motion", flags=Flag.HISTORY, at_us=NOON_US - 5))
    book = SeriesBook()

    with store._read_engine.connect() as connection:
        book.load(connection)

    assert book.by_name["n-1", "noise_laeq"] == Series(1, "n-1", "noise_laeq", "c1", NOON_US, NOON_US)
    assert book.by_name["n-1", "motion"] == Series(2, "n-1", "motion", "c1", NEVER, NOON_US - 5)
    assert book.add("n-2", "motion").series_id == 3


def test_a_quantity_has_the_unit_it_is_converted_to() -> None:
    """One we do not know has none."""
    assert Series(1, "x", "temperature").unit == "°C"
    assert Series(1, "x", "frobnication").unit is None
