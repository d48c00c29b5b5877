"""What ``simulator run`` does, and what it says meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console

from simulator.cli import terminal
from simulator.cli.proof_text import as_json as proof_json
from simulator.cli.request import Request, cores_of, plan_of, shard_of
from simulator.cli.sweep_text import outcome_of, points_as_json, show_points
from simulator.cli.verdict_text import show_verdict
from simulator.cli.watching import Watch, logged
from simulator.errors import RunFailed
from simulator.experiment.problem import Problem
from simulator.experiment.store import Store
from simulator.experiment.verdict import as_json as verdict_json
from simulator.experiment.verdict import judge
from simulator.running.by_point import PointResult, by_point
from simulator.running.interrupts import Interrupt, Terminated, interruptible
from simulator.running.plan import Plan
from simulator.running.shards import Shard
from simulator.running.work import open_study, sizing_of, work
from simulator.running.workers import InProcess, LocalPool, Workers, WorkersLost

#: What a shell reports of a process that SIGTERM ended.
TERMINATED = 143


def run_study(request: Request) -> int:
    """Run the study in the config; return the exit status."""
    shard = shard_of(request)
    plan = plan_of(request)
    # Standard output carries the result; what happens meanwhile goes to standard error.
    aside = terminal.console(stderr=True)
    with (
        _workers(request) as workers,
        open_study(plan, request.out) as store,
        logged(store.folder) as log,
    ):
        log.info("run of %s with %s processes, share %s", request.config, request.jobs, shard)
        for damage in store.discard_damaged():
            log.warning("computed afresh: %s", damage)
            aside.print(f"computed afresh, because it was damaged: {damage}", markup=False)
        try:
            _work(request, plan, store, shard, workers, aside)
        except Terminated:
            _told_to_go_on(request, store, aside, "terminated")
            return TERMINATED
        except KeyboardInterrupt:
            _told_to_go_on(request, store, aside, "interrupted")
            raise
        except WorkersLost as error:
            _told_to_go_on(request, store, aside, "stopped")
            raise RunFailed(str(error)) from error
        progress = store.finish()
        log.info("%s", progress)
        if not progress.complete:
            return _report_share(plan, store, shard, aside)
        return _report(request, plan, store)


WorkersOf = Callable[[Interrupt], Workers]


def _work(
    request: Request,
    plan: Plan,
    store: Store,
    shard: Shard,
    workers_of: WorkersOf,
    aside: Console,
) -> None:
    with interruptible() as interrupt:
        workers = workers_of(interrupt)
        sizing = sizing_of(plan, workers.slots, shard)
        function = plan.study.first.problem is not None
        watch = Watch(plan.runs_by_label, sizing, aside, request.loudness, values=function)
        with watch.drawn():
            work(plan, store, workers, sizing, interrupt, watch, shard)
        if request.loudness >= 0:
            aside.print(f"runs: {watch.summary()}")


@contextmanager
def _workers(request: Request) -> Iterator[WorkersOf]:
    """Who will compute. A cluster is reached at once, so that without one nothing is written."""
    cores = cores_of(request)
    if request.dask is not None:
        from simulator.running.dask_workers import dask_workers

        cluster = dask_workers(request.dask, cores)
        try:
            yield lambda interrupt: cluster
        finally:
            cluster.stop()
        return
    yield InProcess if cores == 1 else lambda interrupt: LocalPool(cores)


def _told_to_go_on(request: Request, store: Store, aside: Console, what: str) -> None:
    given = [f"--set '{text}'" for text in request.sets]
    given += [f"--sweep '{text}'" for text in request.sweeps]
    given += ["--allow-code"] if request.allow_code else []
    aside.print(
        f"{what}: {store.results.progress_unchecked()}. To go on: "
        + " ".join(["simulator run", str(request.config), *given, f"--out {store.folder}"]),
        soft_wrap=True,
        markup=False,
    )


def _report_share(plan: Plan, store: Store, shard: Shard, aside: Console) -> int:
    failed = sum(run.failed for run in store.results.each())
    aside.print(
        f"share {shard}: done; {store.results.progress()}. When all shares are done: "
        f"simulator merge FOLDERS --out WHOLE\nresults: {store.folder}",
        soft_wrap=True,
        markup=False,
    )
    return 1 if failed else 0


def _report(request: Request, plan: Plan, store: Store) -> int:
    console = terminal.console(stderr=request.as_json)
    if plan.study.axes:
        found: Iterable[PointResult] = by_point(plan, store.results)
        if request.as_json:
            found = list(found)
        outcome = outcome_of(found)
        show_points(console, plan, outcome, store.folder)
        if request.as_json:
            print(json.dumps(points_as_json(plan, found), indent=2, allow_nan=False))
        return 0 if outcome.good else 1
    problem = plan.shelf.problem(plan.study.first)
    verdict = judge(problem, store.results.runs())
    if verdict is None:
        raise RunFailed(f"{store.folder}: no verdict: {_why_no_verdict(problem, store)}")
    if request.figures:
        _draw(problem, store, console)
    show_verdict(console, problem, verdict, store.folder)
    if request.as_json:
        hashed = store.results.manifest.config_hash[:16]
        told = verdict_json(problem, hashed, verdict) | {"proved": proof_json(problem, verdict)}
        print(json.dumps(told, indent=2, allow_nan=False))
    return 0 if verdict.agrees and not verdict.failed else 1


def _why_no_verdict(problem: Problem, store: Store) -> str:
    if all(choice.solver.family == "scipy" for choice in problem.experiment.optimizers):
        return "there is none of our own optimizers to check; add one, such as adam, to optimizers"
    errors = sorted({f"{run.optimizer}: {run.error}" for run in store.results.runs() if run.error})
    return "every run of ours, or of scipy's, failed:\n  " + "\n  ".join(errors)


def _draw(problem: Problem, store: Store, console: Console) -> None:
    from simulator.report import USUAL, draw_pictures, lacking, material_of

    material = material_of(problem, store.results)
    draw_pictures(material, store.results.figures, USUAL)
    for reason in dict.fromkeys(lacking(material, USUAL).values()):
        console.print(f"figures: convergence and coordinates alone; {reason}")
