"""The hot statements are text with positional parameters, in an order that the code relies on."""

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg

from street.store import schema
from street.store.statements import build, compiled


@pytest.mark.parametrize("dialect", [sqlite.dialect(paramstyle="qmark"), psycopg.dialect(paramstyle="format")])
def test_every_statement_compiles_for_both_engines(dialect: sqlite.dialect) -> None:
    """PostgreSQL is a second engine, not a second program."""
    ready = build(dialect)

    for name in ready.__slots__:
        assert ("?" if dialect.name == "sqlite" else "%s") in getattr(ready, name)


def test_another_order_of_parameters_is_our_own_mistake() -> None:
    """A value in the wrong column would be stored without a word."""
    column = schema.latest.c
    statement = select(column.value).where(column.at_us == bindparam("b"), column.flags == bindparam("a"))

    with pytest.raises(ValueError, match="not"):
        compiled(sqlite.dialect(paramstyle="qmark"), statement, ("a", "b"))
