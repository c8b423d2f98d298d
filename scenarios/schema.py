# SPDX-License-Identifier: MIT
"""The scenario: every key that a study can set, with default, unit and range.

The models are strict (a mass given as text is refused), frozen, and know no
file system: `scenarios.loading` reads files, `scenarios.keys` lists the keys
for messages and documentation. Descriptions are shown to users.

Ranges are physical limits of adults and of what insoles are made to, not limits
of the mechanics; what cannot be meshed is refused later by the mesher.
"""

from __future__ import annotations

import itertools
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from scenarios.alignment.keys import AlignmentStudy
from scenarios.impact.keys import Impact
from scenarios.schema_base import InputPath, Table, wrong
from scenarios.schema_insole import Baseline, Insole
from scenarios.schema_subject import (
    Subject,
)

Analysis = Literal["standing", "stance", "impact"]
Resolution = Literal["coarse", "standard", "fine"]
Muscles = Literal["equivalent", "follower", "none"]
VertebraName = Literal["L5", "L4", "L3", "L2", "none"]
SolverPreset = Literal["auto", "direct", "iterative"]


class Gait(Table):
    """How the body moves; without files the built-in normative gait."""

    speed_m_s: float = Field(
        1.3, ge=1.1, le=1.9, description="Walking speed of the built-in gait, or of the belt"
    )
    grf_file: InputPath | None = Field(
        None,
        description="Ground reaction forces: OpenSim .mot or .sto, .csv, .c3d; relative to the "
        "scenario file",
    )
    kinematics_file: InputPath | None = Field(
        None, description="Joint angles of the same trial, OpenSim .mot; needs grf_file"
    )
    plate_sides: tuple[Literal["right", "left", "none"], ...] | None = Field(
        None,
        strict=False,
        min_length=1,
        max_length=20,
        description="Foot on each force plate of a .c3d, in the order of the file",
        json_schema_extra={
            "default_text": "found out, and said",
            "allowed_text": "a list of right, left, none",
        },
    )
    pressure_file: InputPath | None = Field(
        None,
        description="In-shoe pressure: Pedar .asc, F-Scan .asf, .csv; gives vertical force and "
        "centre of pressure, beside grf_file the centre of pressure alone",
    )
    stance_index: int | None = Field(
        None,
        ge=0,
        le=10_000,
        description="Which stance of the side in the file, the first is 0",
        json_schema_extra={"default_text": "chosen, and said"},
    )

    @property
    def is_measured(self) -> bool:
        """Whether the gait comes from files."""
        return self.grf_file is not None

    @model_validator(mode="after")
    def _needs_forces(self) -> Self:
        if self.kinematics_file is not None and self.grf_file is None:
            raise wrong("kinematics_file is given without grf_file", "both files, or neither")
        if self.stance_index is not None and self.grf_file is None and self.pressure_file is None:
            raise wrong("stance_index is given without grf_file", "leave it out")
        if self.plate_sides is not None and self.grf_file is None:
            raise wrong("plate_sides is given without grf_file", "leave it out")
        return self


class Standing(Table):
    """Load of the analysis `standing`."""

    body_weight_share: float = Field(
        0.5, ge=0.1, le=1.0, description="Share of body weight on the foot: 0.5 both, 1.0 one leg"
    )


class Lumbar(Table):
    """The lumbar column."""

    lordosis_deg: float = Field(
        50.5, ge=15.0, le=75.0, description="Angle between the endplates of L1 and S1, standing"
    )
    muscles: Muscles = Field(
        "equivalent",
        description="Equivalent extensors and abductors, a follower load, or no muscles",
    )
    trunk_offset_mm: float = Field(
        20.0,
        ge=-50.0,
        le=100.0,
        description="Centre of mass of the trunk in front of L5-S1, standing",
    )
    vertebra: VertebraName = Field(
        "L4", description="Vertebra whose inner stress is computed, or none of them"
    )


