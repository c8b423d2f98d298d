# SPDX-License-Identifier: MIT
"""What an analysis hands on at one output instant.

The solver fills these records on every rank with the same numbers; the
scenario layer writes them. Field names carry their unit and are the column
names of ``history.csv``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Site = Literal["tibia", "femur", "sacrum", "L5", "L3", "L1", "trunk"]


@dataclass(frozen=True, slots=True)
class FootInstant:
    """Equilibrium of insole, foot and tibia at one instant (scalars).

    Forces act from the ground on the body, in the stance frame (X anterior
    along the foot's long axis, Y up, Z lateral). Angles are relative to neutral
    standing: dorsiflexion, inversion (eversion is its negative in
    ``rearfoot_eversion_deg``) and internal tibial rotation are positive.
    """

    percent: float
    time_s: float
    grf_measured_x_n: float
    grf_measured_y_n: float
    grf_measured_z_n: float
    grf_x_n: float
    grf_y_n: float
    grf_z_n: float
    cop_measured_x_mm: float
    cop_measured_z_mm: float
    cop_x_mm: float
    cop_z_mm: float
    force_imbalance_relative: float
    grf_error_relative: float
    ankle_dorsiflexion_deg: float
    subtalar_inversion_deg: float
    mtp_dorsiflexion_deg: float
    rearfoot_eversion_deg: float
    tibial_rotation_deg: float
    tibial_inclination_deg: float
    foot_pitch_deg: float
    arch_height_mm: float
    ankle_torque_nm: float
    subtalar_torque_nm: float
    tibia_moment_x_nm: float
    tibia_moment_y_nm: float
    tibia_moment_z_nm: float
    achilles_force_n: float
    fascia_force_n: float
    contact_area_mm2: float
    insole_compressive_strain: float
    insole_energy_j: float
    newton_iterations: int
    krylov_iterations: int
    calibration_weight: float


@dataclass(frozen=True, slots=True)
class SegmentAcceleration:
    """Acceleration of a site, without gravity, in the ISB axes of its segment (Y axial)."""

    site: Site
    x_g: float
    y_g: float
    z_g: float


@dataclass(frozen=True, slots=True)
class ImpactInstant:
    """Foot, insole and chain at one instant of an impact (scalars).

    As in ``FootInstant``; ``percent`` is of the run's duration, time counts from touchdown.
    Work and stored energy are those of the insole since touchdown. Nobody prescribes the
    ground reaction here.
    """

    percent: float
    time_s: float
    grf_x_n: float
    grf_y_n: float
    grf_z_n: float
    cop_x_mm: float
    cop_z_mm: float
    ankle_dorsiflexion_deg: float
    subtalar_inversion_deg: float
    knee_flexion_deg: float
    rearfoot_eversion_deg: float
    foot_pitch_deg: float
    arch_height_mm: float
    contact_area_mm2: float
    insole_compressive_strain: float
    insole_work_j: float
    insole_stored_j: float
    newton_iterations: int
    krylov_iterations: int
    accelerations: tuple[SegmentAcceleration, ...]


@dataclass(frozen=True, slots=True)
class PlantarInstant:
    """Traction under the sole at the quadrature points of the skin.

    Shapes: ``n`` points, ordered by facet number so that they are the same on
    any rank count. Positions are those of the unloaded foot in the foot frame
    (x from the heel, z lateral); areas are those of the skin as it is stretched now,
    pressure is the normal force on them, shear the tangential one.
    """

    percent: float
    x_mm: Array
    z_mm: Array
    area_mm2: Array
    pressure_mpa: Array
    shear_x_mpa: Array
    shear_z_mpa: Array


@dataclass(frozen=True, slots=True)
class LevelInstant:
    """Load of one lumbar disc at one instant; ``level`` such as ``"L4-L5"``.

    Compression is positive, anterior shear of the upper vertebra positive,
    flexion moment positive (net external moment about the disc's centre).
    """

    level: str
    compression_n: float
    shear_ap_n: float
    shear_ml_n: float
    flexion_moment_nm: float
    disc_pressure_mpa: float
    annulus_max_principal_strain: float
    endplate_stress_mpa: float
    muscle_force_n: float
    rotation_flexion_deg: float


@dataclass(frozen=True, slots=True)
class VertebraInstant:
    """Stress inside one vertebra at one instant; ``vertebra`` such as ``"L4"``.

    Compression at mid-height is positive, compressive stress and strain of bone are negative.
    See ``simulator.spine.vertebra_records``.
    """

    vertebra: str
    axial_force_n: float
    cortical_von_mises_mpa: float
    cortical_von_mises_max_mpa: float
    endplate_von_mises_mpa: float
    cancellous_min_principal_mpa: float
    cancellous_mean_principal_mpa: float
    cancellous_min_principal_strain: float
    cancellous_mean_principal_strain: float
    shell_share_percent: float
    force_balance_relative: float


@dataclass(frozen=True, slots=True)
class PelvisInstant:
    """Alignment above the knee at one instant, and the bottom-up residual."""

    percent: float
    knee_flexion_deg: float
    hip_flexion_deg: float
    pelvic_tilt_deg: float
    pelvic_obliquity_deg: float
    pelvic_rotation_deg: float
    lumbar_lordosis_deg: float
    residual_force_n: float
    residual_moment_nm: float


@dataclass(frozen=True, slots=True)
class Body:
    """One body for the field files: deformed geometry and its fields.

    ``cell_type`` is ``"tetra10"``, ``"tetra"``, ``"hexahedron"``,
    ``"hexahedron27"`` or ``"triangle"`` with VTK's node order; names of data
    carry their unit.
    """

    name: str
    points_mm: Array
    cells: NDArray[np.int64]
    cell_type: str
    point_data: dict[str, Array]
    cell_data: dict[str, Array]
