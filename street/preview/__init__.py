"""Preview: what a rule would have done, told from what is stored.

    hours ──▶ plan: which readings could move anything ──▶ (read) ──▶ thinned ──▶ replay: through `Rules` itself

Most of a month need not be read at all, and what is read goes through the same rules as live readings, so that the
answer is that of a whole replay. Nothing stands at the beginning. What a replay of limits cannot know is left out:
causes that would have hidden an alarm, faults that would have ended one, and times at which nobody listened.
"""

from street.preview.plan import TAIL_MIN, Plan, Planner, first_hour
from street.preview.replay import Outcome, replay
from street.preview.thinning import Series, thinned

__all__ = ["TAIL_MIN", "Outcome", "Plan", "Planner", "Series", "first_hour", "replay", "thinned"]
