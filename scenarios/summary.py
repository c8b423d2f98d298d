# SPDX-License-Identifier: MIT
"""``summary.json``, schema ``solespine.summary/1``: the numbers of a run.

A quantity that an analysis does not have is absent, never null and never zero.
Counters and times stand under ``solver`` only; all other numbers are the same on
any number of ranks. Units are in the names.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from scenarios.alignment.section import AlignmentChange
from scenarios.errors import ScenarioError
from scenarios.scan_section import COMPARED as COMPARED_OF_SCAN
from scenarios.scan_section import Scan
from scenarios.sections import Level as Level
from scenarios.sections import Section as Section
from scenarios.shock.section import Shock

SUMMARY_SCHEMA: Literal["solespine.summary/1"] = "solespine.summary/1"
Role = Literal["baseline", "candidate"]


class WallTimes(Section):
    """Wall-clock seconds by part of the run; ``baseline`` is a candidate's calibration."""

    mesh: float | None = None
    baseline: float | None = None
    setup: float | None = None
    solve: float | None = None
    report: float | None = None
    total: float | None = None


class SolverSummary(Section):
    """Sizes, counters and times; the only part that may differ between rank counts."""

    dofs: int | None = None
    cells: int | None = None
    mpi_ranks: int | None = None
    steps: int | None = None
    newton_iterations: int | None = None
    krylov_iterations: int | None = None
    memory_mb: float | None = None
    wall_s: WallTimes | None = None


class SubjectSummary(Section):
    """Who was simulated; see `scenarios.schema_subject` for the measures of the foot."""

    body_mass_kg: float
    height_m: float
    foot_length_mm: float
    foot_type: str
    foot_posture_index: float | None = None
    rearfoot_angle_deg: float | None = None
    arch_height_index: float | None = None
    leg_length_difference_mm: float = 0.0


class Equilibrium(Section):
    """How well the loads are balanced, and what was done to a measured gait.

    Forces are relative to body weight. ``shear_over_friction_max`` is |R_t| over mu R_n;
    ``com_mean_acceleration_m_s2`` (x, y, z) is the mean over a stride that was taken off;
    ``cop_registration_offset_mm`` (x, z) is how far the path of the centre of pressure was
    moved; ``angle_offsets_deg`` is what was subtracted from angles, by name.
    """

    force_imbalance_relative_max: float | None = None
    grf_error_relative_max: float | None = None
    cop_error_mm_rms: float | None = None
    cop_window_percent: tuple[float, float] | None = None
    pelvis_residual_n: float | None = None
    pelvis_residual_nm: float | None = None
    shear_over_friction_max: float | None = None
    com_mean_acceleration_m_s2: tuple[float, float, float] | None = None
    cop_registration_offset_mm: tuple[float, float] | None = None
    angle_offsets_deg: dict[str, float] | None = None


class Regions(Section):
    """One number for each region of the foot; ``whole`` is the whole sole."""

    whole: float | None = None
    heel: float | None = None
    midfoot: float | None = None
    forefoot: float | None = None
    hallux: float | None = None
    toes: float | None = None


class MeasuredPlantar(Section):
    """What ``gait.pressure_file`` measured, an input, beside what was computed.

    Peaks are medians over ``steps``, ``low`` and ``high`` their 5th and 95th percentiles;
    ``computed_over_measured`` is the computed sensor peak over the median.
    """

    steps: int
    peak_pressure_kpa: Regions
    low_kpa: Regions
    high_kpa: Regions
    computed_over_measured: Regions | None = None


class Plantar(Section):
    """Pressure under the sole."""

    peak_pressure_kpa: Regions | None = None
    peak_pressure_raw_kpa: Regions | None = None
    load_share_percent: Regions | None = None
    contact_area_mm2: Regions | None = None
    pressure_time_integral_kpa_s: Regions | None = None
    measured: MeasuredPlantar | None = None


class MinMax(Section):
    """Smallest and largest value over the output instants."""

    min: float
    max: float


class Alignment(Section):
    """Posture of foot, pelvis and lumbar spine."""

    rearfoot_eversion_deg: MinMax | None = None
    tibial_rotation_deg: MinMax | None = None
    arch_height_drop_mm: float | None = None
    pelvic_tilt_deg: MinMax | None = None
    pelvic_obliquity_deg: MinMax | None = None
    lumbar_lordosis_deg: MinMax | None = None


class Peak(Section):
    """Peak and mean over the output instants, and where the peak is."""

    peak: float
    mean: float
    peak_bw: float | None = None
    at_percent: float | None = None


class LumbarLevel(Section):
    """Load of one lumbar disc."""

    compression_n: Peak | None = None
    shear_ap_n: Peak | None = None
    shear_ml_n: Peak | None = None
    flexion_moment_nm: Peak | None = None
    disc_pressure_mpa: Peak | None = None
    annulus_max_principal_strain: Peak | None = None
    endplate_stress_mpa: Peak | None = None
    muscle_force_n: Peak | None = None


class VertebraSummary(Section):
    """Stress inside one vertebra.

    Compressive stress and strain are negative, their peak is the value of largest size.
    ``force_balance_relative`` is what all loads on it leave over, the largest of all outputs.
    """

    name: str
    axial_force_n: Peak | None = None
    cortical_von_mises_mpa: Peak | None = None
    cortical_von_mises_max_mpa: Peak | None = None
    endplate_von_mises_mpa: Peak | None = None
    cancellous_min_principal_mpa: Peak | None = None
    cancellous_mean_principal_mpa: Peak | None = None
    cancellous_min_principal_strain: Peak | None = None
    cancellous_mean_principal_strain: Peak | None = None
    shell_share_percent: MinMax | None = None
    force_balance_relative: float | None = None


