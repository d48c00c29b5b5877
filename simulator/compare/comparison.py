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
from simulator.compare.costs import COST_MODELS, CUPS, CostModel
from simulator.compare.effort import Effort
from simulator.compare.hits import GAPS, Hits
from simulator.compare.noisy import GAP as NOISY_GAP
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
from simulator.errors import InputError, ResultsError

TIMING_FILE = "timing.json"
ALL_NOISY = (
    "All customers are noisy: each cup is scored by a few of them, the same for every optimizer; whether it "
    "comes within a target is judged by the true mean over all customers there could be."
)
Told = Callable[[str, int, int], None]
"""Hears of every stage: its name, how many more of its runs are done, how many there are."""


@dataclass(frozen=True)
class Asked:
    """How a comparison is to be told, which can change afterwards; None for what is usual.

    Attributes:
        model: what calls cost; usually calls, and cups where there is nothing but noise.
        gap: the target that tables are about; usually the finest, and 0.05 where there is nothing but noise.
    """

    model: CostModel | None = None
    gap: float | None = None

    def rung(self, gaps: Sequence[float], usual: float) -> float:
        """The asked gap on a ladder. Raises InputError if it is none of its rungs."""
        near = [rung for rung in gaps if abs(rung - (self.gap or usual)) <= 1e-6 * rung]
        if not near:
            raise InputError(
                f"--gap {self.gap:g}: expected one of {', '.join(f'{rung:g}' for rung in gaps)}"
            )
        return near[0]


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
    model, gap = asked.model or COST_MODELS["calls"], asked.rung(GAPS, GAPS[-1])
    tuning, tuned = _tuning(suite, preset, folder)
    rates = sensitivity_stage(suite, preset)
    own = hits.on([race.instances.index(each) for each in shipped(suite, preset, preset.tested)])
    timings = timing.read(folder / TIMING_FILE)
    return Report(
        title=title,
        suite=f"suite {suite.version}, hash {suite.hash[:16]}",
        hits=hits,
        model=model,
        gap=gap,
        budget=preset.budget,
        methods={choice.label: choice.method for choice in race.choices},
        noisy=read_stage(noisy_stage(suite, preset), folder / "noisy", NOISY_GAPS),
        sensitivities=tuple(
            sensitivities(
                read_stage(rates, folder / "sensitivity").at(model), race.choices, gap
            )
        ),
        tuned=tuple(
            compared(
                own.at(model), tuned.at(model), tuning.at(model), race.choices,
                preset.trials, gap,
            )
        ),
        speeds=() if timings is None else tuple(timing.speeds(timings)),
        facts={**_facts(), **_taken(folder), **({} if timings is None else {"timed on": timings.machine})},
    )  # fmt: skip


def report_of_folders(folders: Sequence[Path], asked: Asked) -> Report:
    """The report of results that are there already, of one folder or of several side by side."""
    found = merged(folders)
    if found.exact is not None:
        main, beside, usual = found.exact, found.noisy, (COST_MODELS["calls"], GAPS[-1])
    else:
        assert found.noisy is not None
        main, beside, usual = found.noisy, None, (CUPS, NOISY_GAP)
    parts = [main] if beside is None else [main, beside]
    notes = tuple(note for part in parts for note in part.notes)
    if found.exact is None:
        notes = (ALL_NOISY, *notes)
    methods = {label: str(own["method"]) for part in parts for label, own in part.options.items()}
    return Report(
        title="Comparison of optimizers",
        suite=", ".join(str(folder) for folder in folders),
        hits=main.hits,
        model=asked.model or usual[0],
        gap=asked.rung(main.hits.gaps, usual[1]),
        budget=main.budget,
        methods=methods,
        noisy=None if beside is None else beside.hits,
        notes=notes,
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


def _taken(folder: Path) -> Mapping[str, str]:
    effort = Effort(folder)
    return {"all of it took": effort.told()} if effort.seconds else {}


def _facts() -> Mapping[str, str]:
    return {
        "perfect-cup": simulator.__version__,
        "Python": platform.python_version(),
        "NumPy": np.__version__,
        "SciPy": scipy.__version__,
    }
