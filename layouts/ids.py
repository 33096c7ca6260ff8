"""Ids of the screens' elements: callbacks, tests and browser modules find them here and nowhere else."""

WALL = "wall"
ALIVE = "w1"  # is the data alive
TITLE = "w2"
NOW = "w3"  # date, weather, clock
WORST = "w4"  # the worst, then oldest, unacknowledged incident
SEVERITIES = {1: "w5", 2: "w6", 3: "w7", 4: "w8"}  # open incidents by severity
LATE = "w9"
TODAY = "w10"
MAP = "w11"
SPOTLIGHT = "w12"
OPEN_LIST = "w13"
PEOPLE = "w14"  # officers, communities, assets
BOXES = (ALIVE, TITLE, NOW, WORST, *SEVERITIES.values(), LATE, TODAY, MAP, SPOTLIGHT, OPEN_LIST, PEOPLE)
