"""Faults behind faults: what cannot be checked while ``tune`` is wrong is checked as if it were right."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from simulator.experiment.faults import Fault, nearest
from simulator.experiment.knobs import KNOBS
from simulator.experiment.sentences import faults_of
from simulator.experiment.yaml_tree import Document


def all_faults(
    error: ValidationError,
    data: Mapping[str, Any],
    document: Document | None,
    model: type[BaseModel],
    file: str,
    *,
    without: Collection[str] = (),
) -> list[Fault]:
    """The faults of a validation of ``data``, and those that a wrong ``tune`` has hidden.

    Whether a knob is fixed twice, or a start possible, depends on what is tuned. So the knobs that
    were meant are tuned over their whole ranges, and the rest is checked again. Sections that were
    wrong before are left out then: what they say is known, or follows from what is known. So are
    the sections ``without``, both times.
    """
    told = faults_of(error, document, model, file, without=without)
    wrong = {item["loc"][0] for item in error.errors(include_url=False) if item["loc"]} | set(
        without
    )
    meant = _meant(data.get("tune"))
    if "tune" in wrong and meant:
        try:
            model.model_validate({**data, "tune": meant})
        except ValidationError as second:
            told += faults_of(second, document, model, file, without=wrong)
    return told


def _meant(tune: Any) -> list[str]:
    """The knobs that a faulty section names, misspelt ones included."""
    names = tune if isinstance(tune, list | Mapping) else []
    found = [
        name if name in KNOBS else nearest(name, KNOBS) for name in names if isinstance(name, str)
    ]
    return [knob for knob in KNOBS if knob in found]
