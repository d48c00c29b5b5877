"""The experiment: every section of a config, its defaults, and what must fit together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from simulator.coffee import DEFAULT, MIXES, SEGMENTS, Bean, CupParameters, Parameters, Segment
from simulator.experiment.audience import (
    USUAL_CUSTOMERS,
    CustomersOf,
    Noise,
    Objective,
    Offer,
    objective_from_name,
    objective_name_schema,
)
from simulator.experiment.brewing import (
    USUAL_BEAN,
    BeanOf,
    BrewSettings,
    brew_from_name,
    brew_name_schema,
    fitted_brew,
)
from simulator.experiment.complaints import Complaints, complaint
from simulator.experiment.content_key import canonical_hash
from simulator.experiment.dataclass_options import Options, plain
from simulator.experiment.function_settings import (
    COFFEE_SECTIONS,
    FreeBounds,
    FunctionName,
    refuse_coffee,
)
from simulator.experiment.knobs import (
    KNOBS,
    RECIPE_KNOBS,
    Bounds,
    BoundsOf,
    KnobMap,
    knob_list_schema,
    knob_number,
    tune_from_list,
)
from simulator.experiment.optimizer_choice import (
    EXACT_TOLERANCE,
    NOISY_TOLERANCE,
    USUAL,
    Check,
    OptimizerChoice,
    refuse_same_labels,
    several_choices,
    usual_choices,
)
from simulator.experiment.served import USUAL_CUP, CupOf, Ideals, SegmentsOf
from simulator.experiment.starts import (
    Starts,
    drawn_starts,
    fitted_starts,
    starts_from_number,
    starts_number_schema,
)
from simulator.experiment.values import Name, Number, Of, Shorthand, Text
from simulator.optimizers import Stopping

_ELSEWHERE = "a brew setting that is not tuned is written under brew"


class Experiment(BaseModel):
    """One experiment: a cup, its customers, what is tuned, and who tunes it.

    Mappings keep the order of ``KNOBS`` and ``SEGMENTS``, own segments last, whatever the order in the file.
    """

    # Later fields are checked against earlier ones, so the order of the fields matters.
    model_config = ConfigDict(frozen=True, extra="forbid", title="perfect-cup experiment")

    name: Annotated[str, Of(Name())] = Field(
        description="Names the experiment and its folder of results: letters, digits, '-', '_', '.'."
    )
    description: Annotated[str, Of(Text(2000, lines=True))] = Field(
        "", description="What the experiment is about, for people."
    )
    seed: Annotated[int, Of(Number(0, 2**63 - 1, whole=True))] = Field(
        0, description="All random draws follow from it."
    )
    problem: Annotated[str | None, Of(FunctionName())] = Field(
        None,
        description="A function of your own to minimise, package.module:function, instead of coffee; "
        "tune then bounds its parameters, in its order. Run with --allow-code.",
    )
    bean: Annotated[Bean, Of(BeanOf())] = Field(
        default_factory=lambda: BeanOf().check(USUAL_BEAN),
        description="A preset, or the numbers of a bean. Input data, never tuned.",
    )
    tune: Annotated[
        Mapping[str, Bounds],
        Of(KnobMap(KNOBS, BoundsOf)),
        Shorthand(tune_from_list, knob_list_schema),
    ] = Field(
        default_factory=lambda: KnobMap(KNOBS, BoundsOf).check(tune_from_list(RECIPE_KNOBS)),
        description="The knobs to tune, each with its bounds [low, high]; a list of knobs tunes "
        "them over their whole ranges. Default: the four of the recipe.",
    )
    brew: Annotated[BrewSettings, Shorthand(brew_from_name, brew_name_schema)] = Field(
        default_factory=BrewSettings,
        validate_default=True,
        description="The brewing method, or a mapping of method and settings.",
    )
    fixed: Annotated[Mapping[str, float], Of(KnobMap(RECIPE_KNOBS, knob_number, _ELSEWHERE))] = (
        Field(
            default_factory=dict,
            validate_default=True,
            description="Values of the knobs of the recipe that are not tuned.",
        )
    )
    cup: Annotated[CupParameters, Of(CupOf())] = Field(
        default_factory=lambda: CupOf().check(USUAL_CUP),
        description="How much is served, and which milk: a preset, a file, or numbers that change "
        "the standard cup.",
    )
    segments: Annotated[Mapping[str, Ideals] | None, Of(SegmentsOf())] = Field(
        None, description="Kinds of customers of your own, by name. Default: none."
    )
    customers: Annotated[Mapping[str, float], Of(CustomersOf())] = Field(
        default_factory=lambda: CustomersOf().check(USUAL_CUSTOMERS),
        description="A mix, one segment, shares of segments, or a file of one of these: "
        f"{', '.join((*MIXES, *SEGMENTS))}, my-cafe.yaml.",
    )
    objective: Annotated[Objective, Shorthand(objective_from_name, objective_name_schema)] = Field(
        default_factory=Objective, description="What is maximised, by name or with its settings."
    )
    noise: Noise | None = Field(
        None, description="Real customers whose ratings scatter. Default: no noise."
    )
    starts: Annotated[Starts, Shorthand(starts_from_number, starts_number_schema)] = Field(
        default_factory=lambda: Starts.model_validate({}),
        validate_default=True,
        description="Where the optimizers start, and how often; a number alone is the repeats.",
    )
    stop: Annotated[Stopping, Of(Options(Stopping, "the stopping rule"))] = Field(
        default_factory=dict,
        validate_default=True,
        description="Budget and tolerances of every run. With noise the tolerances are 0 unless "
        "written, so that a lucky cup does not end a run.",
    )
    optimizers: Annotated[tuple[OptimizerChoice, ...], Of(several_choices())] = Field(
        default_factory=usual_choices,
        description=f"Methods by name or with options. Default: {', '.join(USUAL)}.",
    )
    check: Check = Field(
        default_factory=Check,
        validate_default=True,
        description="What scipy's best is, and how near to it counts as agreement.",
    )

    @model_validator(mode="before")
    @classmethod
    def _coffee_or_a_function(cls, settings: Any) -> Any:
        if isinstance(settings, Mapping) and settings.get("problem") is not None:
            refuse_coffee(settings)
            if "tune" not in settings:
                return {**settings, "tune": {}}
        return settings

    @field_validator("tune", mode="wrap")
    @classmethod
    def _parameters_of_any_name(
        cls, tune: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> Any:
        return FreeBounds().check(tune) if info.data.get("problem") else handler(tune)

    @field_validator("tune")
    @classmethod
    def _something_is_tuned(cls, tune: Mapping[str, Bounds]) -> Mapping[str, Bounds]:
        if not tune:
            raise complaint("nothing is tuned", expected="at least one knob")
        return tune

    @field_validator("brew")
    @classmethod
    def _brew_fits(cls, brew: BrewSettings, info: ValidationInfo) -> BrewSettings:
        if info.data.get("problem") or "tune" not in info.data:
            return brew
        return fitted_brew(brew, info.data["tune"])

    @field_validator("fixed")
    @classmethod
    def _each_knob_once(
        cls, fixed: Mapping[str, float], info: ValidationInfo
    ) -> Mapping[str, float]:
        complaints = Complaints()
        tune: Mapping[str, Bounds] = {} if info.data.get("problem") else info.data.get("tune", {})
        for knob in RECIPE_KNOBS if tune else ():
            if knob in fixed and knob in tune:
                told = complaint("fixed and tuned", remedy="remove one of the two", on_key=True)
                complaints.add(told, knob)
            if knob not in fixed and knob not in tune:
                remedy = f"add it to tune, or write fixed: {{{knob}: ...}}"
                place = ("fixed",) if fixed else ("tune",)
                complaints.add(
                    complaint(f"{knob} is neither tuned nor fixed", remedy=remedy, at=place)
                )
        complaints.refuse()
        return fixed

    @field_validator("customers", mode="before")
    @classmethod
    def _own_segments_may_come(cls, customers: Any, info: ValidationInfo) -> Offer:
        return Offer(customers, (*SEGMENTS, *(info.data.get("segments") or ())))

    @field_validator("starts")
    @classmethod
    def _starts_fit(cls, starts: Starts, info: ValidationInfo) -> Starts:
        if info.data.get("problem"):
            return drawn_starts(starts)
        return fitted_starts(starts, info.data["tune"]) if "tune" in info.data else starts

    @field_validator("stop", mode="before")
    @classmethod
    def _noise_has_no_tolerances(cls, stop: Any, info: ValidationInfo) -> Any:
        if info.data.get("noise") is None or not isinstance(stop, Mapping):
            return stop
        untrusted = ("gradient_tolerance", "step_tolerance", "value_tolerance")
        return dict.fromkeys(untrusted, 0.0) | dict(stop)

    @field_validator("optimizers")
    @classmethod
    def _labels_differ(cls, choices: tuple[OptimizerChoice, ...]) -> tuple[OptimizerChoice, ...]:
        refuse_same_labels(choices, {})
        return choices

    @field_validator("check")
    @classmethod
    def _check_fits(cls, check: Check, info: ValidationInfo) -> Check:
        complaints = Complaints()
        with complaints.gathered("methods"):
            refuse_same_labels(check.methods, {c.label: c for c in info.data.get("optimizers", ())})
        complaints.refuse()
        if check.tolerance is not None:
            return check
        usual = EXACT_TOLERANCE if info.data.get("noise") is None else NOISY_TOLERANCE
        return check.model_copy(update={"tolerance": usual})

    @property
    def crowd(self) -> tuple[tuple[Segment, float], ...]:
        """The customers as the taste model knows them: segments with their shares."""
        own = {name: ideals.segment(name) for name, ideals in (self.segments or {}).items()}
        known = {**SEGMENTS, **own}
        return tuple((known[name], share) for name, share in self.customers.items())

    @property
    def parameters(self) -> Parameters:
        """The numbers of the taste model, with the cup of this experiment."""
        return DEFAULT if self.cup == DEFAULT.cup else replace(DEFAULT, cup=self.cup)

    def resolved(self) -> dict[str, Any]:
        """The config with every default filled in, as plain data that loads to an equal experiment."""
        unused = () if self.problem is None else COFFEE_SECTIONS
        return self.sections(*(name for name in type(self).model_fields if name not in unused))

    def sections(self, *names: str) -> dict[str, Any]:
        """Those of these parts of the resolved config that are there."""
        parts = {name: getattr(self, name) for name in names}
        return {name: _settings(part) for name, part in parts.items() if part is not None}

    def __hash__(self) -> int:
        """Hash by content, so that an experiment can be a key."""
        return hash(canonical_hash(self.resolved()))


def _settings(value: Any) -> Any:
    if isinstance(value, OptimizerChoice):
        return value.settings()
    if isinstance(value, BaseModel):
        parts = {name: getattr(value, name) for name in type(value).model_fields}
        return {name: _settings(part) for name, part in parts.items() if part is not None}
    if isinstance(value, Mapping):
        return {name: _settings(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_settings(item) for item in value]
    return plain(value) if is_dataclass(value) else value
