"""Every method gives the same bits, whoever computes it: one process, four, shares merged, Dask."""

import pytest

from simulator.experiment.one_thread import blas_libraries
from simulator.optimizers import METHODS
from simulator.running.merging import merge
from simulator.running.shards import Shard
from simulator.running.workers import LocalPool


@pytest.fixture(scope="module", autouse=True)
def several_threads():
    """This process may use several threads for linear algebra; workers start with one."""
    before = [library.threads() for library in blas_libraries()]
    for library in blas_libraries():
        library.use(3)
    yield
    for library, threads in zip(blas_libraries(), before, strict=True):
        library.use(threads)


@pytest.fixture
def every_method(plan):
    """The plan of a study of every method there is, with and without noise."""
    sets = (f"optimizers=[{', '.join(METHODS)}]", "stop.max_evaluations=40", "starts=2")
    return plan(*sets, sweeps=["noise={customers_per_cup: 3},null"])


def test_one_process_four_and_merged_shares_give_the_same_bits(
    every_method, done, numbers, tmp_path, measured
):
    whole = numbers(done(every_method, "one")[0])
    assert len(whole) == every_method.runs > 4 * len(METHODS)
    assert numbers(done(every_method, "four", LocalPool(4))[0]) == whole
    shares = [done(every_method, f"share-{k}", shard=Shard(k, 3))[0] for k in (1, 2, 3)]
    merged = merge(shares, tmp_path / "merged")
    assert merged.progress.complete
    assert numbers(tmp_path / "merged") == whole
    measured("bits", ways=3, runs=every_method.runs, methods=len(METHODS), different=0)


def test_dask_gives_the_same_bits(every_method, done, numbers, measured):
    pytest.importorskip("distributed", reason="Dask is not installed: pip install '.[dask]'")
    from simulator.running.dask_workers import dask_workers

    whole = numbers(done(every_method, "one")[0])
    assert numbers(done(every_method, "dask", dask_workers("local", 2))[0]) == whole
    measured("bits", ways=1, different=0)
