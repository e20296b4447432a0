"""Numerics that know no pharmacology: time grid, exact linear propagation, effect cascade, random streams."""
