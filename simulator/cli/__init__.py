"""The ``simulator`` command: one small file per verb; each parses, calls, prints.

Nothing heavy is imported before a verb runs, so that ``simulator --help`` answers at once.
"""

from simulator.cli.app import main

__all__ = ["main"]
