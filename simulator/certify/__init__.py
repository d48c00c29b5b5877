"""The proof: no recipe in the box beats the best known one by more than a tolerance.

>>> from simulator.experiment.config import load
>>> from simulator.experiment.problem import Problem
>>> problem = Problem(load("configs/pour-over.yaml"))
>>> certificate = find(problem)  # prove(problem) makes one, verify(certificate) checks it
>>> certificate.proved, round(problem.perfect - certificate.upper, 5)
(True, 5.93434)
>>> certificate.upper - certificate.lower < 1e-6
True
"""

from simulator.certify.certificate import (
    MADE,
    SHIPPED,
    Certificate,
    CertificateError,
    Refuted,
    find,
    read,
    write,
)
from simulator.certify.checkpoint import CheckpointError
from simulator.certify.examination import Examiner
from simulator.certify.proving import Plan, prove
from simulator.certify.search import Bracket, Budget
from simulator.certify.verification import Verification, verify

__all__ = [
    "MADE",
    "SHIPPED",
    "Bracket",
    "Budget",
    "Certificate",
    "CertificateError",
    "CheckpointError",
    "Examiner",
    "Plan",
    "Refuted",
    "Verification",
    "find",
    "prove",
    "read",
    "verify",
    "write",
]
