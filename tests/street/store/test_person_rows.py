"""How people are read and described."""

import pytest

from street.people import Grant, Role
from street.store import Store
from street.store.person_rows import described, is_plain, login_of
from tests.street.store.makers import a_person, add_person


@pytest.mark.parametrize(("typed", "kept"), [(" Wang ", "wang"), ("ＷＡＮＧ", "wang"), ("A.b-C_1@x", "a.b-c_1@x")])
def test_a_login_has_one_form(typed: str, kept: str) -> None:
    """However a keyboard is set."""
    assert login_of(typed) == kept


@pytest.mark.parametrize(
    ("text", "plain"), [("王芳", True), ("O’Neil 3", True), ("a\tb", False), ("a\u202eb", False), ("a\u200bb", False)]
)
def test_a_line_is_plain_text(text: str, plain: bool) -> None:
    """What turns or hides text on a screen is none."""
    assert is_plain(text) == plain


def test_many_people_are_read_each_with_her_own_grants(store: Store) -> None:
    """One query for all grants must not mix them up."""
    for number in range(5):
        add_person(store, f"p{number}", grants=(Grant(Role.OFFICER, f"37020200700{number}"),))

    found = {person.login: [grant.area_id for grant in person.grants] for person in store.people().all()}

    assert found == {f"p{number}": [f"37020200700{number}"] for number in range(5)}


def test_the_description_names_what_differs() -> None:
    """Names of fields, not what is in them."""
    said = described(a_person(phone="1390"), a_person(phone="1380", name="李娜"))

    assert said == '{"login":"wang","roles":["officer@370202007"],"is_active":true,"changed":["name","phone"]}'
