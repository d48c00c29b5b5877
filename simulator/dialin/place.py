"""Where cups are brewed, and for whom; as plain data for the diary and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from simulator.coffee import Bean, method_named
from simulator.dialin.kit import Grinder, Kit


@dataclass(frozen=True)
class Place:
    """Where cups are brewed, and for whom."""

    kit: Kit
    customers: tuple[str, ...] = ()
    """Segments or a mix the customer may belong to; empty: the survey's."""
    budget: int = 10
    rating_step: float = 0.5


def place_data(place: Place) -> dict[str, Any]:
    """A place as plain data."""
    kit = place.kit
    return {
        "kit": {
            "method": str(kit.method),
            "bean": asdict(kit.bean),
            "grinder": asdict(kit.grinder),
            "dose_g": kit.dose_g,
            "liquid_g": kit.liquid_g,
            "temperature_c": kit.temperature_c,
            "locked": dict(kit.locked),
            "one_knob": kit.one_knob,
        },
        "customers": list(place.customers),
        "budget": place.budget,
        "rating_step": place.rating_step,
    }


def place_from(data: Mapping[str, Any]) -> Place:
    """A place from plain data."""
    kit = data["kit"]
    made = Kit(
        method_named(kit["method"]),
        Bean(**kit["bean"]),
        Grinder(**kit["grinder"]),
        float(kit["dose_g"]),
        float(kit["liquid_g"]),
        float(kit["temperature_c"]),
        MappingProxyType(dict(kit["locked"])),
        bool(kit["one_knob"]),
    )
    return Place(made, tuple(data["customers"]), int(data["budget"]), float(data["rating_step"]))
