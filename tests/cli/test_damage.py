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


def test_an_edited_config_of_results_is_named_by_all_and_kept(simulator, small, tmp_path):
    out = tmp_path / "results" / "one"
    assert simulator("run", small, "--out", out, "--no-figures", "-q").status == 0
    stored = out / "config.yaml"
    stored.write_text(stored.read_text().replace("seed: 3", "seed: 4"))
    for words in (["ls", out.parent], ["show", out], ["run", small, "--out", out, "-q"]):
        said = simulator(*words)
        assert said.status == 2
        assert "config.yaml: it was edited or is damaged" in said.err
    assert "seed: 4" in stored.read_text()
