"""In which cup coffee is served, and kinds of customers of one's own: numbers of a config or a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.coffee import CUPS, MIXES, SEGMENTS, CupParameters, Segment
from simulator.experiment.complaints import Complaints, complaint
from simulator.experiment.dataclass_options import plain
from simulator.experiment.faults import one_of
from simulator.experiment.values import (
    JsonSchema,
    Kind,
    Number,
    Text,
    Word,
    known_key,
    unknown_word,
)

USUAL_CUP = "standard"

FILE_SCHEMA: JsonSchema = {"type": "string", "pattern": r"\.ya?ml$"}
"""The path of a preset file."""

_MILK = Number(0, 200, "g")
CUP_PARTS: Mapping[str, tuple[Kind, str]] = {
    "served_g": (
        Number(50, 500, "g"),
        "Coffee in the cup; milk and sugar of a recipe are added to it.",
    ),
    "milk_protein_g_kg": (_MILK, "Protein in a kg of milk."),
    "milk_fat_g_kg": (_MILK, "Fat in a kg of milk."),
    "milk_lactose_g_kg": (_MILK, "Lactose in a kg of milk."),
    "lactose_sweetness": (Number(0, 1), "How sweet lactose is, sucrose being 1."),
}
_IDEAL = Number(0, 10)
SEGMENT_PARTS: Mapping[str, tuple[Kind, str]] = {
    "palates": (
        Word("known palates", ("everyone", "cluster_1", "cluster_2")),
        "What they like in black coffee: cluster_1 strong, cluster_2 mild.",
    ),
    "ideal_sweetness": (_IDEAL, "How sweet the cup should be, on the chosen scale of 0 to 10."),
    "ideal_creaminess": (_IDEAL, "How creamy the cup should be, on the chosen scale of 0 to 10."),
}


@dataclass(frozen=True)
class CupOf:
    """The kind of value that chooses a cup: the name of a preset, or numbers that change the standard one."""

    def check(self, value: Any) -> CupParameters:
        """Return the cup; complain about all its numbers at once."""
        if isinstance(value, str):
            if value not in CUPS:
                raise unknown_word("a known cup, nor a file such as mug.yaml", value, CUPS)
            return CUPS[value]
        if not isinstance(value, Mapping):
            expected = f"{one_of(CUPS)}, or its numbers: {{{', '.join(CUP_PARTS)}}}"
            raise complaint("no value" if value is None else "not a cup", expected=expected)
        parts = checked_parts(value, CUP_PARTS, "a cup has no such property")
        return CupParameters(**(plain(CUPS[USUAL_CUP]) | parts))

    def json_schema(self) -> JsonSchema:
        """Describe presets, files and numbers."""
        return {"anyOf": [{"enum": list(CUPS)}, FILE_SCHEMA, parts_schema(CUP_PARTS)]}


@dataclass(frozen=True)
class Ideals:
    """What a kind of customers likes; its name is the key it stands under."""

    palates: str
    ideal_sweetness: float
    ideal_creaminess: float

    def segment(self, name: str) -> Segment:
        """The segment of the taste model."""
        return Segment(name, self.palates, self.ideal_sweetness, self.ideal_creaminess)


@dataclass(frozen=True)
class SegmentsOf:
    """The kind of value that describes kinds of customers of one's own, by name."""

    def check(self, value: Any) -> dict[str, Ideals]:
        """Return name -> ideals; complain about all of them at once."""
        if not isinstance(value, Mapping):
            expected = f"{{name: {{{', '.join(SEGMENT_PARTS)}}}}}"
            raise complaint("not kinds of customers", expected=expected)
        complaints, found = Complaints(), {}
        for name, parts in value.items():
            with complaints.gathered(name):
                _refuse_taken(name)
                found[name] = self.ideals(parts)
        complaints.refuse()
        return found

    def ideals(self, value: Any) -> Ideals:
        """Check one kind of customers, all of whose numbers are needed."""
        if not isinstance(value, Mapping):
            raise complaint("not a kind of customers", expected=", ".join(SEGMENT_PARTS))
        parts = checked_parts(value, SEGMENT_PARTS, "a kind of customers has no such property")
        missing = [part for part in SEGMENT_PARTS if part not in parts]
        if missing:
            raise complaint(f"{', '.join(missing)} missing", remedy=f"add {', '.join(missing)}")
        return Ideals(**parts)

    def json_schema(self) -> JsonSchema:
        """Describe the mapping."""
        one = parts_schema(SEGMENT_PARTS) | {"required": list(SEGMENT_PARTS)}
        return {"type": "object", "additionalProperties": one}


def checked_parts(
    value: Mapping[str, Any], parts: Mapping[str, tuple[Kind, str]], problem: str
) -> dict[str, Any]:
    """The checked numbers of a mapping; complains about all that are unknown or unusable at once."""
    complaints, read = Complaints(), {}
    for name, part in value.items():
        with complaints.gathered(name):
            known_key(name, parts, problem)
            read[name] = parts[name][0].check(part)
    complaints.refuse()
    return read


def parts_schema(parts: Mapping[str, tuple[Kind, str]]) -> JsonSchema:
    """Describe a mapping of such numbers."""
    properties = {
        name: kind.json_schema() | {"description": about} for name, (kind, about) in parts.items()
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _refuse_taken(name: str) -> None:
    Text(40).check(name)
    if name in SEGMENTS or name in MIXES:
        raise complaint(
            "a name that is taken", reason="it comes with the model", remedy="choose another name"
        )
