# SPDX-License-Identifier: MIT
"""Section ``shock`` of ``summary.json``; definitions in ``docs/theory/shock.md``."""

from __future__ import annotations

from typing import Literal

from scenarios.sections import Level, Section


class BySite(Section):
    """One number for each segment that is looked at, from below."""

    tibia: float | None = None
    femur: float | None = None
    sacrum: float | None = None
    L5: float | None = None
    L3: float | None = None
    L1: float | None = None
    trunk: float | None = None


class Bands(Section):
    """One number for each band: 3-8, 10-20 and 20-60 Hz."""

    active: float | None = None
    impact: float | None = None
    high: float | None = None


class Transfer(Section):
    """From the tibia up: one band table for each segment above."""

    femur: Bands | None = None
    sacrum: Bands | None = None
    L5: Bands | None = None
    L3: Bands | None = None
    L1: Bands | None = None
    trunk: Bands | None = None


class PowerBySite(Section):
    """One band table for each segment."""

    tibia: Bands | None = None
    femur: Bands | None = None
    sacrum: Bands | None = None
    L5: Bands | None = None
    L3: Bands | None = None
    L1: Bands | None = None
    trunk: Bands | None = None


class LumbarTransient(Section):
    """Load of one level from touchdown on; the peaks themselves stand under ``lumbar``.

    A change is the peak less the value at touchdown, a rise the largest increase from any value to
    a later one, a rate the steepest increase.
    """

    compression_initial_n: float | None = None
    compression_change_n: float | None = None
    compression_rise_n: float | None = None
    compression_rise_bw: float | None = None
    compression_at_ms: float | None = None
    compression_rate_n_per_s: float | None = None
    shear_ap_initial_n: float | None = None
    shear_ap_change_n: float | None = None
    shear_ap_at_ms: float | None = None
    disc_pressure_initial_mpa: float | None = None
    disc_pressure_change_mpa: float | None = None
    disc_pressure_rise_mpa: float | None = None
    disc_pressure_at_ms: float | None = None
    disc_pressure_rate_mpa_per_s: float | None = None


class Shock(Section):
    """What an impact sends up the body.

    ``contact_ms`` is when the force passes 20 N; all times count from touchdown.
    ``impact_peak_kind`` says whether the peak is a maximum or a shoulder; peak and its time are
    absent where the force has neither. Accelerations are axial, upward positive, without gravity.
    """

    loading_rate_bw_per_s: float | None = None
    loading_rate_max_bw_per_s: float | None = None
    contact_ms: float | None = None
    impact_peak_bw: float | None = None
    impact_peak_ms: float | None = None
    impact_peak_kind: Literal["maximum", "shoulder"] | None = None
    largest_force_bw: float | None = None
    peak_acceleration_g: BySite | None = None
    peak_acceleration_ms: BySite | None = None
    acceleration_rate_g_per_s: BySite | None = None
    acceleration_rate_max_g_per_s: BySite | None = None
    attenuation_from_tibia_percent: BySite | None = None
    lumbar: dict[Level, LumbarTransient] | None = None
    resolution_hz: float | None = None
    resolvable_hz: float | None = None
    peak_frequency_hz: BySite | None = None
    power_g2: PowerBySite | None = None
    transmissibility_db: Transfer | None = None
