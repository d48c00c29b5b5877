"""A damaged run is noticed, said and computed afresh."""

import sqlite3

from simulator.experiment.results import open_results


def test_a_damaged_run_is_computed_afresh(simulator, small, tmp_path):
    out = tmp_path / "out"
    before = simulator("run", small, "--json", "--no-figures", "--out", out).out
    with sqlite3.connect(out / "results.sqlite") as database:
        database.execute("UPDATE runs SET loss = 0.1 WHERE optimizer = 'adam' AND repeat = 1")
    database.close()
    said = simulator("run", small, "--json", "--no-figures", "--out", out)
    assert said.status == 0
    assert "damaged" in said.err
    with open_results(out) as results:
        assert all(run.loss > 1.0 for run in results.runs())
        assert not results.damage()
    assert '"agrees": true' in before
