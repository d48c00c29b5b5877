"""Whom the coffee is for: the customers, what of their scores counts, and how much they scatter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from simulator.coffee import MIXES, SEGMENTS, RatingNoise
from simulator.experiment.complaints import Complaints, complaint
from simulator.experiment.values import JsonSchema, Number, Of, Word, known_key, unknown_word

USUAL_CUSTOMERS = "survey"
USUAL_THRESHOLD = 5.2
USUAL_WIDTH = 0.25

_OBJECTIVES = ("mean-score", "share-above")
_RATING = RatingNoise()
_SCATTER = Of(Number(0, 4, "points"))


@dataclass(frozen=True)
class Offer:
    """What is written under ``customers``, and the segments that there are."""

    written: Any
    segments: tuple[str, ...]


@dataclass(frozen=True)
class CustomersOf:
    """The kind of value that chooses customers: a mix, one segment, or shares of segments."""

    def check(self, value: Any) -> dict[str, float]:
        """Return segment -> share in the order of the segments there are, summing to 1."""
        known = tuple(SEGMENTS)
        if isinstance(value, Offer):
            value, known = value.written, value.segments
        if isinstance(value, str):
            return _shares(self._named(value, known), known)
        if not isinstance(value, Mapping):
            expected = "a mix, a segment, or shares such as {milk: 0.6, black-mild: 0.4}"
            raise complaint("no value" if value is None else "no customers", expected=expected)
        complaints, given = Complaints(), {}
        for segment, share in value.items():
            with complaints.gathered(segment):
                known_key(segment, known, "no such segment")
                given[segment] = float(Number(0, 1e6).check(share))
        complaints.refuse()
        if not any(given.values()):
            raise complaint("no customers at all", expected="a share above 0")
        return _shares(given, known)

    def json_schema(self) -> JsonSchema:
        """Describe all three forms."""
        share = {"type": "number", "minimum": 0, "description": "Divided by the sum of all shares."}
        shares = {
            "type": "object",
            "properties": dict.fromkeys(SEGMENTS, share),
            "additionalProperties": share,
            "minProperties": 1,
        }
        return {"anyOf": [{"type": "string"}, shares]}

    def _named(self, name: str, known: tuple[str, ...]) -> Mapping[str, float]:
        if name in MIXES:
            return MIXES[name]
        if name in known:
            return {name: 1.0}
        what = "a known mix or segment, nor a file such as my-cafe.yaml"
        raise unknown_word(what, name, [*MIXES, *known])


def _shares(given: Mapping[str, float], known: tuple[str, ...]) -> dict[str, float]:
    """Divide by the sum, unless it is 1 already: reading shares again must not change a bit."""
    total = fsum(given.values())
    divisor = 1.0 if abs(total - 1) < 1e-12 else total
    return {segment: given[segment] / divisor for segment in known if segment in given}


class Objective(BaseModel):
    """What is maximised over the customers."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Objective")

    kind: Annotated[str, Of(Word("an objective", _OBJECTIVES))] = Field(
        "mean-score",
        description="mean-score: the mean score, 1 to 9 points. "
        "share-above: the share of customers whose score is above the threshold.",
    )
    threshold: Annotated[float | None, Of(Number(1, 9, "points"))] = Field(
        None, description=f"share-above: the score to exceed. Default: {USUAL_THRESHOLD}."
    )
    width: Annotated[float | None, Of(Number(0.01, 4, "points"))] = Field(
        None,
        description="share-above: how softly the threshold counts, as the width of a logistic "
        f"curve in points. Default: {USUAL_WIDTH}.",
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and value.get("kind") == "share-above":
            return {"threshold": USUAL_THRESHOLD, "width": USUAL_WIDTH, **value}
        return value

    @field_validator("threshold", "width")
    @classmethod
    def _only_for_share_above(cls, value: float, info: ValidationInfo) -> float:
        if info.data.get("kind") == "mean-score":
            remedy = "remove it, or write kind: share-above"
            raise complaint(f"mean-score has no {info.field_name}", remedy=remedy)
        return value


def objective_from_name(value: Any) -> Any:
    """Expand the name of an objective; leave anything else as it is.

    >>> objective_from_name("mean-score")
    {'kind': 'mean-score'}
    """
    return {"kind": value} if isinstance(value, str) else value


def objective_name_schema() -> JsonSchema:
    """Describe the name of an objective in JSON Schema."""
    return {"enum": list(_OBJECTIVES)}


class Noise(BaseModel):
    """Real customers: each cup is scored by a few of them, whose ratings scatter."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Noise")

    customers_per_cup: Annotated[int, Of(Number(1, 100_000, whole=True))] = Field(
        description="How many customers, chosen at random, score each cup."
    )
    within_person_sd: Annotated[float, _SCATTER] = Field(
        float(_RATING.within_person_sd),
        description="How much one person's ratings of the same cup scatter, in points.",
    )
    between_person_sd: Annotated[float, _SCATTER] = Field(
        float(_RATING.between_person_sd),
        description="How much the levels of different people scatter, in points.",
    )
    tds_slope_sd: Annotated[float, _SCATTER] = Field(
        float(_RATING.tds_slope_sd),
        description="How much people differ in what 0.25 % more TDS is worth, in points.",
    )

    def rating(self) -> RatingNoise:
        """The scatter as the taste model describes it."""
        return RatingNoise(self.within_person_sd, self.between_person_sd, self.tds_slope_sd)
