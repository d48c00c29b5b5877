"""What the learning rate does: optimizers of one method and several learning rates, held side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from simulator.experiment.content_key import canonical_hash
from simulator.figures import RateSeries, draw_learning_rates
from simulator.report.pictures.material import Material, Run

#: A line needs at least so many points.
FEWEST_RATES = 3


def learning_rates(material: Material) -> Figure:
    """Evaluations until within the tolerance, and the gap at the end, against the learning rate."""
    repeats = max(run.repeat for run, _ in material.tested) + 1
    return draw_learning_rates(
        rate_series(material),
        tolerance=_tolerance(material),
        repeats=repeats,
        unit=material.unit,
        title=material.name,
        words=material.words,
    )


def rate_series(material: Material) -> list[RateSeries]:
    """One series per method that was run with three or more constant learning rates, all else equal."""
    families: dict[str, dict[float, list[Run]]] = {}
    names: dict[str, str] = {}
    for run, trace in material.runs:
        rate = run.options.get("learning_rate")
        if run.role == "tuned" and isinstance(rate, float) and rate > 0:
            others = {name: part for name, part in run.options.items() if name != "learning_rate"}
            family = canonical_hash([run.method, others])
            names[family] = run.method
            families.setdefault(family, {}).setdefault(rate, []).append((run, trace))
    return [
        _series(material, _label(names, family), rates)
        for family, rates in families.items()
        if len(rates) >= FEWEST_RATES
    ]


def _label(names: Mapping[str, str], family: str) -> str:
    """The method, numbered where the same method comes with several other options."""
    same = [other for other, name in names.items() if name == names[family]]
    place = same.index(family)
    return names[family] if place == 0 else f"{names[family]} ({place + 1})"


def _series(material: Material, label: str, rates: Mapping[float, Sequence[Run]]) -> RateSeries:
    best, tolerance = material.recommended().score, _tolerance(material)
    ordered = sorted(rates)
    gaps = [[_gap(run, best) for run in rates[rate]] for rate in ordered]
    costs = [[_cost(run, best - tolerance) for run in rates[rate]] for rate in ordered]
    low, middle, high = (
        np.array([_quantile(gap, share) for gap in gaps]) for share in (0.25, 0.5, 0.75)
    )
    cost = np.array([_quantile(each, 0.5) for each in costs])
    return RateSeries(label, np.array(ordered), middle, low, high, cost)


def _gap(run: Run, best: float) -> float:
    record = run[0]
    return np.inf if record.failed or not np.isfinite(record.score) else best - record.score


def _cost(run: Run, wanted: float) -> float:
    """Evaluations until the score is first as good as wanted; infinite if it never is."""
    record, trace = run
    there = np.flatnonzero(trace.score >= wanted)
    return float(trace.value_count[there[0]]) if there.size and not record.failed else np.inf


def _quantile(values: Sequence[float], share: float) -> float:
    """The upper one of the two neighbours, so that infinities stay what they are."""
    return float(np.quantile(values, share, method="higher"))


def _tolerance(material: Material) -> float:
    return float(material.problem.experiment.check.tolerance or 0.0)


def rates_in_words(material: Material) -> dict[str, str]:
    """The best learning rate of each method, and what it cost."""
    messages = material.messages
    texts = []
    for each in rate_series(material):
        place = int(np.argmin(np.where(np.isfinite(each.cost), each.cost, 1e18 + each.gap)))
        cost = f"{each.cost[place]:.0f}" if np.isfinite(each.cost[place]) else "–"
        texts.append(
            messages.say("alt.rate", name=each.label, rate=f"{each.rate[place]:g}", cost=cost)
        )
    return {"best": messages.say("separator.words").join(texts)}
