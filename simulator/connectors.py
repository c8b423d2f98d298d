# SPDX-License-Identifier: MIT
"""Connectors: energies of segment poses, with exact gradients and Hessians.

Each kind of connector is one scalar energy written in CasADi as a function of
incremental motions ``d = (translation mm, rotation vector rad)`` of its
segments about their present poses. Gradient and Hessian at ``d = 0`` follow by
symbolic differentiation, so residual and tangent cannot disagree. Rotations
enter to second order, ``R(d) = (I + [t] + [t]^2 / 2) R``, which is exact for
both derivatives at zero. Source: docs/theory/reduction.md, "Connectors".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.connector_energy import band_function, joint_function, mapped, rotation_function
from simulator.segments import Poses, Segments, increment_scale

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint between two segments: stiff bushing in five freedoms, a law in the sixth.

    The angle is the component along ``axis`` (given in the proximal segment) of
    the rotation vector from proximal to distal segment.

    Attributes:
        name: Such as ``"subtalar"``.
        proximal: Segment that carries the axis.
        distal: Segment that turns.
        centre_mm: Joint centre in the unloaded configuration, shape (3,).
        axis: Axis in the unloaded configuration, unit, shape (3,).
        translation_n_per_mm: Stiffness against separation of the centres.
        off_axis_nmm_per_rad: Stiffness against rotation across the axis.
        axis_nmm_per_rad: Stiffness of the law about the axis.
        rest_rad: Angle at which that law is free of torque.
        cubic_nmm_per_rad3: Stiffening, torque ``c a^3`` against the whole rotation from rest:
            about the axis of a hinge, whose other rotations are stiff, about any axis of a ball.
    """

    name: str
    proximal: str
    distal: str
    centre_mm: Array
    axis: Array
    translation_n_per_mm: float
    off_axis_nmm_per_rad: float
    axis_nmm_per_rad: float
    rest_rad: float = 0.0
    cubic_nmm_per_rad3: float = 0.0


@dataclass(frozen=True, slots=True)
class Band:
    """A tension-only band through two or three points, each fixed to a segment.

    The middle point is a frictionless pulley (the fascia at a metatarsal head).
    Force against elongation ``e`` is ``k e^2 / (2 t)`` up to the toe ``t`` and
    ``k (e - t / 2)`` beyond.

    Attributes:
        name: Such as ``"fascia_1"``.
        segments: Names of the segments, in order from origin to insertion.
        points_mm: The points in the unloaded configuration, shape (2 or 3, 3).
        stiffness_n_per_mm: Stiffness ``k`` beyond the toe region.
        toe_mm: Length ``t`` of the toe region.
        slack_mm: Slack of the unloaded band; negative is a pre-tension.
    """

    name: str
    segments: tuple[str, ...]
    points_mm: Array
    stiffness_n_per_mm: float
    toe_mm: float
    slack_mm: float = 0.0

    @property
    def rest_length_mm(self) -> float:
        """Length at which tension begins."""
        lengths = np.linalg.norm(np.diff(self.points_mm, axis=0), axis=1)
        return float(lengths.sum()) + self.slack_mm


@dataclass(frozen=True, slots=True)
class JointDrive:
    """What drives one joint at an instant: ``torque + stiffness (target - angle)``."""

    torque_nmm: float = 0.0
    stiffness_nmm_per_rad: float = 0.0
    target_rad: float = 0.0


@dataclass(frozen=True, slots=True)
class RotationDrive:
    """Impedance that holds a segment's rotation ``R`` at ``target``.

    Energy ``-m . p + p . K p / 2`` with ``p = log(R target^T)`` in world axes.
    """

    segment: str
    target: Array
    stiffness_nmm_per_rad: Array
    moment_nmm: Array


@dataclass(frozen=True, slots=True)
class TranslationDrive:
    """A force on a segment's reference point, with an optional spring to a target."""

    segment: str
    force_n: Array
    stiffness_n_per_mm: Array = field(default_factory=lambda: np.zeros(3))
    target_mm: Array = field(default_factory=lambda: np.zeros(3))


@dataclass(frozen=True, slots=True)
class ConnectorState:
    """Sum of all connectors at given poses, rotations scaled as the unknowns are.

    Attributes:
        energy_nmm: Total energy.
        gradient_n: Its gradient, shape (6 n,).
        hessian_n_per_mm: Its Hessian, shape (6 n, 6 n), symmetric.
        joint_angle_rad: Angle of each joint.
        joint_angle_gradient: Gradient of each joint angle, shape (joints, 6 n).
        band_force_n: Tension of each band.
        rotation_moment_nmm: Moment that each rotation drive applies, shape (drives, 3).
        rotation_moment_gradient: Its derivative, shape (drives, 3, 6 n).
    """

    energy_nmm: float
    gradient_n: Array
    hessian_n_per_mm: Array
    joint_angle_rad: Array
    joint_angle_gradient: Array
    band_force_n: Array
    rotation_moment_nmm: Array
    rotation_moment_gradient: Array


@dataclass(frozen=True, slots=True)
class _Group:
    """Connectors of one kind, evaluated in one call.

    Attributes:
        which: Their places among all of that kind.
        ends: Segments of each, shape (n, m).
        unknowns: Of these segments, shape (n, 6 m).
        fixed: What the function takes besides places, rotations and drives.
    """

    which: Sequence[int]
    ends: NDArray[np.intp]
    unknowns: NDArray[np.intp]
    fixed: tuple[Array, ...]


def _group(
    which: Sequence[int], ends: Sequence[tuple[int, ...]], fixed: tuple[Array, ...]
) -> _Group:
    places = np.array(ends, dtype=np.intp).reshape(len(which), -1)
    unknowns = (6 * places[:, :, None] + np.arange(6)).reshape(len(which), -1)
    return _Group(which, places, unknowns, fixed)


