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

import itertools
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import casadi as ca
import numpy as np
from numpy.typing import NDArray

from simulator.connector_energy import derivatives, log, turn
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


@cache
def _joint_function() -> ca.Function:
    d = ca.SX.sym("d", 12)
    c1, c2 = ca.SX.sym("c1", 3), ca.SX.sym("c2", 3)
    r1, r2 = ca.SX.sym("r1", 3, 3), ca.SX.sym("r2", 3, 3)
    p1, p2, axis = ca.SX.sym("p1", 3), ca.SX.sym("p2", 3), ca.SX.sym("axis", 3)
    k = ca.SX.sym("k", 8)
    turned1, turned2 = turn(d[3:6], r1), turn(d[9:12], r2)
    gap = (c2 + d[6:9] + turned2 @ p2) - (c1 + d[0:3] + turned1 @ p1)
    relative = log(turned1.T @ turned2)
    angle = ca.dot(relative, axis)
    off = relative - angle * axis
    law = angle - k[3]
    energy = (
        k[0] * ca.dot(gap, gap) / 2
        + k[1] * ca.dot(off, off) / 2
        + k[2] * law**2 / 2
        + k[4] * (law**2 + ca.dot(off, off)) ** 2 / 4
        - k[5] * angle
        + k[6] * (angle - k[7]) ** 2 / 2
    )
    return derivatives("joint", d, [c1, r1, c2, r2, p1, p2, axis, k], energy, angle)


@cache
def _band_function(points: int) -> ca.Function:
    d = ca.SX.sym("d", 6 * points)
    c, r = ca.SX.sym("c", 3, points), ca.SX.sym("r", 3, 3 * points)
    p, k = ca.SX.sym("p", 3, points), ca.SX.sym("k", 3)
    place = [
        c[:, i]
        + d[6 * i : 6 * i + 3]
        + turn(d[6 * i + 3 : 6 * i + 6], r[:, 3 * i : 3 * i + 3]) @ p[:, i]
        for i in range(points)
    ]
    length = sum(ca.norm_2(b - a) for a, b in itertools.pairwise(place))
    e = ca.fmax(length - k[2], 0)
    stiffness, toe = k[0], k[1]
    in_toe = stiffness * e**3 / (6 * toe)
    beyond = stiffness * (e**2 / 2 - e * toe / 2 + toe**2 / 6)
    energy = ca.if_else(e < toe, in_toe, beyond)
    force = ca.if_else(e < toe, stiffness * e**2 / (2 * toe), stiffness * (e - toe / 2))
    return derivatives(f"band{points}", d, [c, r, p, k], energy, force)


@cache
def _rotation_function() -> ca.Function:
    d = ca.SX.sym("d", 6)
    r, target = ca.SX.sym("r", 3, 3), ca.SX.sym("target", 3, 3)
    k, m = ca.SX.sym("k", 3, 3), ca.SX.sym("m", 3)
    phi = log(turn(d[3:6], r) @ target.T)
    energy = ca.dot(phi, k @ phi) / 2 - ca.dot(m, phi)
    return derivatives("rotation", d, [r, target, k, m], energy, m - k @ phi)


class Connectors:
    """All connectors of an analysis, evaluated on every rank alike."""

    def __init__(self, segments: Segments, joints: tuple[Joint, ...], bands: tuple[Band, ...]):
        self.segments = segments
        self.joints = joints
        self.bands = bands
        reference = segments.reference_mm
        self._joint_index = [(segments.index(j.proximal), segments.index(j.distal)) for j in joints]
        self._joint_arms = [
            (j.centre_mm - reference[a], j.centre_mm - reference[b])
            for j, (a, b) in zip(joints, self._joint_index, strict=True)
        ]
        self._band_index = [tuple(segments.index(s) for s in b.segments) for b in bands]

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

        for i, (joint, (a, b)) in enumerate(zip(self.joints, self._joint_index, strict=True)):
            drive = drives.get(joint.name, JointDrive())
            k = [
                joint.translation_n_per_mm,
                joint.off_axis_nmm_per_rad,
                joint.axis_nmm_per_rad,
                joint.rest_rad,
                joint.cubic_nmm_per_rad3,
                drive.torque_nmm,
                drive.stiffness_nmm_per_rad,
                drive.target_rad,
            ]
            arms = self._joint_arms[i]
            e, g, h, angle, row = _joint_function()(c[a], r[a], c[b], r[b], *arms, joint.axis, k)
            where = np.r_[6 * a : 6 * a + 6, 6 * b : 6 * b + 6]
            energy += float(e)
            gradient[where] += np.asarray(g).ravel()
            hessian[np.ix_(where, where)] += np.asarray(h)
            angles[i] = float(angle)
            angle_rows[i, where] = np.asarray(row).ravel()

        for i, (band, index) in enumerate(zip(self.bands, self._band_index, strict=True)):
            rows = list(index)
            points = (band.points_mm - self.segments.reference_mm[rows]).T
            k = [band.stiffness_n_per_mm, band.toe_mm, band.rest_length_mm]
            stacked = np.hstack([r[s] for s in rows])
            e, g, h, force, _ = _band_function(len(rows))(c[rows].T, stacked, points, k)
            where = np.concatenate([np.arange(6 * s, 6 * s + 6) for s in rows])
            energy += float(e)
            np.add.at(gradient, where, np.asarray(g).ravel())
            np.add.at(hessian, (where[:, None], where[None, :]), np.asarray(h))
            forces[i] = float(force)

        for i, rotation in enumerate(rotations):
            s = self.segments.index(rotation.segment)
            where = np.arange(6 * s, 6 * s + 6)
            e, g, h, moment, row = _rotation_function()(
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
