"""What indicators are called in English, and what each counts exactly: the sentence stands beside the number."""

from typing import Final

WORDS: Final[dict[str, str]] = {
    "act_see_indicators": "See indicators",
    "indicators_shared": "As of the period's end; drills and merged incidents never count. Due means that the time "
    "limit ends within the period, whenever the incident was reported.",
    "indicators_none": "—",
    "indicators_no_span": "From and to are days like 2026-09-01, in this order, and span at most ten years.",
    "indicators_no_area": "An area is a code of 6, 9, 12 or 15 digits.",
    "indicator_filed": "Filed",
    "indicator_filed_basis": "Of the incidents reported in the period, those filed by its end.",
    "indicator_filed_on_time": "Filed on time",
    "indicator_filed_on_time_basis": "Of the incidents filed in the period, those filed by their limit; without a "
    "limit an incident counts as on time.",
    "indicator_dispatched_rightly": "Dispatched rightly",
    "indicator_dispatched_rightly_basis": "Of the incidents due to be dispatched, those dispatched and never returned.",
    "indicator_dispatched_on_time": "Dispatched on time",
    "indicator_dispatched_on_time_basis": "Of the incidents due to be dispatched, those dispatched by their limit; "
    "after a return the last dispatch counts.",
    "indicator_handled": "Handled",
    "indicator_handled_basis": "Of the incidents due to be handled, those handled by the period's end; suspended ones "
    "are not due.",
    "indicator_handled_on_time": "Handled on time",
    "indicator_handled_on_time_basis": "Of the incidents due to be handled, those handled by their limit; suspended "
    "ones are not due, and an extension moves the limit.",
    "indicator_overdue_unhandled": "Overdue",
    "indicator_overdue_unhandled_basis": "Of the incidents due to be handled, those not handled by the period's end; "
    "suspended ones are not due.",
    "indicator_extended": "Extended",
    "indicator_extended_basis": "Of the incidents due to be handled, those extended at least once; suspended ones "
    "are not due.",
    "indicator_closed": "Closed",
    "indicator_closed_basis": "Of the incidents due to be closed, those closed by the period's end; suspended ones are "
    "not due.",
    "indicator_closed_on_time": "Closed on time",
    "indicator_closed_on_time_basis": "Of the incidents due to be closed, those closed by the limit of the whole; "
    "suspended ones are not due.",
    "indicator_reworked": "Reworked",
    "indicator_reworked_basis": "Of the incidents due to be closed, those done again at least once; suspended ones are "
    "not due.",
    "indicator_urgent_closed": "Urgent closed",
    "indicator_urgent_closed_basis": "Of the urgent incidents due to be closed, those closed by the period's end; "
    "suspended ones are not due.",
    "indicator_returned": "Returned",
    "indicator_returned_basis": "Of the incidents dispatched in the period, those returned at least once.",
}
