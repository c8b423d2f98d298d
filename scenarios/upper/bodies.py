# SPDX-License-Identifier: MIT
"""Thigh, pelvis, vertebrae and discs of one instant for the field files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scenarios.upper.anatomy import UpperAnatomy
from scenarios.upper.records import UpperPose
from scenarios.upper.vertebra import vertebra_body
from simulator.results import Body
from simulator.spine.chain import ChainPose
from simulator.spine.column import LumbarColumn
from simulator.spine.records import DiscFields, LevelResult, LumbarLoad
from simulator.spine.vertebra import Vertebra
from simulator.spine.vertebra_records import VertebraResult

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


class Posed(Protocol):
    """One instant to be shown; see ``scenarios.upper.records.UpperInstant``."""

    @property
    def pose(self) -> UpperPose:
        """Places of knee and hips."""

    @property
    def load(self) -> LumbarLoad:
        """Posture of the column."""

    @property
    def solved(self) -> tuple[LevelResult, ...]:
        """The discs."""

    @property
    def vertebra(self) -> VertebraResult | None:
        """Stress inside a vertebra, if any."""


def upper_bodies(
    anatomy: UpperAnatomy,
    column: LumbarColumn,
    result: Posed,
    frame: Array | None = None,
    vertebra: Vertebra | None = None,
) -> tuple[Body, ...]:
    """Bodies ``leg_bones``, ``vertebrae`` and ``disc_...``; collective, the same on every rank.

    The column is stacked with the discs as compressed as they are, so that vertebrae
    meet their discs; `displacement_mm` leads back to standing without load.

    Args:
        anatomy: what stands where in standing.
        column: the solved one.
        result: of one instant.
        frame: rotation from the world to the frame of the files, shape (3, 3).
        vertebra: the one whose inner stress was computed.
    """
    load, hips = result.load, result.pose.hips_mm
    pose = column.chain.pose(load.pelvis_rotation, load.thorax_rotation, hips)
    shifts = _shifts(column, pose, result)
    bodies = [
        _leg_bones(anatomy, result),
        _vertebrae(anatomy, pose, shifts),
        *(
            _disc(anatomy, pose, index, shifts[index], fields, hips)
            for index, fields in enumerate(column.fields(result.solved, load))
        ),
    ]
    if vertebra is not None and result.vertebra is not None:
        bodies.append(_inside(anatomy, pose, shifts, vertebra, result.vertebra))
    return tuple(bodies) if frame is None else tuple(_turned(body, frame) for body in bodies)


def _shifts(column: LumbarColumn, pose: ChainPose, result: Posed) -> Array:
    """By how much each vertebra, sacrum first, has sunk with the discs below it, (6, 3)."""
    steps = [
        pose.rotations[index] @ column.frames[index] @ level.translation_mm
        for index, level in enumerate(result.solved)
    ]
    return np.vstack([np.zeros(3), np.cumsum(steps, axis=0)])


def _leg_bones(anatomy: UpperAnatomy, result: Posed) -> Body:
    pose, limb = result.pose, anatomy.limb
    named = {segment.name: segment for segment in limb.segments}
    placed = (
        (named["femur"], pose.knee_mm, pose.femur_rotation, limb.knee),
        (named["pelvis"], pose.hips_mm, pose.pelvis_rotation, anatomy.hips_mm),
    )
    parts = [
        (bone.surface_points, place + (bone.surface_points - origin) @ rotation.T)
        for bone, place, rotation, origin in placed
    ]
    return _surface("leg_bones", parts, [bone.surface_triangles for bone, *_ in placed])


def _vertebrae(anatomy: UpperAnatomy, pose: ChainPose, shifts: Array) -> Body:
    centres = anatomy.disc_centres_mm
    parts = []
    for index, bone in enumerate(anatomy.spine.vertebrae):
        joint = max(index - 1, 0)
        turned = (bone.points_mm - centres[joint]) @ pose.rotations[index].T
        now = pose.centres_mm[joint] + turned + shifts[index]
        parts.append((anatomy.hips_mm + bone.points_mm, now))
    return _surface("vertebrae", parts, [bone.triangles for bone in anatomy.spine.vertebrae])


def _inside(
    anatomy: UpperAnatomy,
    pose: ChainPose,
    shifts: Array,
    vertebra: Vertebra,
    result: VertebraResult,
) -> Body:
    """The vertebra with its stress, where its picture among the vertebrae is."""
    solid = vertebra.geometry
    turn = pose.rotations[solid.below + 1]
    arm = solid.centre_mm - anatomy.disc_centres_mm[solid.below]
    now = pose.centres_mm[solid.below] + turn @ arm + shifts[solid.below + 1]
    standing = anatomy.hips_mm + solid.centre_mm
    return vertebra_body(
        result.name,
        vertebra.fields(result),
        (now, turn @ solid.frame),
        (standing, solid.frame),
    )


def _surface(name: str, parts: Sequence[tuple[Array, Array]], triangles: Sequence[Ints]) -> Body:
    """Join bones, each a pair of points in standing and points now."""
    counts = [len(before) for before, _ in parts]
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    reference = np.vstack([before for before, _ in parts])
    points = np.vstack([now for _, now in parts])
    cells = np.vstack([faces + start for faces, start in zip(triangles, starts, strict=True)])
    segment = np.repeat(np.arange(len(parts)), [len(faces) for faces in triangles])
    return Body(
        name=name,
        points_mm=points,
        cells=cells.astype(np.int64),
        cell_type="triangle",
        point_data={"displacement_mm": points - reference},
        cell_data={"segment": segment.astype(np.float64)},
    )


def _disc(
    anatomy: UpperAnatomy,
    pose: ChainPose,
    index: int,
    shift: Array,
    fields: DiscFields,
    hips: Array,
) -> Body:
    unloaded = fields.points_mm + hips - fields.displacement_mm - pose.centres_mm[index]
    reference = anatomy.hips_mm + anatomy.disc_centres_mm[index] + unloaded @ pose.rotations[index]
    points = fields.points_mm + hips + shift
    return Body(
        name="disc_" + fields.level.lower().replace("-", "_"),
        points_mm=points,
        cells=fields.cells,
        cell_type="hexahedron",
        point_data={"displacement_mm": points - reference},
        cell_data={
            "cauchy_von_mises_mpa": fields.von_mises_mpa,
            "max_principal_strain": fields.max_principal_strain,
            "fibre_strain": fields.fibre_strain,
            "disc_pressure_mpa": np.full(len(fields.cells), fields.pressure_mpa),
        },
    )


def _turned(body: Body, frame: Array) -> Body:
    """The body in another frame with the same reference."""
    reference = body.points_mm - body.point_data["displacement_mm"]
    points = body.points_mm @ frame.T
    return Body(
        name=body.name,
        points_mm=points,
        cells=body.cells,
        cell_type=body.cell_type,
        point_data=body.point_data | {"displacement_mm": points - reference},
        cell_data=body.cell_data,
    )
