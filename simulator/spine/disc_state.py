# SPDX-License-Identifier: MIT
"""Configuration of one level, settings of its solver, and what it says when there is no answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class DiscNotConverged(RuntimeError):
    """No equilibrium was found for a level; the message says at which part of the load."""


@dataclass(frozen=True, slots=True)
class DiscState:
    """Configuration of one level.

    Attributes:
        displacement: (n,) annulus, all dofs in the disc's numbering, mm.
        translation: (3,) of the upper vertebra's reference point, mm.
        rotation: (3, 3) of the upper vertebra relative to the lower one.
        pressure_mpa: Of the nucleus.
    """

    displacement: Array
    translation: Array
    rotation: Array
    pressure_mpa: float


@dataclass(frozen=True, slots=True)
class SolverSettings:
    """Newton's method of one level.

    Attributes:
        tolerance: Residual force over the load's size at convergence.
        max_iterations: Corrections in one load increment.
        reuse_below: A factorisation is kept while the residual falls below this part of the last.
        smallest_increment: Load fraction below which a level is given up.
        bulk_modulus_mpa: Of the nucleus' fluid; 1667 to 2200 in published models.
        rest_pressure_mpa: Of the nucleus in the disc without load: swollen, it holds the annulus'
            fibres taut. About 0.07 MPa in unloaded lumbar discs (Nachemson 1960, from memory);
            0 for a disc free of stress.
    """

    tolerance: float = 1.0e-9
    max_iterations: int = 25
    reuse_below: float = 0.15
    smallest_increment: float = 1.0 / 256.0
    bulk_modulus_mpa: float = 2000.0
    rest_pressure_mpa: float = 0.07


@dataclass(slots=True)
class SolverCounts:
    """Work done since the last reset."""

    iterations: int = 0
    factorisations: int = 0
    cutbacks: int = 0
