# SPDX-License-Identifier: MIT
"""How sure fitted numbers are: covariance, intervals, what the tests cannot tell.

Two covariances are made, and the larger of both counts (Angrist and Pischke 2009, section 8.1): one
believes the weights, with a noise of its own for each test; the other does not and takes the
residuals as they are, freed from their own pull (HC3 of MacKinnon and White 1985). Intervals use
Student's t with the degrees of freedom of the samples that a number really hangs on (Bell and
McCaffrey 2002), which for an exponent are few. That residuals follow each other (a law that does
not fit, drift of the machine) is not treated; `serial_correlation` tells it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]

LEVEL = 0.95
LARGEST_CONDITION = 1.0e5
"""Condition number of the Jacobian, its columns of length 1, beyond which numbers trade places."""


@dataclass(frozen=True)
class Covariance:
    """Uncertainty of the coordinates of a fit.

    Attributes:
        believed: The covariance by the weights (p, p); zero for coordinates at a bound.
        robust: The covariance by single residuals (p, p), likewise.
        influence: Change of the coordinates with each weighted sample, (p, n).
        condition: Condition number of the Jacobian with columns of length 1.
        weakest: Coordinates that the worst direction of the Jacobian mixes, worst first.
    """

    believed: Array
    robust: Array
    influence: Array
    condition: float
    weakest: tuple[int, ...]

    def half_width(self, gradient: Array) -> Array:
        """Half the 95 % interval of quantities with the gradient (n, p), shape (n,)."""
        variance = np.maximum(
            np.einsum("ni,ij,nj->n", gradient, self.believed, gradient),
            np.einsum("ni,ij,nj->n", gradient, self.robust, gradient),
        )
        shares = (gradient @ self.influence) ** 2
        total = shares.sum(axis=1)
        freedom = total**2 / np.maximum(np.sum(shares**2, axis=1), 1.0e-300)
        student = stats.t.ppf(0.5 + LEVEL / 2.0, np.maximum(freedom, 1.0))
        return np.asarray(student * np.sqrt(np.maximum(variance, 0.0)))


def covariance_of(
    jacobian: Array, residual: Array, free: NDArray[np.bool_], test: NDArray[np.int64]
) -> Covariance:
    """Covariance of the coordinates.

    Args:
        jacobian: Of the weighted residuals, (n, p).
        residual: Weighted residuals, (n,).
        free: Which coordinates are not at a bound, (p,).
        test: Number of the test that a sample belongs to, (n,).
    """
    count = jacobian.shape[1]
    influence = np.zeros((count, len(residual)))
    none = np.zeros((count, count))
    lengths = np.linalg.norm(jacobian, axis=0)
    usable = free & (lengths > 0.0)
    if not usable.any():
        return Covariance(none, none, influence, np.inf, tuple(range(count)))
    scale = lengths[usable]
    left, singular, right = np.linalg.svd(jacobian[:, usable] / scale, full_matrices=False)
    inverse = right.T / np.maximum(singular, 1.0e-12 * singular[0])
    influence[usable] = inverse @ left.T / scale[:, None]
    own = 1.0 - np.clip(np.sum(left**2, axis=1), 0.0, 1.0 - 1.0e-6)
    noise = np.bincount(test, residual**2) / np.bincount(test, own)
    believed = (influence * noise[test]) @ influence.T
    robust = (influence * (residual / own) ** 2) @ influence.T
    condition = np.inf if (free & ~usable).any() else float(singular[0] / singular[-1])
    mixed = np.argsort(-np.abs(right[-1]))
    weakest = tuple(int(np.flatnonzero(usable)[i]) for i in mixed if abs(right[-1][i]) > 0.3)
    return Covariance(believed, robust, influence, condition, weakest)


def serial_correlation(residual: Array) -> float:
    """Correlation of each residual with the next one; 0 for independent samples."""
    centred = residual - residual.mean()
    total = float(centred @ centred)
    return float(centred[1:] @ centred[:-1] / total) if total > 0.0 else 0.0
