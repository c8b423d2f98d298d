# SPDX-License-Identifier: MIT
"""Hertz contacts of a sphere and a cylinder, and what their pressures say of radius and peak.

Single points scatter (docs/theory/contact.md), so that radius and peak are read from means over
facets, against means of Hertz's pressure over the same facets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from mpi4py import MPI
from scipy.optimize import least_squares

from simulator.contact import ContactLaw, ContactSurface, PairContact, PlaneContact
from simulator.contact.law import penalty_stiffness
from tests.helpers.contact_bodies import Array, grid_block, merge
from tests.helpers.contact_newton import Model, commit, neo_hookean, solve

LOWER, UPPER = 1, 2
BOTTOM, TOP, SOLE, LID = 1, 2, 3, 4
MODULUS_MPA, POISSON = 1.0, 0.3
FACTOR = 10.0
"""Penalty times facet size over modulus. Fifty, the default, pins more points than facets have
freedoms, and pressures scatter twice as much; penetration is under 3 % of the approach with ten."""
DEGREE = 8
"""Of the quadrature: at four, facets that straddle their partners leave an error that stays."""
PLANE_STRAIN_MPA = MODULUS_MPA / (1.0 - POISSON**2)


@dataclass(frozen=True, slots=True)
class HertzResult:
    """What one mesh reached, as shares of Hertz's values at the load that was found.

    Attributes:
        facet: Size of a facet over the contact radius, mean inside of it.
        radius: Least-squares fit to facet means; ``spread`` from the second moment of pressure.
        peak: Fitted with ``radius``.
        error: Weighted rms difference of facet means from Hertz's, over the rms of Hertz's.
        scatter: The same of single quadrature points.
        penetration: Mean penetration over the approach of the bodies.
        profile: Distances (f,), facet means (f,) and Hertz's (f,), over radius and peak.
    """

    facet: float
    radius: float
    spread: float
    peak: float
    error: float
    scatter: float
    penetration: float
    profile: tuple[Array, Array, Array]


def sphere_on_plane(
    count: int, radius_mm: float = 100.0, factor: float = FACTOR, degree: int = DEGREE
) -> HertzResult:
    """Quarter of an elastic sphere on a rigid plane, ``count`` cells an edge of its block."""
    size, wanted = 12.0, 3.0

    def place(unit: Array) -> Array:
        x, z = size * unit[:, 0] ** 1.6, size * unit[:, 2] ** 1.6
        rise = radius_mm - np.sqrt(radius_mm**2 - x**2 - z**2)
        return np.column_stack([x, size * unit[:, 1] ** 1.6 + rise * (1.0 - unit[:, 1]), z])

    body = grid_block((count, -(-2 * count // 3), count), place, UPPER, SOLE, LID)
    model = neo_hookean(body, {UPPER: (MODULUS_MPA, POISSON)}, MPI.COMM_SELF)
    slave = ContactSurface(model.space, model.facets(SOLE), degree)
    law = _law(slave, wanted, factor)
    term = PlaneContact(slave, (0, 0, 0), (0, 1, 0), law)
    model.terms = [term]
    _hold(model, (0, 2))
    approach = wanted**2 / radius_mm
    _press(model, approach)
    load = 4.0 * term.resultant().force_n[1]
    return _sphere_result(term, load, radius_mm, PLANE_STRAIN_MPA, approach)


def sphere_on_block(
    count: int, radius_mm: float = 100.0, factor: float = FACTOR, degree: int = DEGREE
) -> HertzResult:
    """Quarters of an elastic sphere on an elastic block; their facets do not match."""
    size, wanted = 12.0, 3.0

    def ball(unit: Array) -> Array:
        x, z = size * unit[:, 0] ** 1.6, size * unit[:, 2] ** 1.6
        rise = radius_mm - np.sqrt(radius_mm**2 - x**2 - z**2)
        return np.column_stack([x, size * unit[:, 1] ** 1.6 + rise * (1.0 - unit[:, 1]), z])

    def flat(unit: Array) -> Array:
        return np.column_stack(
            [
                1.1 * size * unit[:, 0] ** 1.6,
                -size * (1.0 - unit[:, 1]) ** 1.6,
                1.1 * size * unit[:, 2] ** 1.6,
            ]
        )

    height = -(-2 * count // 3)
    upper = grid_block((count, height, count), ball, UPPER, SOLE, LID)
    lower = grid_block((count - 1, height, count - 1), flat, LOWER, BOTTOM, TOP)
    constants = (MODULUS_MPA, POISSON)
    model = neo_hookean(merge(lower, upper), {LOWER: constants, UPPER: constants}, MPI.COMM_SELF)
    slave = ContactSurface(model.space, model.facets(SOLE), degree)
    law = _law(slave, wanted, factor)
    term = PairContact(slave, ContactSurface(model.space, model.facets(TOP)), law)
    model.terms = [term]
    _hold(model, (0, 2))
    model.fix(model.dofs(BOTTOM, 1))
    approach = wanted**2 / radius_mm
    _press(model, approach)
    load = 4.0 * term.resultant().force_n[1]
    return _sphere_result(term, load, radius_mm, PLANE_STRAIN_MPA / 2.0, approach)


def cylinder_on_block(
    count: int, radius_mm: float = 100.0, factor: float = FACTOR, degree: int = DEGREE
) -> HertzResult:
    """Half of an elastic cylinder on an elastic block in plane strain; facets do not match."""
    size, wanted = 20.0, 2.5
    depth = 12.0 / count

    def round_(unit: Array) -> Array:
        x = size * unit[:, 0] ** 1.7
        rise = radius_mm - np.sqrt(radius_mm**2 - x**2)
        y = size * unit[:, 1] ** 1.7 + rise * (1.0 - unit[:, 1])
        return np.column_stack([x, y, depth * unit[:, 2]])

    def flat(unit: Array) -> Array:
        y = -size * (1.0 - unit[:, 1]) ** 1.7
        return np.column_stack([1.1 * size * unit[:, 0] ** 1.7, y, depth * unit[:, 2]])

    upper = grid_block((count, count // 2, 1), round_, UPPER, SOLE, LID)
    lower = grid_block((count - 1, count // 2, 1), flat, LOWER, BOTTOM, TOP)
    constants = (MODULUS_MPA, POISSON)
    model = neo_hookean(merge(lower, upper), {LOWER: constants, UPPER: constants}, MPI.COMM_SELF)
    slave = ContactSurface(model.space, model.facets(SOLE), degree)
    term = PairContact(
        slave, ContactSurface(model.space, model.facets(TOP)), _law(slave, wanted, factor)
    )
    model.terms = [term]
    _hold(model, (0,))
    model.fix((3 * np.arange(model.u.x.array.size // 3) + 2).astype(np.int32))
    model.fix(model.dofs(BOTTOM, 1))
    # A line load has no approach of its own in a half-space: some of it goes to the blocks.
    approach = 3.0 * wanted**2 / radius_mm
    _press(model, approach)
    load = 2.0 * term.resultant().force_n[1] / depth
    half_width = np.sqrt(4.0 * load * radius_mm / (np.pi * PLANE_STRAIN_MPA / 2.0))
    peak = 2.0 * load / (np.pi * half_width)
    distance = np.abs(term.output().reference_mm[:, 0])
    return _result(term, distance, half_width, peak, 4.0, approach)


def _law(slave: ContactSurface, wanted_mm: float, factor: float) -> ContactLaw:
    """Penalty of the product's rule for facets inside the contact; closure without a ramp."""
    corners = slave.reference[slave.facets[:, :3]]
    inside = np.hypot(corners.mean(axis=1)[:, 0], corners.mean(axis=1)[:, 2]) < wanted_mm
    side = (corners - corners[:, [1, 2, 0]])[inside]
    size = float(np.sqrt((side**2).sum(axis=-1)).mean())
    return ContactLaw(penalty_stiffness(MODULUS_MPA, size, factor), smoothing_mm=1e-6)


