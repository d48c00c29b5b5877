"""Points that fill the unit box evenly."""

from __future__ import annotations

from math import ceil, log2

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray


def spread_points(size: int, count: int, rng: Generator) -> NDArray[np.float64]:
    """The first ``count`` points of a scrambled Sobol sequence, shape (size, count), each in [0, 1).

    Of equal generators a longer draw begins with the shorter one. Source: Owen, J. Complexity 14
    (1998), for the scrambling; Joe and Kuo, SIAM J. Sci. Comput. 30 (2008), for the directions.

    >>> spread_points(2, 3, np.random.default_rng(1)).shape
    (2, 3)
    """
    # It takes as long to load as everything else that a command needs, and few commands draw.
    from scipy.stats import qmc

    # Whole powers of two keep the sequence balanced.
    sequence = qmc.Sobol(size, scramble=True, rng=rng)
    points: NDArray[np.float64] = sequence.random_base2(ceil(log2(max(count, 2))))
    return points[:count].T
