"""Certificates: what they claim, how they are checked, and that nothing else passes."""

import json

import numpy as np
import pytest
from scipy.optimize import differential_evolution

from simulator.certify import CertificateError, Refuted, find, read, verify, write
from simulator.experiment.config import experiment_from
from simulator.experiment.problem import Problem


def test_the_claim_is_a_bracket_of_the_best_loss_as_narrow_as_asked(certificate, coffee_problem):
    found = differential_evolution(
        lambda x: coffee_problem.value_and_gradient(x)[0], [(0, 1)] * 2, rng=1, tol=1e-10
    )
    assert certificate.proved
    assert certificate.lower <= found.fun <= certificate.upper + 1e-9
    assert certificate.upper - certificate.lower <= 1e-3


def test_a_certificate_is_verified_with_bounds_made_afresh(certificate):
    assert verify(certificate).boxes == certificate.codes.size


def test_a_certificate_survives_writing_and_reading(certificate, tmp_path):
    write(certificate, tmp_path / "deep" / "one.json")
    again = read(tmp_path / "deep" / "one.json")
    assert again.to_json() == certificate.to_json()


def test_the_problem_is_told_well_enough_to_be_checked_without_its_config(
    certificate, coffee_problem
):
    assert certificate.problem().hash == coffee_problem.hash


@pytest.mark.parametrize(
    "key", ["lower", "upper", "point", "recipe", "codes", "settings", "within"]
)
def test_a_file_that_was_changed_is_rejected(certificate, tmp_path, key):
    body = certificate.to_json()
    old = json.dumps(body[key])
    digit = next(c for c in old if c in "123456789")
    body[key] = json.loads(old.replace(digit, str(int(digit) % 9 + 1), 1))
    (tmp_path / "one.json").write_text(json.dumps(body))
    with pytest.raises(Refuted, match="changed after it was made"):
        read(tmp_path / "one.json")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 1}', '{"format": 2}', "[" * 100_000, '{"format": NaN}']
)
def test_a_file_that_is_no_certificate_is_refused(text, tmp_path):
    (tmp_path / "one.json").write_text(text)
    with pytest.raises((CertificateError, Refuted), match=r"one\.json"):
        read(tmp_path / "one.json")


def test_a_better_lower_bound_than_the_cover_proves_is_refuted(forged, certificate, check):
    with pytest.raises(Refuted, match="may hold a loss below"):
        check(forged(lower=certificate.upper))


def test_a_wrong_optimum_is_refuted(forged, certificate, coffee_problem, check):
    point = (0.2, 0.9)
    wrong = {"point": point, "recipe": coffee_problem.recipe(np.array(point))}
    with pytest.raises(Refuted, match="loss at the certificate's recipe"):
        check(forged(**wrong))
    loss = coffee_problem.value_and_gradient(np.array(point))[0]
    with pytest.raises(Refuted, match="may hold a loss below"):
        check(forged(**wrong, upper=loss + 1e-6, lower=loss - 1e-3))


def test_a_point_outside_of_the_box_is_refuted(forged, check):
    with pytest.raises(Refuted, match="outside"):
        check(forged(point=(1.5, 0.0)))


def test_a_recipe_that_is_not_the_point_is_refuted(forged, certificate, check):
    with pytest.raises(Refuted, match="not the certificate's point"):
        check(forged(recipe=dict(certificate.recipe) | {"grind_um": 500.0}))


def test_no_change_of_the_cover_passes_unless_it_proves_the_claim_too(forged, certificate, check):
    codes, refused = certificate.codes, 0
    for place in range(codes.size):
        for code in (0, 1, 2, 3, 5, 7):
            changed = codes.copy()
            changed[place] = code
            if code == codes[place] or codes[place] == 0:
                continue  # a leaf that is halved further may well be proved
            with pytest.raises(Refuted):
                check(forged(codes=changed))
            refused += 1
        if refused > 12:
            break
    assert refused > 5


@pytest.mark.parametrize("cut", [slice(-1), slice(1), slice(0)])
def test_a_cover_that_ends_early_is_refuted(forged, certificate, cut, check):
    with pytest.raises(Refuted, match="ends on level"):
        check(forged(codes=certificate.codes[cut]))


def test_a_cover_with_more_codes_than_boxes_is_refuted(forged, certificate, check):
    with pytest.raises(Refuted, match="too many"):
        check(forged(codes=np.append(certificate.codes, np.uint32(0))))


def test_a_certificate_is_not_taken_for_another_problem(certificate, coffee_problem, forged, check):
    settings = certificate.settings | {"name": "stronger", "brew": {"method": "espresso"}}
    other = Problem(experiment_from(settings))
    with pytest.raises(CertificateError, match="another problem"):
        check(certificate, other)
    with pytest.raises(CertificateError, match="another version"):
        check(forged(fingerprint="0" * 64))


def test_a_file_too_large_for_a_certificate_is_not_even_read(tmp_path):
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(100_000_001)
    with pytest.raises(CertificateError, match="it is larger than 100 MB"):
        read(path)


@pytest.mark.parametrize(
    "claims", [{"knobs": ("grind_um",)}, {"point": ()}, {"within": "narrow"}, {"lower": None}]
)
def test_a_claim_that_does_not_fit_itself_is_no_certificate(forged, claims, tmp_path):
    # Its checksum fits: somebody wrote it so.
    path = tmp_path / "forged.json"
    write(forged(**claims), path)
    with pytest.raises(CertificateError, match=r"forged\.json: not a certificate: its numbers are"):
        read(path)


def test_a_certificate_that_only_mentions_the_problem_is_not_taken_for_its_own(
    coffee_problem, forged, tmp_path
):
    write(forged(problem_hash="0" * 64, reason=coffee_problem.hash), tmp_path / "other.json")
    assert find(coffee_problem, (tmp_path,)) is None


def test_a_problem_finds_the_narrowest_certificate_of_its_own(
    certificate, coffee_problem, forged, tmp_path
):
    write(forged(lower=certificate.lower - 1.0), tmp_path / "a.json")
    write(certificate, tmp_path / "b.json")
    write(forged(problem_hash="0" * 64, upper=certificate.lower), tmp_path / "c.json")
    write(forged(fingerprint="0" * 64, upper=certificate.lower), tmp_path / "d.json")
    (tmp_path / "e.json").write_text("no certificate")
    found = find(coffee_problem, (tmp_path,))
    assert found is not None
    assert found.lower == certificate.lower
    assert find(coffee_problem, (tmp_path / "nowhere",)) is None
