"""The fitted palates as the calibration left them in ``data/palate.json``: numbers, errors, covariance."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import InputError

Array = NDArray[np.float64]

PALATE_FILE = Path(__file__).parent / "data" / "palate.json"
GROUPS = ("everyone", "cluster_1", "cluster_2")
SCALES = ("intensity", "acidity", "mouthfeel")


@dataclass(frozen=True)
class Block:
    """Parameters that were fitted together, with the covariance of their errors."""

    names: tuple[str, ...]
    values: Array
    covariance: Array

    def draw(self, rng: np.random.Generator, count: int) -> Mapping[str, Array]:
        """Name -> ``count`` values from the normal distribution of the fit."""
        drawn = rng.multivariate_normal(self.values, self.covariance, count, method="cholesky")
        return MappingProxyType(dict(zip(self.names, drawn.T, strict=True)))

    def estimates(self) -> Mapping[str, float]:
        """Name -> fitted value."""
        return MappingProxyType(dict(zip(self.names, self.values.tolist(), strict=True)))


@dataclass(frozen=True)
class FittedPalate:
    """One group's fit: independent blocks for the scales and for liking."""

    scales: Mapping[str, Block]
    liking: Block
    perfect_liking: float
    """Level that makes the mean liking of the rated cups what was said of them, points."""


@cache
def fitted_palate(group: str, path: Path = PALATE_FILE) -> FittedPalate:
    """The fit of a group: everyone, cluster_1 or cluster_2.

    Raises:
        InputError: the file is missing or damaged.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        palate = content["palates"][group]
        scales = {scale: _block(palate["scales"][scale]) for scale in SCALES}
        level = float(palate["perfect_liking"])
        return FittedPalate(MappingProxyType(scales), _block(palate["liking"]), level)
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise InputError(
            f"{path}: not the numbers of a calibration ({type(fault).__name__}: {fault}); "
            "scripts/calibrate writes them"
        ) from None


@cache
def fitted_scatter(path: Path = PALATE_FILE) -> Mapping[str, float]:
    """Standard deviations of ratings around the model, in points.

    ``within`` one person, ``between`` persons' levels, ``slope`` between persons' slopes for each
    0.25 % of TDS.

    Raises:
        InputError: the file is missing or damaged.
    """
    try:
        block = _block(json.loads(path.read_text(encoding="utf-8"))["scatter"])
        logs = block.estimates()
        found = {part: math.exp(logs[f"log_{part}"]) for part in ("within", "between", "slope")}
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise InputError(
            f"{path}: not the numbers of a calibration ({type(fault).__name__}: {fault}); "
            "scripts/calibrate writes them"
        ) from None
    return MappingProxyType(found | {"slope": 0.25 * found["slope"]})


def _block(content: Any) -> Block:
    parameters = content["parameters"]
    values = np.array(list(parameters.values()), dtype=float)
    covariance = np.array(content["covariance"], dtype=float)
    if covariance.shape != (values.size, values.size) or not np.isfinite(values).all():
        raise ValueError("a block's covariance does not fit its parameters")
    return Block(tuple(parameters), values, covariance)


def scale_numbers(
    answers: Mapping[str, Any], costs: Mapping[str, Any], scale: str
) -> dict[str, Any]:
    """The fields of a ``JarScale`` from fitted parameters, floats or draws of shape (count,).

    The scale's constant is the mean answer where 3 is just right; its scatter is that of cups and people
    together.
    """
    within, between = np.exp(answers["log_within"]), np.exp(answers["log_between"])
    return {
        "constant": 3.0 + answers["constant"],
        "tds_slope": answers["stimulus_slope"],
        "extraction_slope": answers["extraction_slope"],
        "scatter": np.hypot(within, between),
        "too_low": costs[f"{scale}_low"],
        "too_high": costs[f"{scale}_high"],
        "band": answers["band"],
    }


def standard_errors() -> Mapping[str, float]:
    """Path of each fitted number of the palates, as ``list_parameters(DEFAULT)`` has it -> its error.

    The error of ``scatter`` is propagated from its two parts; that of ``perfect_liking`` is the fitted
    level's.

    >>> errors = standard_errors()
    >>> 0.05 < errors["customers.cluster_1.intensity.tds_slope"] < 0.2
    True
    """
    found: dict[str, float] = {}
    for group in GROUPS:
        palate, here = fitted_palate(group), f"customers.{group}"
        of_liking = dict(zip(palate.liking.names, _errors(palate.liking), strict=True))
        found[f"{here}.perfect_liking"] = of_liking["level"]
        found[f"{here}.too_bitter"] = of_liking["too_bitter"]
        for scale in SCALES:
            block = palate.scales[scale]
            own = dict(zip(block.names, _errors(block), strict=True))
            path = f"{here}.{scale}"
            found |= {
                f"{path}.constant": own["constant"],
                f"{path}.tds_slope": own["stimulus_slope"],
                f"{path}.extraction_slope": own["extraction_slope"],
                f"{path}.scatter": _scatter_error(block),
                f"{path}.too_low": of_liking[f"{scale}_low"],
                f"{path}.too_high": of_liking[f"{scale}_high"],
                f"{path}.band": own["band"],
            }
    return MappingProxyType(found)


def _errors(block: Block) -> list[float]:
    errors: list[float] = np.sqrt(np.diag(block.covariance)).tolist()
    return errors


def _scatter_error(block: Block) -> float:
    """Of s = √(e^2a + e^2b) by ∂s/∂a = e^2a/s, ∂s/∂b = e^2b/s."""
    squares = np.exp(2.0 * block.values[-2:])
    slope = squares / math.sqrt(squares.sum())
    return float(np.sqrt(slope @ block.covariance[-2:, -2:] @ slope))
