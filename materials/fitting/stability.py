# SPDX-License-Identifier: MIT
"""Up to which strain a law is stable.

Drucker's condition (as Abaqus checks it): in every small change of the principal logarithmic
strains the Kirchhoff stresses do work against it, so the matrix of their derivatives is positive
definite. It is checked along uniaxial, equibiaxial and planar deformation, both ways. A law that
fulfils it may still have a nominal stress with a peak, at which a bar under a given force gives
way; that strain is told too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from materials.fitting.predict import SHEAR, UNIAXIAL, nominal_mpa
from materials.fitting.terms import PowerTerms

Array = NDArray[np.float64]

MOST_COMPRESSION, MOST_TENSION, MOST_SHEAR = 0.8, 1.0, 1.0
"""Strains up to which is looked."""
_POINTS = 161
_DIFFERENCE = 1.0e-6

PATHS = {
    "uniaxial compression": (-1.0, 1),
    "uniaxial tension": (1.0, 1),
    "equibiaxial compression": (-1.0, 2),
    "equibiaxial tension": (1.0, 2),
    "planar compression": (-1.0, 0),
    "planar tension": (1.0, 0),
}
"""Direction, and number of loaded sides (0: one loaded, one held, one free)."""


@dataclass(frozen=True, slots=True)
class Stability:
    """Strains up to which a law is stable; those up to which was looked where it always is.

    Attributes:
        drucker: By the name of a path of `PATHS`, the strain of the loaded side.
        peak: Strain of the peak of the nominal stress in "uniaxial compression", "uniaxial
            tension" and "simple shear".
        looked: Strain up to which was looked, by the same names.
    """

    drucker: dict[str, float]
    peak: dict[str, float]
    looked: dict[str, float]

    def limit(self, path: str) -> float:
        """Smallest strain of all that holds for "compression", "tension" or "shear"."""
        if path == "shear":
            reached = [self.peak["simple shear"]]
            for name, most in (("tension", MOST_TENSION), ("compression", MOST_COMPRESSION)):
                strain = self.drucker[f"planar {name}"]
                if strain < most:
                    stretch = 1.0 + strain if name == "tension" else 1.0 / (1.0 - strain)
                    reached.append(stretch - 1.0 / stretch)
            return min(reached)
        found = [strain for name, strain in self.drucker.items() if name.endswith(path)]
        return min(*found, self.peak[f"uniaxial {path}"])


def stability_of(terms: PowerTerms) -> Stability:
    """How far a law is stable."""
    drucker, peak, looked = {}, {}, {}
    for name, (sign, loaded) in PATHS.items():
        most = MOST_COMPRESSION if sign < 0.0 else MOST_TENSION
        strains = _strains(most)
        logs = _path(terms, np.log1p(sign * strains), loaded)
        drucker[name] = _first_failure(strains, _least_stiffness(terms, logs))
        looked[name] = most
    for name, mode, sign, most in (
        ("uniaxial compression", UNIAXIAL, -1.0, MOST_COMPRESSION),
        ("uniaxial tension", UNIAXIAL, 1.0, MOST_TENSION),
        ("simple shear", SHEAR, 1.0, MOST_SHEAR),
    ):
        strains = _strains(most)
        try:
            stress = sign * nominal_mpa(mode, terms, sign * strains)
        except ArithmeticError:
            stress = np.zeros_like(strains)
        looked[name] = most
        slope = np.diff(stress)
        peak[name] = _first_failure(strains, np.append(slope, slope[-1]))
    return Stability(drucker, peak, looked)


def _strains(most: float) -> Array:
    return np.asarray(np.linspace(0.0, most, _POINTS), dtype=np.float64)


def _first_failure(strains: Array, measure: Array) -> float:
    """Last strain before a measure is not positive."""
    failed = np.flatnonzero(~(measure > 0.0))
    return float(strains[max(failed[0] - 1, 0)] if len(failed) else strains[-1])


def _path(terms: PowerTerms, loaded: Array, count: int) -> Array:
    """Logarithmic stretches (n, 3) along a path.

    Free sides are without stress; of a law with a bulk modulus they keep the volume.
    """
    logs = np.zeros((len(loaded), 3))
    ratio = 0.5 if terms.isochoric else terms.poisson_ratio
    logs[:, 0] = loaded
    if count == 2:
        logs[:, 1] = loaded
        logs[:, 2] = -2.0 * ratio / (1.0 - ratio) * loaded
    elif count == 1:
        logs[:, 1] = logs[:, 2] = -ratio * loaded
    else:
        logs[:, 2] = -ratio / (1.0 - ratio) * loaded
    return logs


def _least_stiffness(terms: PowerTerms, logs: Array) -> Array:
    """Least eigenvalue (n,) of the derivative of Kirchhoff stresses by logarithmic stretches.

    Where a law has a bulk modulus, of changes without volume.
    """
    columns = []
    for k in range(3):
        ahead, behind = logs.copy(), logs.copy()
        ahead[:, k] += _DIFFERENCE
        behind[:, k] -= _DIFFERENCE
        change = terms.kirchhoff_mpa(ahead) - terms.kirchhoff_mpa(behind)
        columns.append(change / (2.0 * _DIFFERENCE))
    matrix = np.stack(columns, axis=-1)
    matrix = 0.5 * (matrix + matrix.transpose(0, 2, 1))
    if terms.isochoric:
        basis = np.array([[1.0, -1.0, 0.0], [1.0, 1.0, -2.0]])
        basis /= np.linalg.norm(basis, axis=1, keepdims=True)
        matrix = basis @ matrix @ basis.T
    return np.asarray(np.linalg.eigvalsh(matrix)[:, 0])
