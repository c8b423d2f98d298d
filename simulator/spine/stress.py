# SPDX-License-Identifier: MIT
"""Strain and stress of a solved disc."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.spine.disc import DiscSolver
from simulator.spine.records import DiscFields

Array = NDArray[np.float64]

STRAIN_PERCENTILE = 95.0
"""Share of the annulus' volume below the reported strain, %."""

SECTORS = 8
"""Overlapping sectors round the endplate over which stress is averaged."""

_HALVES = np.array([[x, y, z] for z in (0.25, 0.75) for y in (0.25, 0.75) for x in (0.25, 0.75)])
"""Centres of the eight parts of a hexahedron."""


def principal_strain(gradients: Array) -> Array:
    """Largest principal stretch less 1 of deformation gradients (..., 3, 3)."""
    right = np.swapaxes(gradients, -1, -2) @ gradients
    return np.sqrt(np.linalg.eigvalsh(right)[..., -1]) - 1.0


def annulus_strain(solver: DiscSolver) -> tuple[float, float]:
    """Volume percentile and maximum over quadrature points of the largest principal strain."""
    strain = principal_strain(solver.annulus.gradients()).reshape(-1)
    volume = solver.annulus.quadrature_volumes.reshape(-1)
    order = np.argsort(strain)
    below = (np.cumsum(volume[order]) - 0.5 * volume[order]) / volume.sum()
    at = float(np.interp(STRAIN_PERCENTILE / 100.0, below, strain[order]))
    return at, float(strain.max())


def endplate_stress(solver: DiscSolver) -> tuple[float, float]:
    """Largest sector mean and overall mean of the compressive stress on the upper endplate, MPa.

    Sectors are hats of +-45 degrees round the disc's centre, so the value does not jump with the
    mesh; the nucleus counts with its pressure.
    """
    annulus, state = solver.annulus, solver.state
    normal = state.rotation @ solver.plate.area_vector / solver.plate.area_mm2
    push = -(solver.endplate_forces() @ normal)
    x, z = annulus.upper_points[:, 0], annulus.upper_points[:, 2]
    angle = np.arctan2(-z, x)[:, None] - 2.0 * np.pi * np.arange(SECTORS) / SECTORS
    distance = np.abs((angle + np.pi) % (2.0 * np.pi) - np.pi)
    hats = np.maximum(0.0, 1.0 - distance * SECTORS / (2.0 * np.pi))
    sectors = (push @ hats) / (annulus.upper_weights @ hats)
    nucleus = solver.plate.area_mm2
    total = float(push.sum()) + state.pressure_mpa * nucleus
    mean = total / (float(annulus.upper_weights.sum()) + nucleus)
    return float(max(sectors.max(), state.pressure_mpa)), mean


def disc_fields(solver: DiscSolver, level: str, origin_mm: Array, frame: Array) -> DiscFields:
    """Fields of the solver's present state in world axes.

    Args:
        solver: In the state to show.
        level: Name.
        origin_mm: (3,) where the disc's reference centre is now.
        frame: (3, 3) columns: axes of the disc's lower frame now.
    """
    annulus, state = solver.annulus, solver.state
    displacement = state.displacement.reshape(-1, 3)
    points = origin_mm + (annulus.node_points + displacement) @ frame.T
    gradients = annulus.gradients(_HALVES)
    jacobian = np.linalg.det(gradients)[..., None, None]
    cauchy = annulus.piola_stress(_HALVES) @ np.swapaxes(gradients, -1, -2) / jacobian
    cauchy = 0.5 * (cauchy + np.swapaxes(cauchy, -1, -2))
    mean = np.trace(cauchy, axis1=-2, axis2=-1)[..., None, None] / 3.0
    deviator = cauchy - mean * np.eye(3)
    stretch = [
        np.linalg.norm(np.einsum("mqij,mj->mqi", gradients, family), axis=-1)
        for family in annulus.fibre_directions
    ]
    return DiscFields(
        level=level,
        points_mm=points,
        displacement_mm=displacement @ frame.T,
        cells=_linear_parts(annulus.nodes_of_cells, annulus.node_grid),
        von_mises_mpa=np.sqrt(1.5 * (deviator**2).sum(axis=(-2, -1))).reshape(-1),
        max_principal_mpa=np.linalg.eigvalsh(cauchy)[..., -1].reshape(-1),
        max_principal_strain=principal_strain(gradients).reshape(-1),
        fibre_strain=(np.max(stretch, axis=0) - 1.0).reshape(-1),
        pressure_mpa=state.pressure_mpa,
    )


def _linear_parts(nodes: NDArray[np.int64], grid: NDArray[np.int64]) -> NDArray[np.int64]:
    """Split elements (m, 27) into (8 m, 8) linear ones, in the order of `_HALVES`.

    ``grid[i, j, k]`` is the local node at local coordinates (i, j, k) / 2.
    """
    corners = (
        (0, 0, 0),
        (1, 0, 0),
        (1, 1, 0),
        (0, 1, 0),
        (0, 0, 1),
        (1, 0, 1),
        (1, 1, 1),
        (0, 1, 1),
    )
    parts = []
    for k in (0, 1):
        for j in (0, 1):
            for i in (0, 1):
                local = [grid[i + a, j + b, k + c] for a, b, c in corners]
                parts.append(nodes[:, local])
    return np.stack(parts, axis=1).reshape(-1, 8)
