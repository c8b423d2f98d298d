# SPDX-License-Identifier: MIT
"""What goes into the lumbar column at an instant, and what comes out of one level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.spine.disc_state import DiscState

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LumbarLoad:
    """Posture of the trunk and load above each disc at one instant, world axes.

    Attributes:
        percent: Of stance.
        pelvis_rotation: (3, 3) from standing to now.
        thorax_rotation: (3, 3) from standing to now.
        force_n: (5, 3) force of all that is above on the upper vertebra of each level, L5-S1 first.
        moment_nmm: (5, 3) its moment about the disc's standing centre, carried by the chain
            (`simulator.spine.chain.Chain.pose`).
    """

    percent: float
    pelvis_rotation: Array
    thorax_rotation: Array
    force_n: Array
    moment_nmm: Array


@dataclass(frozen=True, slots=True)
class LevelResult:
    """Equilibrium of one level. Axes are those of the loaded disc: x anterior, y cranial, z right.

    Attributes:
        level: Such as ``"L4-L5"``.
        compression_n: On the disc and its connectors, muscles included.
        shear_ap_n: Anterior force on the upper vertebra.
        shear_ml_n: Force to the right on the upper vertebra.
        flexion_moment_nm: External moment about the disc's centre, flexion positive.
        lateral_moment_nm: Id., that bends to the right.
        axial_moment_nm: Id., that turns to the left.
        disc_pressure_mpa: Of the nucleus.
        annulus_max_principal_strain: Largest principal stretch less 1, 95th percentile of the
            annulus' volume.
        annulus_peak_principal_strain: Its maximum over quadrature points (depends on the mesh).
        endplate_stress_mpa: Largest mean compressive stress on the nucleus or on one of eight
            overlapping sectors of the annulus (about 2 cm2 each) at the upper endplate.
        endplate_mean_stress_mpa: Over the whole endplate.
        muscle_force_n: Compression by muscles, co-contraction included.
        muscle_moment_nm: (3,) moment of the muscles on the upper vertebra.
        passive_moment_nmm: (3,) carried by disc, ligaments and facets, in the disc's lower frame.
        rotation_deg: (3,) rotation vector: lateral bending to the right, axial to the left,
            extension positive.
        translation_mm: (3,) of the upper vertebra's centre, in the disc's lower frame.
        facet_force_n: Sum over both joints.
        ligament_force_n: Sum over all bands.
        newton_iterations: Corrections taken.
        state: Configuration, for the next instant and for fields.
    """

    level: str
    compression_n: float
    shear_ap_n: float
    shear_ml_n: float
    flexion_moment_nm: float
    lateral_moment_nm: float
    axial_moment_nm: float
    disc_pressure_mpa: float
    annulus_max_principal_strain: float
    annulus_peak_principal_strain: float
    endplate_stress_mpa: float
    endplate_mean_stress_mpa: float
    muscle_force_n: float
    muscle_moment_nm: Array
    passive_moment_nmm: Array
    rotation_deg: Array
    translation_mm: Array
    facet_force_n: float
    ligament_force_n: float
    newton_iterations: int
    state: DiscState


@dataclass(frozen=True, slots=True)
class DiscFields:
    """One disc for field files; world axes, deformed.

    Attributes:
        level: Such as ``"L4-L5"``.
        points_mm: (n, 3) all nodes of the quadratic elements.
        displacement_mm: (n, 3) relative to the lower vertebra.
        cells: (k, 8) each element as eight linear hexahedra, VTK order.
        von_mises_mpa: (k,) of the Cauchy stress.
        max_principal_mpa: (k,) of the Cauchy stress.
        max_principal_strain: (k,) stretch less 1.
        fibre_strain: (k,) larger stretch of the two families less 1.
        pressure_mpa: Of the nucleus.
    """

    level: str
    points_mm: Array
    displacement_mm: Array
    cells: NDArray[np.int64]
    von_mises_mpa: Array
    max_principal_mpa: Array
    max_principal_strain: Array
    fibre_strain: Array
    pressure_mpa: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted constant compression of the muscles.

    Attributes:
        constant_n: Co-contraction, or follower force.
        pressure_mpa: Of the disc that was fitted, reached with it.
        compression_n: Of that disc.
        reached: False when the target asks for less than no constant force at all.
    """

    constant_n: float
    pressure_mpa: float
    compression_n: float
    reached: bool
