"""Does what is missing of a study, here or wherever the workers are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simulator.experiment.results import Results
from simulator.experiment.store import Store, open_store
from simulator.running.backlog import Backlog, Wanted
from simulator.running.dispatch import Dispatch, Found, Told
from simulator.running.interrupts import Interrupt
from simulator.running.plan import Plan, Unit
from simulator.running.shards import Shard
from simulator.running.sizing import Sizing
from simulator.running.workers import Workers

#: Without a shard: the one share there is.
WHOLE = Shard(1, 1)


def open_study(plan: Plan, out: str | Path | None = None) -> Store:
    """The results folder of a study, new or opened again. Raises as ``open_store`` does."""
    first = plan.study.first
    return open_store(
        plan.study.settings(),
        name=first.name,
        seed=first.seed,
        expected_runs=plan.runs,
        dialect=plan.shelf.problem(first).dialect,
        model=plan.model,
        models=plan.models,
        out=out,
    )


def sizing_of(plan: Plan, cores: int, shard: Shard = WHOLE) -> Sizing:
    """What is known about the time of a plan's runs before any is done."""
    left = {label: -(-runs // shard.count) for label, runs in plan.runs_by_label.items()}
    return Sizing(left, plan.study.first.stop.max_evaluations, cores)


def work(
    plan: Plan,
    store: Store,
    workers: Workers,
    sizing: Sizing,
    interrupt: Interrupt,
    told: Told = lambda event: None,
    shard: Shard = WHOLE,
) -> None:
    """Do what the store does not hold of a share. The workers are closed, whatever happens.

    Raises KeyboardInterrupt after an orderly stop, WorkersLost if none can be had any more.
    """
    wanted = _wanted(plan, store.results, shard, sizing, told)
    backlog = Backlog(plan, store.results.manifest.config_hash, sizing, wanted)
    try:
        Dispatch(store, backlog, sizing, workers, interrupt, told).run()
    except BaseException:
        workers.stop()
        raise
    workers.close()


def _wanted(plan: Plan, results: Results, shard: Shard, sizing: Sizing, told: Told) -> Wanted:
    def wanted(unit: Unit, keys: Sequence[str]) -> list[tuple[int, str]]:
        ours = [
            (repeat, key)
            for repeat, key in enumerate(keys, unit.first)
            if shard.holds(plan, unit, repeat, key)
        ]
        done = results.stored(key for _, key in ours)
        if done:
            sizing.finished(unit.label, len(done))
            told(Found(unit.label, len(done), cached=True))
        return [(repeat, key) for repeat, key in ours if key not in done]

    return wanted
