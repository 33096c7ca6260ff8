"""Pieces that screens are put together from."""
