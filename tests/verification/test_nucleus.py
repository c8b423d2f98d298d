"""The nucleus as a nearly incompressible solid against the product's fluid cavity.

Same annulus (mesh, fibres), same displacement of the upper plate, no swelling, same bulk modulus.
As the shear modulus of the solid goes to zero it must become the fluid. What the shear of the
published solid carries (Mooney-Rivlin, C10 0.12, C01 0.03 MPa, Poisson's ratio 0.4999) is the
difference between the two kinds of model, not an error of either.
"""

from __future__ import annotations

import numpy as np

from simulator.spine.disc_state import SolverSettings
from tests.helpers.evidence import Evidence
from tests.helpers.lumbar import annulus_law, disc_solver, level, press
from tests.helpers.nucleus import SolidNucleus, nucleus_of

CASE = "Nucleus in solid elements against the cavity"
BULK_MODULUS_MPA = 1500.0
"""Of 0.3 MPa at 0.4999, for fluid and solid."""
FORCES_N = (500.0, 1000.0)
SHARES = (1.0, 0.1, 0.01)
"""Shear modulus over the published one."""


def test_a_solid_nucleus_becomes_the_cavity_as_its_shear_stiffness_vanishes(evidence: Evidence):
    settings = SolverSettings(rest_pressure_mpa=0.0, bulk_modulus_mpa=BULK_MODULUS_MPA)
    fluid = disc_solver(settings=settings)
    law = nucleus_of(0.12, 0.03, BULK_MODULUS_MPA)
    solid = SolidNucleus(level().disc, annulus_law(), law)
    series = {}
    for force in FORCES_N:
        cavity = press(fluid, force)
        solid.set_shear(law, SHARES[0])
        solid.move(cavity.translation)
        found = []
        for share in SHARES:
            solid.set_shear(law, share)
            solid.move(cavity.translation)
            found.append(
                (solid.axial_force_n() / force, solid.pressure_mpa() / cavity.pressure_mpa)
            )
        forces, pressures = np.array(found).T
        for name, reached in (("axial force", forces), ("pressure", pressures)):
            evidence.within(
                "discs",
                CASE,
                f"{name} / cavity, {force:.0f} N, shear modulus / 100",
                reached[-1],
                low=0.999,
                high=1.01,
                source="a solid without shear stiffness is a fluid; 1 % for what is left of it",
            )
            # What is left is proportional to the modulus: the line through two meets 1.
            evidence.within(
                "discs",
                CASE,
                f"{name} / cavity, {force:.0f} N, extrapolated to no shear modulus",
                reached[-1] - (reached[-2] - reached[-1]) * SHARES[-1] / (SHARES[-2] - SHARES[-1]),
                low=0.998,
                high=1.002,
                source="a solid without shear stiffness is a fluid",
            )
            series[f"{name}, {force:.0f} N"] = (SHARES, reached - 1.0)
        assert forces[0] > 1.2, "the shear of the published nucleus carries a good part of the load"
    evidence.curve(
        "discs",
        CASE,
        "shear modulus of the nucleus / published (0.3 MPa)",
        "solid nucleus / cavity - 1",
        series,
        logarithmic=True,
        order=1.0,
    )
