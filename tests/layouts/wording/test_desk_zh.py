"""The desk's Chinese words."""

from layouts.desk.audit import OUTCOMES
from layouts.desk.devices import KINDS
from layouts.desk.people import STATES
from layouts.wording import desk_words_in
from street.people import Role
from street.people_sheet import COLUMNS
from street.policy import Action


def test_every_role_action_and_column_has_a_word() -> None:
    """What the code makes keys of must be there: a missing one would be a page that cannot be shown."""
    columns = {name for names in COLUMNS.values() for name in names}
    wanted = (
        {f"role_{role}" for role in Role}
        | {f"act_{action}" for action in Action if action is not Action.OPEN and action is not Action.REVEAL}
        | {f"column_{name}" for name in columns}
        | {f"sheet_{part}" for part in (*COLUMNS, "file")}
        | {f"outcome_{outcome}" for outcome in OUTCOMES}
        | {f"kind_{kind}" for kind in KINDS}
        | set(STATES)
    )

    assert wanted <= desk_words_in("zh").keys()


def test_another_language_is_answered_in_chinese() -> None:
    """The same as on the wall."""
    assert desk_words_in("fr") is desk_words_in("zh")
