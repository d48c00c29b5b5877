"""Proofs that are stopped, and go on."""

import numpy as np
import pytest

from simulator.certify import Budget, CheckpointError, Plan, prove
from simulator.errors import InputError
from simulator.experiment.config import experiment_from
from simulator.experiment.problem import Problem


@pytest.fixture
def proof(coffee_problem, examiner):
    return lambda *args, **rest: prove(coffee_problem, *args, examiner=examiner, **rest)


def plan(tmp_path=None, **changes):
    checkpoint = tmp_path / "search.npz" if tmp_path else None
    return Plan(**({"within": 1e-6, "dialect": "numpy", "checkpoint": checkpoint} | changes))


def test_a_proof_that_was_stopped_twice_ends_like_one_in_one_go(proof, tmp_path):
    whole = proof(plan())
    for boxes in (5, 12):
        part = proof(plan(tmp_path, budget=Budget(boxes=boxes)))
        assert part.reason == "boxes"
        assert part.lower <= whole.lower
    last = proof(plan(tmp_path))
    assert (last.lower, last.upper, last.boxes) == (whole.lower, whole.upper, whole.boxes)
    assert (last.codes == whole.codes).all()
    assert not (tmp_path / "search.npz").exists()


def test_an_interruption_leaves_a_bracket_and_a_search_to_go_on_with(proof, tmp_path):
    told = []

    def interrupt(bracket):
        told.append(bracket)
        if len(told) == 4:
            raise KeyboardInterrupt

    part = proof(plan(tmp_path), interrupt)
    assert (part.reason, part.proved) == ("interrupted", False)
    whole = proof(plan(tmp_path))
    assert whole.proved
    assert part.lower <= whole.lower <= whole.upper <= part.upper + 1e-12


def test_the_bracket_of_a_stopped_proof_is_verified_too(proof, check):
    part = proof(plan(budget=Budget(boxes=12)))
    assert part.upper - part.lower > 1e-3
    assert check(part).boxes == part.codes.size


def test_a_wrong_point_is_replaced_by_a_better_one(proof, certificate):
    found = proof(plan(), point=np.array([0.1, 0.9]))
    assert found.proved
    assert certificate.lower <= found.upper <= certificate.upper


def test_a_checkpoint_of_another_search_is_refused(proof, tmp_path):
    proof(plan(tmp_path, budget=Budget(boxes=5)))
    with pytest.raises(CheckpointError, match="another problem, tolerance"):
        proof(plan(tmp_path, within=1e-5))


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: b"no", lambda data: data[:-400]])
def test_a_damaged_checkpoint_is_refused(proof, tmp_path, damage):
    proof(plan(tmp_path, budget=Budget(boxes=5)))
    path = tmp_path / "search.npz"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(CheckpointError, match="cannot be read"):
        proof(plan(tmp_path))


def test_a_tolerance_that_is_no_tolerance_is_refused_with_the_experiments_name(proof):
    with pytest.raises(InputError, match="one-cup: within must be above 0"):
        proof(plan(within=0.0))


def test_a_long_search_is_saved_while_it_goes_on(proof, tmp_path, monkeypatch):
    monkeypatch.setattr("simulator.certify.proving._SAVE_EVERY", 0.0)
    saved = []
    proof(plan(tmp_path), lambda bracket: saved.append((tmp_path / "search.npz").exists()))
    assert all(saved[1:])
    assert len(saved) > 2
    assert not (tmp_path / "search.npz").exists()


def test_too_many_knobs_are_refused_before_anything_is_searched(examiner):
    tune = {f"x{i}": [0, 1] for i in range(13)}
    problem = Problem(experiment_from({"name": "wide", "problem": "mine:bowl", "tune": tune}))
    with pytest.raises(
        InputError, match="wide: 13 knobs are tuned; a proof is possible for at most"
    ):
        prove(problem, plan(), examiner=examiner)
