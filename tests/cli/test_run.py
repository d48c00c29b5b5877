"""``simulator run``: the table, the verdict, the JSON object, the exit status."""

import json
import time

import pytest

from simulator.experiment.results import open_results


def test_run_ends_with_the_verdict_and_the_folder(simulator, small, tmp_path):
    said = simulator("run", small, "--out", tmp_path / "out")
    assert said.status == 0
    assert "verdict: agree" in said.out
    assert said.out.strip().splitlines()[-1] == f"results: {tmp_path / 'out'}"


def test_run_stores_every_run_and_draws_every_figure(simulator, small, tmp_path):
    simulator("run", small, "--out", tmp_path / "out")
    with open_results(tmp_path / "out") as results:
        assert len(results.runs()) == 3 * 2
        assert results.progress().complete
        trace = results.trace(results.runs()[0].key)
        assert trace.loss.size == results.runs()[0].value_count
    names = {path.name for path in (tmp_path / "out" / "figures").iterdir()}
    assert {
        f"{n}.{e}"
        for n in ("convergence", "coordinates", "landscape", "control-chart")
        for e in ("png", "svg")
    } == names


def test_json_is_one_object_and_nothing_else_on_standard_output(simulator, small, tmp_path):
    said = simulator("run", small, "--json", "--no-figures", "--out", tmp_path / "out")
    answer = json.loads(said.out)
    assert {"experiment", "config_hash", "optimizers", "reference", "agreement"} <= set(answer)
    assert [entry["name"] for entry in answer["optimizers"]] == ["adam", "nesterov", "l-bfgs-b"]
    for entry in [*answer["optimizers"], answer["reference"]]:
        assert {"name", "score", "loss", "recipe", "evaluations", "status", "wall_s"} <= set(entry)
        assert set(entry["recipe"]) == {"grind_um", "time_s", "milk_g", "sugar_g"}
        assert set(entry["evaluations"]) == {"value", "gradient", "hessian"}
        assert entry["score"] == pytest.approx(9.0 - entry["loss"])
    assert answer["agreement"]["agrees"] is True
    assert answer["agreement"]["gap"] == pytest.approx(
        min(e["loss"] for e in answer["optimizers"][:2]) - answer["reference"]["loss"]
    )


def test_a_second_run_computes_nothing_again(simulator, small, tmp_path):
    first = simulator("run", small, "--json", "--no-figures", "--out", tmp_path / "out")
    second = simulator("run", small, "--json", "--no-figures", "--out", tmp_path / "out")
    assert second.out == first.out
    assert second.err.count("2 runs done, 2 cached") == 3
    assert "runs: 6 cached" in second.err


def test_another_configs_folder_is_refused_and_left_alone(simulator, small, tmp_path):
    simulator("run", small, "--no-figures", "--out", tmp_path / "out")
    before = (tmp_path / "out" / "config.yaml").read_bytes()
    small.write_text(small.read_text().replace("seed: 3", "seed: 4"), encoding="utf-8")
    said = simulator("run", small, "--no-figures", "--out", tmp_path / "out")
    assert said.status == 2
    assert "--out" in said.err
    assert (tmp_path / "out" / "config.yaml").read_bytes() == before


def test_disagreement_is_said_and_makes_the_exit_status_1(simulator, small, tmp_path):
    # Plain descent with a tiny learning rate cannot get there in 20 cups.
    text = small.read_text().replace(
        "optimizers: [adam, nesterov]",
        "optimizers: [{method: gradient-descent, learning_rate: 1e-6}]",
    )
    small.write_text(text.replace("400", "20"), encoding="utf-8")
    said = simulator("run", small, "--no-figures", "--out", tmp_path / "out")
    assert said.status == 1
    assert "verdict: disagree" in said.out
    assert "in favour of scipy's" in " ".join(said.out.split())


def test_a_method_of_scipy_under_test_is_not_run_twice(simulator, small, tmp_path):
    small.write_text(small.read_text().replace("[adam, nesterov]", "[adam, l-bfgs-b]"), "utf-8")
    said = simulator("run", small, "--json", "--no-figures", "--out", tmp_path / "out")
    entries = [(e["name"], e["role"], e["repeats"]) for e in json.loads(said.out)["optimizers"]]
    assert entries == [("adam", "tuned", 2), ("l-bfgs-b", "tuned", 2)]


def test_without_an_optimizer_of_ours_the_message_says_so(simulator, small, tmp_path):
    small.write_text(small.read_text().replace("[adam, nesterov]", "[slsqp]"), encoding="utf-8")
    said = simulator("run", small, "--no-figures", "--out", tmp_path / "out")
    assert said.status == 1
    assert "none of our own optimizers" in said.err


def test_seconds_of_a_batch_are_shared_by_its_repeats(simulator, small, tmp_path):
    began = time.perf_counter()
    said = simulator("run", small, "--json", "--no-figures", "--out", tmp_path / "out")
    elapsed = time.perf_counter() - began
    with open_results(tmp_path / "out") as results:
        assert sum(run.wall_s for run in results.runs()) < elapsed
    assert said.status == 0


def test_ctrl_c_says_how_much_is_kept_and_how_to_go_on(simulator, small, tmp_path, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("simulator.cli.running.work", interrupted)
    said = simulator("run", small, "--no-figures", "--out", tmp_path / "out")
    assert said.status == 130
    assert "0 of 6 runs done" in said.err
    assert f"--out {tmp_path / 'out'}" in said.err
    drawn = simulator("plot", tmp_path / "out")
    assert drawn.status == 2
    assert "0 of 6 runs done" in drawn.err


def test_plot_draws_the_figures_again(simulator, small, tmp_path):
    simulator("run", small, "--no-figures", "--out", tmp_path / "out")
    said = simulator("plot", tmp_path / "out")
    assert said.status == 0
    files = [line.rpartition(".")[2] for line in said.out.split()]
    assert (files.count("png"), files.count("svg"), files.count("gif")) == (8, 9, 1)


def test_a_missing_results_folder_is_a_message_and_exit_2(simulator, tmp_path):
    said = simulator("plot", tmp_path / "nowhere")
    assert said.status == 2
    assert "nowhere" in said.err
    assert "Traceback" not in said.err


def test_runs_are_bit_identical_in_another_folder(simulator, small, tmp_path):
    for name in ("a", "b"):
        simulator("run", small, "--no-figures", "--out", tmp_path / name)
    with open_results(tmp_path / "a") as a, open_results(tmp_path / "b") as b:
        for one, other in zip(a.runs(), b.runs(), strict=True):
            assert one.key == other.key
            assert one.loss == other.loss
            assert one.recipe == other.recipe
            assert a.trace(one.key).loss.tobytes() == b.trace(other.key).loss.tobytes()


def test_on_a_narrow_terminal_no_number_is_cut_and_an_optimizer_takes_one_line(
    simulator, small, monkeypatch, tmp_path
):
    monkeypatch.setenv("COLUMNS", "80")
    said = simulator("run", small, "--out", tmp_path / "out", "--no-figures", "-q")
    rows = [line for line in said.out.splitlines() if "converged" in line]
    assert [row.split()[0] for row in rows] == ["adam", "nesterov", "scipy"]
    assert "…" not in said.out
