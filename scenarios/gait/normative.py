# SPDX-License-Identifier: MIT
"""The built-in gait: tables beside this file, as functions of speed and stature.

Every number stands in ``tables/`` with its source and confidence. Forces are in
body weights, durations in seconds at a stature of 1.75 m.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import trapezoid
from scipy.interpolate import CubicSpline, PchipInterpolator

from scenarios.gait.errors import GaitError
from scenarios.gait.gait2392 import ZXY, sequence, zxy_angles_deg
from scenarios.gait.posture import Posture

Array = NDArray[np.float64]

REFERENCE_STATURE_M = 1.75
BUILT_IN = "built-in gait"


@dataclass(frozen=True, slots=True)
class GroundReaction:
    """Force of the ground on the right foot, and the times.

    Attributes:
        force_bw: (forward, up, right) in body weights, shape (n, 3); up is not negative.
        stance_s: duration of stance.
        stride_s: duration of the stride.
        mean_bw: what the tables carried on average over a stride before the
            vertical force was scaled to one body weight.
    """

    force_bw: Array
    stance_s: float
    stride_s: float
    mean_bw: float


def _text(name: str) -> str:
    folder = files("scenarios.gait").joinpath("tables")
    return folder.joinpath(name).read_text(encoding="utf-8")


@cache
def table_file(name: str) -> Mapping[str, Any]:
    """Contents of a TOML file of ``tables/``."""
    return tomllib.loads(_text(name))


@cache
def _kinematics() -> Mapping[str, Array]:
    text = _text("kinematics.csv")
    rows = list(csv.reader(line for line in text.splitlines() if not line.startswith("#")))
    columns = np.array(rows[1:], dtype=float).T
    return dict(zip(rows[0], columns, strict=True))


def speed_range_m_s() -> tuple[float, float]:
    """Speeds for which the built-in gait holds, m/s."""
    low, high = table_file("ground_reaction.toml")["speed"]["valid_m_s"]
    return float(low), float(high)


def check_speed(speed_m_s: float) -> None:
    """Refuse a speed for which there are no tables.

    Raises:
        GaitError: outside 1.1 to 1.9 m/s.
    """
    low, high = speed_range_m_s()
    if not low <= speed_m_s <= high:
        raise GaitError(
            BUILT_IN, "gait.speed_m_s", f"{speed_m_s:g} m/s", allowed=f"{low:g} to {high:g} m/s"
        )


def durations_s(speed_m_s: float, stature_m: float) -> tuple[float, float]:
    """Duration of stance and stride.

    Power of speed fitted between the slowest and the fastest trial, through the
    trials in between, times the square root of stature (a pendulum's time).

    Args:
        speed_m_s: walking speed.
        stature_m: height of the subject.
    """
    tables = table_file("ground_reaction.toml")
    speeds = _trial_speeds()
    scale = np.sqrt(stature_m / REFERENCE_STATURE_M)

    def at_speed(name: str) -> float:
        values = np.log(tables["trials"][name])
        steps = np.log(speeds)
        slope = (values[-1] - values[0]) / (steps[-1] - steps[0])
        if speed_m_s < speeds[0]:
            return float(np.exp(values[0] + slope * np.log(speed_m_s / speeds[0])))
        return float(np.exp(np.interp(np.log(speed_m_s), steps, values)))

    return scale * at_speed("stance_s"), scale * at_speed("stride_s")


def ground_reaction(percent: Array, speed_m_s: float, stature_m: float) -> GroundReaction:
    """Ground reaction force over stance.

    The tables of the slowest and the fastest trial are blended linearly; the sine
    series of all four add how the trials in between differ from that blend. Below
    the slowest trial the trend of the first two goes on. The medio-lateral curve
    is that of the slowest trial at every speed.

    Args:
        percent: of stance, shape (n,).
        speed_m_s: walking speed, 1.1 to 1.9.
        stature_m: height of the subject.

    Raises:
        GaitError: speed outside the range.
    """
    check_speed(speed_m_s)
    tables = table_file("ground_reaction.toml")
    speeds = _trial_speeds()
    stance, stride = durations_s(speed_m_s, stature_m)
    fine: Array = np.asarray(np.linspace(0.0, 100.0, 401), dtype=np.float64)

    def curve(kind: str, at: Array) -> Array:
        ends = [_table(f"{kind}_{name}", at) for name in ("T05", "T08")]
        series = np.stack([_series(f"{kind}_{n}", at) for n in tables["trials"]["names"]])
        blends = np.linspace(0.0, 1.0, 4)[:, None] * (series[-1] - series[0]) + series[0]
        trials = np.arange(4)[:, None] / 3.0 * (ends[1] - ends[0]) + ends[0] + series - blends
        if speed_m_s >= speeds[0]:
            return np.asarray(PchipInterpolator(speeds, trials)(speed_m_s))
        slope = (trials[1] - trials[0]) / (speeds[1] - speeds[0])
        return np.asarray(trials[0] + slope * (speed_m_s - speeds[0]))

    vertical = np.maximum(curve("vertical", fine), 0.0)
    mean = float(2.0 * trapezoid(vertical, fine) / 100.0 * stance / stride)
    up = np.maximum(curve("vertical", percent), 0.0) / mean
    forward = curve("ap", percent)
    drift = trapezoid(curve("ap", fine), fine) / trapezoid(vertical, fine)
    right = -_table("ml_T05", percent)
    return GroundReaction(
        force_bw=np.stack([forward - drift * mean * up, up, right], axis=1),
        stance_s=stance,
        stride_s=stride,
        mean_bw=mean,
    )


def _trial_speeds() -> Array:
    tables = table_file("ground_reaction.toml")
    return tables["speed"]["comfortable_m_s"] * np.array(tables["trials"]["share_of_comfortable"])


def _table(name: str, percent: Array) -> Array:
    values = np.array(table_file("ground_reaction.toml")["table"][name])
    return np.asarray(PchipInterpolator(np.linspace(0.0, 100.0, len(values)), values)(percent))


def _series(name: str, percent: Array) -> Array:
    coefficients = np.array(table_file("ground_reaction.toml")["series"][name])
    orders = np.arange(1, len(coefficients) + 1)
    return np.asarray(np.sin(np.pi / 100.0 * percent[:, None] * orders) @ coefficients)


def kinematic_curve(name: str, percent: Array) -> Array:
    """One column of ``tables/kinematics.csv``, smooth over stance; unit in its name."""
    table = _kinematics()
    return np.asarray(CubicSpline(table["percent"], table[name])(percent))


def subtalar_curve_deg(percent: Array) -> Array:
    """Normative inversion of the subtalar joint relative to standing, degrees."""
    values = np.array(table_file("foot.toml")["subtalar"]["inversion_deg"])
    return np.asarray(CubicSpline(np.linspace(0.0, 100.0, len(values)), values)(percent))


def pressure_path_mm(percent: Array, foot_length_mm: float) -> Array:
    """Normative centre of pressure in the foot frame, (x, z) in mm, shape (n, 2)."""
    table = table_file("foot.toml")["centre_of_pressure"]
    path = np.stack([table["x_over_length"], table["z_over_length"]], axis=1)
    at = np.linspace(0.0, 100.0, len(path))
    return foot_length_mm * np.asarray(PchipInterpolator(at, path)(percent))


LEG_COLUMNS = (
    "hip_flexion",
    "hip_adduction",
    "hip_rotation",
    "knee_angle",
    "ankle_angle",
    "subtalar_angle",
)


def normative_posture(percent: Array) -> tuple[Posture, dict[str, Array], float]:
    """Orientations, leg angles (gait2392 signs, degrees) and toe-out of the built-in gait."""

    def rotations(name: str) -> Array:
        angles = np.stack([kinematic_curve(f"{name}_{a}_deg", percent) for a in "zxy"], axis=1)
        return sequence(ZXY, angles)

    leg = {name: kinematic_curve(f"{name}_deg", percent) for name in LEG_COLUMNS}
    pelvis, thorax = rotations("pelvis"), rotations("thorax")
    toe_out = float(table_file("foot.toml")["foot"]["toe_out_deg"])
    posture = Posture(
        tibia=rotations("tibia"),
        pelvis=pelvis,
        thorax=thorax,
        ankle_deg=leg["ankle_angle"],
        subtalar_deg=leg["subtalar_angle"],
        pelvis_deg=zxy_angles_deg(pelvis) * [-1.0, -1.0, 1.0],
        lumbar_deg=zxy_angles_deg(np.swapaxes(pelvis, -1, -2) @ thorax),
        chain_heading_deg=toe_out,
        offsets_deg=(),
    )
    return posture, leg, toe_out
