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
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from materials.wear import CYCLES_PER_HOUR
from meshes.foot_dimensions import FootDimensions
from scenarios.impact.keys import Impact
from scenarios.schema_base import Table, wrong

BAREFOOT = "none"
"""The insole material that stands for no insole."""

Analysis = Literal["standing", "stance", "impact"]
Resolution = Literal["coarse", "standard", "fine"]
FootType = Literal["neutral", "flat", "cavus"]
Side = Literal["right", "left"]
ZoneName = Literal["heel", "midfoot", "forefoot", "toes"]
Muscles = Literal["equivalent", "follower", "none"]
VertebraName = Literal["L5", "L4", "L3", "L2", "none"]
SolverPreset = Literal["auto", "direct", "iterative"]

InputPath = Annotated[Path, Field(json_schema_extra={"input_path": True})]
"""A file or folder that the user names; `scenarios.loading` makes it absolute."""

REFERENCE_HEIGHT_M = 1.75
REFERENCE_FOOT_LENGTH_MM = 255.0


def _foot_length(data: dict[str, Any]) -> float:
    """Length of the default foot, in proportion to stature."""
    share = float(data.get("height_m", REFERENCE_HEIGHT_M)) / REFERENCE_HEIGHT_M
    return round(REFERENCE_FOOT_LENGTH_MM * share, 3)


def _of_typical_foot(dimension: str) -> Any:
    """A default taken from the typical foot of the subject's type and length."""

    def factory(data: dict[str, Any]) -> float:
        length = float(data.get("foot_length_mm", REFERENCE_FOOT_LENGTH_MM))
        foot = FootDimensions.of_type(data.get("foot_type", "neutral"), length)
        return round(float(getattr(foot, dimension)), 3)

    return factory


class Subject(Table):
    """Who stands or walks."""

    body_mass_kg: float = Field(70.0, ge=30.0, le=200.0, description="Mass of the whole body")
    height_m: float = Field(REFERENCE_HEIGHT_M, ge=1.3, le=2.2, description="Stature, barefoot")
    side: Side = Field(
        "right", description="Side that is simulated; a left foot is mirrored to a right one"
    )
    foot_type: FootType = Field("neutral", description="Foot posture; sets the default arch height")
    foot_length_mm: float = Field(
        default_factory=_foot_length,
        ge=180.0,
        le=340.0,
        description="Heel to the tip of the longest toe; by default in proportion to stature",
        json_schema_extra={"default_text": "255 at a stature of 1.75 m"},
    )
    ball_width_mm: float = Field(
        default_factory=_of_typical_foot("ball_width_mm"),
        ge=60.0,
        le=150.0,
        description="Breadth over the first and fifth metatarsal heads",
        json_schema_extra={"default_text": "0.375 of foot length"},
    )
    heel_width_mm: float = Field(
        default_factory=_of_typical_foot("heel_width_mm"),
        ge=35.0,
        le=105.0,
        description="Greatest breadth of the heel",
        json_schema_extra={"default_text": "0.25 of foot length"},
    )
    arch_height_mm: float = Field(
        default_factory=_of_typical_foot("arch_height_mm"),
        ge=15.0,
        le=90.0,
        description="Height of the navicular tuberosity over the unloaded sole",
        json_schema_extra={"default_text": "0.17 of foot length; flat 0.11, cavus 0.225"},
    )
    heel_pad_thickness_mm: float = Field(
        default_factory=_of_typical_foot("heel_pad_thickness_mm"),
        ge=8.0,
        le=35.0,
        description="Skin to calcaneus under the heel, unloaded",
        json_schema_extra={"default_text": "0.067 of foot length"},
    )
    tissue_stiffness_factor: float = Field(
        1.0,
        ge=0.2,
        le=10.0,
        description="Factor on the stiffness of all plantar tissue; 1 is the library's",
    )
    scan_file: InputPath | None = Field(None, description="Surface scan of the sole (reserved)")


class Layer(Table):
    """One layer of an insole."""

    material: str = Field(description="Material of the layer", min_length=1)
    thickness_mm: float = Field(ge=0.4, le=30.0, description="Thickness of the layer")


class Zone(Table):
    """A region of an insole with a material of its own."""

    region: ZoneName = Field(description="Region, by per cent of foot length")
    material: str = Field(description="Material of the region", min_length=1)


class Wear(Table):
    """How long an insole has been worn."""

    hours: float | None = Field(
        None,
        ge=0.0,
        le=20_000.0,
        description=f"Hours of walking, each of {CYCLES_PER_HOUR:g} load cycles of the foot",
        json_schema_extra={"default_text": "0, a new insole"},
    )
    cycles: float | None = Field(
        None,
        ge=0.0,
        le=1e8,
        description="Load cycles, in place of hours",
        json_schema_extra={"default_text": "0, a new insole", "allowed_text": "0 to 100000000"},
    )

    @property
    def load_cycles(self) -> float:
        """Load cycles so far, 0 of a new insole."""
        return self.cycles or CYCLES_PER_HOUR * (self.hours or 0.0)

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.hours is not None and self.cycles is not None:
            raise wrong("hours and cycles are both given", "one of the two")
        return self


