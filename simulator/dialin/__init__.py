"""Dial in real coffee: a customer's ratings and words in, the next cup out. See README.md."""

from simulator.dialin.customer import SETTINGS, WORDS
from simulator.dialin.evidence import Cup
from simulator.dialin.kit import KNOBS, STEPLESS, Grinder, Kit
from simulator.dialin.session import Prediction, Session, Status, Suggestion
from simulator.dialin.traits import TRAITS, Prior, population

__all__ = [
    "KNOBS",
    "SETTINGS",
    "STEPLESS",
    "TRAITS",
    "WORDS",
    "Cup",
    "Grinder",
    "Kit",
    "Prediction",
    "Prior",
    "Session",
    "Status",
    "Suggestion",
    "population",
]
