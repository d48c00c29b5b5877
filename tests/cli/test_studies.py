"""``run`` with overrides, sweeps, shares and processes; ``show``, ``ls``, ``export`` and ``merge``."""

import csv
import io
import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator.experiment.config import loads
from simulator.experiment.results import open_results


@pytest.fixture
def run(simulator, small, tmp_path):
    """Runs the small experiment into a folder beside it, without figures."""

    def call(name="out", *arguments):
        return simulator("run", small, "--no-figures", "--out", tmp_path / name, *arguments)

    return call


def test_set_changes_a_setting_and_a_wrong_one_is_refused_by_its_flag(simulator, small, run):
    assert run("out", "-s", "optimizers.0.learning_rate=0.05", "-q").status == 0
    said = run("other", "-s", "optimizers.0.lerning_rate=0.05")
    assert said.status == 2
    assert "--set optimizers.0.lerning_rate=0.05" in said.err
    assert "nearest   learning_rate" in said.err


def test_a_sweep_ends_with_a_row_per_point_and_one_verdict(run, tmp_path):
    said = run("out", "--sweep", "customers=milk,black-strong", "--json")
    assert said.status == 0
    answer = json.loads(said.out)
    assert [point["settings"] for point in answer["points"]] == [
        {"customers": "milk"},
        {"customers": "black-strong"},
    ]
    assert all(point["agrees"] and point["runs"] == 6 for point in answer["points"])
    assert "At 2 of 2 points" in said.err


