"""The keeper's commands: each module has `add_to`, which tells the command line of it, and `run`."""

from street.commands import (
    assets,
    audit,
    backup,
    check,
    drill,
    indicators,
    matters,
    people,
    restore,
    support_dump,
    upgrade,
)

COMMANDS = (people, assets, matters, indicators, audit, check, backup, restore, drill, upgrade, support_dump)
