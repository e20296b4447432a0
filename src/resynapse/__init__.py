"""Resynapse."""
