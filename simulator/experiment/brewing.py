"""What is brewed, and how: the bean and the brew settings that are not tuned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from simulator.coffee import BEANS, Bean, Brew, Method, ranges_for
from simulator.experiment.complaints import Complaints, complaint
from simulator.experiment.dataclass_options import plain
from simulator.experiment.faults import nearest, one_of
from simulator.experiment.knobs import BREW_KNOBS, Bounds, knob_description, knob_number
from simulator.experiment.served import FILE_SCHEMA, checked_parts, parts_schema
from simulator.experiment.values import (
    JsonSchema,
    Kind,
    Number,
    Of,
    Text,
    Word,
    unknown_word,
)

USUAL_METHOD = "immersion"
USUAL_BEAN = "medium"

_METHODS = tuple(method.value for method in Method)
BEAN_PARTS: Mapping[str, tuple[Kind, str]] = {
    "name": (
        Text(40),
        "A preset, whose numbers the others change, a file of one (sidamo.yaml), or a name "
        "of your own.",
    ),
    "e_max": (Number(0, 0.5, above=True), "The share of the dry bean that water can dissolve."),
    "acid_share": (Number(0, 1), "Share of acids in what dissolves; the three are normalised."),
    "middle_share": (Number(0, 1), "Share of sugars and other middle solutes."),
    "bitter_share": (Number(0, 1, above=True), "Share of bitter and astringent solutes."),
    "quality_points": (Number(-3, 3, "points"), "Added to the liking of everybody."),
}


@dataclass(frozen=True)
class BeanOf:
    """The kind of value that chooses a bean: the name of a preset, or its numbers."""

    def check(self, value: Any) -> Bean:
        """Return the bean; complain about all its numbers at once."""
        if isinstance(value, str):
            if value not in BEANS:
                raise unknown_word("a known bean, nor a file such as sidamo.yaml", value, BEANS)
            return BEANS[value]
        if not isinstance(value, Mapping):
            expected = f"{one_of(BEANS)}, or its numbers: {{{', '.join(BEAN_PARTS)}}}"
            raise complaint("no value" if value is None else "not a bean", expected=expected)
        complaints, parts = Complaints(), dict[str, Any]()
        with complaints.gathered():
            parts = checked_parts(value, BEAN_PARTS, "a bean has no such property")
        with complaints.gathered("name"):
            self._refuse_unknown_preset(value)
        complaints.refuse()
        preset = BEANS.get(parts.setdefault("name", USUAL_BEAN))
        return Bean(**((plain(preset) if preset else {}) | parts))

    def json_schema(self) -> JsonSchema:
        """Describe presets and numbers."""
        return {"anyOf": [{"enum": list(BEANS)}, FILE_SCHEMA, parts_schema(BEAN_PARTS)]}

    def _refuse_unknown_preset(self, value: Mapping[str, Any]) -> None:
        name = value.get("name", USUAL_BEAN)
        missing = [part for part in BEAN_PARTS if part not in value]
        if isinstance(name, str) and name not in BEANS and missing:
            close = nearest(name, BEANS)
            raise complaint(
                "neither a known bean nor all numbers of a bean of your own",
                expected=f"{one_of(BEANS)}, or {', '.join(missing)} beside the name",
                nearest=close,
                remedy=f"{f'write {close}, or ' if close else ''}add {', '.join(missing)}",
            )


class BrewSettings(BaseModel):
    """How coffee is brewed; what is not written takes the method's usual value."""

    # In an experiment a setting is None if it is tuned, or means nothing for the method.
    model_config = ConfigDict(frozen=True, extra="forbid", title="Brew")

    preset: Annotated[str | None, Of(Text(200))] = Field(
        None, description="A file of your own (my-press.yaml), whose settings the others change."
    )
    method: Annotated[str, Of(Word("a brewing method", _METHODS))] = Field(
        USUAL_METHOD, description="The brewing method."
    )
    dose_g: Annotated[float | None, Of(knob_number("dose_g"))] = Field(
        None, description=knob_description("dose_g")
    )
    water_g: Annotated[float | None, Of(knob_number("water_g"))] = Field(
        None, description=f"For immersion alone. {knob_description('water_g')}"
    )
    beverage_g: Annotated[float | None, Of(knob_number("beverage_g"))] = Field(
        None, description=f"For pour-over and espresso. {knob_description('beverage_g')}"
    )
    temperature_c: Annotated[float | None, Of(knob_number("temperature_c"))] = Field(
        None, description=knob_description("temperature_c")
    )

    @field_validator("preset")
    @classmethod
    def _only_files_have_presets(cls, value: str) -> str:
        # A file's settings have taken the place of its name before anything is checked.
        remedy = "write a file such as my-press.yaml; a method is written as method: ..."
        raise complaint("not a preset file", remedy=remedy)

    @field_validator(*BREW_KNOBS)
    @classmethod
    def _suits_the_method(cls, value: float, info: ValidationInfo) -> float:
        if "method" in info.data:
            _refuse_unsuited(str(info.field_name), info.data["method"], (value, value))
        return value

    def brew(self, **tuned: Any) -> Brew:
        """The brew of the taste model; ``tuned`` gives the settings that are tuned."""
        own = {knob: getattr(self, knob) for knob in BREW_KNOBS}
        written = {knob: value for knob, value in own.items() if value is not None}
        return replace(Brew.standard(self.method), **written, **tuned)


