# SPDX-License-Identifier: MIT
"""Where a fit begins: moduli by non-negative least squares for exponents of a coarse grid."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from materials.fitting.checks import hold_start
from materials.fitting.models import Model
from materials.fitting.predict import CONFINED, SHEAR
from materials.fitting.read import MechanicalTest
from materials.fitting.terms import PowerTerms

Array = NDArray[np.float64]

_EXPONENTS = (-18.0, -10.0, -6.0, -3.5, -2.0, -1.0, 1.0, 2.0, 3.5, 6.0, 9.0, 13.0, 18.0, 25.0)
_RATIOS = (0.3, 0.42, 0.46, 0.48, 0.493)
_FOAM_RATIOS = (0.02, 0.15, 0.3)
_SAMPLES = 25
_LEAST_SHARE = 0.01
_FIRST_GAIN = 0.5


def starts(model: Model, tests: Sequence[MechanicalTest], most: int = 3) -> list[Array]:
    """Coordinates to begin at, the most promising first.

    Stresses are linear in the moduli for given exponents and Poisson's ratio (the sides of a bar
    taken as free at the volume of linear elasticity). Of relaxation tests the end of the hold
    counts, as long-term stress.

    Args:
        model: What is to be fitted.
        tests: The tests.
        most: Number of starts at most.
    """
    pairs = [_slow_part(test) for test in tests]
    scales = [np.abs(stress) + 0.1 * np.abs(stress).max() for _, stress in pairs]
    target = np.concatenate(
        [s / w / len(s) ** 0.5 for (_, s), w in zip(pairs, scales, strict=True)]
    )
    ratios: tuple[float, ...] = _RATIOS if model.isochoric else _FOAM_RATIOS
    if model.poisson_ratio is not None:
        ratios = (model.poisson_ratio,)
    grid = (
        [model.fixed_exponents] if model.fixed_exponents else combinations(_EXPONENTS, model.terms)
    )
    sets = list(grid)
    used = sorted({exponent for exponents in sets for exponent in exponents})
    found: list[tuple[float, Array]] = []
    for ratio in ratios:
        columns = {}
        for exponent in used:
            parts = [
                _unit_stress(model, test, strain, exponent, ratio) / w / len(w) ** 0.5
                for test, (strain, _), w in zip(tests, pairs, scales, strict=True)
            ]
            columns[exponent] = np.concatenate(parts)
        for exponents in sets:
            moduli, misfit = nnls(np.column_stack([columns[a] for a in exponents]), target)
            if moduli.sum() > 0.0:
                moduli = np.maximum(moduli, _LEAST_SHARE * moduli.sum())
                gains = [_FIRST_GAIN / (i + 1) for i in range(len(model.relaxation_times_s))]
                found.append((misfit, model.pack(moduli, exponents, ratio, gains)))
    found.sort(key=lambda item: item[0])
    low, high = model.bounds()
    return [np.clip(x, low, high) for _, x in found[:most]]


def _slow_part(test: MechanicalTest) -> tuple[Array, Array]:
    """Strain and stress of a few samples that show the slow answer of a test."""
    first = 0
    if test.kind == "relaxation":
        hold = hold_start(test.strain)
        first = hold + 3 * (len(test.strain) - hold) // 4
    places = np.unique(np.linspace(first, len(test.strain) - 1, _SAMPLES).astype(int))
    return test.strain[places], test.stress_mpa[places]


def _unit_stress(
    model: Model, test: MechanicalTest, strain: Array, exponent: float, ratio: float
) -> Array:
    """Nominal stress of one term with the modulus 1."""
    bulk = 2.0 * (1.0 + ratio) / (3.0 * (1.0 - 2.0 * ratio)) if model.isochoric else None
    terms = PowerTerms(np.ones(1), np.array([exponent]), ratio, bulk)
    logs = np.zeros((len(strain), 3))
    if test.path == SHEAR:
        logs[:, 0] = np.arcsinh(strain / 2.0)
        logs[:, 1] = -logs[:, 0]
        stress = terms.kirchhoff_mpa(logs)
        return np.asarray((stress[:, 0] - stress[:, 1]) / np.sqrt(4.0 + strain**2))
    logs[:, 0] = np.log1p(strain)
    if test.path != CONFINED:
        logs[:, 1:] = -ratio * logs[:, :1]
    stress = terms.kirchhoff_mpa(logs)
    side = 0.0 if test.path == CONFINED else stress[:, 1]
    return np.asarray((stress[:, 0] - side) / (1.0 + strain))
