"""Options of methods and schedules: what is refused, and how a config may give them."""

from __future__ import annotations

import dataclasses
import math

import pytest
from pydantic import TypeAdapter, ValidationError

from simulator.optimizers import (
    BATCHED_FAMILIES,
    METHODS,
    SCHEDULES,
    Adam,
    Constant,
    Cosine,
    InverseTime,
    PowerDecay,
    StepDecay,
    Stopping,
    WarmRestarts,
)

SCHEDULED = [
    name
    for name, method in METHODS.items()
    if "learning_rate" in {field.name for field in dataclasses.fields(method)}
]

REFUSED = [
    *[
        (name, "learning_rate", bad)
        for name in SCHEDULED
        for bad in (0.0, -1.0, math.nan, math.inf)
    ],
    ("momentum", "momentum", 1.0),
    ("nesterov", "momentum", -0.1),
    ("adagrad", "epsilon", 0.0),
    ("rmsprop", "decay", 1.0),
    ("rmsprop", "epsilon", -1e-8),
    ("adam", "beta1", 1.0),
    ("adam", "beta2", 1.5),
    ("adam", "epsilon", 0.0),
    ("adamw", "beta1", -0.1),
    ("adamw", "beta2", 1.0),
    ("adamw", "epsilon", 0.0),
    ("adamw", "weight_decay", -0.01),
    ("rprop", "initial_step", 0.0),
    ("rprop", "growth", 0.9),
    ("rprop", "shrinkage", 1.0),
    ("rprop", "largest_step", 0.0),
    ("steepest-descent", "line_search", "exact"),
    ("steepest-descent", "initial_step", 0.0),
    ("steepest-descent", "flatness", 1.0),
    ("barzilai-borwein", "step", "middle"),
    ("barzilai-borwein", "memory", 0),
    ("barzilai-borwein", "initial_step", 1.1),
    ("conjugate-gradient", "formula", "dai-liao"),
    ("conjugate-gradient", "initial_step", -1.0),
    ("conjugate-gradient", "flatness", 0.5),
    ("bfgs", "initial_step", 0.0),
    ("bfgs", "flatness", 1e-4),
    ("l-bfgs", "memory", 0),
    ("l-bfgs", "initial_step", 0.0),
    ("l-bfgs", "flatness", 1.0),
    ("newton", "initial_radius", 0.0),
    ("multistart", "screen", 0),
    ("multistart", "polish", 0),
    ("multistart", "apart", 1.0),
    ("multistart", "initial_radius", 1.1),
    ("averaged-sgd", "left_out", 1.0),
    ("l-bfgs-b", "memory", 0),
    ("trust-constr", "initial_radius", 0.0),
    ("nelder-mead", "edge", 0.6),
    ("nelder-mead", "restarts", -1),
    ("powell", "line_tolerance", 0.0),
    ("cobyqa", "initial_radius", -1.0),
    ("differential-evolution", "population", 1),
    ("differential-evolution", "crossover", 1.1),
    ("dual-annealing", "iterations", 0),
    ("dual-annealing", "initial_temperature", 1e6),
    ("shgo", "samples", 0),
    ("shgo", "rounds", 0),
    ("shgo", "sampling", "random"),
    ("direct", "epsilon", -1.0),
]

SCHEDULES_REFUSED = [
    (Constant, {"rate": 0.0}, "rate"),
    (StepDecay, {"start": 0.1, "factor": 1.5, "every": 10}, "factor"),
    (StepDecay, {"start": 0.1, "factor": 0.5, "every": 0}, "every"),
    (Cosine, {"start": -0.1, "end": 0.1, "steps": 10}, "start"),
    (Cosine, {"start": 0.1, "end": 0.0, "steps": 10}, "end"),
    (Cosine, {"start": 0.1, "end": 0.01, "steps": 0}, "steps"),
    (InverseTime, {"start": 0.1, "decay": -1.0}, "decay"),
    (PowerDecay, {"start": 0.0, "power": 0.6, "hold": 100.0}, "start"),
    (PowerDecay, {"start": 0.1, "power": 1.1, "hold": 100.0}, "power"),
    (PowerDecay, {"start": 0.1, "power": 0.6, "hold": 0.0}, "hold"),
    (WarmRestarts, {"start": -0.1, "end": 0.1, "period": 10}, "start"),
    (WarmRestarts, {"start": 0.1, "end": 0.0, "period": 10}, "end"),
    (WarmRestarts, {"start": 0.1, "end": 0.01, "period": 0}, "period"),
    (WarmRestarts, {"start": 0.1, "end": 0.01, "period": 9, "factor": 1.5}, "factor"),
]


