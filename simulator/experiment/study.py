"""A study: one experiment, or a grid of them that differ in the settings a sweep varies.

::

    study = load_study("configs/house-blend.yaml", sets=["seed=3"], sweeps=["customers=milk,survey"])
    study.points                  # 2
    study.point(1).varied         # {'customers': 'survey'}
    study.point(1).experiment     # checked like any other
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simulator.experiment import content_key
from simulator.experiment.config import Experiment, experiment_of
from simulator.experiment.extends import extended
from simulator.experiment.faults import dotted
from simulator.experiment.overrides import parsed_override, refuse, with_overrides
from simulator.experiment.own_presets import PRESETS, names_a_file, preset_files
from simulator.experiment.sweep import (
    MAX_POINTS,
    SWEEP,
    Axis,
    axes_of,
    joined,
    overrides_at,
    parsed_axis,
    points,
    without_sweep,
)
from simulator.experiment.yaml_source import read_yaml
from simulator.experiment.yaml_tree import Document, MapNode, Place, tree_of


@dataclass(frozen=True)
class Point:
    """One experiment of a study, and the settings in which it differs from the others."""

    index: int
    varied: Mapping[str, Any]
    experiment: Experiment

    @cached_property
    def config_hash(self) -> str:
        """Hash of its resolved config, the description left out."""
        return content_key.config_hash(self.experiment.resolved())

    def __str__(self) -> str:
        """Name the varied settings."""
        return ", ".join(f"{key}={value}" for key, value in self.varied.items()) or "one experiment"


@dataclass(frozen=True, eq=False)
class Study:
    """The settings as they were written, and the axes along which some of them vary.

    Points are made when they are asked for, so a large grid takes no memory.
    """

    document: Document
    axes: tuple[Axis, ...] = ()

    @property
    def points(self) -> int:
        """How many experiments it holds."""
        return points(self.axes)

    @cached_property
    def first(self) -> Experiment:
        """The experiment at the first point, which also gives the study its name and seed."""
        return self.point(0).experiment

    def point(self, index: int) -> Point:
        """One experiment. Raises ConfigFaults, naming the setting, if its settings do not fit."""
        overrides = overrides_at(self.axes, index)
        document = with_overrides(self.document, overrides, _resolved)
        varied = {dotted(override.path): override.node.plain() for override in overrides}
        return Point(index, varied, experiment_of(document))

    def __iter__(self) -> Iterator[Point]:
        """All experiments, in order."""
        return (self.point(index) for index in range(self.points))

    def settings(self) -> dict[str, Any]:
        """The study as plain data that makes it again: with every default, if nothing varies.

        With a sweep the settings stay as they were written, because defaults may depend on what
        varies; what preset files say stands beside them.
        """
        if not self.axes:
            return self.first.resolved()
        varied = {SWEEP: [axis.plain() for axis in self.axes]}
        files = self._preset_files()
        return self.document.data() | varied | ({PRESETS: files} if files else {})

    def _preset_files(self) -> dict[str, Any]:
        found = preset_files(self.document, Experiment)
        for axis in self.axes:
            for position in range(len(axis.rows)):
                row = list(axis.overrides(position))
                if any(names_a_file(override.node.plain()) for override in row):
                    document = with_overrides(self.document, row, _resolved)
                    found |= preset_files(document, Experiment)
        return found


def load_study(
    path: str | os.PathLike[str], sets: Sequence[str] = (), sweeps: Sequence[str] = ()
) -> Study:
    """Read a config with what the command line adds: ``key=value`` and ``key=1,2,3`` texts.

    Raises ConfigFaults with file and line, or the flag, of every fault.
    """
    return _study(extended(read_yaml(path)), sets, sweeps)


def study_from(settings: Mapping[str, Any], source: str = "<settings>") -> Study:
    """The study that :meth:`Study.settings` described. Raises as :func:`load_study` does."""
    root = tree_of(settings, Place(0, 0, source))
    assert isinstance(root, MapNode)
    return _study(Document(source, (), root))


def _study(document: Document, sets: Sequence[str] = (), sweeps: Sequence[str] = ()) -> Study:
    axes = joined(axes_of(document), [parsed_axis(text) for text in sweeps])
    if points(axes) > MAX_POINTS:
        problem = f"a grid of {points(axes):,} points"
        refuse("sweep", (), problem, expected=f"at most {MAX_POINTS:,}; split the study")
    document = without_sweep(document)
    overrides = [parsed_override(text) for text in sets]
    return Study(with_overrides(document, overrides, _resolved), axes)


def _resolved(document: Document) -> Any:
    return experiment_of(document).resolved()
