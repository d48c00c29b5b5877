"""Where the optimizers start: the same recipes for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from simulator.experiment.complaints import Complaints, complaint
from simulator.experiment.faults import number_text, one_of
from simulator.experiment.knobs import KNOBS, Bounds, KnobMap, LimitsOf, knob_number
from simulator.experiment.values import JsonSchema, ListOf, Number, Of, Word

USUAL_REPEATS = 10
_REPEATS = Number(1, 10_000, whole=True)
_MOST_RECIPES = 500

# Both give the first k starts whatever the number of repeats, so more repeats can join later.
_DRAWS = ("sobol", "random")


class Starts(BaseModel):
    """Starts drawn from a region, or given one by one; repeat r of every optimizer shares one."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Starts")

    recipes: Annotated[
        tuple[Mapping[str, float], ...] | None,
        Of(ListOf(KnobMap(KNOBS, knob_number), _MOST_RECIPES)),
    ] = Field(
        None,
        description="Starts given one by one, each with a value for every tuned knob; "
        "with more repeats than recipes they are used in turn.",
    )
    repeats: Annotated[int, Of(_REPEATS)] = Field(
        USUAL_REPEATS,
        description="How many starts; with recipes, as many as there are unless more are asked for.",
    )
    draw: Annotated[str | None, Of(Word("a way to draw starts", _DRAWS))] = Field(
        None,
        description="sobol spreads the starts evenly (a scrambled Sobol sequence), "
        "random draws them independently. Default: sobol.",
    )
    within: Annotated[Mapping[str, tuple[float, float]] | None, Of(KnobMap(KNOBS, LimitsOf))] = (
        Field(
            None,
            description="The region to draw from, [low, high] for each knob; "
            "knobs left out use their whole tuned range.",
        )
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        recipes = value.get("recipes")
        if recipes is None:
            return {"draw": "sobol", **value}
        return {"repeats": len(recipes), **value} if isinstance(recipes, list | tuple) else value

    @field_validator("repeats")
    @classmethod
    def _uses_all_recipes(cls, repeats: int, info: ValidationInfo) -> int:
        recipes = info.data.get("recipes")
        if recipes and repeats < len(recipes):
            remedy = f"write repeats: {len(recipes)}, or remove recipes"
            problem = f"fewer repeats than the {len(recipes)} recipes"
            raise complaint(problem, expected=f"{len(recipes)} or more", remedy=remedy)
        return repeats

    @field_validator("draw", "within")
    @classmethod
    def _only_without_recipes(cls, value: Any, info: ValidationInfo) -> Any:
        if info.data.get("recipes"):
            raise complaint("says how to draw starts, but they are given", remedy="remove it")
        return value


def starts_from_number(value: Any) -> Any:
    """Expand a number of repeats; leave anything else as it is.

    >>> starts_from_number(20)
    {'repeats': 20}
    """
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return {"repeats": value} if number else value


def starts_number_schema() -> JsonSchema:
    """Describe a number of repeats in JSON Schema."""
    return _REPEATS.json_schema()


def fitted_starts(starts: Starts, tune: Mapping[str, Bounds]) -> Starts:
    """Check ``starts`` against what is tuned, and fill in the region they are drawn from.

    Raises all complaints at once: a start outside the tuned bounds or at their centre, a tuned knob
    without a value, a knob that is not tuned.
    """
    complaints = Complaints()
    for position, recipe in enumerate(starts.recipes or ()):
        for knob in [knob for knob in tune if knob not in recipe]:
            told = complaint(f"no start for {knob}", expected="a value for every tuned knob")
            complaints.add(told, "recipes", position)
        for knob, value in recipe.items():
            with complaints.gathered("recipes", position, knob):
                _refuse_outside(knob, (value, value), tune)
        with complaints.gathered("recipes", position):
            _refuse_centre(recipe, tune)
    for knob, limits in (starts.within or {}).items():
        with complaints.gathered("within", knob):
            _refuse_outside(knob, limits, tune)
    complaints.refuse()
    if starts.recipes:
        return starts
    region = {knob: (bounds.low, bounds.high) for knob, bounds in tune.items()}
    return starts.model_copy(update={"within": region | dict(starts.within or {})})


def drawn_starts(starts: Starts) -> Starts:
    """Check the starts of a function of the user's own: they are drawn from its whole box."""
    complaints = Complaints()
    for part in ("recipes", "within"):
        if getattr(starts, part) is not None:
            told = complaint(
                "is for knobs of coffee", expected="repeats and draw", remedy="remove it"
            )
            complaints.add(told, part)
    complaints.refuse()
    return starts


def _refuse_outside(knob: str, limits: tuple[float, float], tune: Mapping[str, Bounds]) -> None:
    if knob not in tune:
        raise complaint("this knob is not tuned", expected=one_of(tune), remedy="remove it")
    bounds = tune[knob]
    if not bounds.low <= limits[0] <= limits[1] <= bounds.high:
        low, high = number_text(bounds.low), number_text(bounds.high)
        expected = f"within the tuned range, {low} to {high}"
        raise complaint("a start outside the tuned range", expected=expected)


def _refuse_centre(recipe: Mapping[str, float], tune: Mapping[str, Bounds]) -> None:
    offsets = [
        abs(recipe.get(knob, bounds.low) - bounds.centre) / (bounds.high - bounds.low)
        for knob, bounds in tune.items()
    ]
    if max(offsets, default=1.0) < 1e-6:
        reason = "some methods begin there by themselves, so it would favour them"
        raise complaint("a start at the centre of the tuned box", reason=reason, remedy="move it")
