"""Mutants: one thing changed in a module, to see whether its tests notice. Used by ``scripts/mutate.py``."""