def _insole_thickness(data: dict[str, Any]) -> float:
    layers: tuple[Layer, ...] = data.get("layers", ())
    return round(sum(layer.thickness_mm for layer in layers), 6) if layers else 6.0


class Insole(Table):
    """What lies between foot and ground."""

    material: str = Field(
        "eva_35",
        min_length=1,
        description='Material; "none" is barefoot. `solespine materials list` shows the names',
        json_schema_extra={"allowed_text": 'an insole material or "none"'},
    )
    material_file: InputPath | None = Field(
        None, description="Your own material file; its names can then be used like the library's"
    )
    layers: tuple[Layer, ...] = Field(
        (),
        strict=False,
        max_length=3,
        description="Layers from the top down, each a table of material and thickness_mm",
    )
    zones: tuple[Zone, ...] = Field(
        (),
        strict=False,
        max_length=4,
        description="Regions of another material (whole thickness, or the layer under the cover), "
        "each a table of region and material",
    )
    thickness_mm: float = Field(
        default_factory=_insole_thickness,
        ge=1.0,
        le=30.0,
        description="Thickness of the flat part",
        json_schema_extra={"default_text": "6, or the sum of the layers"},
    )
    conformity: float = Field(
        0.0,
        ge=0.0,
        le=1.0,
        description="0 is a flat top, 1 follows the unloaded sole; scales arch, cup and relief",
    )
    arch_height_mm: float | None = Field(
        None,
        ge=0.0,
        le=60.0,
        description="Highest point of the arch support over the flat top at conformity 1",
        json_schema_extra={"default_text": "the arch of the sole itself"},
    )
    heel_cup_depth_mm: float = Field(
        10.0, ge=0.0, le=25.0, description="Rise of the rim round the heel at conformity 1"
    )
    rearfoot_post_deg: float = Field(
        0.0, ge=-12.0, le=12.0, description="Wedge under the rearfoot, medial side up positive"
    )
    forefoot_post_deg: float = Field(
        0.0, ge=-12.0, le=12.0, description="Wedge under the forefoot, medial side up positive"
    )
    heel_lift_mm: float = Field(
        0.0, ge=0.0, le=25.0, description="Extra height under the heel, falling to 0 at the ball"
    )
    both_feet: bool = Field(
        True,
        description="Whether the other foot wears it too; if not, the other keeps the baseline's, "
        "and the pelvis tilts by the difference in height under the heel",
    )
    wear: Wear | None = Field(None, description="How long it has been worn; new where left out")

    @property
    def is_barefoot(self) -> bool:
        """Whether there is no insole at all."""
        return self.material == BAREFOOT

    @property
    def materials(self) -> tuple[str, ...]:
        """Every material that the insole names, in a fixed order, without repeats."""
        layers, zones = (layer.material for layer in self.layers), (z.material for z in self.zones)
        names = [self.material, *layers, *zones]
        return tuple(dict.fromkeys(names))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.is_barefoot and (self.layers or self.zones):
            raise wrong(
                '"none" is barefoot and has no layers or zones',
                "one of the two; layers = [] and zones = [] take those of a scenario off",
            )
        total = sum(layer.thickness_mm for layer in self.layers)
        if self.layers and abs(total - self.thickness_mm) > 1e-3:
            raise wrong(
                f"thickness_mm is {self.thickness_mm:g}, the layers add up to {total:g}",
                "leave thickness_mm out, or make them equal",
            )
        regions = [zone.region for zone in self.zones]
        if len(set(regions)) != len(regions):
            raise wrong("a region is named twice in zones", "each region once")
        return self


class Baseline(Insole):
    """The insole on which the posture is calibrated, or where that was done."""

    calibration_dir: InputPath | None = Field(
        None, description="Result folder of the baseline run, instead of an insole"
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if not self.both_feet:
            raise wrong("both_feet is false: a baseline is worn on both feet", "leave it out")
        others = sorted(self.model_fields_set - {"calibration_dir"})
        if self.calibration_dir is not None and others:
            raise wrong(
                f"calibration_dir and {', '.join(others)} are both given",
                "calibration_dir alone, or a table like [insole]",
            )
        return self


class Gait(Table):
    """How the body moves; without files the built-in normative gait."""

    speed_m_s: float = Field(
        1.3, ge=1.1, le=1.9, description="Walking speed of the built-in gait, or of the belt"
    )
    grf_file: InputPath | None = Field(
        None, description="Ground reaction forces, OpenSim .mot; relative to the scenario file"
    )
    kinematics_file: InputPath | None = Field(
        None, description="Joint angles of the same trial, OpenSim .mot; needs grf_file"
    )
    pressure_file: InputPath | None = Field(
        None, description="Measured plantar pressure (reserved)"
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
        if self.stance_index is not None and self.grf_file is None:
            raise wrong("stance_index is given without grf_file", "leave it out")
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