def _hold(model: Model, axes: tuple[int, ...]) -> None:
    """Planes of symmetry through the origin."""
    x = model.space.tabulate_dof_coordinates()
    for axis in axes:
        on = np.flatnonzero(np.abs(x[:, axis]) < 1e-9)
        model.fix((3 * on + axis).astype(np.int32))


def _press(model: Model, approach_mm: float, steps: int = 2) -> None:
    lid = model.dofs(LID, 1)
    model.fix(lid)
    model.target = np.zeros(model.u.x.array.size)
    for step in range(1, steps + 1):
        model.target[lid] = -approach_mm * step / steps
        solve(model, 1e-7)
        commit(model)


def _sphere_result(
    term: PairContact | PlaneContact, load_n: float, radius_mm: float, e_mpa: float, approach: float
) -> HertzResult:
    """Hertz: a^3 = 3 F R / (4 E*), p0 = 3 F / (2 pi a^2); Johnson (1985), section 4.2."""
    contact_radius = np.cbrt(3.0 * load_n * radius_mm / (4.0 * e_mpa))
    peak = 1.5 * load_n / (np.pi * contact_radius**2)
    distance = np.hypot(term.output().reference_mm[:, 0], term.output().reference_mm[:, 2])
    return _result(term, distance, float(contact_radius), float(peak), 2.5, approach)


def _result(
    term: PairContact | PlaneContact,
    distance: Array,
    radius: float,
    peak: float,
    moment: float,
    approach: float,
) -> HertzResult:
    output, per = term.output(), term.slave.points_per_facet
    pressure, weight = output.pressure_mpa, output.area_reference_mm2
    area = weight.reshape(-1, per).sum(axis=1)

    def means(values: Array) -> Array:
        return (values * weight).reshape(-1, per).sum(axis=1) / area

    def hertz(a: float, p: float) -> Array:
        return p * np.sqrt(np.maximum(1.0 - (distance / a) ** 2, 0.0))

    found = means(pressure)

    def misfit(shares: Array) -> Array:
        return np.sqrt(area) * (means(hertz(shares[0] * radius, shares[1] * peak)) - found) / peak

    fit = least_squares(misfit, [1.0, 1.0], diff_step=1e-4).x
    theory = hertz(radius, peak)
    inside = means(distance) < radius
    force = pressure * weight
    return HertzResult(
        facet=float(np.sqrt(2.0 * area[inside].mean()) / radius),
        radius=float(fit[0]),
        spread=float(np.sqrt(moment * (force @ distance**2) / force.sum()) / radius),
        peak=float(fit[1]),
        error=_rms(found - means(theory), area) / _rms(means(theory), area),
        scatter=_rms(pressure - theory, weight) / _rms(theory, weight),
        penetration=float(force @ np.maximum(-output.gap_mm, 0.0) / force.sum() / approach),
        profile=(means(distance) / radius, found / peak, means(theory) / peak),
    )


def _rms(values: Array, weight: Array) -> float:
    return float(np.sqrt(values**2 @ weight / weight.sum()))