class Contact(Table):
    """Friction and penalty of foot, insole and ground."""

    friction_foot_insole: float = Field(
        0.5, ge=0.0, le=1.5, description="Coulomb friction of foot on insole"
    )
    friction_foot_ground: float = Field(
        0.5, ge=0.0, le=1.5, description="Coulomb friction of the bare foot on ground"
    )
    insole_hold: float = Field(
        0.02,
        ge=1e-3,
        le=1.0,
        description="Elastic hold of the shoe on the insole's underside, over contact stiffness",
    )
    penalty_factor: float = Field(
        50.0, ge=5.0, le=500.0, description="Contact stiffness over E/h of the softer body"
    )


class Solver(Table):
    """How the equations are solved."""

    preset: SolverPreset = Field(
        "auto", description="Linear solver; auto is direct for small systems, else iterative"
    )
    relative_tolerance: float = Field(
        1e-8, ge=1e-12, le=1e-6, description="Newton residual over the load"
    )
    max_newton_iterations: int = Field(
        25, ge=5, le=200, description="Newton iterations before a step is cut"
    )
    max_cutbacks: int = Field(
        8, ge=0, le=20, description="How often a step is halved before the run gives up"
    )


FIRST_PERCENT, LAST_PERCENT = 1.0, 99.0


def _instants(value: object) -> object:
    """Check `stance_percent`: one step, or a rising list of instants."""
    allowed = "a step of 1 to 50, or a rising list between 1 and 99"
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 1.0 <= value <= 50.0:
            raise wrong(f"{value:g} is out of range", allowed)
        return float(value)
    if not isinstance(value, list | tuple) or not value:
        raise wrong(f"got {value!r}", allowed)
    for item in value:
        if isinstance(item, bool) or not isinstance(item, int | float):
            raise wrong(f"got {item!r} in the list", allowed)
        if not FIRST_PERCENT <= item <= LAST_PERCENT:
            raise wrong(f"{item:g} is out of range", allowed)
    if any(b <= a for a, b in itertools.pairwise(value)):
        raise wrong("the list does not rise", allowed)
    return tuple(float(item) for item in value)


class Output(Table):
    """What is written."""

    stance_percent: Annotated[float | tuple[float, ...], BeforeValidator(_instants)] = Field(
        5.0,
        description="Per cent of stance at which results are written: a step, or a list",
        json_schema_extra={"allowed_text": "a step of 1 to 50, or a rising list between 1 and 99"},
    )
    fields: bool = Field(True, description="Write field files for ParaView and PyVista")
    figures: bool = Field(True, description="Draw figures and the report")

    @property
    def instants(self) -> tuple[float, ...]:
        """Output instants in per cent of stance; a step s gives s, 2 s, ... below 100."""
        if isinstance(self.stance_percent, tuple):
            return self.stance_percent
        step = self.stance_percent
        count = int((100.0 - 1e-9) / step)
        return tuple(round(step * k, 9) for k in range(1, count + 1) if step * k <= LAST_PERCENT)


class Scenario(Table):
    """A study of one insole under one load, with every default filled in."""

    name: str = Field(
        "scenario",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,99}$",
        description="Name of the scenario and of its default result folder",
        json_schema_extra={
            "default_text": "the file's name",
            "allowed_text": "letters, digits, dot, dash and underscore",
        },
    )
    analysis: Analysis = Field("stance", description="What is simulated")
    resolution: Resolution = Field("coarse", description="How fine the meshes are")
    subject: Subject = Field(default_factory=Subject)
    insole: Insole = Field(default_factory=Insole)
    baseline: Baseline | None = None
    gait: Gait = Field(default_factory=Gait)
    standing: Standing = Field(default_factory=Standing)
    impact: Impact = Field(default_factory=Impact)
    lumbar: Lumbar = Field(default_factory=Lumbar)
    contact: Contact = Field(default_factory=Contact)
    solver: Solver = Field(default_factory=Solver)
    output: Output = Field(default_factory=Output)
    alignment: AlignmentStudy = Field(default_factory=AlignmentStudy)
