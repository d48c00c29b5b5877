"""A whole comparison: every stage run or resumed, then read back into one report."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy

import simulator
from simulator.compare import timing
from simulator.compare.costs import CostModel
from simulator.compare.effort import Effort
from simulator.compare.hits import Hits
from simulator.compare.noisy import GAPS as NOISY_GAPS
from simulator.compare.noisy import noisy_stage
from simulator.compare.presets import PRESETS, Preset, race_stage, shipped
from simulator.compare.race import run_stage
from simulator.compare.reading import merged, read_stage, suite_of
from simulator.compare.report import Report
from simulator.compare.sensitivity import sensitivities, sensitivity_stage
from simulator.compare.stages import Stage
from simulator.compare.suite import Suite
from simulator.compare.tuning import compared, tuned_stage, tuning_stage
from simulator.errors import ResultsError

TIMING_FILE = "timing.json"
Told = Callable[[str, int, int], None]
"""Hears of every stage: its name, how many more of its runs are done, how many there are."""


@dataclass(frozen=True)
class Asked:
    """How a comparison is to be told: cost model and gap, both of which can change afterwards."""

    model: CostModel
    gap: float


def preset_of(name: str, optimizers: Sequence[str]) -> Preset:
    """A ready-made comparison, with other optimizers if any are named."""
    preset = PRESETS[name]
    return replace(preset, optimizers=tuple(optimizers)) if optimizers else preset


def run_comparison(
    suite: Suite, preset: Preset, folder: Path, processes: int, told: Told = lambda *_: None
) -> None:
    """Run what is missing of every stage; each is stored as it goes, and none is run twice."""
    for each in race_stage(suite, preset).instances:
        each.check()
    if not (folder / TIMING_FILE).exists():
        # First, while no worker of ours competes for the machine.
        count = len(race_stage(suite, preset).choices) * (timing.ROUNDS + 1) * preset.timing
        timings = timing.timed(suite, preset, lambda done: told("timing", done, count))
        timing.write(timings, folder / TIMING_FILE)
        Effort(folder).add("timing", sum(each.cpu_s for each in timings.seconds))
    for stage in _first_stages(suite, preset):
        _run(stage, folder, processes, told)
    tuning = read_stage(tuning_stage(suite, preset), folder / "tuning")
    _run(tuned_stage(suite, preset, tuning), folder, processes, told)


def report_of(suite: Suite, preset: Preset, folder: Path, title: str, asked: Asked) -> Report:
    """The report of a comparison that was run here."""
    race = race_stage(suite, preset)
    hits = read_stage(race, folder / "race")
    tuning, tuned = _tuning(suite, preset, folder)
    rates = sensitivity_stage(suite, preset)
    own = hits.on([race.instances.index(each) for each in shipped(suite, preset, preset.tested)])
    timings = timing.read(folder / TIMING_FILE)
    return Report(
        title=title,
        suite=f"suite {suite.version}, hash {suite.hash[:16]}",
        hits=hits,
        model=asked.model,
        gap=asked.gap,
        budget=preset.budget,
        methods={choice.label: choice.method for choice in race.choices},
        noisy=read_stage(noisy_stage(suite, preset), folder / "noisy", NOISY_GAPS),
        sensitivities=tuple(
            sensitivities(
                read_stage(rates, folder / "sensitivity").at(asked.model), race.choices, asked.gap
            )
        ),
        tuned=tuple(
            compared(
                own.at(asked.model), tuned.at(asked.model), tuning.at(asked.model), race.choices,
                preset.trials, asked.gap,
            )
        ),
        speeds=() if timings is None else tuple(timing.speeds(timings)),
        facts={**_facts(), **({} if timings is None else {"timed on": timings.machine})},
    )  # fmt: skip


def report_of_folders(folders: Sequence[Path], asked: Asked) -> Report:
    """The report of results that are there already, of one folder or of several side by side."""
    found = merged(folders)
    methods = {label: str(own["method"]) for label, own in found.options.items()}
    return Report(
        title="Comparison of optimizers",
        suite=", ".join(str(folder) for folder in folders),
        hits=found.hits,
        model=asked.model,
        gap=asked.gap,
        budget=found.budget,
        methods=methods,
        notes=found.notes,
        facts=_facts(),
    )


def whole_comparison(folder: Path) -> tuple[Suite, Preset] | None:
    """The suite and the preset whose stages a folder holds; None if it is anything else."""
    name = folder / "preset.txt"
    if not name.exists():
        return None
    words = name.read_text(encoding="utf-8").split()
    if not words or words[0] not in PRESETS:
        raise ResultsError(f"{name}: it names no comparison; expected {', '.join(PRESETS)}")
    return suite_of(folder), preset_of(words[0], words[1:])


def remember(folder: Path, name: str, optimizers: Sequence[str]) -> None:
    """Note in a folder which comparison it holds, so that it can be told again."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "preset.txt").write_text(" ".join([name, *optimizers]) + "\n", encoding="utf-8")


def _first_stages(suite: Suite, preset: Preset) -> list[Stage]:
    return [
        race_stage(suite, preset),
        sensitivity_stage(suite, preset),
        noisy_stage(suite, preset),
        tuning_stage(suite, preset),
    ]


def _run(stage: Stage, folder: Path, processes: int, told: Told) -> None:
    effort = Effort(folder)
    run_stage(
        stage,
        folder / stage.name,
        processes,
        lambda done: told(stage.name, done, stage.runs),
        lambda seconds: effort.add(stage.name, seconds),
    )


def _tuning(suite: Suite, preset: Preset, folder: Path) -> tuple[Hits, Hits]:
    tuning = read_stage(tuning_stage(suite, preset), folder / "tuning")
    return tuning, read_stage(tuned_stage(suite, preset, tuning), folder / "tuned")


def _facts() -> Mapping[str, str]:
    return {
        "perfect-cup": simulator.__version__,
        "Python": platform.python_version(),
        "NumPy": np.__version__,
        "SciPy": scipy.__version__,
    }
