"""References in the brackets of proofs: what a certificate adds, and what it refutes."""

from dataclasses import replace
from math import inf

import pytest

from simulator.certify import SHIPPED, find, read
from simulator.compare import suite_file
from simulator.compare.certainty import certainty
from simulator.compare.drawing_instances import BASES
from simulator.compare.hits import GAPS
from simulator.compare.ordinary_results import adhoc_instance
from simulator.compare.proofs import bracketed, certified
from simulator.compare.suite import Suite
from simulator.errors import ResultsError
from simulator.experiment.config import load


@pytest.fixture(scope="module")
def by_name(suite):
    return {each.name: each for each in (*suite.raced, *suite.noisy)}


@pytest.fixture(scope="module")
def pour_over(by_name):
    """An instance with its problem and the certificate that comes with the program."""
    instance = by_name["pour-over/0"]
    return instance, instance.problem, find(instance.problem, (SHIPPED,))


@pytest.mark.parametrize("base", BASES)
def test_the_reference_of_a_shipped_config_lies_in_its_certificates_bracket(by_name, base):
    instance = by_name[f"{base}/0"]
    file = "house-blend" if base == "over-extracted-start" else base
    certificate = read(SHIPPED / f"{file}.json")
    assert certificate.problem_hash == instance.problem.hash
    assert certificate.lower <= instance.reference.least <= certificate.upper


@pytest.mark.parametrize("base", BASES)
def test_it_is_proved_at_least_as_well_as_that_certificate_does(by_name, base):
    file = "house-blend" if base == "over-extracted-start" else base
    reference = by_name[f"{base}/0"].reference
    lower = read(SHIPPED / f"{file}.json").lower
    assert reference.certified is not None
    assert lower <= reference.least - reference.certified


def test_all_references_but_two_are_proved_below_the_finest_target(suite):
    bounds = {each.name: each.reference.certified for each in (*suite.raced, *suite.noisy)}
    assert len(bounds) == 77
    assert all(bound is not None and bound >= 0 for bound in bounds.values())
    rough = {name for name, bound in bounds.items() if bound >= GAPS[-1]}
    assert rough <= {"dose-and-temperature/4", "goldstein-price"}


def test_a_certificate_brackets_a_reference(pour_over):
    instance, problem, certificate = pour_over
    unproved = replace(instance.reference, certified=None)
    found = bracketed(problem, unproved, certificate)
    assert found.least == instance.reference.least
    assert found.certified == found.least - certificate.lower
    assert 0 < found.certified < 1e-6


def test_a_narrower_bracket_is_not_given_up_for_a_wider_one(pour_over):
    instance, problem, certificate = pour_over
    narrow = replace(instance.reference, certified=1e-10)
    assert bracketed(problem, narrow, certificate) == narrow


def test_a_reference_that_is_not_the_least_is_mended(pour_over):
    instance, problem, certificate = pour_over
    poor = replace(instance.reference, least=instance.reference.least + 0.01, certified=None)
    found = bracketed(problem, poor, certificate)
    assert found.least == pytest.approx(instance.reference.least, abs=1e-9)
    assert found.point == certificate.point


def test_a_certificate_that_a_search_contradicts_is_refused(pour_over):
    instance, problem, certificate = pour_over
    with pytest.raises(ResultsError, match="one of them is wrong"):
        bracketed(problem, instance.reference, replace(certificate, lower=certificate.upper + 1))


def test_a_certificate_without_a_lower_bound_proves_nothing_and_may_still_mend(pour_over):
    instance, problem, certificate = pour_over
    boundless = replace(certificate, lower=-inf)
    poor = replace(instance.reference, least=instance.reference.least + 0.01, certified=None)
    found = bracketed(problem, poor, boundless)
    assert found.certified is None
    assert found.point == certificate.point


def test_a_config_takes_the_certificate_that_is_there():
    instance = adhoc_instance(load("configs/pour-over.yaml"))
    assert instance.reference.certified < 1e-6


def test_a_problem_that_nobody_proved_stays_unproved(by_name):
    instance = by_name["pour-over/1"]
    found = replace(instance.reference, certified=None)
    assert certified(instance.problem, found) == found


def unproved(*instances):
    return tuple(
        replace(each, reference=replace(each.reference, certified=None)) for each in instances
    )


def test_proofs_are_added_once_for_each_problem_and_theory_needs_none(by_name, monkeypatch):
    asked = []

    def proved(problem, found):
        asked.append(problem.hash)
        return replace(found, certified=5e-10)

    monkeypatch.setattr(suite_file, "certified", lambda problem, found: found)
    monkeypatch.setattr(suite_file, "proved", proved)
    raced = unproved(by_name["house-blend/0"], by_name["beale"], by_name["branin"])
    kept = []
    suite = suite_file.with_proofs(
        Suite(raced, (), unproved(by_name["noisy-customers/5"])), kept.append
    )
    bounds = [each.reference.certified for each in (*suite.raced, *suite.noisy)]
    assert bounds == pytest.approx([5e-10, 0.0, 5e-10, 5e-10], abs=1e-15)
    assert len(asked) == 2
    assert kept[-1] == suite
    assert len(kept) == 4
    assert suite.hash == Suite(raced, (), unproved(by_name["noisy-customers/5"])).hash


def test_a_proof_that_meets_a_lower_value_asks_for_a_new_version(by_name, monkeypatch):
    monkeypatch.setattr(suite_file, "certified", lambda problem, found: found)
    monkeypatch.setattr(
        suite_file, "proved", lambda problem, found: replace(found, least=found.least - 1e-6)
    )
    suite = Suite(unproved(by_name["pour-over/1"]), (), ())
    with pytest.raises(ResultsError, match="raise VERSION"):
        suite_file.with_proofs(suite, lambda suite: None)


def test_certainty_counts_what_is_proved_roughly_proved_and_searched(by_name):
    some = [by_name[f"house-blend/{i}"] for i in range(4)]
    bounds = [1e-9, 0.0, 2e-3, None]
    told = certainty(
        [
            replace(each, reference=replace(each.reference, certified=bound))
            for each, bound in zip(some, bounds, strict=True)
        ],
        1e-8,
    )
    assert told == (
        "Reference optima: 2 of 4 proved to less than the finest target, 1 proved within 0.002, "
        "1 the least of many searches."
    )
