# SPDX-License-Identifier: MIT
"""Symbolic pieces that all connectors share: small turns, rotation vectors, derivatives."""

from __future__ import annotations

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
