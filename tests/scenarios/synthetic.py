# SPDX-License-Identifier: MIT
"""A made-up result folder with the shapes and sizes of a walk, for figures and report.

Nothing here is a computed result: bodies, pressures and curves are smooth
functions that look like walking, so that a picture can be judged by eye.
"""

from __future__ import annotations

import json
from dataclasses import fields as dataclass_fields
from pathlib import Path

import numpy as np

from scenarios.fields import write_instant
from scenarios.plantar import (
    PlantarSummary,
    centre_of_pressure,
    plantar_section,
    regional_loads,
    sense,
    summarise,
)
from scenarios.plantar_table import sensor_rows
from scenarios.summary import Summary, summary_text
from scenarios.table import GrowingTable
from simulator.results import FootInstant, LevelInstant, PelvisInstant, PlantarInstant
from tests.scenarios.synthetic_bodies import LENGTH, bodies_at, pressure_mpa, sole_grid

WEIGHT_N = 70.0 * 9.81
STANCE_S = 0.62
LEVELS = ("L5-S1", "L4-L5", "L3-L4", "L2-L3", "L1-L2")


def make_result(folder: Path, percents: np.ndarray, field_percents: np.ndarray) -> Path:
    """Write a whole folder; ``field_percents`` are the instants with field files."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, loads = [], []
    cells = GrowingTable(folder / "plantar_pressure.csv")
    for percent in percents:
        plantar = _plantar(float(percent))
        cells.add_rows(sensor_rows(sense(plantar)))
        loads.append(regional_loads(plantar, LENGTH))
        rows.append(_row(float(percent), plantar))
    cells.close()
    history = GrowingTable(folder / "history.csv")
    history.add_rows(rows)
    history.close()
    for percent in field_percents:
        write_instant(folder / "fields", percent, STANCE_S * percent / 100, bodies_at(percent))
    plantar_summary = summarise(loads, STANCE_S * percents / 100)
    summary = Summary.model_validate(_summary(rows, plantar_summary))
    (folder / "summary.json").write_text(summary_text(summary))
    manifest = {
        "schema": "solespine.manifest/1",
        "status": "finished",
        "started": "2026-01-05T09:12:44+00:00",
        "versions": {"solespine": "0.1.0", "fenics-dolfinx": "0.9.0", "python": "3.13.5"},
        "scenario_sha256": "9f2c51d0" * 8,
        "ranks": 2,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "scenario.toml").write_text(
        'analysis = "stance"\nresolution = "coarse"\n[insole]\nmaterial = "eva_35"\n'
    )
    return folder


def _plantar(percent: float) -> PlantarInstant:
    x, z, area = sole_grid(3.0)
    p = pressure_mpa(x, z, percent)
    return PlantarInstant(percent, x, z, area, p, 0.1 * p, 0.02 * p)


def _row(percent: float, plantar: PlantarInstant) -> dict[str, float]:
    t = percent / 100
    force = float(plantar.pressure_mpa @ plantar.area_mm2)
    shear = 0.18 * WEIGHT_N * np.sin(2 * np.pi * (t - 0.5)) * min(1.0, 8 * t, 8 * (1 - t))
    x, z = centre_of_pressure(plantar)
    row = dict.fromkeys((field.name for field in dataclass_fields(FootInstant)), 0.0)
    row |= {
        "percent": percent,
        "time_s": STANCE_S * t,
        "grf_x_n": shear,
        "grf_measured_x_n": shear + 1.0,
        "grf_y_n": force,
        "grf_measured_y_n": force * 1.001,
        "grf_z_n": -0.05 * force,
        "grf_measured_z_n": -0.05 * force,
        "cop_x_mm": x,
        "cop_z_mm": z,
        "cop_measured_x_mm": x + 3 * np.sin(9 * t),
        "cop_measured_z_mm": z + 1.5,
        "force_imbalance_relative": 10 ** (-8.7 + 0.5 * np.sin(20 * t)),
        "grf_error_relative": 1e-3 * (1 + np.sin(7 * t)),
        "rearfoot_eversion_deg": 5.5 * np.sin(np.pi * min(1.0, 1.3 * t)) - 1.5,
        "tibial_rotation_deg": 4.5 * np.sin(np.pi * t) - 1,
        "ankle_dorsiflexion_deg": -8 * np.sin(2 * np.pi * t) + 12 * t,
        "arch_height_mm": 32.0 - 6.0 * np.sin(np.pi * t) ** 0.8,
        "achilles_force_n": 1500 * np.exp(-(((t - 0.8) / 0.15) ** 2)),
        "fascia_force_n": 420 * np.exp(-(((t - 0.8) / 0.2) ** 2)),
        "contact_area_mm2": 9000 * np.sin(np.pi * t) ** 0.3 + 800,
        "newton_iterations": 5 + int(3 * abs(np.cos(9 * t))),
        "krylov_iterations": 140 + int(60 * abs(np.cos(5 * t))),
        "calibration_weight": float(0.2 < t < 0.45),
    }
    pelvis = {
        "knee_flexion_deg": 5 + 15 * np.sin(np.pi * t) ** 2,
        "hip_flexion_deg": 30 - 45 * t,
        "pelvic_tilt_deg": 10 + 2 * np.sin(4 * np.pi * t),
        "pelvic_obliquity_deg": 4 * np.sin(np.pi * t) - 1,
        "pelvic_rotation_deg": 5 - 10 * t,
        "lumbar_lordosis_deg": 42 + 2.5 * np.sin(4 * np.pi * t + 0.5),
        "residual_force_n": 25.0,
        "residual_moment_nm": 4.0,
    }
    row |= {
        field.name: pelvis.get(field.name, percent) for field in dataclass_fields(PelvisInstant)
    }
    for index, level in enumerate(LEVELS):
        hump = 1.25 + 0.35 * np.cos(4 * np.pi * (t - 0.15))
        compression = WEIGHT_N * hump * (1 - 0.06 * index)
        values = {
            "compression_n": compression,
            "shear_ap_n": compression * (0.14 - 0.06 * index),
            "shear_ml_n": 40 * np.sin(2 * np.pi * t) * (1 - 0.1 * index),
            "flexion_moment_nm": 12 * np.sin(2 * np.pi * t + 0.4) + 8,
            "disc_pressure_mpa": compression / (0.66 * 1706),
            "annulus_max_principal_strain": compression / 12000,
            "endplate_stress_mpa": compression / 900,
            "muscle_force_n": 0.5 * compression,
            "rotation_flexion_deg": 1.5 * np.sin(4 * np.pi * t),
        }
        prefix = level.lower().replace("-", "_")
        row |= {
            f"{prefix}_{field.name}": values[field.name]
            for field in dataclass_fields(LevelInstant)
            if field.name != "level"
        }
    return row


def _peak(rows: list[dict[str, float]], column: str) -> dict[str, float]:
    values = np.array([row[column] for row in rows])
    index = int(np.abs(values).argmax())
    result = {
        "peak": float(values[index]),
        "mean": float(values.mean()),
        "at_percent": rows[index]["percent"],
    }
    if column.endswith("_n"):
        result["peak_bw"] = result["peak"] / WEIGHT_N
    return result


def _summary(rows: list[dict[str, float]], plantar: PlantarSummary) -> dict:
    quantities = ("compression_n", "shear_ap_n", "shear_ml_n", "flexion_moment_nm")
    quantities += ("disc_pressure_mpa", "annulus_max_principal_strain", "endplate_stress_mpa")

    def span(name: str) -> dict[str, float]:
        values = [row[name] for row in rows]
        return {"min": min(values), "max": max(values)}

    return {
        "schema": "solespine.summary/1",
        "scenario": "walking",
        "analysis": "stance",
        "converged": True,
        "resolution": "coarse",
        "role": "baseline",
        "solver": {
            "dofs": 61234,
            "cells": 14210,
            "mpi_ranks": 2,
            "steps": 23,
            "newton_iterations": 131,
            "krylov_iterations": 3220,
            "memory_mb": 2310.0,
            "wall_s": {"mesh": 12.0, "setup": 9.0, "solve": 150.2, "report": 9.0, "total": 181.0},
        },
        "subject": {
            "body_mass_kg": 70.0,
            "height_m": 1.75,
            "foot_length_mm": LENGTH,
            "foot_type": "neutral",
        },
        "equilibrium": {
            "force_imbalance_relative_max": 3.1e-9,
            "grf_error_relative_max": 2e-3,
            "cop_error_mm_rms": 2.4,
            "cop_window_percent": [20, 45],
            "pelvis_residual_n": 31.0,
        },
        "plantar": plantar_section(plantar),
        "alignment": {
            "rearfoot_eversion_deg": span("rearfoot_eversion_deg"),
            "tibial_rotation_deg": span("tibial_rotation_deg"),
            "arch_height_drop_mm": 6.0,
            "pelvic_tilt_deg": span("pelvic_tilt_deg"),
            "pelvic_obliquity_deg": span("pelvic_obliquity_deg"),
            "lumbar_lordosis_deg": span("lumbar_lordosis_deg"),
        },
        "lumbar": {
            level: {
                quantity: _peak(rows, f"{level.lower().replace('-', '_')}_{quantity}")
                for quantity in quantities
            }
            for level in LEVELS
        },
        "discretisation_error": {
            "plantar.peak_pressure_kpa.heel": {"relative": 0.06},
            "lumbar.L4-L5.compression_n.peak": {"relative": 0.004},
            "alignment.arch_height_drop_mm": {"absolute": 0.3},
        },
        "warnings": [
            "subtalar angle constant within 0.01 deg in the trial: normative curve used",
            "lumbar level is calibrated on standing disc pressure; differences are predicted",
        ],
    }
