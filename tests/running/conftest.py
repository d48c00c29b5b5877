"""A small study, and its runs done in this process."""

import pytest

from simulator.experiment.study import load_study
from simulator.running.interrupts import Interrupt
from simulator.running.plan import Plan
from simulator.running.work import WHOLE, open_study, sizing_of, work
from simulator.running.workers import InProcess

SMALL = """\
name: small
seed: 3
tune: [grind_um, time_s]
fixed: {milk_g: 0, sugar_g: 0}
customers: black-strong
starts: 3
stop: {max_evaluations: 40}
optimizers: [adam, nesterov]
check: {methods: [l-bfgs-b], tolerance: 1e-4}
"""


@pytest.fixture
def plan(tmp_path):
    """Makes the plan of the small study, with settings and sweeps."""

    def make(*sets, sweeps=()):
        path = tmp_path / "small.yaml"
        path.write_text(SMALL, encoding="utf-8")
        return Plan(load_study(path, sets, sweeps))

    return make


@pytest.fixture
def done(tmp_path):
    """Does a plan's runs in a folder; returns the folder and what was told."""

    def do(made, name="out", workers=None, shard=WHOLE, interrupt=None):
        events = []
        interrupt = interrupt or Interrupt()
        workers = workers or InProcess(interrupt)
        with open_study(made, tmp_path / name) as store:
            sizing = sizing_of(made, workers.slots, shard)
            work(made, store, workers, sizing, interrupt, events.append, shard)
            store.finish()
        return tmp_path / name, [event for event in events if event is not None]

    return do
