# SPDX-License-Identifier: MIT
"""From the records of all output instants to ``summary.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from scenarios.alignment.figures import AlignmentInstant
from scenarios.alignment.summarise import alignment_change_section
from scenarios.equilibrium_section import equilibrium_section
from scenarios.foot_loads import FootLoads
from scenarios.foot_model import FootModel
from scenarios.foot_posture import neutral_arch_height_mm
from scenarios.plantar import RegionLoads, plantar_section, summarise
from scenarios.schema import Scenario
from scenarios.schema_insole import Insole
from scenarios.strain_range import Strains, material_warnings
from scenarios.subject_section import subject_section
from scenarios.summary import (
    InsoleSummary,
    MinMax,
    Role,
    SolverSummary,
    Summary,
    WallTimes,
)
from scenarios.upper import lumbar_section, pelvis_section, vertebra_section
from scenarios.wear_section import wear_section
from simulator.results import FootInstant, LevelInstant, PelvisInstant, VertebraInstant
from simulator.stepping import Counters


@dataclass(slots=True)
class RunRecord:
    """Records of the output instants so far, and the largest imbalance of any accepted step."""

    foot: list[FootInstant] = field(default_factory=list)
    pelvis: list[PelvisInstant] = field(default_factory=list)
    levels: list[tuple[LevelInstant, ...]] = field(default_factory=list)
    loads: list[RegionLoads] = field(default_factory=list)
    vertebra: list[VertebraInstant] = field(default_factory=list)
    imbalance_max: float = 0.0
    strains: Strains = field(default_factory=dict)
    alignment: list[AlignmentInstant] = field(default_factory=list)

    def balanced(self, imbalance_relative: float) -> None:
        """Take note of an accepted step; those between outputs are solved less closely."""
        self.imbalance_max = max(self.imbalance_max, imbalance_relative)

    def add(
        self,
        foot: FootInstant,
        pelvis: PelvisInstant,
        levels: tuple[LevelInstant, ...],
        loads: RegionLoads,
        vertebra: VertebraInstant | None = None,
    ) -> None:
        """Add one instant."""
        if vertebra is not None:
            self.vertebra.append(vertebra)
        self.foot.append(foot)
        self.pelvis.append(pelvis)
        self.levels.append(levels)
        self.loads.append(loads)
        self.balanced(foot.force_imbalance_relative)

    @property
    def last_percent(self) -> float | None:
        """The last output instant."""
        return self.foot[-1].percent if self.foot else None


def _range(values: Sequence[float]) -> MinMax:
    return MinMax(min=float(min(values)), max=float(max(values)))


def summary_of(
    scenario: Scenario,
    model: FootModel,
    loads: FootLoads,
    results: RunRecord,
    counters: Counters,
    role: Role,
    calibration: str,
    memory: float,
    ranks: int,
    wall: Mapping[str, float],
    total: float,
    warnings: Sequence[str],
    upper_dofs: int,
) -> Summary:
    """Put the summary of a finished run together."""
    foot, subject = results.foot, scenario.subject
    weight = loads.gait.body_mass_kg * 9.80665
    percent = [f.percent for f in foot]
    alignment = pelvis_section(results.pelvis)
    navicular = model.foot.landmarks
    neutral = neutral_arch_height_mm(navicular)
    alignment = alignment.model_copy(
        update={
            "rearfoot_eversion_deg": _range([f.rearfoot_eversion_deg for f in foot]),
            "tibial_rotation_deg": _range([f.tibial_rotation_deg for f in foot]),
            "arch_height_drop_mm": float(neutral - min(f.arch_height_mm for f in foot)),
        }
    )
    said = (
        *_warnings(foot, loads),
        *material_warnings(scenario.insole, model.materials, results.strains),
    )
    return Summary(
        scenario=scenario.name,
        analysis=scenario.analysis,
        converged=True,
        resolution=scenario.resolution,
        role=role,
        calibration=calibration,
        solver=SolverSummary(
            dofs=model.dofs + upper_dofs,
            cells=model.cells,
            mpi_ranks=ranks,
            steps=counters.steps,
            newton_iterations=counters.newton_iterations,
            krylov_iterations=counters.krylov_iterations,
            memory_mb=memory,
            wall_s=WallTimes(**wall, total=total),
        ),
        subject=subject_section(subject),
        equilibrium=equilibrium_section(foot, results.pelvis, loads, results.imbalance_max),
        plantar=plantar_section(summarise(results.loads, np.array([f.time_s for f in foot]))),
        alignment=alignment,
        alignment_change=alignment_change_section(results.alignment),
        lumbar=lumbar_section(results.levels, percent, weight),
        vertebra=vertebra_section(results.vertebra, percent, weight),
        insole=None if model.insole is None else insole_section(foot, scenario.insole),
        warnings=tuple(dict.fromkeys((*warnings, *said))),
    )


def insole_section(foot: Sequence[FootInstant], table: Insole) -> InsoleSummary:
    """Largest strain and stored energy, and wear; an elastic insole at rest absorbs nothing."""
    return InsoleSummary(
        peak_compressive_strain=max(f.insole_compressive_strain for f in foot),
        energy_stored_j=max(f.insole_energy_j for f in foot),
        wear=wear_section(table),
    )


def _warnings(foot: Sequence[FootInstant], loads: FootLoads) -> list[str]:
    said = [
        "with a prescribed ground reaction, insole materials act on the spine through alignment "
        "only, and through leg length where one foot alone wears them; shock needs the analysis "
        "impact",
        "the absolute level of lumbar load is calibrated on standing; differences are predicted",
    ]
    clipped = [f.percent for f in foot if f.grf_error_relative > 1e-4]
    if clipped:
        said.append(
            f"friction {loads.friction:g} cannot carry the measured shear at "
            f"{', '.join(f'{p:g}' for p in clipped)} % of stance; it was clipped"
        )
    if loads.calibration is None and len(foot) > 1:
        first, last = loads.window.full
        said.append(
            f"the centre of pressure closes the joint torques from {first:g} to {last:g} % of "
            "stance; outside, measured angles do"
        )
    return said
