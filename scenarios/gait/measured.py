# SPDX-License-Identifier: MIT
"""The gait of a measured trial: ground reaction forces and joint angles of one stance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenarios.gait.angles import LUMBAR, TOES, JointAngles, State, read_angles
from scenarios.gait.both_feet import both_feet, over_stance
from scenarios.gait.contacts import Contact, Stride, check_body_mass, choose_stance
from scenarios.gait.filtering import CUTOFF_HZ, low_pass, resample
from scenarios.gait.foot_frame import (
    TREADMILL_M_S,
    Footprint,
    footprint_from_chain,
    footprint_from_markers,
    held,
)
from scenarios.gait.forces import STANDARD_GRAVITY, GroundForces, check_units
from scenarios.gait.gait2392 import joint_places_mm, orientations, zxy_angles_deg
from scenarios.gait.ground_sources import read_ground
from scenarios.gait.normative import normative_posture, subtalar_curve_deg
from scenarios.gait.posture import FOOT_FLAT_PERCENT, Posture, check_ankle_offset, register
from scenarios.gait.pressure_path import PressurePath, measured_path
from scenarios.gait.progression import turned_forwards
from scenarios.gait.residual import pelvis_residual, residual_warning
from scenarios.gait.side_check import side_warnings
from scenarios.gait.stance import StanceGait
from scenarios.gait.storage import read_storage, refuse_missing_rows

Array = NDArray[np.float64]

PERCENT: Array = np.asarray(np.linspace(0.0, 100.0, 201), dtype=np.float64)
LEAST_FORCE = 0.15
"""Vertical force in body weights above which there is a centre of pressure; below it a plate's
error of 1 to 2 Nm moves the point by more than a centimetre."""
UPPER_BODY = 0.52
"""Mass above L5-S1 in body masses (de Leva 1996, cut as in `simulator.upper_body`)."""
ANKLE_OVER_LENGTH = 0.24
"""Ankle centre ahead of the rear of the heel, in foot lengths (gait2392: 65 of 270 mm)."""
SAID: Mapping[State, str] = {
    "measured": "measured but not used",
    "constant": "constant (not measured)",
    "absent": "not in the file",
}


@dataclass(frozen=True, slots=True)
class Walker:
    """Who walked the trial, as far as the gait needs it.

    Attributes:
        body_mass_kg: of the body.
        height_m: stature.
        side: side of the analysed foot.
        foot_length_mm: of the simulated foot, to which the pressure path is scaled.
        outline_mm: of the simulated foot, (n, 2) in the foot frame.
        standing_angles_deg: ankle dorsiflexion and subtalar inversion of relaxed standing,
            against a neutral foot.
        walking_angles_deg: what normative curves of both are raised by for this foot.
    """

    body_mass_kg: float
    height_m: float
    side: str
    foot_length_mm: float
    outline_mm: Array
    standing_angles_deg: tuple[float, float] = (0.0, 0.0)
    walking_angles_deg: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Kinematics:
    """Registered angles of the stance and where the foot stands."""

    posture: Posture
    leg: Mapping[str, Array]
    footprint: Footprint | None
    toe_out_deg: float
    surface: str
    speed_m_s: float | None
    warnings: tuple[str, ...]


def measured_gait(
    grf_file: Path | str,
    kinematics_file: Path | str | None,
    walker: Walker,
    stance_index: int | None = None,
    speed_m_s: float = 1.3,
    *,
    plate_sides: Sequence[str] | None = None,
    pressure: PressurePath | None = None,
) -> StanceGait:
    """Read a trial and register it.

    Args:
        grf_file: ground reaction forces: OpenSim storage, table or C3D file.
        kinematics_file: joint angles of the same trial, or ``None`` for normative ones.
        walker: who walked.
        stance_index: which complete stance, from 0, or ``None`` for the best.
        speed_m_s: walking speed, used where the trial does not show it.
        plate_sides: foot on each plate of a C3D file, or None to find it out.
        pressure: centre of pressure at ``PERCENT`` from another source, instead of the plates'.

    Raises:
        GaitError: whatever cannot be read or cannot be right.
    """
    forces, storage = read_ground(grf_file, walker.side, walker.body_mass_kg, plate_sides)
    check_units(forces, walker.body_mass_kg)
    angles = None
    if kinematics_file is not None:
        same = Path(kinematics_file).resolve() == Path(grf_file).resolve()
        angles = read_angles(
            storage if same and storage is not None else read_storage(kinematics_file), walker.side
        )
    forces, angles, turned = turned_forwards(forces, angles)
    swapped = side_warnings(forces, walker.side, walker.body_mass_kg)
    span = (-np.inf, np.inf) if angles is None else (angles.time_s[0], angles.time_s[-1])
    stance, stride = choose_stance(forces, walker.body_mass_kg, span, stance_index)
    _refuse_missing_rows(forces, angles, stance, stride)
    at_s = stance.start_s + PERCENT / 100.0 * stance.duration_s

    both = both_feet(forces, stance, stride, walker.body_mass_kg)
    mass = check_body_mass(forces.file, both.mean_force_n, walker.body_mass_kg, both.source)
    other, acceleration = over_stance(both, stride, at_s)
    grf = np.stack([np.interp(at_s, forces.foot.time_s, f) for f in forces.foot.force_n.T], axis=1)

    if angles is None:
        motion = _substituted()
    else:
        motion = _registered(angles, at_s, stride, walker)
    least = LEAST_FORCE * walker.body_mass_kg * STANDARD_GRAVITY
    path = (
        measured_path(
            PERCENT,
            at_s,
            forces,
            motion.footprint,
            least,
            walker.foot_length_mm,
            walker.outline_mm,
            motion.toe_out_deg,
        )
        if pressure is None
        else replace(
            pressure,
            cop_mm=held(pressure.cop_mm, grf[:, 1] >= least),
            defined=grf[:, 1] >= least,
        )
    )
    posture, surface = motion.posture, motion.surface
    speed = speed_m_s if motion.speed_m_s is None else motion.speed_m_s + path.drift_m_s
    if motion.footprint is None and path.drift_m_s > TREADMILL_M_S:
        speed, surface = path.drift_m_s, "treadmill"
    residual = None
    if angles is not None:
        residual = pelvis_residual(
            angles,
            forces,
            at_s,
            posture.pelvis,
            posture.thorax,
            acceleration,
            walker.body_mass_kg,
            walker.height_m,
        )
    lean = (
        ()
        if residual is None
        else residual_warning(residual, UPPER_BODY * walker.body_mass_kg * STANDARD_GRAVITY)
    )
    estimated = (
        ()
        if stride.measured
        else (
            f"{forces.file} holds no whole stride: its duration "
            f"is estimated as {stride.duration_s:.2f} s",
        )
    )
    # A normative curve counts from standing, which is not a neutral foot's in every foot.
    measured = angles is not None and angles.subtalar == "measured"
    stands = np.zeros(2) if measured else np.array(walker.walking_angles_deg)
    return StanceGait(
        source="measured",
        percent=PERCENT,
        duration_s=stance.duration_s,
        stride_s=stride.duration_s,
        speed_m_s=speed,
        body_mass_kg=walker.body_mass_kg,
        side=walker.side,
        surface=surface,
        grf_n=grf,
        other_grf_n=other,
        cop_foot_mm=path.cop_mm,
        cop_defined=path.defined,
        tibia_rotation=posture.tibia,
        ankle_deg=posture.ankle_deg + stands[0],
        subtalar_deg=posture.subtalar_deg + stands[1],
        knee_deg=-motion.leg["knee_angle"],
        hip_deg=np.stack(
            [motion.leg[f"hip_{n}"] for n in ("flexion", "adduction", "rotation")], axis=1
        ),
        pelvis_deg=posture.pelvis_deg,
        lumbar_deg=posture.lumbar_deg,
        toe_out_deg=motion.toe_out_deg,
        pelvis_rotation=posture.pelvis,
        thorax_rotation=posture.thorax,
        com_acceleration_mm_s2=acceleration,
        mean_acceleration_mm_s2=both.mean_mm_s2,
        registration_offset_mm=path.offset_mm,
        cop_outside_mm=path.outside_mm,
        offsets_deg=posture.offsets_deg,
        residual_force_n=None if residual is None else residual.force_n,
        residual_moment_nmm=None if residual is None else residual.moment_nmm,
        warnings=(
            *forces.notes,
            *turned,
            *swapped,
            *mass,
            *both.warnings,
            *estimated,
            *motion.warnings,
            *path.warnings,
            *lean,
        ),
    )


def _refuse_missing_rows(
    forces: GroundForces, angles: JointAngles | None, stance: Contact, stride: Stride
) -> None:
    """Refuse rows that are missing in the stance or in the stride that belongs to it."""
    start = min(stance.start_s, stride.start_s)
    end = max(stance.end_s, stride.start_s + stride.duration_s)
    refuse_missing_rows(forces.file, forces.foot.time_s, start, end)
    if angles is not None:
        refuse_missing_rows(angles.file, angles.time_s, start, end)


def _substituted() -> Kinematics:
    """Normative angles for a trial that has forces only."""
    posture, leg, toe_out = normative_posture(PERCENT)
    return Kinematics(
        posture,
        leg,
        None,
        toe_out,
        "not known",
        None,
        ("no kinematics_file: joint angles of the built-in gait are used",),
    )


def _registered(angles: JointAngles, at_s: Array, stride: Stride, walker: Walker) -> Kinematics:
    """Smooth, sample and register the angles of the stance, and find the foot's print."""
    time = angles.time_s
    at_s = np.clip(at_s, time[0], time[-1])

    def sampled(curves: Mapping[str, Array]) -> dict[str, Array]:
        return {n: resample(time, low_pass(time, v), at_s) for n, v in curves.items()}

    leg, trunk = sampled(angles.leg), sampled(angles.trunk)
    warnings = [
        *angles.warnings,
        f"joint angles are low-pass filtered at {CUTOFF_HZ:g} Hz without delay",
    ]
    subtalar = angles.subtalar == "measured"
    if not subtalar:
        leg["subtalar_angle"] = subtalar_curve_deg(PERCENT)
        warnings.append(f"subtalar_angle is {SAID[angles.subtalar]}: a normative curve is used")
    warnings.append(f"{TOES} is {SAID[angles.toes]}: the toes follow a passive law")
    if not set(LUMBAR) <= set(trunk):
        warnings.append(
            "lumbar angles are not in the file, or constant: the thorax keeps its orientation"
        )
        _fix_thorax(leg, trunk)
    means, partial = _trunk_means(angles, stride)
    warnings += partial

    flat = (FOOT_FLAT_PERCENT[0] <= PERCENT) & (PERCENT <= FOOT_FLAT_PERCENT[1])
    markers = {n: low_pass(time, v) for n, v in angles.markers_mm.items()}
    footprint = footprint_from_markers(
        at_s[flat], {n: resample(time, v, at_s[flat]) for n, v in markers.items()}
    )
    toe_out = None if footprint is None else footprint.toe_out_deg
    posture = register(PERCENT, leg, trunk, means, toe_out, subtalar_measured=subtalar)
    warnings += check_ankle_offset(angles.file, f"ankle_angle_{walker.side[0]}", posture)
    speed = None
    if footprint is None and angles.pelvis_mm is not None:
        place = resample(time, low_pass(time, angles.pelvis_mm), at_s)
        ankle = joint_places_mm(orientations(leg, trunk), place, walker.height_m)["ankle"]
        footprint = footprint_from_chain(
            at_s[flat],
            ankle[flat],
            posture.chain_heading_deg,
            ANKLE_OVER_LENGTH * walker.foot_length_mm,
        )
    if footprint is not None and angles.pelvis_mm is not None:
        whole = (time >= stride.start_s) & (time <= stride.start_s + stride.duration_s)
        drift = np.polyfit(time[whole], angles.pelvis_mm[whole, 0], 1)[0] / 1000.0
        speed = float(drift) + footprint.belt_speed_m_s
    elif footprint is not None and footprint.on_treadmill:
        speed = footprint.belt_speed_m_s
    surface = "not known"
    if footprint is not None:
        surface = "treadmill" if footprint.on_treadmill else "overground"
        said = (
            f"belt {footprint.belt_speed_m_s:.2f} m/s"
            if footprint.on_treadmill
            else (f"flat foot moves at less than {TREADMILL_M_S:g} m/s")
        )
        warnings.append(f"the trial is {surface} ({said}), foot placed by {footprint.source}")
    heading = posture.chain_heading_deg if toe_out is None else toe_out
    return Kinematics(posture, leg, footprint, heading, surface, speed, tuple(warnings))


