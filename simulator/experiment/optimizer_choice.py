"""Which optimizers run, with which options, and which of scipy's check them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from simulator.errors import PluginError
from simulator.experiment.complaints import Complaints, complaint
from simulator.experiment.dataclass_options import Options, plain, refuse_unknown
from simulator.experiment.values import JsonSchema, ListOf, Number, Of, Text, unknown_word
from simulator.optimizers import METHODS, Method, Source, missing_library, source, sources

_LABEL = Text(40)
_MOST_OPTIMIZERS = 100

USUAL = ("gradient-descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
USUAL_CHECK = ("l-bfgs-b", "slsqp", "trust-constr")
EXACT_TOLERANCE = 1e-5
NOISY_TOLERANCE = 0.05


@dataclass(frozen=True)
class OptimizerChoice:
    """An optimizer of an experiment: its label in tables and pictures, its method, its options."""

    label: str
    method: str
    solver: Method
    """The method with its options, ready to minimise."""
    version: str = ""
    """The foreign package that decides its numbers, with its version; empty for our own methods."""

    @property
    def options(self) -> dict[str, Any]:
        """All options of the method as plain data, defaults written out."""
        options: dict[str, Any] = plain(self.solver)
        return options

    @property
    def identity(self) -> dict[str, Any]:
        """All that decides what it does: two choices of one identity compute the same."""
        version = {"version": self.version} if self.version else {}
        return {"method": self.method, **self.options, **version}

    def settings(self) -> dict[str, Any]:
        """The entry of a config that makes this choice, defaults written out."""
        return {"method": self.method, "label": self.label, **self.options}


@dataclass(frozen=True)
class ChoiceOf:
    """The kind of value ``adam`` or ``{method: adam, label: bold, learning_rate: 0.1}``.

    ``family`` limits the methods to one family; empty allows all.
    """

    family: str = ""

    def check(self, value: Any) -> OptimizerChoice:
        """Return the choice; complain about all options at once."""
        given = {"method": value} if isinstance(value, str) else value
        if not isinstance(given, Mapping):
            raise self._unnamed()
        found = self._source(given, at=("method",) if given is value else ())
        complaints, label = Complaints(), str(given["method"])[: _LABEL.longest]
        if "label" in given:
            with complaints.gathered("label"):
                label = _LABEL.check(given["label"])
        options = {name: part for name, part in given.items() if name not in ("method", "label")}
        with complaints.gathered():
            solver = _solver(found, options)
        complaints.refuse()
        return OptimizerChoice(label, found.name, solver, found.version)

    def json_schema(self) -> JsonSchema:
        """Describe every method with its options."""
        names_here = set(self._methods())
        methods = [found for found in sources() if found.name in names_here]
        names = {"enum": [found.name for found in methods]}
        return {"anyOf": [names, *map(_method_schema, methods)]}

    def _unnamed(self) -> PydanticCustomError:
        return complaint(
            "no method is named",
            expected="the name of a method, or {method: ..., and its options}",
            remedy=f"add method: {self._methods()[0]}, or another",
        )

    def _methods(self) -> list[str]:
        if not self.family:
            return [found.name for found in sources()]
        return [name for name, kind in METHODS.items() if self.family == kind.family]

    def _source(self, given: Mapping[str, Any], at: tuple[str, ...]) -> Source:
        name, complaints = given.get("method"), Complaints()
        try:
            # Only for a name that is not ours are other packages looked at.
            if isinstance(name, str) and (not self.family or name in self._methods()):
                return source(name)
        except PluginError as error:
            complaints.add(complaint(str(error)), *at)
            complaints.refuse()
        except KeyError:
            pass
        methods = self._methods()
        if "method" in given:
            what = f"an optimizer{f' of {self.family}' if self.family else ''}"
            complaints.add(unknown_word(what, name, methods), *at)
        else:
            complaints.add(self._unnamed())
        refuse_unknown(given, METHODS.values(), complaints, ("method", "label"))
        complaints.refuse()
        raise AssertionError("a complaint was added above")


class Check(BaseModel):
    """What the tuned recipe is held against: scipy's best from the same starts."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Check against scipy")

    methods: Annotated[
        tuple[OptimizerChoice, ...], Of(ListOf(ChoiceOf("scipy"), _MOST_OPTIMIZERS))
    ] = Field(
        default_factory=lambda: tuple(ChoiceOf("scipy").check(name) for name in USUAL_CHECK),
        description=f"Methods of scipy, by name or with options. Default: {', '.join(USUAL_CHECK)}.",
    )
    tolerance: Annotated[float | None, Of(Number(0, above=True))] = Field(
        None,
        description="The largest gap, in the unit of the objective (score points, or a share), "
        f"that counts as agreement. Default: {EXACT_TOLERANCE:g}; with noise {NOISY_TOLERANCE:g}.",
    )


def several_choices() -> ListOf:
    """The kind of value that lists optimizers of any family."""
    return ListOf(ChoiceOf(), _MOST_OPTIMIZERS)


def usual_choices() -> tuple[OptimizerChoice, ...]:
    """The classic update rules with their default options."""
    kind = ChoiceOf()
    return tuple(kind.check(name) for name in USUAL)


def refuse_same_labels(
    choices: Iterable[OptimizerChoice], taken: Mapping[str, OptimizerChoice]
) -> None:
    """Complain about labels that two different optimizers share; ``taken`` are used elsewhere."""
    complaints, seen = Complaints(), dict(taken)
    for position, choice in enumerate(choices):
        other = seen.get(choice.label)
        if other is not None and (choice.label not in taken or other != choice):
            remedy = f"add a label of its own, such as label: {choice.label}-2"
            problem = f"another optimizer is called {choice.label}, too"
            complaints.add(complaint(problem, remedy=remedy), position)
        seen.setdefault(choice.label, choice)
    complaints.refuse()


def _solver(found: Source, options: Mapping[str, Any]) -> Any:
    """The method with its options; what a foreign package does wrong becomes a complaint."""
    try:
        kind = found.load()
        missing = missing_library(kind)
        if missing:
            raise complaint("this optimizer cannot run here", reason=missing)
        return Options(kind, found.name).check(options)
    except PluginError as error:
        raise complaint("this optimizer cannot be loaded", reason=str(error)) from None
    except TypeError as error:
        if found.name in METHODS:
            raise
        reason = f"{found.full_name}: {error}"
        raise complaint("this optimizer's options cannot be read", reason=reason) from None


def _method_schema(found: Source) -> JsonSchema:
    method = found.name
    try:
        kind = found.load()
        schema = Options(kind, method).json_schema()
    except (PluginError, TypeError) as error:
        named = {"method": {"const": method, "description": f"It cannot be used: {error}"}}
        return {"title": method, "type": "object", "properties": named, "required": ["method"]}
    first_line = (kind.__doc__ or method).strip().split("\n\n")[0]
    label = {**_LABEL.json_schema(), "description": "Its name in tables and pictures."}
    named = {"method": {"const": method, "description": "The method."}, "label": label}
    return {
        **schema,
        "title": method,
        "description": " ".join(first_line.split()),
        "properties": named | schema["properties"],
        "required": ["method", *schema.get("required", [])],
    }
