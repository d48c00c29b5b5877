"""What the room shows to others."""

from __future__ import annotations

from simulator import optimizers


def test_the_methods_a_config_can_name():
    families = {name: method.family for name, method in optimizers.METHODS.items()}
    ours = {
        "descent": [
            "gradient-descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw",
            "rprop",
        ],
        "line-search": [
            "steepest-descent", "barzilai-borwein", "conjugate-gradient", "bfgs", "l-bfgs",
        ],
        "newton": ["newton", "multistart"],
        "stochastic": ["averaged-sgd"],
    }  # fmt: skip
    for family, names in ours.items():
        assert [name for name, its_family in families.items() if its_family == family] == names
    assert set(families.values()) == {*ours, "scipy"}
    assert [name for name, family in families.items() if family == "scipy"] == [
        "l-bfgs-b", "slsqp", "tnc", "trust-constr", "nelder-mead", "powell", "cobyqa",
        "differential-evolution", "dual-annealing", "shgo", "direct",
    ]  # fmt: skip


def test_every_exported_name_exists_and_is_listed_once():
    assert len(set(optimizers.__all__)) == len(optimizers.__all__)
    assert all(hasattr(optimizers, name) for name in optimizers.__all__)


def test_every_method_class_is_exported():
    exported = {getattr(optimizers, name) for name in optimizers.__all__ if name[0].isupper()
                and isinstance(getattr(optimizers, name), type)}  # fmt: skip
    assert set(optimizers.METHODS.values()) <= exported
