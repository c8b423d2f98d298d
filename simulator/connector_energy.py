# SPDX-License-Identifier: MIT
"""Energies of connectors in CasADi, with the derivatives that follow from them."""

from __future__ import annotations

import itertools
from functools import cache

import casadi as ca

_TINY = 1e-12


def turn(vector: ca.SX, rotation: ca.SX) -> ca.SX:
    """Rotation turned by a small vector, right to second order."""
    s = ca.skew(vector)
    return (ca.SX.eye(3) + s + s @ s / 2) @ rotation


def log(rotation: ca.SX) -> ca.SX:
    """Rotation vector (rad) of a rotation below half a turn."""
    v = (
        ca.vertcat(
            rotation[2, 1] - rotation[1, 2],
            rotation[0, 2] - rotation[2, 0],
            rotation[1, 0] - rotation[0, 1],
        )
        / 2
    )
    sine = ca.sqrt(ca.dot(v, v) + _TINY)
    cosine = (ca.trace(rotation) - 1) / 2
    return v * (ca.atan2(sine, cosine) / sine)


def derivatives(
    name: str, d: ca.SX, inputs: list[ca.SX], energy: ca.SX, extra: ca.SX
) -> ca.Function:
    """Function of energy, gradient, Hessian, `extra` and its Jacobian, all at ``d = 0``."""
    hessian, gradient = ca.hessian(energy, d)
    jacobian = ca.jacobian(extra, d)
    zero = ca.DM.zeros(d.shape)
    out = [ca.substitute(e, d, zero) for e in (energy, gradient, hessian, extra, jacobian)]
    return ca.Function(name, inputs, out)


@cache
def joint_function() -> ca.Function:
    """Energy and angle of a joint, by two segments' positions, rotations, arms, axis and law."""
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
def band_function(points: int) -> ca.Function:
    """Energy and tension of a band through a number of points."""
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
def rotation_function() -> ca.Function:
    """Energy and moment of what holds a segment's rotation."""
    d = ca.SX.sym("d", 6)
    r, target = ca.SX.sym("r", 3, 3), ca.SX.sym("target", 3, 3)
    k, m = ca.SX.sym("k", 3, 3), ca.SX.sym("m", 3)
    phi = log(turn(d[3:6], r) @ target.T)
    energy = ca.dot(phi, k @ phi) / 2 - ca.dot(m, phi)
    return derivatives("rotation", d, [r, target, k, m], energy, m - k @ phi)


@cache
def mapped(function: ca.Function, count: int) -> ca.Function:
    """Return a function of ``count`` sets of inputs, each beside the other."""
    return function.map(count)
