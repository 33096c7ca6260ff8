"""What a camera's own detection says of one object: a sighting that people look at, begun, going on, or over."""

from ingest.messages import Decoded
from ingest.stamp import stamp
from street.assets import Asset
from street.camera_proof import Sighting
from street.store import Batch


def note_sighting(asset: Asset, decoded: Decoded, received_us: int, batch: Batch) -> None:
    """File one event of an object; one that suggests no matter, or no longer, ends what was begun."""
    extra = decoded.extra
    if extra.get("event") == "review" or not {"event_id", "phase"} <= extra.keys():
        return  # a review sums up objects that have told of themselves
    at_us, _flags = stamp(decoded.time_us, received_us)
    sighting_id = f"{asset.asset_id}/{extra['event_id']}"
    matter = extra.get("suggested_matter", "")
    is_over = extra["phase"] == "end" or "duration_s" in extra  # a description may come after the end
    if not matter:
        batch.end_sighting(sighting_id, at_us)
        return
    scores = [one.value for one in decoded.readings if one.quantity == "detection_score"]
    sighting = Sighting(
        sighting_id=sighting_id, asset_id=asset.asset_id, label=extra.get("label", ""),
        zones=tuple(extra.get("zones", ())), matter=matter,
        confidence=next((float(it) for it in scores if isinstance(it, int | float) and 0 <= it <= 1), None),
        first_us=at_us, last_us=at_us, has_ended=is_over,
    )  # fmt: skip
    batch.note_sighting(sighting)
