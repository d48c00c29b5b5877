"""The mathematical problem of an experiment: recipe box ∘ taste ∘ loss, traced once, compiled by the engine.

Optimizers see the unit box: coordinate i in [0, 1] sets knob i between its bounds, evenly on the knob's
scale. The loss is 9 − mean score, or 1 − share of contented customers, so 0 is perfect. Where the config
names a function of its own, that is the loss, and the score is its negative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.autodiff import Graph, compile, trace
from simulator.coffee import Recipe, Segment, Tasting, share_above, taste
from simulator.errors import ObjectiveError, SimulatorError
from simulator.experiment.config import Experiment, problem_part, run_part
from simulator.experiment.content_key import canonical_hash
from simulator.experiment.function import Code, Function, refusal, traced
from simulator.experiment.knobs import BREW_KNOBS, RECIPE_KNOBS
from simulator.experiment.scaling import between, point, position, snapped

Array = NDArray[np.float64]
Program = Callable[[Any], tuple[Array, ...]]

#: How the engine evaluates: the Python dialect, one column at a time, so that a run's bits never
#: depend on which runs share its batch.
DIALECT = "python"

#: The best value of each objective; the loss is what is missing to it.
PERFECT = {"mean-score": 9.0, "share-above": 1.0}


@dataclass(frozen=True, eq=False)
class Problem:
    """An experiment's objective over the unit box.

    Attributes:
        experiment: where it came from.
        dialect: how the engine evaluates it.
        code: leave to run the function that the config names; none is needed for coffee.
    """

    experiment: Experiment
    dialect: str = DIALECT
    code: Code | None = None

    @property
    def is_coffee(self) -> bool:
        """Whether a cup is behind it, rather than a function of the user's."""
        return self.experiment.problem is None

    @cached_property
    def function(self) -> Function:
        """The function that the config names. Raises ObjectiveError without leave to run it."""
        name = str(self.experiment.problem)
        if self.code is None:
            raise refusal(name, self.experiment.name)
        return self.code.function(name)

    @property
    def knobs(self) -> tuple[str, ...]:
        """Names of the tuned knobs, in the order of the coordinates."""
        return tuple(self.experiment.tune)

    @property
    def size(self) -> int:
        """n, the number of tuned knobs."""
        return len(self.experiment.tune)

    @property
    def perfect(self) -> float:
        """The objective's best conceivable value: 9 points, or a share of 1; 0 for a function."""
        if not self.is_coffee:
            return 0.0
        return PERFECT[self.experiment.objective.kind]

    @cached_property
    def hash(self) -> str:
        """Of what defines the problem; results of different problems are never compared."""
        return canonical_hash(problem_part(self.experiment))

    @cached_property
    def decided(self) -> dict[str, Any]:
        """All that decides a run beside its optimizer and its repeat.

        The graph itself is part of it: after a change of the model nothing old is taken for new.
        """
        return run_part(self.experiment) | {"graph": self.fingerprint}

    @cached_property
    def customers(self) -> tuple[tuple[Segment, float], ...]:
        """The segments that come, with their shares."""
        return self.experiment.crowd

    def settings(self, x: Any) -> dict[str, Any]:
        """Knob → value in its own unit, at coordinates x of shape (n,) or (n, N), traced ones included."""
        return {
            knob: between(bounds, x[i])
            for i, (knob, bounds) in enumerate(self.experiment.tune.items())
        }

    def coordinates(self, settings: Mapping[str, float]) -> Array:
        """The inverse of `settings`: coordinates, shape (n,), of values inside the bounds."""
        tune = self.experiment.tune
        return np.array([position(bounds, settings[knob]) for knob, bounds in tune.items()])

    def recipe(self, x: Array) -> dict[str, float]:
        """The four numbers of the recipe and any tuned brew setting, at coordinates of shape (n,)."""
        tune = self.experiment.tune
        tuned = {
            knob: snapped(float(value), tune[knob]) for knob, value in self.settings(x).items()
        }
        if not self.is_coffee:
            return tuned
        fixed = {knob: float(value) for knob, value in self.experiment.fixed.items()}
        return {
            knob: (tuned | fixed)[knob]
            for knob in (*RECIPE_KNOBS, *BREW_KNOBS)
            if knob in tuned | fixed
        }

    def tasting(self, x: Any, customers: Sequence[tuple[Segment, Any]] | None = None) -> Tasting:
        """The whole walk of the cup at coordinates x: floats, a batch (n, N), or traced values."""
        settings = self.settings(x)
        brew = {knob: settings[knob] for knob in BREW_KNOBS if knob in settings}
        recipe = {
            knob: settings[knob] if knob in settings else self.experiment.fixed[knob]
            for knob in RECIPE_KNOBS
        }
        return taste(
            Recipe(**recipe),
            self.experiment.brew.brew(**brew),
            self.experiment.bean,
            customers or self.customers,
            self.experiment.parameters,
        )

    def objective_of(self, tasting: Tasting) -> Any:
        """What is maximised: the mean score, or the smoothed share of contented customers."""
        objective = self.experiment.objective
        if objective.kind == "mean-score":
            return tasting.score
        assert objective.threshold is not None
        assert objective.width is not None
        return share_above(tasting, objective.threshold, objective.width)

    def loss(self, x: Any) -> Any:
        """What is minimised: how much is missing to `perfect`, or the function itself."""
        if not self.is_coffee:
            return self.function(point(tuple(self.experiment.tune.values()), x))
        return self.perfect - self.objective_of(self.tasting(x))

    @cached_property
    def graph(self) -> Graph:
        """The computational graph of the loss; its quantities are named by their place in `Tasting`.

        Raises ObjectiveError for a function that the engine cannot differentiate.
        """
        if not self.is_coffee:
            box, name = tuple(self.experiment.tune.values()), str(self.experiment.problem)
            return traced(self.function, box, self.knobs, name)

        def loss_and_tasting(x: Any) -> tuple[Any, Tasting]:
            tasting = self.tasting(x)
            return self.perfect - self.objective_of(tasting), tasting

        return trace(loss_and_tasting, self.size, names=self.knobs, has_aux=True)

    @cached_property
    def fingerprint(self) -> str:
        """Of the graph's operations and constants: changes whenever the model's arithmetic does."""
        nodes = self.graph.to_dict()["nodes"]
        return canonical_hash(
            [[node["operation"], node["parents"], repr(node["value"])] for node in nodes]
        )

    @cached_property
    def value_program(self) -> Program:
        """Compiled: loss."""
        return compile(self.graph, outputs=("value",), dialect=self._dialect)

    @cached_property
    def gradient_program(self) -> Program:
        """Compiled: loss and gradient."""
        return compile(self.graph, outputs=("value", "gradient"), dialect=self._dialect)

    @cached_property
    def hessian_program(self) -> Program:
        """Compiled: matrix of second derivatives."""
        return compile(self.graph, outputs=("hessian",), dialect=self._dialect)

    @cached_property
    def map_program(self) -> Program:
        """Compiled for large batches: loss of every column, for pictures and screening."""
        return compile(self.graph, outputs=("value",), dialect="numpy")

    @property
    def _dialect(self) -> Any:
        return self.dialect

    def value_and_gradient(self, x: Array) -> tuple[float, Array]:
        """Loss and gradient at one point, shape (n,)."""
        value, gradient = self.gradient_program(x)
        return float(value), gradient


def problem_of(experiment: Experiment, config: str | Path, *, allow_code: bool) -> Problem:
    """The problem of an experiment read from ``config``, its function traced at once if it has one.

    Raises ObjectiveError for a function without ``allow_code``, one that is not found, and one that
    the engine cannot differentiate.
    """
    if experiment.problem is None:
        return Problem(experiment)
    if not allow_code:
        raise refusal(experiment.problem, str(config))
    problem = Problem(experiment, code=Code(Path(config).parent))
    try:
        _ = problem.graph
    except SimulatorError:
        raise
    except Exception as error:
        told = f"{experiment.problem}: it raised {type(error).__name__}: {error}"
        raise ObjectiveError(told) from error
    return problem
