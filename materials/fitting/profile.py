# SPDX-License-Identifier: MIT
"""Intervals along a curved valley: how far one number can go when the others follow it.

Where two terms trade places, misfit grows unevenly on both sides of the best numbers, and an
interval from derivatives there is wrong. The profile goes on until the sum of squares has grown by
as much as it would at the end of that interval if the problem were linear (Bates and Watts 1988,
section 6.1).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

Array = NDArray[np.float64]

_STEPS = 5
_CLOSE = 0.03
_GROWTH = 2.5
_TOLERANCE = 1.0e-5


def profile_ends(
    residual: Callable[[Array], Array],
    x: Array,
    which: int,
    half_width: float,
    rise: float,
    bounds: tuple[Array, Array],
    direction: Array,
) -> tuple[float, float]:
    """Ends of the interval of one coordinate.

    Args:
        residual: Weighted residuals of the coordinates.
        x: The best coordinates, (p,).
        which: The coordinate.
        half_width: Half its interval if the problem were linear; where the search begins.
        rise: Growth of the sum of squares at the ends.
        bounds: Lowest and highest coordinates.
        direction: How the others follow the coordinate at first, (p,), with 1 for itself.

    Returns:
        Lower and upper end; a bound where the sum of squares never grows so much.
    """
    least = float(np.sum(residual(x) ** 2))
    others = np.arange(len(x)) != which
    low, high = bounds
    margin = 1.0e-9 * (high - low)[others]
    ends = []
    for side, limit in ((-1.0, low[which]), (1.0, high[which])):
        room = abs(limit - x[which])
        distance = min(half_width, room)
        followed = x + side * distance * direction
        for _ in range(_STEPS):
            fixed = x[which] + side * distance

            def misfit(free: Array, value: float = fixed) -> Array:
                whole = np.empty(len(x))
                whole[others], whole[which] = free, value
                return residual(whole)

            begin = np.clip(followed[others], low[others] + margin, high[others] - margin)
            found = least_squares(
                misfit,
                begin,
                bounds=(low[others], high[others]),
                x_scale="jac",
                ftol=_TOLERANCE,
                xtol=_TOLERANCE,
                gtol=_TOLERANCE,
                max_nfev=12,
            )
            ratio = float(np.sqrt(max(2.0 * found.cost - least, 0.0) / rise))
            if abs(ratio - 1.0) < _CLOSE or (ratio < 1.0 and distance >= room):
                break
            factor = float(np.clip(1.0 / max(ratio, 1.0e-3), 1.0 / _GROWTH, _GROWTH))
            before = distance
            distance = min(distance * factor, room)
            followed = x.copy()
            followed[others] = x[others] + (found.x - x[others]) * distance / before
        ends.append(x[which] + side * distance)
    return ends[0], ends[1]
