"""The page: one file, every picture explained in two sentences, every number with its n."""

import re
from dataclasses import replace

import numpy as np
import pytest

from simulator.compare.costs import COST_MODELS
from simulator.compare.export import export
from simulator.compare.intervals import Estimate, wilson
from simulator.compare.page import page
from simulator.compare.pictures import pictures
from simulator.compare.pictures.distributions import cups, data_profile
from simulator.compare.pictures.looks import looks
from simulator.compare.pictures.options import tuning
from simulator.compare.pictures.targets import targets
from simulator.compare.report import Report
from simulator.compare.sensitivity import Sensitivity
from simulator.compare.timing import Speed
from simulator.compare.tuning import Tuned


@pytest.fixture(scope="module")
def report(hits):
    some = Estimate(20.0, 10.0, np.inf, 3)
    curve = np.array([np.inf, 30.0, 20.0])
    return Report(
        title="<b>A title</b>",
        suite="test",
        hits=hits,
        model=COST_MODELS["calls"],
        gap=1e-6,
        budget=150,
        methods={"newton": "newton", "adam": "adam", "scipy slsqp": "slsqp"},
        noisy=replace(hits, gaps=(0.5, 0.2, 0.1, 0.05, 0.02, 0.01), counts=hits.counts[..., :6, :]),
        sensitivities=(Sensitivity("adam", np.array([0.1, 1.0, 10.0]), curve, curve, curve, 3),),
        tuned=(Tuned("adam", 3, {"beta1": 0.5}, some, some, some, some, 100.0),),
        speeds=(Speed("newton", some, some, 10.0, 5.0),),
    )


@pytest.fixture(scope="module")
def drawn(report):
    return list(pictures(report))


def test_every_kind_of_picture_is_drawn(drawn):
    assert [each.name for each in drawn] == [
        "data-profile", "ladder", "performance-profile", "pairs", "targets", "ranks", "learning-rates",
        "tuning", "noisy", "seconds",
    ]  # fmt: skip


def test_every_picture_says_how_to_read_it_in_two_sentences_and_states_n(drawn):
    for each in drawn:
        assert len(re.findall(r"\.(?= [A-Z]|$)", each.reading)) == 2, each.reading
        assert "n = " in each.title or "n = " in each.svg, each.title


def test_no_tex_is_left_in_a_picture(drawn):
    assert not [each.name for each in drawn if "mathdefault" in each.svg]


def test_the_page_refers_to_nothing_outside_itself(report, drawn):
    text = page(report, drawn)
    assert not re.findall(r'(?:src|href)="(?!#|data:)', text)
    assert "url(" not in re.sub(r"base64,[^\"]+", "", text)
    assert text.count("<img") == len(drawn)


def test_every_link_of_the_page_leads_somewhere(report, drawn):
    text = page(report, drawn)
    targets = set(re.findall(r'id="([^"]+)"', text))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= targets


def test_names_are_escaped(report, drawn):
    assert "&lt;b&gt;A title&lt;/b&gt;" in page(report, drawn)


def test_every_table_states_its_n_or_what_it_lists(report, drawn):
    captions = re.findall(r"<caption>(.*?)</caption>", page(report, drawn), re.S)
    assert len(captions) >= 8
    stated = ("n = ", "problems, n", "Every problem")
    assert not [text for text in captions if not any(words in text for words in stated)]


def test_missing_runs_are_said_on_the_page(report, drawn):
    present = report.hits.present.copy()
    present[0, 0] = False
    partial = replace(report, hits=replace(report.hits, present=present))
    assert "4 runs are missing" in page(partial, drawn)


def test_the_verdict_tells_sure_from_likely_and_from_not_shown(report):
    assert (
        "Fewer than scipy slsqp as well, but on too few families of problems to be sure."
        in report.verdict()
    )
    (duel,) = report.duels
    for changed, told in (
        (replace(duel, p_holm=0.01), "fewer than the other it was held against."),
        (
            replace(duel, ratio=Estimate(1.2, 0.9, 2.0, 3)),
            "Not shown to need fewer than: scipy slsqp.",
        ),
    ):
        other = replace(report)
        vars(other)["duels"] = [changed]
        assert other.verdict().endswith(told)


def test_the_curves_that_are_drawn_do_not_move_when_another_optimizer_is_taken_away(report):
    left = ("newton", "scipy slsqp")
    fewer = replace(report, hits=report.hits.of(left))
    for curve in ("data", "distribution"):
        every, some = getattr(report, curve), getattr(fewer, curve)
        assert np.array_equal(every.x, some.x)
        assert np.array_equal(every.share[[0, 2]], some.share)


def test_coffee_and_classical_functions_have_verdicts_of_their_own(report, drawn):
    assert {name: len(part.hits.problems) for name, part in report.parts.items()} == {
        "coffee": 2, "classical functions": 1,
    }  # fmt: skip
    text = page(report, drawn)
    assert "n = 2 problems, 4 starts each" in text
    assert "n = 1 problem, 4 starts each" in text


def test_the_page_names_the_set_of_the_performance_profile_and_how_runs_ended(report, drawn):
    text = page(report, drawn)
    assert "about: newton, adam, scipy slsqp." in text
    assert "stopped near" in text
    assert report.endings["adam"].n == 12


