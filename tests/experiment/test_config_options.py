"""Any dataclass can be filled from a config: by its field types, its defaults and its own rules."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import pytest
from pydantic import ValidationError

from simulator.experiment.dataclass_options import Options, option_docs, plain


@dataclass(frozen=True)
class Fixed:
    size: float
    """How far."""
    kind: Literal["fixed"] = "fixed"


@dataclass(frozen=True)
class Growing:
    start: float
    factor: float = 2.0
    kind: Literal["growing"] = "growing"


@dataclass(frozen=True)
class Inner:
    depth: int = 3


@dataclass(frozen=True)
class Solver:
    """A solver with every kind of option."""

    rate: float | Fixed | Growing = 0.1
    """How fast,
    in ``steps``."""
    rounds: int = 5
    greedy: bool = False
    norm: Literal["max", "sum"] = "max"
    note: str = ""
    limit: int | None = None
    memory: int | str = "all"
    step: Fixed | Growing = Fixed(1.0)
    inner: Inner = Inner()
    seen: int = field(default=0, init=False)
    family: ClassVar[str] = "test"

    def __post_init__(self) -> None:
        if self.rounds < 1:
            raise ValueError(f"rounds must be at least 1, got {self.rounds}")
        if self.note == "forbidden":
            raise ValueError("this note is not liked")


KIND = Options(Solver, "the solver")


def refusal(value):
    with pytest.raises(ValidationError) as caught:
        KIND.check(value)
    return {error["loc"]: error["ctx"] for error in caught.value.errors(include_url=False)}


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ({"rate": 1}, "rate", 1.0),
        ({"rate": {"kind": "growing", "start": 1}}, "rate", Growing(1.0)),
        ({"rounds": 3.0}, "rounds", 3),
        ({"greedy": True}, "greedy", True),
        ({"norm": "sum"}, "norm", "sum"),
        ({"note": "hello"}, "note", "hello"),
        ({"limit": None}, "limit", None),
        ({"limit": 4}, "limit", 4),
        ({"memory": 4}, "memory", 4),
        ({"memory": "none"}, "memory", "none"),
        ({"step": {"kind": "fixed", "size": 3}}, "step", Fixed(3.0)),
        ({"inner": {"depth": 7}}, "inner", Inner(7)),
        ({}, "rate", 0.1),
    ],
)
def test_every_kind_of_option_is_read(given, name, value):
    read = getattr(KIND.check(given), name)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"rate": "fast"}, ("rate",)),
        ({"rate": {"kind": "growing", "start": "x"}}, ("rate", "start")),
        ({"rate": {"kind": "shrinking"}}, ("rate", "kind")),
        ({"rate": {"start": 1, "factr": 3}}, ("rate", "factr")),
        ({"rate": {"kind": "growing"}}, ("rate", "start")),
        ({"greedy": "yes"}, ("greedy",)),
        ({"norm": "mean"}, ("norm",)),
        ({"note": 3}, ("note",)),
        ({"limit": 1.5}, ("limit",)),
        ({"memory": [1]}, ("memory",)),
        ({"step": 3}, ("step",)),
        ({"inner": {"dpth": 7}}, ("inner", "dpth")),
        ({"rounds": 0}, ("rounds",)),
        ({"note": "forbidden"}, ()),
        ({"seen": 3}, ("seen",)),
        ({"family": "other"}, ("family",)),
    ],
)
def test_every_wrong_option_is_named(given, path):
    assert path in refusal(given)


def test_the_dataclass_s_own_message_is_split_into_what_was_expected():
    assert refusal({"rounds": 0})[("rounds",)]["expected"] == "at least 1"


def test_any_other_message_of_the_dataclass_is_kept():
    assert refusal({"note": "forbidden"})[()]["problem"] == "this note is not liked"


def test_options_that_types_and_rules_refuse_are_reported_together():
    assert set(refusal({"rounds": 0, "greedy": 1, "x": 2})) == {("rounds",), ("greedy",), ("x",)}


def test_plain_data_is_read_back():
    solver = Solver(rate=Growing(1.0), limit=3, inner=Inner(9))
    assert KIND.check(plain(solver)) == solver


def test_the_docstring_below_a_field_describes_it():
    assert option_docs(Solver)["rate"] == "How fast, in steps."
    assert KIND.json_schema()["properties"]["rate"]["description"] == "How fast, in steps."


def test_a_dataclass_without_source_is_not_described():
    made = dataclass(type("Made", (), {"__annotations__": {"x": int}, "x": 1}))
    assert option_docs(made) == {}
    assert Options(made, "it").check({"x": 2}).x == 2


def test_optional_settings_allow_null_in_the_schema():
    assert {"type": "null"} in KIND.json_schema()["properties"]["limit"]["anyOf"]


def test_a_type_that_no_config_can_hold_is_a_programming_error():
    @dataclass
    class Strange:
        x: Any = None

    with pytest.raises(TypeError, match="cannot be read from a config"):
        Options(Strange, "it").check({})
