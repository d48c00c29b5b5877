"""Every text that a figure can show; English unless another language is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

_UNITS: Mapping[str, str] = {"um": "µm", "s": "s", "g": "g", "c": "°C", "pct": "%"}


@dataclass(frozen=True)
class FigureWords:
    """The texts of all figures in one language; texts with {names} are filled in when they are drawn."""

    grind_um: str = "grind size"
    time_s: str = "brew time"
    milk_g: str = "milk"
    sugar_g: str = "sugar"
    dose_g: str = "dose"
    water_g: str = "water"
    beverage_g: str = "beverage"
    temperature_c: str = "water temperature"
    extraction_yield_pct: str = "extraction yield"
    tds_pct: str = "total dissolved solids"
    axis: str = "{quantity} ({unit})"
    seconds: str = "s"
    evaluations: str = "evaluations"
    start: str = "start"
    best_known: str = "best known"
    bounds: str = "bounds"
    gap: str = "gap of the best cup so far\nto the best known score ({unit})"
    convergence: str = "How fast the best score is approached"
    one_run: str = "one run each"
    many_runs: str = "median and quartiles of {runs} runs"
    best_first: str = "{what},\nbest first"
    failures: str = "{label} ({failed} of {repeats} failed)"
    coordinates: str = "How the recipe moves"
    landscape: str = "The score, and the way to its top"
    near_best: str = "within {gap} of the best"
    mean_score: str = "mean score (1–9)"
    share: str = "share of contented customers (0–1)"
    points: str = "points"
    share_unit: str = "share of customers"
    value_unit: str = "value of the function"
    setting: str = "{quantity} {value} {unit}"
    between: str = ", "
    held: str = "{title}\n({settings})"
    first_start: str = "{name}, first start"
    control_chart: str = "The way of the cup on the brewing control chart"
    under_extracted: str = "under-extracted"
    over_extracted: str = "over-extracted"
    strong: str = "strong"
    weak: str = "weak"
    ideal: str = "ideal"
    lanes: str = "Side by side, so that all\ncan be seen; starts and\nends are where they are."
    slices: str = "The score along each knob, and over each pair of knobs"
    rating: str = "rating (1–9)"
    rating_share: str = "customers (%)"
    ratings: str = "The ratings of single customers"
    rating_group: str = "{label} ({share} % of the customers)"
    rating_mean: str = "mean {mean}"
    rating_bars: str = "share of these customers"
    rating_line: str = "mean score"
    everyone: str = "all customers"
    graph: str = "The computational graph"
    graph_at: str = "{name}: the graph of the first start, {settings}"
    graph_reading: str = (
        "From top to bottom the cup is brewed; from bottom to top the blame runs back. "
        "Each box: quantity, value, ∂loss/∂quantity. "
        "The wider an edge, the more blame it hands back."
    )
    raises_loss: str = "more of it raises the loss"
    lowers_loss: str = "more of it lowers the loss"
    race: str = "The descent, evaluation by evaluation"
    race_count: str = "{count} evaluations"
    learning_rate: str = "learning rate (in the box scaled to 0–1)"
    learning_rates: str = "What the learning rate does"
    cost_within: str = "evaluations until\nwithin {gap} of the best"
    never: str = "half the runs\nnever come so near"
    gap_at_end: str = "gap at the end\nto the best known score ({unit})"

    def quantity(self, name: str) -> str:
        """The words and the unit of a quantity, from its name.

        >>> words = FigureWords()
        >>> words.quantity("grind_um"), words.quantity("temperature_c"), words.quantity("score")
        ('grind size (µm)', 'water temperature (°C)', 'score')
        """
        stem, _, suffix = name.rpartition("_")
        if not stem or suffix not in _UNITS:
            return self.bare(name)
        return self.axis.format(quantity=self.bare(name), unit=self.unit(name))

    def bare(self, name: str) -> str:
        """The words of a quantity without its unit."""
        stem, _, suffix = name.rpartition("_")
        own = (stem or name).replace("_", " ") if suffix in _UNITS else name
        known = name in _QUANTITIES
        return str(getattr(self, name)) if known else own

    def unit(self, name: str) -> str:
        """The unit that the last part of a quantity's name stands for; empty where it has none."""
        suffix = name.rpartition("_")[2]
        return self.seconds if suffix == "s" else _UNITS.get(suffix, "")


ENGLISH = FigureWords()
_QUANTITIES = frozenset(
    field.name for field in fields(FigureWords) if field.name.rpartition("_")[2] in _UNITS
)


def quantity(name: str, words: FigureWords = ENGLISH) -> str:
    """The words and the unit of a quantity, from its name; see :meth:`FigureWords.quantity`.

    >>> quantity("milk_g")
    'milk (g)'
    """
    return words.quantity(name)
