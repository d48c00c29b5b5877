"""Errors meant for people. Each carries the exit status its command ends with.

::

    SimulatorError
    ├── InputError            exit 2: something the user gave cannot be used
    │   ├── ConfigError       ... in a config file (file:line:column of every fault)
    │   ├── RecipeError       ... in a recipe or brew setting (outside the range the model is valid for)
    │   ├── ResultsError      ... in a results folder (foreign, damaged, missing)
    │   ├── PluginError       ... in an optimizer that another package brings (broken, missing, ambiguous)
    │   └── ObjectiveError    ... in a function to minimise (not differentiable by the engine, not found)
    └── RunFailed             exit 1: the work was done and its outcome is bad

A message says what is wrong, where, what was found, what was expected and how to mend it.
"""

from __future__ import annotations


class SimulatorError(Exception):
    """The root: anything a command reports as one message without a traceback."""

    exit_code = 1


class InputError(SimulatorError):
    """Something the user gave cannot be used."""

    exit_code = 2


class ConfigError(InputError):
    """A config file has faults; the message lists all of them."""


class RecipeError(InputError):
    """A recipe or a brew setting lies outside the range the model is valid for."""


class ResultsError(InputError):
    """A results folder is missing, damaged, or holds something else."""


class PluginError(InputError):
    """An optimizer that another package brings cannot be used."""


class ObjectiveError(InputError):
    """A function to minimise cannot be used as it is."""


class RunFailed(SimulatorError):
    """The work was done and its outcome is bad: a disagreement, or a failed run."""