def _fix_thorax(leg: Mapping[str, Array], trunk: dict[str, Array]) -> None:
    """Lumbar angles that keep the thorax where it is on average."""
    pelvis = orientations(leg, {n: v for n, v in trunk.items() if n not in LUMBAR}).pelvis
    relative = zxy_angles_deg(np.swapaxes(pelvis, -1, -2))
    trunk.update(zip(LUMBAR, relative.T, strict=True))


def _trunk_means(angles: JointAngles, stride: Stride) -> tuple[tuple[Array, Array], list[str]]:
    """Z, X, Y angles of pelvis and thorax that count as standing."""
    time = angles.time_s
    end = stride.start_s + stride.duration_s
    inside = (time >= stride.start_s - 1e-9) & (time <= end + 1e-9)
    whole = time[0] <= stride.start_s + 0.02 and time[-1] >= end - 0.02
    pose = orientations(angles.leg, angles.trunk)
    pelvis = zxy_angles_deg(pose.pelvis[inside]).mean(axis=0)
    thorax = zxy_angles_deg(pose.thorax[inside]).mean(axis=0)
    if not set(LUMBAR) <= set(angles.trunk):
        thorax = np.zeros(3)
    if whole:
        return (pelvis, thorax), []
    keep = np.array([1.0, 0.0, 0.0])
    return (pelvis * keep, thorax * keep), [
        f"{angles.file} covers less than the stride: the standing list and rotation of pelvis "
        "and thorax are taken as zero"
    ]
