"""A customer of the model's own family, whose answers are drawn from it, and the compiled model."""

import numpy as np
import pytest

from simulator.coffee import BEANS, Method
from simulator.dialin.customer import WORDS
from simulator.dialin.evidence import Cup, checked_rating
from simulator.dialin.likelihood import Counter
from simulator.dialin.traits import population


@pytest.fixture(scope="session")
def counter():
    """The model of a press pot with the medium bean."""
    return Counter(Method.IMMERSION, BEANS["medium"])


@pytest.fixture(scope="session")
def stranger():
    """Traits, shape (SIZE, 1), of a customer drawn from the population."""
    return population().draw(np.random.default_rng(11), 1)[1]


@pytest.fixture(scope="session")
def drunk(counter, stranger):
    """Twelve cups with that customer's ratings and words."""
    rng = np.random.default_rng(3)
    cups = []
    for _ in range(12):
        settings = np.array(
            [rng.uniform(500, 1200), rng.uniform(120, 400), rng.choice([0, 30, 60]),
             rng.choice([0, 4, 8]), 15.0, 240.0, 93.0]
        )  # fmt: skip
        score = counter.scores(stranger, settings[:, None])[0, 0]
        chances = counter.opinions(stranger, settings[:, None])[0][:, 0, 0]
        rating = float(np.clip(np.round(2 * (score + 0.7 * rng.standard_normal())) / 2, 1, 9))
        word = WORDS[rng.choice(len(WORDS), p=chances)]
        cups.append(Cup(tuple(settings.tolist()), checked_rating(rating), (word,)))
    return cups