def brew_from_name(value: Any) -> Any:
    """Expand the name of a method; leave anything else as it is.

    >>> brew_from_name("espresso")
    {'method': 'espresso'}
    """
    return {"method": value} if isinstance(value, str) else value


def brew_name_schema() -> JsonSchema:
    """Describe the name of a method in JSON Schema."""
    return {"anyOf": [{"enum": list(_METHODS)}, FILE_SCHEMA]}


def fitted_brew(brew: BrewSettings, tune: Mapping[str, Bounds]) -> BrewSettings:
    """Check ``brew`` against what is tuned, and fill in the usual values of what is not.

    Raises all complaints at once: a setting that is written and tuned, a tuned setting that means
    nothing for the method.
    """
    complaints, usual = Complaints(), Brew.standard(brew.method)
    filled: dict[str, float] = {}
    for knob in BREW_KNOBS:
        if knob in tune:
            with complaints.gathered(knob):
                limits = (tune[knob].low, tune[knob].high)
                _refuse_unsuited(knob, brew.method, limits, at=("tune", knob))
                if getattr(brew, knob) is not None:
                    remedy = "remove one of the two"
                    raise complaint("set here and tuned, too", remedy=remedy, on_key=True)
        elif getattr(brew, knob) is None and knob != unused_liquid(brew.method):
            filled[knob] = float(getattr(usual, knob))
    complaints.refuse()
    return brew.model_copy(update=filled)


def unused_liquid(method: str) -> str:
    """The brew setting that means nothing for a method: immersion goes by its water alone.

    >>> unused_liquid("espresso")
    'water_g'
    """
    return "beverage_g" if method == Method.IMMERSION else "water_g"


def _refuse_unsuited(
    knob: str, method: str, limits: tuple[float, float], at: tuple[str, ...] | None = None
) -> None:
    """Complain about a setting that means nothing for the method, or leaves its narrower range."""
    if knob == unused_liquid(method):
        used = "water_g" if knob == "beverage_g" else "beverage_g"
        reason = (
            "an immersion is described by the water poured on; the cup follows from it"
            if used == "water_g"
            else "percolation is described by the beverage in the cup; the water follows from it"
        )
        remedy = f"use {used}"
        raise complaint(f"not for {method}", reason=reason, remedy=remedy, at=at, on_key=True)
    valid = ranges_for(method)[knob]
    if not valid.low <= limits[0] <= limits[1] <= valid.high:
        number = Number(valid.low, valid.high, valid.unit)
        raise complaint(
            f"out of range for {method}", expected=number.expected, reason=valid.why, at=at
        )