class WornMaterial(Section):
    """What is left of one material of a worn insole, over the new one.

    ``stiffness_factor`` is that of Young's modulus, ``stress_factor_half`` that of the stress at
    half the unloaded height; ``damping_factor`` is that of the weights of its Prony series.
    """

    set_share: float
    stiffness_factor: float
    stress_factor_half: float
    damping_factor: float


class WearSummary(Section):
    """Wear of the insole, which is an input and no output; absent for a new insole."""

    cycles: float
    thickness_mm: float
    thickness_lost_mm: float
    materials: dict[str, WornMaterial]


class InsoleSummary(Section):
    """What the insole does.

    ``energy_stored_j`` is the largest elastic energy of an instant, given back when the load
    goes. ``energy_absorbed_j`` is the largest work done on it, of which ``energy_returned_j``
    came back and ``energy_lost_j`` was dissipated by the end of the run; a quasi-static analysis
    has elastic laws and none of these.
    """

    peak_compressive_strain: float | None = None
    energy_stored_j: float | None = None
    energy_absorbed_j: float | None = None
    wear: WearSummary | None = None
    energy_returned_j: float | None = None
    energy_lost_j: float | None = None
    energy_lost_percent: float | None = None


class MeshQuality(Section):
    """Quality of one body's mesh."""

    cells: int
    points: int | None = None
    volume_mm3: float | None = None
    min_radius_ratio: float | None = None
    mean_radius_ratio: float | None = None
    min_scaled_jacobian: float | None = None
    mean_scaled_jacobian: float | None = None
    min_dihedral_deg: float | None = None


class DiscretisationError(Section):
    """Estimated error of one output from the mesh: relative, or in the output's unit."""

    relative: float | None = Field(None, ge=0.0)
    absolute: float | None = Field(None, ge=0.0)


class Summary(Section):
    """All numbers of one run."""

    schema_name: Literal["solespine.summary/1"] = Field(SUMMARY_SCHEMA, alias="schema")
    scenario: str
    analysis: str
    converged: bool
    resolution: str
    role: Role | None = None
    calibration: str | None = None
    solver: SolverSummary | None = None
    subject: SubjectSummary | None = None
    equilibrium: Equilibrium | None = None
    plantar: Plantar | None = None
    alignment: Alignment | None = None
    alignment_change: AlignmentChange | None = None
    lumbar: dict[Level, LumbarLevel] | None = None
    vertebra: VertebraSummary | None = None
    shock: Shock | None = None
    scan: Scan | None = None
    insole: InsoleSummary | None = None
    mesh: dict[str, MeshQuality] | None = None
    discretisation_error: dict[str, DiscretisationError] | None = None
    warnings: tuple[str, ...] = ()


def finite_or_none(value: float | None) -> float | None:
    """The value, or None for NaN and infinity: the quantity is then absent."""
    return None if value is None or not math.isfinite(value) else float(value)


def summary_data(summary: Summary) -> dict[str, Any]:
    """The summary as plain data; absent quantities and empty tables are left out."""
    data = _pruned(summary.model_dump(mode="json", by_alias=True, exclude_none=True))
    data.setdefault("warnings", [])
    return data


def summary_text(summary: Summary) -> str:
    """The text of ``summary.json``."""
    return json.dumps(summary_data(summary), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _pruned(data: Mapping[str, Any]) -> dict[str, Any]:
    result = {}
    for key, value in data.items():
        if isinstance(value, Mapping):
            value = _pruned(value)
            if not value:
                continue
        result[key] = value
    return result


def read_summary(folder: Path) -> Summary:
    """Read the summary of a result folder.

    Raises:
        ScenarioError: no result, an unfinished one, or not this schema.
    """
    path = folder / "summary.json"
    if not path.is_file():
        problem = "no such folder"
        if folder.is_dir():
            unfinished = (folder / "manifest.json").is_file()
            problem = "is not finished" if unfinished else "holds no result"
        elif folder.exists():
            problem = "is no folder"
        raise ScenarioError(str(folder), "", problem, allowed="a result folder with summary.json")
    try:
        return Summary.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ScenarioError(str(path), "", f"cannot be read: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        problem = first["msg"]
        if key == "schema":
            problem = f"is of another version, {first['input']!r}"
        elif first["type"] == "extra_forbidden":
            problem = "no such quantity in this version, or in another unit"
        raise ScenarioError(str(path), key, problem, allowed=f"schema {SUMMARY_SCHEMA}") from None


def main_outputs(summary: Summary) -> Iterator[tuple[str, float]]:
    """The numbers that answer questions, by dotted key.

    Counters, times, the subject, mesh quality, error estimates, the balance of a vertebra, the
    wear of an insole and measured pressure are left out.
    """
    data = summary_data(summary)
    data.get("vertebra", {}).pop("force_balance_relative", None)
    data.get("insole", {}).pop("wear", None)
    if "scan" in data:
        data["scan"] = {k: v for k, v in data["scan"].items() if k in COMPARED_OF_SCAN}
    data.get("plantar", {}).pop("measured", None)
    for section in (
        *("equilibrium", "plantar", "alignment", "alignment_change", "lumbar", "vertebra"),
        *("shock", "scan", "insole"),
    ):
        yield from _numbers(data.get(section, {}), section)


def _numbers(data: Any, key: str) -> Iterator[tuple[str, float]]:
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from _numbers(value, f"{key}.{name}")
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield key, float(data)
