"""What ``simulator compare`` does, and what it says meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from simulator.cli import terminal
from simulator.cli.comparison_text import show_report
from simulator.cli.request import processes_of
from simulator.compare.comparison import (
    Asked,
    Told,
    preset_of,
    remember,
    report_of,
    report_of_folders,
    run_comparison,
    whole_comparison,
)
from simulator.compare.costs import cost_model
from simulator.compare.export import export
from simulator.compare.hits import GAPS
from simulator.compare.noisy import GAPS as NOISY_GAPS
from simulator.compare.own_configs import run_configs
from simulator.compare.presets import PRESETS
from simulator.compare.report import Report
from simulator.compare.suite import read_suite
from simulator.errors import InputError
from simulator.experiment import manifest
from simulator.experiment.store import RESULTS_ROOT
from simulator.optimizers import source


@dataclass(frozen=True)
class Request:
    """What was asked on the command line."""

    what: tuple[Path, ...]
    suite: str | None
    out: Path | None
    jobs: int
    optimizers: tuple[str, ...]
    cost: str | None
    gap: float | None
    page: bool
    parquet: bool
    allow_code: bool

    @property
    def processes(self) -> int:
        """How many processes. Raises InputError if they are too many."""
        return processes_of(self.jobs)

    @property
    def asked(self) -> Asked:
        """Cost model and gap. Raises InputError."""
        asked = Asked(None if self.cost is None else cost_model(self.cost), self.gap)
        if self.gap is not None:
            # Whether noise or none is compared is seen later; what suits neither is refused at once.
            asked.rung(GAPS if self.suite else sorted({*GAPS, *NOISY_GAPS}), self.gap)
        return asked


def compare(request: Request) -> int:
    """Run or read, then tell; return the exit status."""
    _refuse_contradictions(request)
    asked = request.asked
    for name in request.optimizers:
        _refuse_unknown(name)
    console, aside = terminal.console(), terminal.console(stderr=True)
    if request.suite:
        report, folder = _suite(request, asked, aside)
    elif all(path.is_dir() for path in request.what):
        report, folder = _results(request, asked)
    else:
        report, folder = _configs(request, asked, aside)
    show_report(console, report)
    for path in export(report, folder, parquet=request.parquet):
        aside.print(f"table: {path}", soft_wrap=True)
    if request.page:
        from simulator.compare.page import write_page

        with terminal.waiting("drawing the page"):
            write_page(report, folder / "comparison.html")
        console.print(f"page: {folder / 'comparison.html'}", soft_wrap=True)
    return 0


def _suite(request: Request, asked: Asked, aside: Console) -> tuple[Report, Path]:
    name = str(request.suite)
    suite, preset = read_suite(), preset_of(name, request.optimizers)
    folder = request.out or RESULTS_ROOT / f"compare-{name}"
    _refuse_results_of_a_run(folder)
    remember(folder, name, request.optimizers)
    with _progress(aside) as told:
        run_comparison(suite, preset, folder, request.processes, told)
    return report_of(suite, preset, folder, f"The {name} comparison of optimizers", asked), folder


def _results(request: Request, asked: Asked) -> tuple[Report, Path]:
    folder = request.out or request.what[0]
    if len(request.what) == 1:
        whole = whole_comparison(request.what[0])
        if whole is not None:
            return report_of(*whole, request.what[0], "Comparison of optimizers", asked), folder
    return report_of_folders(request.what, asked), folder


def _configs(request: Request, asked: Asked, aside: Console) -> tuple[Report, Path]:
    folder = request.out or RESULTS_ROOT / f"compare-{request.what[0].stem}"
    _refuse_results_of_a_run(folder)
    with _progress(aside) as told:
        run_configs(
            request.what,
            request.optimizers,
            folder,
            request.processes,
            told,
            allow_code=request.allow_code,
        )
    return report_of_folders([folder], asked), folder


@contextmanager
def _progress(console: Console) -> Iterator[Told]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as shown:
        bars = {}

        def told(stage: str, done: int, total: int) -> None:
            if stage not in bars:
                bars[stage] = shown.add_task(stage, total=total)
                if not console.is_terminal:
                    console.print(f"{stage}: {total} runs")
            shown.update(bars[stage], advance=done)

        yield told


def _refuse_contradictions(request: Request) -> None:
    if request.suite and request.what:
        raise InputError("give --suite, or configs or folders to compare, not both")
    processes_of(request.jobs)
    if request.suite and request.suite not in PRESETS:
        raise InputError(f"--suite {request.suite}: expected {' or '.join(PRESETS)}")
    if not request.suite and not request.what:
        raise InputError(
            "nothing to compare: give --suite quick, some configs, or folders of results"
        )
    if request.optimizers and request.what and all(path.is_dir() for path in request.what):
        raise InputError(
            "--optimizers: folders hold the runs of those that raced; leave it out, or compare configs"
        )
    for path in request.what:
        if not path.exists():
            raise InputError(f"{path}: there is no such config or folder")


def _refuse_results_of_a_run(folder: Path) -> None:
    """A race beside them would be told in their place ever after."""
    if (folder / manifest.FILE_NAME).exists():
        raise InputError(
            f"{folder}: it holds the results of a run, not of a comparison. Nothing was changed; "
            "choose another folder with --out"
        )


def _refuse_unknown(name: str) -> None:
    try:
        source(name)
    except KeyError:
        raise InputError(
            f"--optimizers {name}: no optimizer has that name; `simulator optimizers` lists them"
        ) from None
