"""Checking a certificate: the boxes are derived anew from its cover, and every one of them is examined again.

What is proved when this passes: the loss at the certificate's point is at most ``upper``, and no point of the
unit box has a loss below ``lower``. Nothing of the search is trusted: neither its bounds, which are computed
afresh, by default in another dialect with another mathematical library, nor its order, nor its arithmetic.
What is trusted: the rows of bounds in `simulator.autodiff.bounds`, the examination of a box, and this file.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from simulator.certify.boxes import Boxes, Index
from simulator.certify.certificate import Certificate, CertificateError, Refuted
from simulator.certify.cover import EXCLUDED, Codes, children, signs
from simulator.certify.examination import Examiner
from simulator.certify.search import BATCH
from simulator.experiment.problem import Problem


@dataclass(frozen=True)
class Verification:
    """A certificate that holds.

    Attributes:
        boxes: that cover the unit box, all derived again.
        examined: those of them whose bounds were computed: all that were not merely halved.
        seconds: it took.
    """

    boxes: int
    examined: int
    seconds: float


def verify(
    certificate: Certificate, problem: Problem | None = None, examiner: Examiner | None = None
) -> Verification:
    """Check a certificate from scratch.

    Args:
        certificate: to check.
        problem: that it is about; by default the one that its own settings describe.
        examiner: of the problem's loss; by default one with bounds made afresh in NumPy's dialect.

    Raises:
        Refuted: it does not prove its claim.
        CertificateError: it is about another problem, or about another version of the taste model.
    """
    began = time.perf_counter()
    problem = _same_problem(certificate, problem)
    examiner = examiner or Examiner(problem.graph, "numpy")
    _check_point(certificate, problem, examiner)
    boxes, level, examined, used = Boxes.whole(problem.size), 0, 0, 0
    while len(boxes):
        codes = certificate.codes[used : used + len(boxes)]
        if codes.size < len(boxes):
            raise Refuted(f"the cover ends on level {level}, before all boxes are accounted for")
        checked = np.flatnonzero((codes == EXCLUDED) | (codes > problem.size))
        for part in np.array_split(checked, -(-checked.size // BATCH) or 1):
            _check(examiner, boxes[part], codes[part], certificate.lower)
        examined, used, level = examined + checked.size, used + codes.size, level + 1
        boxes, _ = children(boxes, codes, examiner.is_smooth)
    if used != certificate.codes.size:
        raise Refuted(f"the cover has {certificate.codes.size - used} codes too many")
    return Verification(used, examined, time.perf_counter() - began)


def _same_problem(certificate: Certificate, problem: Problem | None) -> Problem:
    problem = certificate.problem() if problem is None else problem
    if certificate.problem_hash != problem.hash or certificate.knobs != problem.knobs:
        raise CertificateError(
            f"the certificate is about another problem: {certificate.name} with hash "
            f"{certificate.problem_hash[:16]}, expected {problem.hash[:16]}"
        )
    if certificate.fingerprint != problem.fingerprint:
        raise CertificateError(
            "the certificate was made with another version of the taste model: "
            "certify the config again"
        )
    return problem


def _check_point(certificate: Certificate, problem: Problem, examiner: Examiner) -> None:
    x = certificate.x
    if not ((x >= 0.0) & (x <= 1.0)).all():
        raise Refuted(f"the point {x.tolist()} lies outside of the unit box")
    value = examiner.at(x)
    if not value <= certificate.upper:
        claim = f"the loss at the certificate's recipe is up to {value!r}"
        raise Refuted(f"{claim}, more than the {certificate.upper!r} it claims")
    recipe = problem.recipe(x)
    if dict(certificate.recipe) != recipe:
        raise Refuted(f"the recipe is not the certificate's point, which is {recipe}")


def _check(examiner: Examiner, boxes: Boxes, codes: Codes, lower: float) -> None:
    """Every box of a batch keeps what its code says of it."""
    excluded = np.flatnonzero(codes == EXCLUDED)
    if excluded.size:
        # Signs are of no use here: with an infinite margin none is certain, and all questions are asked.
        found = examiner.examine(boxes[excluded], lower, certain=np.inf)
        low = excluded[~(found.floor >= lower)]
        _refuse(boxes, low, f"it may hold a loss below {lower!r}")
    signed = np.flatnonzero(codes != EXCLUDED)
    if signed.size:
        certain = examiner.confirms(boxes[signed], *signs(codes[signed], examiner.size))
        _refuse(boxes, signed[~certain], "the loss does not certainly rise or fall as claimed")


def _refuse(boxes: Boxes, failing: Index, why: str) -> None:
    if failing.size:
        ends = zip(boxes.low[:, failing[0]], boxes.high[:, failing[0]], strict=True)
        box = " × ".join(f"[{low:.6g}, {high:.6g}]" for low, high in ends)
        raise Refuted(f"the cover does not prove the claim: in {box} {why}")