def _side_by_side(matrices: Array) -> Array:
    """Matrices (n, 3, k) as one of three rows, (3, n k)."""
    return np.hstack(list(matrices))


class Connectors:
    """All connectors of an analysis, evaluated on every rank alike."""

    def __init__(self, segments: Segments, joints: tuple[Joint, ...], bands: tuple[Band, ...]):
        self.segments = segments
        self.joints = joints
        self.bands = bands
        reference = segments.reference_mm
        ends = [(segments.index(j.proximal), segments.index(j.distal)) for j in joints]
        arms = [
            np.array(
                [j.centre_mm - reference[pair[side]] for j, pair in zip(joints, ends, strict=True)]
            ).T
            for side in (0, 1)
        ]
        axes = np.array([j.axis for j in joints]).T
        self._joint_group = _group(range(len(joints)), ends, (*arms, axes)) if joints else None
        self._joint_law = np.array(
            [
                (
                    j.translation_n_per_mm,
                    j.off_axis_nmm_per_rad,
                    j.axis_nmm_per_rad,
                    j.rest_rad,
                    j.cubic_nmm_per_rad3,
                )
                for j in joints
            ]
        ).reshape(-1, 5)
        self._band_groups = [
            self._bands_through(count) for count in sorted({len(b.segments) for b in bands})
        ]

    def _bands_through(self, count: int) -> _Group:
        """The bands through a number of points; arms and laws of all of them."""
        which = [i for i, b in enumerate(self.bands) if len(b.segments) == count]
        bands = [self.bands[i] for i in which]
        ends = [tuple(self.segments.index(s) for s in b.segments) for b in bands]
        arms = [
            b.points_mm - self.segments.reference_mm[list(e)]
            for b, e in zip(bands, ends, strict=True)
        ]
        law = [(b.stiffness_n_per_mm, b.toe_mm, b.rest_length_mm) for b in bands]
        return _group(which, ends, (np.concatenate(arms).T, np.array(law).T))

    def joint(self, name: str) -> int:
        """Return the place of a joint."""
        return [j.name for j in self.joints].index(name)

    def evaluate(
        self,
        poses: Poses,
        drives: dict[str, JointDrive],
        rotations: tuple[RotationDrive, ...] = (),
        translations: tuple[TranslationDrive, ...] = (),
    ) -> ConnectorState:
        """Sum energy, gradient and Hessian of all connectors at ``poses``."""
        size = 6 * len(self.segments)
        gradient, hessian = np.zeros(size), np.zeros((size, size))
        angles, angle_rows = np.zeros(len(self.joints)), np.zeros((len(self.joints), size))
        forces = np.zeros(len(self.bands))
        moments = np.zeros((len(rotations), 3))
        moment_rows = np.zeros((len(rotations), 3, size))
        energy = 0.0
        c, r = poses.position_mm, poses.rotation

        def add(group: _Group, outcome: Any) -> tuple[Array, Array]:
            """Sum a group; returns its last two outputs, a row each."""
            nonlocal energy
            e, g, h, extra, row = (np.asarray(part) for part in outcome)
            where, count = group.unknowns, len(group.which)
            energy += float(e.sum())
            np.add.at(gradient, where, g.T)
            square = h.T.reshape(count, where.shape[1], where.shape[1])
            np.add.at(hessian, (where[:, :, None], where[:, None, :]), square)
            return extra.ravel(), row.reshape(count, -1)

        group = self._joint_group
        if group is not None:
            sides = [(c[e].T, _side_by_side(r[e])) for e in group.ends.T]
            given = [drives.get(j.name, JointDrive()) for j in self.joints]
            driven = [(d.torque_nmm, d.stiffness_nmm_per_rad, d.target_rad) for d in given]
            law = np.hstack([self._joint_law, driven]).T
            law_of = mapped(joint_function(), len(self.joints))
            angles[:], rows = add(group, law_of(*sides[0], *sides[1], *group.fixed, law))
            np.put_along_axis(angle_rows, group.unknowns, rows, axis=1)

        for group in self._band_groups:
            ends = group.ends.ravel()
            law_of = mapped(band_function(group.ends.shape[1]), len(group.which))
            forces[group.which], _ = add(
                group, law_of(c[ends].T, _side_by_side(r[ends]), *group.fixed)
            )

        for i, rotation in enumerate(rotations):
            s = self.segments.index(rotation.segment)
            where = np.arange(6 * s, 6 * s + 6)
            e, g, h, moment, row = rotation_function()(
                r[s], rotation.target, rotation.stiffness_nmm_per_rad, rotation.moment_nmm
            )
            energy += float(e)
            gradient[where] += np.asarray(g).ravel()
            hessian[np.ix_(where, where)] += np.asarray(h)
            moments[i] = np.asarray(moment).ravel()
            moment_rows[i][:, where] = np.asarray(row)

        for translation in translations:
            s = self.segments.index(translation.segment)
            away = c[s] - translation.target_mm
            spring = translation.stiffness_n_per_mm
            energy += float(spring @ away**2) / 2 - float(translation.force_n @ c[s])
            gradient[6 * s : 6 * s + 3] += spring * away - translation.force_n
            hessian[range(6 * s, 6 * s + 3), range(6 * s, 6 * s + 3)] += spring

        scale = increment_scale(len(self.segments))
        return ConnectorState(
            energy,
            gradient * scale,
            hessian * np.outer(scale, scale),
            angles,
            angle_rows * scale,
            forces,
            moments,
            moment_rows * scale,
        )