@pytest.mark.parametrize(("name", "option", "bad"), REFUSED)
def test_a_bad_option_is_refused_by_name_with_what_was_got(name, option, bad):
    with pytest.raises(ValueError, match=f"{option} must be .*got {bad!r}"):
        METHODS[name](**{option: bad})


@pytest.mark.parametrize(("schedule", "options", "option"), SCHEDULES_REFUSED)
def test_a_bad_option_of_a_schedule_is_refused_by_name(schedule, options, option):
    with pytest.raises(ValueError, match=f"{option} must be .*got {options[option]!r}"):
        schedule(**options)


def test_every_numeric_option_of_every_method_has_a_refusal_above():
    free = {"locally_biased"}
    options = {(name, f.name) for name, cls in METHODS.items() for f in dataclasses.fields(cls)}
    assert {o for o in options if o[1] not in free} == {
        (name, option) for name, option, _ in REFUSED
    }


@pytest.mark.parametrize("name", METHODS)
def test_a_method_says_its_family_and_the_derivatives_it_uses(name):
    assert METHODS[name].family in {*BATCHED_FAMILIES, "scipy"}
    assert METHODS[name].uses in ("value", "gradient", "hessian")


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_an_immutable_value(name):
    assert METHODS[name]() == METHODS[name]()
    assert hash(METHODS[name]()) == hash(METHODS[name]())


@pytest.mark.parametrize("name", METHODS)
def test_a_config_can_give_every_option_that_a_method_has(name):
    defaults = dataclasses.asdict(METHODS[name]())
    assert TypeAdapter(METHODS[name]).validate_python(defaults) == METHODS[name]()


@pytest.mark.parametrize("name", METHODS)
def test_a_config_with_an_unknown_option_is_refused(name):
    with pytest.raises(ValidationError, match="learning_rat") as refused:
        TypeAdapter(METHODS[name]).validate_python({"learning_rat": 0.1})
    assert refused.value.errors()[0]["type"] == "unexpected_keyword_argument"


def test_a_config_with_an_unknown_stopping_option_is_refused():
    with pytest.raises(ValidationError, match="max_evals"):
        TypeAdapter(Stopping).validate_python({"max_evals": 10})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (0.1, 0.1),
        (1, 1.0),
        ({"schedule": "constant", "rate": 0.1}, Constant(0.1)),
        (
            {"schedule": "step", "start": 0.1, "factor": 0.5, "every": 9},
            StepDecay(0.1, factor=0.5, every=9),
        ),
        (
            {"schedule": "cosine", "start": 0.1, "end": 0.001, "steps": 2000},
            Cosine(0.1, end=0.001, steps=2000),
        ),
        (
            {"schedule": "inverse-time", "start": 0.1, "decay": 0.01},
            InverseTime(0.1, decay=0.01),
        ),
        (
            {"schedule": "power", "start": 0.1, "power": 0.6, "hold": 50},
            PowerDecay(0.1, power=0.6, hold=50),
        ),
        (
            {"schedule": "warm-restarts", "start": 0.1, "end": 0.01, "period": 50},
            WarmRestarts(0.1, end=0.01, period=50),
        ),
    ],
)
def test_a_config_gives_a_learning_rate_as_a_number_or_a_named_schedule(given, expected):
    adam = TypeAdapter(Adam).validate_python({"learning_rate": given})
    assert adam == Adam(learning_rate=expected)


@pytest.mark.parametrize(
    "given",
    [
        {"schedule": "cosinus", "start": 0.1, "end": 0.001, "steps": 2000},
        {"schedule": "constant", "start": 0.1},
        {"start": 0.1},
        -0.1,
        "fast",
    ],
)
def test_a_config_with_a_learning_rate_that_is_none_is_refused(given):
    with pytest.raises(ValidationError):
        TypeAdapter(Adam).validate_python({"learning_rate": given})


def test_schedules_are_listed_under_the_names_a_config_uses():
    for name, schedule in SCHEDULES.items():
        tag = next(f.default for f in dataclasses.fields(schedule) if f.name == "schedule")
        assert tag == name
