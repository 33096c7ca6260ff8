"""What indicators are called in Chinese, and what each counts exactly (口径): the sentence stands beside the number."""

from typing import Final

WORDS: Final[dict[str, str]] = {
    "act_see_indicators": "查看评价指标",
    "indicators_shared": "截至统计期末；演练和已并入他案的案件不计。"
    "应派遣、应处置、应结案，是指其时限在统计期内到期，与上报日期无关。",
    "indicators_none": "—",
    "indicators_no_span": "起止日期应为 2026-09-01 这样的日期，止不早于起，且不超过十年。",
    "indicators_no_area": "区域应为 6、9、12 或 15 位区划代码。",
    "indicator_filed": "立案率",
    "indicator_filed_basis": "统计期内上报的案件中，截至期末已立案的比例。",
    "indicator_filed_on_time": "按时立案率",
    "indicator_filed_on_time_basis": "统计期内立案的案件中，立案不晚于受理时限的比例；没有受理时限的视为按时。",
    "indicator_dispatched_rightly": "准确派遣率",
    "indicator_dispatched_rightly_basis": "应派遣的案件中，已派遣且从未被退回的比例。",
    "indicator_dispatched_on_time": "按期派遣率",
    "indicator_dispatched_on_time_basis": "应派遣的案件中，派遣不晚于派遣时限的比例；退回后重派的，以最后一次派遣计。",
    "indicator_handled": "处置率",
    "indicator_handled_basis": "应处置的案件中，截至期末已处置的比例；挂账（缓办）的不计入应处置。",
    "indicator_handled_on_time": "按期处置率",
    "indicator_handled_on_time_basis": "应处置的案件中，处置不晚于处置时限的比例；"
    "挂账（缓办）的不计入应处置，批准延期的以延期后的时限为准。",
    "indicator_overdue_unhandled": "超期待处置率",
    "indicator_overdue_unhandled_basis": "应处置的案件中，截至期末仍未处置的比例；挂账（缓办）的不计入应处置。",
    "indicator_extended": "延期率",
    "indicator_extended_basis": "应处置的案件中，延期过至少一次的比例；挂账（缓办）的不计入应处置。",
    "indicator_closed": "结案率",
    "indicator_closed_basis": "应结案的案件中，截至期末已结案的比例；挂账（缓办）的不计入应结案。",
    "indicator_closed_on_time": "按期结案率",
    "indicator_closed_on_time_basis": "应结案的案件中，结案不晚于全流程时限的比例；挂账（缓办）的不计入应结案。",
    "indicator_reworked": "返工率",
    "indicator_reworked_basis": "应结案的案件中，返工过至少一次的比例；挂账（缓办）的不计入应结案。",
    "indicator_urgent_closed": "紧急案件结案率",
    "indicator_urgent_closed_basis": "应结案的紧急案件中，截至期末已结案的比例；挂账（缓办）的不计入应结案。",
    "indicator_returned": "退回率",
    "indicator_returned_basis": "统计期内派遣的案件中，被退回过至少一次的比例。",
}
