"""What each segment would say, as programs: how many people each miss costs more than a given amount.

The chances come from `simulator.coffee.complaints`, traced and emitted; the page only adds up over costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import SimpleNamespace
from typing import Any

import numpy as np

from simulator.autodiff import Graph, trace
from simulator.coffee import SEGMENTS, Segment
from simulator.coffee.complaints import COMPLAINTS, misses, tick_shares
from simulator.coffee.palate import Perception

_GAPS = ("intensity", "acidity", "mouthfeel", "bitterness", "sweetness", "creaminess")
_EXTRACTION = "extraction.extraction_yield_pct"
_TASTES = tuple(each.name for each in fields(Perception))


@dataclass(frozen=True)
class Voice:
    """One segment's ways to complain.

    Attributes:
        segment: its name.
        reads: names of the graph's quantities that go in, behind the cost.
        complaints: (aspect, words, whether it is too much) of each miss.
        beyond: per miss, graph of cost and quantities → the share of people whom it costs more.
        dearest: graph of the same → per miss, what nobody pays more than.
    """

    segment: str
    reads: tuple[str, ...]
    complaints: tuple[tuple[str, str, bool], ...]
    beyond: tuple[Graph, ...]
    dearest: Graph


def voices() -> tuple[Voice, ...]:
    """One for each segment."""
    return tuple(_voice(segment) for segment in SEGMENTS.values())


def _voice(segment: Segment) -> Voice:
    reads = (
        _EXTRACTION,
        *(f"perception.{taste}" for taste in _TASTES),
        *(f"segments.{segment.name}.{aspect}.gap" for aspect in _GAPS),
    )

    def missed(inputs: Any) -> list[tuple[str, Any]]:
        given = dict(zip(reads, inputs[1:], strict=True))
        found = misses(
            _gaps(segment, given),
            segment,
            tick_shares(_tasting(given))["bitter"],
            given["perception.grittiness"],
        )
        return [(aspect, miss) for aspect, mine in found.items() for miss in mine]

    size = 1 + len(reads)
    complaints = tuple(
        (aspect, miss.complaint, COMPLAINTS[aspect].index(miss.complaint) == 1)
        for aspect, miss in missed(np.zeros(size))
    )
    return Voice(
        segment.name,
        reads,
        complaints,
        tuple(
            trace(lambda x, k=k: missed(x)[k][1].beyond(x[0]), size) for k in range(len(complaints))
        ),
        trace(
            lambda x: np.stack(
                [np.asarray(miss.dearest + 0.0 * x[0])[()] for _, miss in missed(x)]
            ),
            size,
        ),
    )


def _tasting(given: Mapping[str, Any]) -> Any:
    perception = SimpleNamespace(**{taste: given[f"perception.{taste}"] for taste in _TASTES})
    return SimpleNamespace(extraction_yield_pct=given[_EXTRACTION], perception=perception)


def _gaps(segment: Segment, given: Mapping[str, Any]) -> Any:
    return SimpleNamespace(
        **{a: SimpleNamespace(gap=given[f"segments.{segment.name}.{a}.gap"]) for a in _GAPS}
    )
