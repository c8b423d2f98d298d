# SPDX-License-Identifier: MIT
"""What a scan adds to the parametric foot: a shift of its outline and a height over its plan."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import BSpline
from scipy.sparse import csr_array

from meshes.tagged import FloatArray

_DEGREE = 3


@dataclass(frozen=True, slots=True)
class SoleCorrection:
    """Smooth difference of a scanned sole from the parametric one.

    Attributes:
        outline_shift: (n, 2) added to n evenly spaced points of the parametric outline, mm.
        corner: (2,) plan point (x, z) where the grid begins, mm.
        spacing: of the grid, mm.
        coefficients: (nx, nz) of the tensor product of cubic B-splines, mm.
        arch_height_mm: navicular height whose parametric arch the skin has under the correction;
            the bones may be given another.
        digest: hash of the scan and of how it was read; names the shape in caches.
    """

    outline_shift: FloatArray
    corner: FloatArray
    spacing: float
    coefficients: FloatArray
    arch_height_mm: float
    digest: str

    def height(self, x: FloatArray, z: FloatArray) -> FloatArray:
        """Return what is added to the plantar height at plan points, mm; level beyond the grid."""
        return self._spline(self.coefficients, x, z)

    def lift(self, x: FloatArray, z: FloatArray) -> FloatArray:
        """Return by how much the bones follow: the height without what is finer than a toe, mm."""
        from scipy.ndimage import gaussian_filter

        return self._spline(gaussian_filter(self.coefficients, 2.0, mode="nearest"), x, z)

    def scaled(self, ratio: float) -> SoleCorrection:
        """Return the correction of a foot that is larger by a ratio."""
        return replace(
            self,
            outline_shift=ratio * self.outline_shift,
            corner=ratio * self.corner,
            spacing=ratio * self.spacing,
            coefficients=ratio * self.coefficients,
            arch_height_mm=ratio * self.arch_height_mm,
            digest=f"{self.digest}*{ratio!r}",
        )

    def _spline(self, coefficients: FloatArray, x: FloatArray, z: FloatArray) -> FloatArray:
        px, pz = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(z, dtype=float))
        count = coefficients.shape
        along = spline_rows(px.ravel(), self.corner[0], self.spacing, count[0])
        across = spline_rows(pz.ravel(), self.corner[1], self.spacing, count[1])
        total = np.asarray(across.multiply(along @ coefficients).sum(axis=1)).ravel()
        return np.asarray(total.reshape(px.shape))


def spline_rows(position: FloatArray, corner: float, spacing: float, count: int) -> csr_array:
    """Return the sparse (m, count) values of uniform cubic B-splines at positions (m,).

    The splines' support begins at ``corner``; positions beyond the grid are moved to its border.
    """
    knots = corner + spacing * (np.arange(count + _DEGREE + 1) - _DEGREE)
    low, high = knots[_DEGREE], knots[count]
    held = np.clip(position, low, high - 1e-9 * spacing)
    return csr_array(BSpline.design_matrix(held, knots, _DEGREE))
