"""Dial in real coffee: a customer's ratings and words in, the next cup out. See README.md."""

from simulator.dialin.customer import SETTINGS, WORDS
from simulator.dialin.diary import Diary, Entry, diary_path
from simulator.dialin.evidence import Cup, checked_rating, checked_words, meant
from simulator.dialin.kit import KNOBS, STEPLESS, Grinder, Kit
from simulator.dialin.place import Place
from simulator.dialin.reasons import Ideal, Reason, ideal, reason
from simulator.dialin.session import Prediction, Session, Status, Suggestion
from simulator.dialin.sittings import sitting
from simulator.dialin.traits import TRAITS, Prior, population

__all__ = [
    "KNOBS",
    "SETTINGS",
    "STEPLESS",
    "TRAITS",
    "WORDS",
    "Cup",
    "Diary",
    "Entry",
    "Grinder",
    "Ideal",
    "Kit",
    "Place",
    "Prediction",
    "Prior",
    "Reason",
    "Session",
    "Status",
    "Suggestion",
    "checked_rating",
    "checked_words",
    "diary_path",
    "ideal",
    "meant",
    "population",
    "reason",
    "sitting",
]
