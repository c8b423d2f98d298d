# SPDX-License-Identifier: MIT
"""A walking trial with known answers, written as OpenSim files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator

from scenarios.gait import GaitError, Walker, measured_gait
from scenarios.gait.gait2392 import joint_places_mm, orientations
from scenarios.gait.normative import (
    LEG_COLUMNS,
    ground_reaction,
    kinematic_curve,
    pressure_path_mm,
)

Array = NDArray[np.float64]

PERCENT = np.linspace(0.0, 100.0, 201)
FOOT_MM = 260.0
GRAVITY = 9.80665
# Middle of swing, so that the curves close over the stride.
SWING = {
    "hip_flexion": 28.0,
    "hip_adduction": -3.0,
    "hip_rotation": -2.0,
    "knee_angle": -62.0,
    "ankle_angle": 0.0,
    "subtalar_angle": 1.0,
}
WALKER = Walker(
    body_mass_kg=70.0,
    height_m=1.75,
    side="right",
    foot_length_mm=255.0,
    outline_mm=np.array(
        [[0, -32], [120, -45], [200, -50], [255, -20], [255, 20], [190, 48], [0, 32]], dtype=float
    ),
)


@dataclass(frozen=True)
class Subject:
    """The subject of `WALKER` as a scenario says it."""

    body_mass_kg: float = 70.0
    height_m: float = 1.75
    side: str = "right"
    foot_length_mm: float = 255.0
    standing_angles_deg: tuple[float, float] = (0.0, 0.0)
    walking_angles_deg: tuple[float, float] = (0.0, 0.0)


def refused(forces: Path, angles: Path | None = None, walker: Walker = WALKER) -> GaitError:
    """Read a trial that must be refused, and return why."""
    with pytest.raises(GaitError) as caught:
        measured_gait(forces, angles, walker)
    return caught.value


@dataclass
class Trial:
    """What is to be written; change it, then `write`.

    The right foot lands at 0.30 s, the left one half a stride later; x forward. The
    rear of the heel stands at ``heel_mm`` when the right foot is flat, 7 degrees toed out.
    """

    mass_kg: float = 70.0
    speed_m_s: float = 1.3
    belt_m_s: float = 0.0
    toe_out_deg: float = 7.0
    heel_mm: tuple[float, float] = (400.0, 90.0)
    end_s: float = 2.7
    force_columns: dict[str, Array] = field(default_factory=dict)
    angle_columns: dict[str, Array] = field(default_factory=dict)
    force_time: Array = field(default_factory=lambda: np.zeros(0))
    angle_time: Array = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        ground = ground_reaction(PERCENT, self.speed_m_s, 1.75)
        self.start_s = 0.3
        self.stance_s, self.stride_s = ground.stance_s, ground.stride_s
        self.force_time = np.arange(0.0, self.end_s, 0.002)
        self.angle_time = np.arange(0.0, self.end_s, 1.0 / 60.0)
        weight = self.mass_kg * GRAVITY
        names = {"right": "ground_force", "left": "1_ground_force"}
        for side, delay in (("right", 0.0), ("left", 0.5 * self.stride_s)):
            phase = self._phase(self.force_time, delay)
            mirror = np.array([1.0, 1.0, 1.0 if side == "right" else -1.0])
            force = weight * self._over_stance(phase, ground.force_bw) * mirror
            point = self._point(phase, delay) * mirror
            loaded = force[:, 1] > 0.0
            for i, axis in enumerate("xyz"):
                self.force_columns[f"{names[side]}_v{axis}"] = force[:, i]
            for i, axis in enumerate("xyz"):
                self.force_columns[f"{names[side]}_p{axis}"] = loaded * point[:, i] / 1000.0
            self.force_columns[f"{names[side].replace('force', 'torque')}_y"] = 0.0 * phase
        self._angles()

    def _phase(self, time: Array, delay: float) -> Array:
        """Time since the last contact, in stances."""
        return np.mod(time - self.start_s - delay, self.stride_s) / self.stance_s

    def _over_stance(self, phase: Array, values: Array) -> Array:
        inside = phase <= 1.0
        curves = [np.interp(100.0 * phase, PERCENT, v) * inside for v in values.T]
        return np.stack(curves, axis=1)

    def _ground_shift(self, phase: Array) -> Array:
        """How far the ground under the foot has moved since the middle of foot-flat."""
        return -1000.0 * self.belt_m_s * self.stance_s * (phase - 0.325)

    def _point(self, phase: Array, delay: float) -> Array:
        path = pressure_path_mm(np.clip(100.0 * phase, 0.0, 100.0), FOOT_MM)
        heading = np.radians(self.toe_out_deg)
        x = np.cos(heading) * path[:, 0] - np.sin(heading) * path[:, 1]
        z = np.sin(heading) * path[:, 0] + np.cos(heading) * path[:, 1]
        ahead = (self.speed_m_s - self.belt_m_s) * 1000.0 * self._landing(phase, delay)
        x = x + self.heel_mm[0] + self._ground_shift(phase) + ahead
        return np.stack([x, 0.0 * x, z + self.heel_mm[1]], axis=1)

    def _landing(self, phase: Array, delay: float) -> Array:
        """Time of the present contact since the first one."""
        return self.force_time[: len(phase)] - phase * self.stance_s - self.start_s + 0.0 * delay

    def _angles(self) -> None:
        time = self.angle_time
        for side, delay in (("r", 0.0), ("l", 0.5 * self.stride_s)):
            phase = 100.0 * self._phase(time, delay)
            for name in LEG_COLUMNS:
                self.angle_columns[f"{name}_{side}"] = self._periodic(
                    kinematic_curve(f"{name}_deg", PERCENT), SWING[name], phase
                )
            self.angle_columns[f"mtp_angle_{side}"] = 0.0 * time
        self.angle_columns["subtalar_angle_r"] = 0.0 * time
        cycle = 2.0 * np.pi * (time - self.start_s) / self.stride_s
        for name, size, mean in (
            ("pelvis_tilt", 1.0, 3.0),
            ("pelvis_list", 3.0, -1.0),
            ("pelvis_rotation", 4.0, 0.5),
            ("lumbar_extension", 1.0, -8.0),
            ("lumbar_bending", -3.0, 0.0),
            ("lumbar_rotation", -5.0, 0.0),
        ):
            self.angle_columns[name] = mean + size * np.sin(cycle)
        drift = self.speed_m_s - self.belt_m_s
        self.angle_columns["pelvis_tx"] = drift * (time - self.start_s)
        self.angle_columns["pelvis_ty"] = 0.95 + 0.02 * np.sin(2.0 * cycle)
        self.angle_columns["pelvis_tz"] = 0.0 * time
        flat = int(np.searchsorted(time, self.start_s + 0.325 * self.stance_s))
        here = {name.removesuffix("_r"): v[[flat]] for name, v in self.angle_columns.items()}
        place = np.array([[1000.0 * here[f"pelvis_t{axis}"][0] for axis in "xyz"]])
        ankle = joint_places_mm(orientations(here, here), place, 1.75)["ankle"][0]
        heading = np.radians(self.toe_out_deg)
        for axis, heel, turn, i in (("x", 0, np.cos, 0), ("z", 1, np.sin, 2)):
            want = self.heel_mm[heel] + 0.24 * FOOT_MM * turn(heading)
            self.angle_columns[f"pelvis_t{axis}"] += (want - ankle[i]) / 1000.0
        self._markers(self._phase(time, 0.0))

    def _markers(self, phase: Array) -> None:
        heading = np.radians(self.toe_out_deg)
        axis = np.array([np.cos(heading), np.sin(heading)])
        across = np.array([-np.sin(heading), np.cos(heading)])
        landed = self.angle_time - phase * self.stance_s - self.start_s
        ahead = (self.speed_m_s - self.belt_m_s) * 1000.0 * landed + self._ground_shift(phase)
        still = phase <= 1.0
        ahead = PchipInterpolator(self.angle_time[still], ahead[still], extrapolate=True)(
            self.angle_time
        )
        for name, along, side, up in (
            ("Heel", -15.0, 0.0, 40.0),
            ("Toe.Tip", FOOT_MM, -10.0, 30.0),
            ("Toe.Med", 190.0, -38.0, 25.0),
            ("Toe.Lat", 190.0, 62.0, 20.0),
        ):
            x, z = self.heel_mm + along * axis + side * across
            self.angle_columns[f"R.{name}_tx"] = (x + ahead) / 1000.0
            self.angle_columns[f"R.{name}_ty"] = np.full_like(ahead, up / 1000.0)
            self.angle_columns[f"R.{name}_tz"] = np.full_like(ahead, z / 1000.0)

    def _periodic(self, stance: Array, swing: float, phase: Array) -> Array:
        whole = 100.0 * self.stride_s / self.stance_s
        at = np.r_[PERCENT[::10], 0.5 * (100.0 + whole), whole]
        values = np.r_[stance[::10], swing, stance[0]]
        return CubicSpline(at, values, bc_type="periodic")(phase)

    def without_markers(self) -> Trial:
        """Take the markers away."""
        for name in [n for n in self.angle_columns if n.startswith("R.")]:
            del self.angle_columns[name]
        return self

    def write(self, folder: Path, *, degrees: str = "yes") -> tuple[Path, Path]:
        """Write forces and angles; returns their paths."""
        forces, angles = folder / "grf.mot", folder / "ik.mot"
        write_storage(forces, self.force_time, self.force_columns)
        write_storage(angles, self.angle_time, self.angle_columns, degrees=degrees)
        return forces, angles


def write_storage(
    path: Path, time: Array, columns: dict[str, Array], *, degrees: str = "yes"
) -> Path:
    """Write one OpenSim storage file."""
    table = np.column_stack([time, *columns.values()])
    header = [
        path.stem,
        "version=1",
        f"nRows={len(table)}",
        f"nColumns={table.shape[1]}",
        f"inDegrees={degrees}",
        "endheader",
        "\t".join(["time", *columns]),
    ]
    rows = ["\t".join(f"{value:.8g}" for value in row) for row in table]
    path.write_text("\n".join([*header, *rows]) + "\n", encoding="utf-8")
    return path
