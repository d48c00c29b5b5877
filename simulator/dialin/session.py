"""Ask and tell: a session suggests a cup, hears what was said of it, and suggests the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from simulator.coffee import Brew, Recipe, check_ranges
from simulator.dialin.customer import SETTINGS
from simulator.dialin.evidence import STEP, Cup, checked_words, rows_of
from simulator.dialin.kit import Kit
from simulator.dialin.likelihood import Counter
from simulator.dialin.pool import same
from simulator.dialin.posterior import DRAWS, Posterior, posterior
from simulator.dialin.suggestion import Outlook, outlook
from simulator.dialin.traits import INDEX, Array, Prior, population
from simulator.errors import InputError, RecipeError

_BUDGET = 10
# How many cups a lesson counts for, at least and at most. The knowledge gradient looks one answer ahead, and
# one rating alone seldom turns a choice that several together would: without words, lessons count twice.
_AHEAD = {True: (3, 8), False: (8, 20)}
_TWICE = {True: 1, False: 2}
_ENOUGH = 0.9  # chance of being close at which a session may end


@dataclass(frozen=True)
class Prediction:
    """A rating as expected before it is given.

    Attributes:
        mean: expected rating.
        band50, band90: where half and 90 % of ratings should lie, noise and rounding of the person included.
        liking90: where the liking itself lies, without that noise.
    """

    mean: float
    band50: tuple[float, float]
    band90: tuple[float, float]
    liking90: tuple[float, float]


@dataclass(frozen=True)
class Suggestion:
    """A cup to brew.

    Attributes:
        settings: knob -> value, µm, s and g.
        prediction: what rating to expect.
        lesson: by how much its answer should raise the best expected score, points.
        is_best: whether it is also the cup to recommend.
        again: whether it was brewed before.
    """

    settings: Mapping[str, float]
    prediction: Prediction
    lesson: float
    is_best: bool
    again: bool


@dataclass(frozen=True)
class Status:
    """Where a session stands.

    Attributes:
        cups: how many were drunk.
        recommended: the cup with the highest expected score.
        prediction: its rating.
        close: chance that it is within 0.25 points of this customer's best.
        lesson: what the next cup is expected to teach, points.
        enough: whether further cups are unlikely to find a better one.
        kinds: how likely each kind of customer is.
        surprises: cups that the fitted customer would hardly have rated so: (number, rating, expected).
    """

    cups: int
    recommended: Mapping[str, float]
    prediction: Prediction
    close: float
    lesson: float
    enough: bool
    kinds: Mapping[str, float]
    surprises: tuple[tuple[int, float, float], ...]


@dataclass(eq=False)
class Session:
    """One customer, one bean, one grinder.

    >>> session = Session(Kit.standard("immersion"))
    >>> first = session.suggest()
    >>> session.rate(6.5, ["too bitter"], settings=first.settings)
    >>> session.status().cups
    1
    """

    kit: Kit = field(default_factory=Kit.standard)
    prior: Prior = field(default_factory=population)
    cups: list[Cup] = field(default_factory=list)
    budget: int = _BUDGET
    """Cups the customer means to drink on the way; lessons are worth less towards its end."""
    rating_step: float = STEP
    asks_words: bool | None = None
    """Whether words are to be expected; None looks at the cups so far."""
    draws: int = DRAWS
    _offered: dict[str, float] | None = field(default=None, init=False, repr=False)
    _posterior: Posterior | None = field(default=None, init=False, repr=False)
    _outlook: Outlook | None = field(default=None, init=False, repr=False)
    _counter: Counter | None = field(default=None, init=False, repr=False)

    @property
    def counter(self) -> Counter:
        """The compiled model of this method and bean."""
        if self._counter is None:
            self._counter = Counter(self.kit.method, self.kit.bean)
        return self._counter

    def suggest(self) -> Suggestion:
        """The next cup."""
        seen = self.outlook()
        chosen = seen.recipes[:, seen.next]
        self._offered = dict(zip(SETTINGS, chosen.tolist(), strict=True))
        known = self._known()
        return Suggestion(
            settings=MappingProxyType(self._offered),
            prediction=self.predicted(seen.scores[:, seen.next]),
            lesson=seen.lesson,
            is_best=seen.next == seen.best,
            again=bool(same(known, chosen).any()),
        )

    def rate(
        self,
        rating: float | None = None,
        words: Sequence[str] = (),
        *,
        settings: Mapping[str, float] | None = None,
        answers: Mapping[str, str] | None = None,
    ) -> None:
        """Tell what was said of a cup.

        Args:
            rating: 1–9; None if only words were said.
            words: complaints, the most pressing first, or "just right".
            settings: knob -> value of what was brewed; the suggested cup if left out.
            answers: aspect -> "low", "just right" or "high", if asked one by one.

        Raises:
            InputError: a rating off the scale, an unknown word or aspect, nothing at all, or neither
                settings nor a cup suggested since the last one.
            RecipeError: an unknown knob, or one beyond the model.
        """
        offered = self._offered if settings is None else settings
        if offered is None:
            raise InputError(
                "no cup was suggested since the last one: suggest() first, or give its settings"
            )
        made = dict(offered)
        row = self.kit.settings(**made)
        said = MappingProxyType(dict(answers or {}))
        self.add(Cup(tuple(row.tolist()), rating, checked_words(words), said))

    def add(self, cup: Cup) -> None:
        """Take a cup into the session.

        Raises:
            RecipeError: a setting beyond what the model holds for.
            InputError: an answer that nobody gives, such as too little bitterness.
        """
        check_settings(cup.settings, self.kit)
        rows_of([cup])  # which refuses such an answer: once taken it would stop every later fit
        self.cups.append(cup)
        self._offered = None
        self.forget_fit()

    def undo(self) -> Cup:
        """Take the last cup back.

        Raises:
            InputError: there is none.
        """
        if not self.cups:
            raise InputError("there is no cup to take back")
        cup = self.cups.pop()
        self.forget_fit()
        return cup

    def forget_fit(self) -> None:
        """Fit afresh when next asked."""
        self._posterior = self._outlook = None

    def posterior(self) -> Posterior:
        """The customers who fit the cups."""
        if self._posterior is None:
            rows = rows_of(self.cups, self.rating_step)
            self._posterior = posterior(self.counter, self.prior, rows, draws=self.draws)
        return self._posterior

    def outlook(self) -> Outlook:
        """All recipes under the posterior."""
        if self._outlook is None:
            words = self._expects_words()
            least, most = _AHEAD[words]
            ahead = min(max(_TWICE[words] * (self.budget - len(self.cups) - 1), least), most)
            self._outlook = outlook(
                self.kit,
                self.counter,
                self.posterior(),
                self._known(),
                remaining=ahead,
                with_words=words,
            )
        return self._outlook

    def recommend(self) -> Mapping[str, float]:
        """Settings of the cup with the highest expected score."""
        seen = self.outlook()
        best = seen.recipes[:, seen.best].tolist()
        return MappingProxyType(dict(zip(SETTINGS, best, strict=True)))

    def predict(self, settings: Mapping[str, float]) -> Prediction:
        """The rating to expect of a cup."""
        column = self.kit.settings(**settings)[:, None]
        return self.predicted(self.counter.scores(self.posterior().traits, column)[:, 0])

    def predicted(self, scores: Array) -> Prediction:
        """A prediction from one cup's scores under the draws, shape (M,)."""
        noise = np.exp(self.posterior().traits[INDEX["log_noise"]])
        return _prediction(scores, noise, self.rating_step)

    def status(self) -> Status:
        """Where the session stands, and whether to stop."""
        seen = self.outlook()
        enough = bool(self.cups) and (
            seen.close >= _ENOUGH or (seen.lesson < 0.005 and seen.close > 0.7)
        )
        return Status(
            cups=len(self.cups),
            recommended=self.recommend(),
            prediction=self.predicted(seen.scores[:, seen.best]),
            close=seen.close,
            lesson=seen.lesson,
            enough=enough,
            kinds=MappingProxyType(self.posterior().shares()),
            surprises=self._surprises(),
        )

    def _known(self) -> Array:
        if not self.cups:
            return np.zeros((len(SETTINGS), 0))
        return np.array([cup.settings for cup in self.cups]).T

    def _expects_words(self) -> bool:
        if self.asks_words is not None:
            return self.asks_words
        spoken = [bool(cup.words or cup.answers) for cup in self.cups]
        return not spoken or sum(spoken) * 2 >= len(spoken)

    def _surprises(self) -> tuple[tuple[int, float, float], ...]:
        if not self.cups:
            return ()
        scores = self.counter.scores(self.posterior().traits, self._known())
        noise = np.exp(self.posterior().traits[INDEX["log_noise"]])
        found = []
        for i, cup in enumerate(self.cups):
            if cup.rating is None:
                continue
            spread = float(np.sqrt(np.mean(noise**2) + np.var(scores[:, i])))
            expected = min(float(scores[:, i].mean()), 9.0)
            if abs(cup.rating - expected) > 2.5 * spread:
                found.append((i + 1, cup.rating, expected))
        return tuple(found)


def _prediction(scores: Array, noise: Array, step: float) -> Prediction:
    # The quantiles of a mixture of normals, by many draws of it: fixed, so that bands do not flicker.
    steps = np.random.default_rng(1).standard_normal((16, scores.size))
    ratings = np.clip(np.round((scores + noise * steps) / step) * step, 1.0, 9.0).ravel()
    low, lower, upper, high = np.quantile(ratings, (0.05, 0.25, 0.75, 0.95)).tolist()
    liking = np.quantile(np.minimum(scores, 9.0), (0.05, 0.95)).tolist()
    return Prediction(float(ratings.mean()), (lower, upper), (low, high), (liking[0], liking[1]))


def check_settings(settings: Sequence[float], kit: Kit) -> None:
    """Refuse a cup beyond the model.

    Raises:
        RecipeError: with each fault, range and reason.
    """
    grind, time, milk, sugar, dose, liquid, temperature = settings
    if not all(np.isfinite(settings)):
        raise RecipeError(f"settings must be numbers: {dict(zip(SETTINGS, settings, strict=True))}")
    check_ranges(
        Recipe(grind, time, milk, sugar), Brew(kit.method, dose, liquid, liquid, temperature)
    )
