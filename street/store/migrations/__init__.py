"""Migrations of the store, forward only, run by Alembic when a store is opened."""
