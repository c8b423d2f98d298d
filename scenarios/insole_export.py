# SPDX-License-Identifier: MIT
"""An insole of a scenario as named bodies in the frame of printers: z up, the bottom at z = 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from meshes.errors import MeshError
from meshes.export.bodies import ClosedSurface, check_closed
from meshes.export.files import FileBody, write_3mf, write_stl
from meshes.export.surfaces import InsoleSurfaces, insole_surfaces
from meshes.insole import InsoleGeometry
from meshes.tagged import FloatArray
from meshes.tags import Region
from scenarios.errors import NotWritten
from scenarios.insole_table import insole_records
from scenarios.schema import Scenario
from scenarios.shapes import foot_shapes, insole_refusal

SIZES_MM = {"coarse": 2.0, "standard": 1.5, "fine": 1.0}
"""Edge length of the exported surface, by resolution."""

WORDS = {
    Region.INSOLE_COVER: "cover",
    Region.INSOLE: "core",
    Region.INSOLE_HEEL: "heel",
    Region.INSOLE_MIDFOOT: "midfoot",
    Region.INSOLE_FOREFOOT: "forefoot",
    Region.INSOLE_TOES: "toes",
    Region.INSOLE_ARCH: "arch",
    Region.INSOLE_PLUG: "heel plug",
    Region.INSOLE_SHELL: "shell",
}
"""What bodies are called, from the top down."""

COLOURS = (
    *("#56B4E9", "#E69F00", "#009E73", "#CC79A7"),
    *("#F0E442", "#0072B2", "#D55E00", "#999999"),
)
"""Okabe-Ito; one for each material, in the order of the bodies from the top down."""


@dataclass(frozen=True, slots=True)
class InsoleBody:
    """One body of an exported insole.

    Attributes:
        region: `meshes.tags.Region` that a run's cells carry.
        zone: what it is called, such as ``"cover"`` or ``"heel"``.
        material: name of its material, with the factor on its stiffness where there is one.
        colour: "#RRGGBB", the same for the same material.
        density_t_mm3: of the material.
        surface: mm, in the file's frame.
    """

    region: int
    zone: str
    material: str
    colour: str
    density_t_mm3: float
    surface: ClosedSurface

    @property
    def name(self) -> str:
        """Zone and material."""
        return f"{self.zone}, {self.material}"

    @property
    def mass_g(self) -> float:
        """Mass of the solid material."""
        return 1e6 * self.density_t_mm3 * self.surface.volume_mm3


@dataclass(frozen=True, slots=True)
class ExportedInsole:
    """An insole ready for files.

    Attributes:
        title: name of the scenario.
        side: of the foot that it is for.
        size_mm: edge length of the surfaces.
        geometry: its shape, of a right foot in the foot frame.
        surfaces: the same as surfaces in the foot frame.
        whole: all of it as one body, in the file's frame.
        bodies: its parts from the top down.
    """

    title: str
    side: str
    size_mm: float
    geometry: InsoleGeometry
    surfaces: InsoleSurfaces
    whole: ClosedSurface
    bodies: tuple[InsoleBody, ...]

    @property
    def description(self) -> str:
        """One line about it."""
        low, high = self.whole.points.min(axis=0), self.whole.points.max(axis=0)
        size = " x ".join(f"{value:.1f}" for value in high - low)
        return f"insole of the {self.side} foot, {size} mm"


def file_axes(side: str) -> FloatArray:
    """Axes (3, 3) of files in the foot frame: x forward, y left, z up; a left foot is mirrored."""
    left = -1.0 if side == "right" else 1.0
    return np.array([[1.0, 0.0, 0.0], [0.0, 0.0, left], [0.0, 1.0, 0.0]])


def export_insole(scenario: Scenario, size_mm: float | None = None) -> ExportedInsole:
    """Build the insole of a scenario, as new.

    Args:
        scenario: with an insole.
        size_mm: edge length of the surfaces; by the scenario's resolution where it is left out.

    Raises:
        ScenarioError: a shape that cannot be made, by its key.
    """
    table = scenario.insole.model_copy(update={"wear": None})
    # The elements of a run are not exported, only the shape that they follow.
    _, geometry = foot_shapes(scenario.model_copy(update={"resolution": "coarse"}), table)
    assert geometry is not None
    size = SIZES_MM[scenario.resolution] if size_mm is None else size_mm
    side = scenario.subject.side
    axes, shift = file_axes(side), (0.0, 0.0, geometry.thickness_mm)
    records = insole_records(table)
    labels = {tag: record.name for tag, record in records.items()}
    for tag in labels:
        of_arch = table.arch_stiffness_factor if tag == int(Region.INSOLE_ARCH) else 1.0
        if of_arch * table.stiffness_factor != 1.0:
            labels[tag] += f" x {of_arch * table.stiffness_factor:g} in stiffness"
    try:
        surfaces = insole_surfaces(geometry, size)
        whole = surfaces.whole.mapped(axes, shift)
        check_closed(whole, "the insole")
        parts = {tag: body.mapped(axes, shift) for tag, body in surfaces.bodies.items()}
        for tag, part in parts.items():
            check_closed(part, f"the {WORDS[Region(tag)]}")
    except MeshError as error:
        raise insole_refusal(scenario, table, "insole", error) from error
    downward = sorted(parts, key=[int(region) for region in WORDS].index)
    materials = list(dict.fromkeys(labels[tag] for tag in downward))
    return ExportedInsole(
        title=scenario.name,
        side=side,
        size_mm=size,
        geometry=geometry,
        surfaces=surfaces,
        whole=whole,
        bodies=tuple(
            InsoleBody(
                region=tag,
                zone=WORDS[Region(tag)] if len(parts) > 1 else "insole",
                material=labels[tag],
                colour=COLOURS[materials.index(labels[tag]) % len(COLOURS)],
                density_t_mm3=records[tag].number("density"),
                surface=parts[tag],
            )
            for tag in downward
        ),
    )


def write_insole(path: Path, insole: ExportedInsole) -> None:
    """Write the whole as STL or the bodies as 3MF, by the ending; a whole file or none.

    Raises:
        NotWritten: the disk is full, or the folder cannot be written.
    """
    partial = path.with_name(f".{path.name}.part")
    try:
        if path.suffix.lower() == ".stl":
            write_stl(partial, insole.whole)
        else:
            bodies = [FileBody(b.name, b.material, b.colour, b.surface) for b in insole.bodies]
            write_3mf(partial, insole.title, insole.description, bodies)
        partial.replace(path)
    except OSError as error:
        raise NotWritten(str(path), error.strerror or type(error).__name__) from None
    finally:
        partial.unlink(missing_ok=True)


def body_rows(insole: ExportedInsole) -> Sequence[tuple[str, ...]]:
    """Rows of a table of the bodies: header, bodies, whole."""
    bodies = insole.bodies
    rows = [("body", "material", "volume cm3", "mass g", "triangles")]
    rows += [
        (
            body.zone,
            body.material,
            f"{body.surface.volume_mm3 / 1e3:.1f}",
            f"{body.mass_g:.1f}",
            str(len(body.surface.triangles)),
        )
        for body in bodies
    ]
    if len(bodies) > 1:
        whole = f"{insole.whole.volume_mm3 / 1e3:.1f}"
        mass = f"{sum(body.mass_g for body in bodies):.1f}"
        rows.append(("whole", "", whole, mass, str(len(insole.whole.triangles))))
    return rows
