"""Other settings of an optimizer: its options moved about their defaults, and refused ones drawn again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
from numpy.random import Generator
from pydantic_core import PydanticCustomError

from simulator.compare.stages import choice_of, rng_of
from simulator.experiment.optimizer_choice import OptimizerChoice

# One guards a division, the other moves the optimum: neither tunes the way there.
_LEFT_ALONE = ("epsilon", "weight_decay")
_TRIES = 50


def trials(choice: OptimizerChoice, count: int) -> list[OptimizerChoice]:
    """``count`` settings of an optimizer, its own first, the others drawn from its name.

    A positive number is multiplied by up to ten either way, one that lies between 0 and 1 keeps to
    that, a whole number by up to four, a word is chosen anew; a schedule of learning rates moves as a
    whole. An optimizer without options gets its own settings alone.
    """
    rng, found = rng_of("trials", choice.method), [choice]
    if not _options(choice):
        return found
    for trial in range(1, count):
        found.append(_drawn(choice, f"{choice.label} #{trial}", rng))
    return found


def with_rate(choice: OptimizerChoice, factor: float) -> OptimizerChoice:
    """The optimizer with its learning rate multiplied."""
    rate = _scaled(choice.options["learning_rate"], factor)
    return _relabelled(choice, f"{choice.label} ×{factor:g}", {"learning_rate": rate})


def has_rate(choice: OptimizerChoice) -> bool:
    """Whether it has a learning rate."""
    return "learning_rate" in choice.options


def _options(choice: OptimizerChoice) -> dict[str, Any]:
    return {name: value for name, value in choice.options.items() if name not in _LEFT_ALONE}


def _drawn(choice: OptimizerChoice, label: str, rng: Generator) -> OptimizerChoice:
    hints = get_type_hints(type(choice.solver))
    for _ in range(_TRIES):
        options = {
            name: _moved(value, hints.get(name), rng) for name, value in _options(choice).items()
        }
        try:
            return _relabelled(choice, label, options)
        except (PydanticCustomError, ValueError):
            continue
    return _relabelled(choice, label, {})


def _relabelled(choice: OptimizerChoice, label: str, options: Mapping[str, Any]) -> OptimizerChoice:
    options = {**choice.options, **options}
    return choice_of({"method": choice.method, "label": label[:40], **options})


def _moved(value: Any, hint: Any, rng: Generator) -> Any:
    if get_origin(hint) is Literal:
        return str(rng.choice(get_args(hint)))
    if isinstance(value, bool):
        return bool(rng.integers(2))
    if isinstance(value, int):
        return max(1, round(value * 4 ** rng.uniform(-1, 1)))
    if isinstance(value, float) and 0.3 < value < 1:
        # Momenta and the like: what matters is how far they are from 1.
        return _digits(1 - min(0.9, (1 - value) * 10 ** rng.uniform(-1, 1)))
    if isinstance(value, float):
        return _digits(value * 10 ** rng.uniform(-1, 1))
    return _scaled(value, 10 ** rng.uniform(-1, 1))


def _scaled(value: Any, factor: float) -> Any:
    """A learning rate or a whole schedule of them, multiplied."""
    if isinstance(value, Mapping):
        rates = ("rate", "start", "end")
        return {
            name: _digits(part * factor) if name in rates else part for name, part in value.items()
        }
    return _digits(value * factor) if isinstance(value, float | int) else value


def _digits(number: float) -> float:
    return float(np.format_float_positional(number, precision=4, fractional=False))