def test_the_last_word_of_noisy_runs_is_told_beside_their_best_cup(report, drawn):
    final = np.full_like(report.noisy.final, 0.2)
    final[:, 0] = 0.04
    noisy = replace(report, noisy=replace(report.noisy, final=final))
    assert [noisy.recommended[label].value for label in report.hits.optimizers] == [1.0, 0.0, 0.0]
    assert "recommend such a cup in the end" in page(report, drawn)


def test_the_page_says_how_sure_the_references_are(report, drawn):
    assert "Reference optima: " in page(report, drawn)


def test_tables_are_exported(report, tmp_path):
    files = export(report, tmp_path, parquet=False)
    assert [path.name for path in files] == ["standings.csv", "running-times.csv", "hits.csv"]
    rows = (tmp_path / "hits.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + report.hits.present.size * 8
    assert rows[0].startswith("problem,optimizer,repeat,gap,values,gradients,hessians")


def test_parquet_holds_the_same_rows(report, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    export(report, tmp_path, parquet=True)
    rows = (tmp_path / "running-times.csv").read_text(encoding="utf-8").splitlines()
    assert parquet.read_table(tmp_path / "running-times.parquet").num_rows == len(rows) - 1


def many(hits, count):
    """The hits of as many optimizers, each a copy of one that was run, the last of the best."""
    columns = [*(1 + place % 2 for place in range(count - 1)), 0]
    return replace(
        hits,
        optimizers=tuple(f"number {place}" for place in range(count)),
        counts=hits.counts[:, columns],
        spent=hits.spent[:, columns],
        present=hits.present[:, columns],
        failed=hits.failed[:, columns],
        final=hits.final[:, columns],
    )


@pytest.mark.parametrize(("count", "coloured"), [(14, 14), (15, 10)])
def test_few_optimizers_are_all_told_apart_and_of_many_the_rest_are_grey(report, count, coloured):
    crowd = replace(report, hits=many(report.hits, count), methods={}, noisy=None)
    look = looks(crowd)
    assert len(look) == coloured
    assert crowd.standings[0].optimizer == f"number {count - 1}"
    assert crowd.standings[0].optimizer in look
    assert len({(each.colour, str(each.line)) for each in look.values()}) == coloured
    for drawing in (data_profile(crowd, look), targets(crowd, look)):
        assert ("all others" in drawing.svg) == (coloured < count)


def test_a_report_without_noise_has_no_cups_to_tell_of(report):
    bare = replace(report, noisy=None)
    assert (bare.noisy_standings, bare.recommended, bare.noisy_profile) == ([], {}, None)


def test_where_scipys_is_the_first_of_all_the_verdict_says_so(report):
    theirs = replace(report, methods={"newton": "slsqp", "adam": "adam", "scipy slsqp": "slsqp"})
    first, best = theirs.standings[0].optimizer, theirs.best.optimizer
    assert (first, best) == ("newton", "adam")
    assert theirs.verdict().startswith("newton needs the fewest (")
    assert "; of ours adam (" in theirs.verdict()


def test_the_verdict_counts_whom_it_surely_beats_and_names_the_others(report):
    (duel,) = report.duels
    other = replace(report)
    even = Estimate(1.2, 0.9, 2.0, 3)
    vars(other)["duels"] = [replace(duel, p_holm=0.01), replace(duel, other="b", ratio=even)]
    assert other.verdict().endswith(
        ", fewer than 1 of the 2 others it was held against. Not shown to need fewer than: b."
    )


def test_a_picture_of_noise_names_only_those_who_heard_it(report):
    fewer = replace(report, noisy=report.noisy.of(["newton", "scipy slsqp"]))
    whole, some = (cups(each, looks(each)).svg for each in (report, fewer))
    assert ("adam" in whole, "adam" in some, "newton" in some) == (True, False, True)


def test_a_race_that_reached_no_target_is_drawn_with_all_its_pictures(report, drawn):
    nowhere = replace(report.hits, counts=np.full_like(report.hits.counts, np.inf))
    names = [each.name for each in pictures(replace(report, hits=nowhere))]
    assert names == [each.name for each in drawn]


def test_one_optimizer_alone_is_held_against_nobody(report):
    alone = replace(report, hits=report.hits.of(["newton"]))
    assert alone.duels == []
    assert alone.verdict().endswith("4 starts each).")


def test_tuning_that_leads_nowhere_is_drawn_without_a_line(report):
    some, never = Estimate(20.0, 10.0, 30.0, 3), Estimate(np.inf, np.inf, np.inf, 3)
    rows = [Tuned("adam", 3, {}, some, after, some, some, 1.0) for after in (some, never)]
    lines = [tuning(replace(report, tuned=(row,))).svg.count("<path") for row in rows]
    assert lines[0] > lines[1]


def test_runs_that_are_missing_are_left_out_of_the_exported_hits(report, tmp_path):
    present = report.hits.present.copy()
    present[0, 1, 2] = False
    export(replace(report, hits=replace(report.hits, present=present)), tmp_path, parquet=False)
    rows = (tmp_path / "hits.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(rows) == (report.hits.present.size - 1) * 8
    lost = f"{report.hits.problems[0].name},{report.hits.optimizers[1]},2,"
    assert not [row for row in rows if row.startswith(lost)]


def test_what_is_not_a_number_is_a_dash():
    assert Estimate(np.nan, 1.0, 2.0, 3).text() == "– [1, 2]"
    assert wilson(0, 0).text() == "– [0, 1]"
