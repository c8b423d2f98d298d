# SPDX-License-Identifier: MIT
"""Section ``equilibrium`` of the summary: balance of the run, and what was done to its input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.foot_loads import FootLoads
from scenarios.gait.stance import StanceGait
from scenarios.summary import Equilibrium, finite_or_none
from scenarios.upper import pelvis_residual
from simulator.results import FootInstant, PelvisInstant


def equilibrium_section(
    foot: Sequence[FootInstant],
    pelvis: Sequence[PelvisInstant],
    loads: FootLoads,
    imbalance_max: float,
) -> Equilibrium:
    """Put the section together.

    Args:
        foot: of the output instants.
        pelvis: id.
        loads: of the run.
        imbalance_max: largest force imbalance of any accepted step, over body weight.
    """
    error, window = cop_error(foot, loads.window.full)
    newtons, nmm = pelvis_residual(pelvis)
    return _with_input(
        Equilibrium(
            force_imbalance_relative_max=imbalance_max,
            grf_error_relative_max=max(f.grf_error_relative for f in foot),
            cop_error_mm_rms=error,
            cop_window_percent=window,
            pelvis_residual_n=finite_or_none(newtons),
            pelvis_residual_nm=finite_or_none(nmm),
        ),
        foot,
        loads,
    )


def cop_error(
    foot: Sequence[FootInstant], window: tuple[float, float]
) -> tuple[float | None, tuple[float, float] | None]:
    """Distance (mm, RMS) of the centre of pressure from the measured one, and where that counts.

    Args:
        foot: of the output instants.
        window: per cent of stance in which the measured one closes the torques.
    """
    inside = [
        f for f in foot if window[0] <= f.percent <= window[1] and f.calibration_weight > 0.99
    ]
    if not inside:
        return None, None
    squares = [
        (f.cop_x_mm - f.cop_measured_x_mm) ** 2 + (f.cop_z_mm - f.cop_measured_z_mm) ** 2
        for f in inside
    ]
    return float(np.sqrt(np.mean(squares))), window


def shear_over_friction(foot: Sequence[FootInstant], friction: float) -> float | None:
    """Largest share of what friction can hold that the measured shear asks for, |R_t| / (mu R_n).

    ``None`` without friction, or where nothing presses.
    """
    shares = [
        float(np.hypot(f.grf_measured_x_n, f.grf_measured_z_n)) / (friction * f.grf_measured_y_n)
        for f in foot
        if friction * f.grf_measured_y_n > 0.0
    ]
    return max(shares, default=None)


def _with_input(section: Equilibrium, foot: Sequence[FootInstant], loads: FootLoads) -> Equilibrium:
    """Add what was done to the gait; standing has none, a built-in gait is not registered."""
    gait: StanceGait = loads.gait
    if gait.source == "standing":
        return section
    more: dict[str, object] = {
        "shear_over_friction_max": shear_over_friction(foot, loads.friction),
        "com_mean_acceleration_m_s2": _plain(gait.mean_acceleration_mm_s2 / 1000.0),
    }
    if gait.source == "measured":
        more["cop_registration_offset_mm"] = _plain(gait.registration_offset_mm)
    if gait.offsets_deg:
        more["angle_offsets_deg"] = {name: float(value) for name, value in gait.offsets_deg}
    return section.model_copy(update=more)


def _plain(values: np.ndarray) -> tuple[float, ...]:
    """Plain numbers; what is zero but for the last bits of a sum is zero."""
    return tuple(float(v) if abs(v) > 1e-12 else 0.0 for v in values)