def test_a_dry_run_says_how_much_work_it_is_and_does_none(simulator, small, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = simulator("run", small, "--dry-run", "--json", "--sweep", "seed=1,2,3", "-j", "2")
    told = json.loads(said.out)
    assert (told["points"], told["runs"], told["cores"]) == (3, 18, 2)
    assert told["most_evaluations"] == 18 * 400
    assert told["expected_s"] > 0
    assert {path.name for path in tmp_path.iterdir()} == {"small.yaml"}


def test_quiet_says_nothing_but_the_result(run):
    said = run("out", "-q")
    assert said.err == ""
    assert "verdict" in said.out


def test_verbose_says_what_is_stored(run):
    assert "adam: 2 runs in" in run("out", "-v").err


def test_the_log_file_tells_what_was_done(run, tmp_path):
    run()
    log = (tmp_path / "out" / "run.log").read_text("utf-8")
    assert "adam: 2 runs done" in log
    assert log.strip().endswith("6 of 6 runs done")


def test_shares_say_what_is_missing_and_merge_to_the_whole(simulator, run, tmp_path):
    said = run("a", "--shard", "1/2")
    assert "of 6 runs done" in said.err
    assert "verdict" not in said.out
    run("b", "--shard", "2/2")
    merged = simulator("merge", tmp_path / "a", tmp_path / "b", "--out", tmp_path / "whole")
    assert merged.status == 0
    assert "6 of 6 runs done" in merged.out
    assert "6 cached" in run("whole").err


def test_results_of_another_config_are_not_merged(simulator, run, tmp_path):
    run("a")
    run("b", "-s", "seed=8")
    said = simulator("merge", tmp_path / "a", tmp_path / "b", "--out", tmp_path / "whole")
    assert said.status == 2
    assert "same study" in said.err


def test_a_run_with_other_numbers_in_two_folders_is_refused(simulator, run, tmp_path):
    run("a")
    run("b")
    from simulator.experiment.row_format import RUN_COLUMNS, checksum

    with sqlite3.connect(tmp_path / "b" / "results.sqlite") as connection:
        connection.execute("UPDATE runs SET loss = 1.0 WHERE optimizer = 'adam' AND repeat = 1")
        columns = ", ".join(RUN_COLUMNS)
        cells = connection.execute(
            f"SELECT {columns}, trace_checksum FROM runs WHERE loss = 1.0"
        ).fetchone()
        connection.execute("UPDATE runs SET checksum = ? WHERE loss = 1.0", (checksum(cells),))
    said = simulator("merge", tmp_path / "a", tmp_path / "b", "--out", tmp_path / "whole")
    assert said.status == 2
    assert "for the same run" in said.err


def test_show_prints_a_config_with_the_origin_of_every_setting(simulator, small):
    said = simulator("show", small, "-s", "brew.water_g=200")
    assert loads(said.out).brew.water_g == 200
    lines = {line.split(":")[0].strip(): line for line in said.out.splitlines()}
    assert lines["seed"].endswith(f"# {small}:2")
    assert lines["water_g"].endswith("# --set brew.water_g=200")
    assert lines["dose_g"].endswith("# default")


def test_show_prints_a_folder_with_its_progress_and_verdict(simulator, run, tmp_path):
    run()
    said = simulator("show", tmp_path / "out")
    assert "6 of 6 runs done" in said.out
    assert "verdict: agree" in said.out


def test_ls_names_a_broken_folder_and_a_broken_row_and_lists_the_others(simulator, run, tmp_path):
    for name in ("good", "row", "manifest"):
        run(name)
    with sqlite3.connect(tmp_path / "row" / "results.sqlite") as connection:
        connection.execute("UPDATE runs SET loss = 0.0 WHERE optimizer = 'adam' AND repeat = 1")
    (tmp_path / "manifest" / "manifest.json").write_text("{", encoding="utf-8")
    said = simulator("ls", tmp_path, "--json")
    assert said.status == 2
    found = {Path(item["folder"]).name: item for item in json.loads(said.out)}
    assert found["good"]["complete"]
    assert (found["row"]["done"], found["row"]["complete"]) == (5, False)
    assert "repeat 1" in found["row"]["trouble"]
    assert found["manifest"]["done"] is None
    assert "manifest.json" in found["manifest"]["trouble"]
    assert simulator("ls", tmp_path).err.count("damaged:") == 2


def test_ls_of_an_unfinished_folder_says_how_much_is_done(simulator, run, tmp_path):
    run("out", "--shard", "1/2")
    assert "of 6 runs done" in simulator("ls", tmp_path).out


def test_export_writes_a_row_per_run_with_the_settings_that_vary(simulator, run, tmp_path):
    run("out", "--sweep", "optimizers.0.learning_rate=0.05,0.1")
    said = simulator("export", tmp_path / "out")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert len(rows) == 8
    key = "sweep.optimizers.0.learning_rate"
    assert sorted(row[key] for row in rows) == [""] * 4 + ["0.05"] * 2 + ["0.1"] * 2
    with open_results(tmp_path / "out") as results:
        losses = {run.key: run.loss for run in results.runs()}
    assert {row["key"]: float(row["loss"]) for row in rows} == losses


def test_export_of_traces_has_a_row_per_evaluation(simulator, run, tmp_path):
    run()
    said = simulator("export", tmp_path / "out", "--traces", "--format", "jsonl")
    rows = [json.loads(line) for line in said.out.splitlines()]
    with open_results(tmp_path / "out") as results:
        assert len(rows) == sum(len(results.trace(run.key)) for run in results.runs())
    assert {"step", "loss", "grind_um", "milk_g"} <= set(rows[0])


@pytest.mark.parametrize(
    ("where", "told"),
    [("", "this is a folder; name a file"), ("nowhere/runs.csv", "there is no folder")],
)
def test_a_place_that_is_none_is_refused_before_anything_is_read(simulator, tmp_path, where, told):
    said = simulator("export", tmp_path, "--out", tmp_path / where)
    assert said.status == 2
    assert told in said.err


def test_export_to_parquet_reads_back(simulator, run, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    run("out", "--sweep", "customers=milk,survey")
    file = tmp_path / "runs.parquet"
    assert simulator("export", tmp_path / "out", "--format", "parquet", "--out", file).status == 0
    table = parquet.read_table(file).to_pylist()
    assert len(table) == 12
    assert {row["sweep.customers"] for row in table} == {"milk", "survey"}


def test_text_that_a_spreadsheet_would_calculate_is_marked(simulator, run, tmp_path):
    run("out", "-s", "optimizers.0.label='=cmd()'")
    rows = list(csv.DictReader(io.StringIO(simulator("export", tmp_path / "out").out)))
    assert {row["optimizer"] for row in rows} == {"'=cmd()", "nesterov", "l-bfgs-b"}


def test_a_damaged_run_is_named_and_the_others_are_exported(simulator, run, tmp_path):
    run()
    with sqlite3.connect(tmp_path / "out" / "results.sqlite") as connection:
        connection.execute("UPDATE runs SET loss = 0.0 WHERE optimizer = 'adam' AND repeat = 1")
    said = simulator("export", tmp_path / "out")
    assert said.status == 2
    assert "repeat 1" in said.err
    assert len(list(csv.DictReader(io.StringIO(said.out)))) == 5


def test_an_unknown_format_and_a_wrong_share_are_refused(simulator, run, tmp_path):
    run()
    assert simulator("export", tmp_path / "out", "--format", "xls").status == 2
    assert run("out", "--shard", "3/2").status == 2


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_stores_what_is_done_and_the_same_command_ends_it(small, tmp_path, numbers, jobs):
    command = [sys.executable, "-m", "simulator", "run", str(small), "--no-figures"]
    command += [
        "-s",
        "stop.max_evaluations=100",
        "--sweep",
        "seed=linear(1,12,12)",
        "-j",
        str(jobs),
        "--out",
    ]
    out = tmp_path / "out"
    process = subprocess.Popen([*command, str(out)], stderr=subprocess.PIPE, text=True)
    log = out / "run.log"
    while process.poll() is None and not (log.exists() and "runs in" in log.read_text("utf-8")):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    said = process.communicate()[1]
    assert process.returncode == 130
    assert " of 72 runs done. To go on: " in said
    with open_results(out) as results:
        assert 0 < results.progress().done < 72
    for folder in (out, tmp_path / "whole"):
        subprocess.run([*command, str(folder), "-q"], check=True, stdout=subprocess.DEVNULL)
    assert numbers(out) == numbers(tmp_path / "whole")
    assert not (out / "results.sqlite-wal").exists()


def test_ls_counts_a_run_with_a_damaged_trace_as_missing_and_names_it(simulator, run, tmp_path):
    run()
    with sqlite3.connect(tmp_path / "out" / "results.sqlite") as connection:
        connection.execute("UPDATE traces SET steps = steps - 1 WHERE rowid = 1")
    said = simulator("ls", tmp_path, "--json")
    (found,) = json.loads(said.out)
    assert said.status == 2
    assert (found["done"], found["complete"]) == (5, False)
    assert "the checksum of its trace does not fit" in found["trouble"]
    assert "5 of 6 runs done" in simulator("show", tmp_path / "out").out


@pytest.fixture
def beans(tmp_path):
    """The files of two beans and of a mix that names a segment's file, beside the config."""
    bean = "e_max: {}\nacid_share: 0.2\nmiddle_share: 0.3\nbitter_share: 0.5\nquality_points: 0\n"
    for name, e_max in (("one", 0.28), ("two", 0.31)):
        (tmp_path / f"{name}.yaml").write_text(bean.format(e_max), "utf-8")
    (tmp_path / "crowds").mkdir()
    (tmp_path / "crowds" / "mix.yaml").write_text("shares: {oat.yaml: 1, milk: 1}\n", "utf-8")
    oat = "palates: cluster_1\nideal_sweetness: 0\nideal_creaminess: 3\n"
    (tmp_path / "crowds" / "oat.yaml").write_text(oat, "utf-8")
    return tmp_path


SWEPT = ("--sweep", "bean=one.yaml,two.yaml", "--sweep", "customers=crowds/mix.yaml,milk")


def test_results_of_a_sweep_over_files_need_the_files_no_more(simulator, run, beans):
    assert run("out", *SWEPT, "-q").status in {0, 1}
    for file in (*beans.glob("*.yaml"), *beans.glob("crowds/*")):
        if file.name != "small.yaml":
            file.unlink()
    shown = simulator("show", beans / "out")
    assert (shown.status, "one.yaml" in shown.out, "crowds/mix" in shown.out) == (0, True, True)
    rows = list(csv.DictReader(io.StringIO(simulator("export", beans / "out").out)))
    assert len(rows) == 24
    assert {row["sweep.bean"] for row in rows} == {"one.yaml", "two.yaml"}
    again = simulator("run", beans / "out" / "config.yaml", "--out", beans / "out", "--no-figures")
    assert "24 cached" in again.err


@pytest.mark.parametrize("file", ["two.yaml", "crowds/mix.yaml", "crowds/oat.yaml"])
def test_a_file_that_a_sweep_names_is_part_of_what_a_folder_belongs_to(run, beans, file):
    assert run("out", *SWEPT, "-q").status in {0, 1}
    path = beans / file
    text = path.read_text("utf-8")
    path.write_text(text + "# a remark changes nothing\n", "utf-8")
    assert "24 cached" in run("out", *SWEPT).err
    for old, new in (("0.31", "0.29"), ("milk: 1", "milk: 2"), ("creaminess: 3", "creaminess: 4")):
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    said = run("out", *SWEPT)
    assert (said.status, "another config" in said.err) == (2, True)


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_more_processes_than_any_machine_has_are_refused_before_anything_is_made(
    run, tmp_path, more
):
    said = run("out", "-j", "513", *more)
    assert (said.status, said.err) == (2, "--jobs 513: too many processes; expected up to 512\n")
    assert not (tmp_path / "out").exists()


def test_a_dry_run_tells_people_the_same_numbers(simulator, small, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = simulator(
        "run", small, "--dry-run", "--sweep", "seed=1,2,3", "-j", "2", "--shard", "1/3"
    )
    words = [line.split() for line in said.out.splitlines()]
    assert ["points", "3"] in words
    assert ["evaluations", "2,400", "at", "most"] in words
    assert re.search(r"runs +\d+ \(share 1/3\)", said.out)
    assert "expected with 2 processes" in said.out


def test_ls_of_a_folder_without_results_says_so(simulator, tmp_path):
    said = simulator("ls", tmp_path)
    assert (said.status, said.out) == (0, f"{tmp_path}: no results folders\n")


def test_export_writes_the_same_text_into_a_file(simulator, run, tmp_path):
    run()
    shown = simulator("export", tmp_path / "out", "--format", "jsonl")
    said = simulator(
        "export", tmp_path / "out", "--format", "jsonl", "--out", tmp_path / "rows.jsonl"
    )
    assert (said.status, said.out) == (0, "")
    assert (tmp_path / "rows.jsonl").read_text(encoding="utf-8") == shown.out
    refused = simulator("export", tmp_path / "out", "--format", "parquet")
    assert (refused.status, "name a file with --out" in refused.err) == (2, True)


@pytest.mark.parametrize("file", ["results.sqlite", "manifest.json", "config.yaml"])
@pytest.mark.parametrize("verb", ["export", "report"])
def test_results_are_never_replaced_by_what_is_told_of_them(simulator, run, tmp_path, verb, file):
    run()
    path = tmp_path / "out" / file
    before = path.read_bytes()
    (tmp_path / "link").symlink_to(path)
    for out in (path, tmp_path / "link"):
        said = simulator(verb, tmp_path / "out", "--out", out)
        assert (said.status, path.read_bytes()) == (2, before)
        assert f"{path}: it holds results" in said.err


def test_a_file_that_only_shares_a_name_with_results_can_be_written(simulator, run, tmp_path):
    run()
    assert simulator("export", tmp_path / "out", "--out", tmp_path / "config.yaml").status == 0


def test_a_folder_that_cannot_be_exported_leaves_the_file_as_it_was(simulator, run, tmp_path):
    run()
    (tmp_path / "out" / "config.yaml").write_text("name: other\n")
    (tmp_path / "rows.csv").write_text("kept")
    said = simulator("export", tmp_path / "out", "--out", tmp_path / "rows.csv")
    assert (said.status, (tmp_path / "rows.csv").read_text()) == (2, "kept")
    assert simulator("export", tmp_path / "out", "--out", tmp_path / "new.csv").status == 2
    assert not (tmp_path / "new.csv").exists()


@pytest.mark.parametrize("traces", [[], ["--traces"]])
def test_an_export_that_nobody_reads_on_ends_without_a_traceback(run, tmp_path, traces):
    run()
    command = [sys.executable, "-m", "simulator", "export", str(tmp_path / "out"), *traces]
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full")
    with full.open("w") as nowhere:
        ended = subprocess.run(command, stdout=nowhere, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert "the system refused" in ended.stderr


def test_a_damaged_run_is_left_out_of_the_whole_and_named(simulator, run, tmp_path):
    run("one", "--shard", "1/2")
    run("two", "--shard", "2/2")
    with sqlite3.connect(tmp_path / "one" / "results.sqlite") as connection:
        connection.execute("UPDATE runs SET loss = 0.0 WHERE rowid = 1")
    said = simulator("merge", tmp_path / "one", tmp_path / "two", "--out", tmp_path / "whole")
    assert said.status == 2
    assert "left out: " in said.err
    assert "5 of 6 runs" in said.out
