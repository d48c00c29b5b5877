"""Taking turns: on a busy machine only what runs side by side can be compared.

Every round calls every function, starting with another one each time, so that what slows the machine for
a second slows all alike. A ratio is the median over the rounds of the ratio within a round. What runs on
one thread is measured in processor time, which does not count the time that other programs were given;
what runs on several threads, or waits for a compiler, by the clock.
"""

from __future__ import annotations

import gc
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any, Literal

Function = Callable[..., Any]

Clock = Literal["processor", "wall"]

#: Name → function and the arguments of each call.
Jobs = Mapping[str, tuple[Function, tuple[Any, ...]]]


@dataclass(frozen=True)
class Spread:
    """A median and the quartiles around it."""

    lower: float
    median: float
    upper: float

    @classmethod
    def of(cls, samples: list[float]) -> Spread:
        """Of at least one sample.

        >>> Spread.of([3.0, 1.0, 2.0])
        Spread(lower=1.5, median=2.0, upper=2.5)
        """
        if len(samples) == 1:
            return cls(samples[0], samples[0], samples[0])
        lower, median, upper = statistics.quantiles(samples, n=4, method="inclusive")
        return cls(lower, median, upper)


@dataclass(frozen=True)
class Timing:
    """One function's turns, each by both clocks.

    Attributes:
        wall_s: seconds a call, by round, by the clock on the wall.
        processor_s: the same of all processors together.
        calls: in each round.
        clock: the one that counts.
    """

    wall_s: tuple[float, ...]
    processor_s: tuple[float, ...]
    calls: int = 1
    clock: Clock = "processor"

    @property
    def seconds(self) -> tuple[float, ...]:
        """A call, by round, by the clock that counts."""
        return self.processor_s if self.clock == "processor" else self.wall_s

    @property
    def cores(self) -> float:
        """How many processors the calls kept busy."""
        return sum(self.processor_s) / sum(self.wall_s)

    @property
    def spread(self) -> Spread:
        """Median and quartiles, seconds a call."""
        return Spread.of(list(self.seconds))

    def by(self, clock: Clock) -> Timing:
        """The same by another clock."""
        return replace(self, clock=clock)

    def per(self, count: int) -> Timing:
        """The same for one of the ``count`` things that a call does."""
        wall, processor = (
            tuple(each / count for each in seconds) for seconds in (self.wall_s, self.processor_s)
        )
        return replace(self, wall_s=wall, processor_s=processor)

    def over(self, other: Timing) -> Spread:
        """How many times as long as the other, round by round."""
        return Spread.of([a / b for a, b in zip(self.seconds, other.seconds, strict=True)])

    def minus(self, other: Timing) -> Spread:
        """How much longer than the other, round by round, in seconds."""
        return Spread.of([a - b for a, b in zip(self.seconds, other.seconds, strict=True)])


def interleaved(
    jobs: Jobs, rounds: int, clock: Clock = "processor", turn_s: float = 0.005, warm: bool = True
) -> dict[str, Timing]:
    """Time functions in turns.

    Args:
        jobs: what to call.
        rounds: how many turns each gets.
        clock: "processor" counts the time of this process's threads and children, "wall" all time.
        turn_s: about how long a turn of a quick function lasts; a slow one is called once. Short, so
            that most turns end before another program gets the processor.
        warm: call each before, uncounted; otherwise a turn is one call.
    """
    calls = {name: _calls(*job, turn_s) if warm else 1 for name, job in jobs.items()}
    turns: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
    names = list(jobs)
    gc.collect()
    # What others left in memory is not looked through again, but who makes garbage pays for it.
    gc.freeze()
    try:
        for number in range(rounds):
            first = number % len(names)
            for name in names[first:] + names[:first]:
                turns[name].append(_turn(*jobs[name], calls[name]))
    finally:
        gc.unfreeze()
    return {name: _timing(each, calls[name], clock) for name, each in turns.items()}


def _timing(turns: list[tuple[float, float]], calls: int, clock: Clock) -> Timing:
    walls, processors = zip(*turns, strict=True)
    wall_s, processor_s = (
        tuple(each / calls for each in seconds) for seconds in (walls, processors)
    )
    return Timing(wall_s, processor_s, calls, clock)


def _turn(function: Function, arguments: tuple[Any, ...], calls: int) -> tuple[float, float]:
    """Seconds by the clock, and of all processors together."""
    processor, start = _processor_s(), time.perf_counter()
    for _ in repeat(None, calls):
        function(*arguments)
    return time.perf_counter() - start, _processor_s() - processor


def _processor_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _calls(function: Function, arguments: tuple[Any, ...], turn_s: float) -> int:
    """Warm up, then see how many calls fill a turn."""
    function(*arguments)
    calls, spent = 1, _turn(function, arguments, 1)[1]
    while spent < turn_s / 4:
        calls *= 4
        spent = _turn(function, arguments, calls)[1]
    return max(1, round(calls * turn_s / spent))
