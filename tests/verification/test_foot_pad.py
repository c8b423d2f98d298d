# SPDX-License-Identifier: MIT
"""The heel pad in the mesh: a block of it in compression, and the foot's own heel under a plate."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from materials.build import law
from tests.helpers.evidence import Evidence
from tests.helpers.foot_heel import Indentation, press_heel
from tests.helpers.solid_problem import SolidProblem, block, solid_problem

Array = NDArray[np.float64]
ERDEMIR = "Erdemir 2006, J Biomech 39:1279"
TABLE_KPA = {0.20: 12.0, 0.40: 46.0, 0.50: 103.0, 0.60: 274.0}
"""Nominal stress of the incompressible law of Erdemir 2006 by strain."""
PAD_MM = np.array([50.0, 17.0, 50.0])
BODY_WEIGHT_N = 70.0 * 9.80665


def compressed(sides: str) -> dict[float, float]:
    """Nominal stress (kPa) of a pad between plates, by strain.

    Args:
        sides: ``"free"`` on smooth plates, ``"bonded"`` to both, ``"contained"`` in a smooth box.
    """
    shape = (4, 4, 4) if sides == "bonded" else (1, 1, 1)
    problem = solid_problem(block(shape, lambda unit: unit * PAD_MM), {1: law("heel_pad")})
    nodes, strains = problem.nodes, np.linspace(0.05, 0.60, 12)
    at = [(np.isclose(nodes, 0.0), np.isclose(nodes, PAD_MM))[end] for end in (0, 1)]
    fixed = np.zeros(nodes.shape, dtype=bool)
    fixed[:, 1] = at[0][:, 1] | at[1][:, 1]
    if sides == "bonded":
        fixed[fixed[:, 1]] = True
    else:
        for axis in (0, 2):
            fixed[:, axis] = at[0][:, axis] | (at[1][:, axis] & (sides == "contained"))
    problem.fixed = np.flatnonzero(fixed.ravel()).astype(np.int32)
    return {round(float(e), 3): _pressed(problem, at[1][:, 1], float(e)) for e in strains}


def _pressed(problem: SolidProblem, top: NDArray[np.bool_], strain: float) -> float:
    target = np.zeros((len(top), 3))
    target[top, 1] = -strain * PAD_MM[1]
    problem.solve(target, tolerance=1e-9)
    force = -problem.internal_forces()[top, 1].sum()
    return 1e3 * float(force) / (PAD_MM[0] * PAD_MM[2])


def test_pad_between_plates(evidence: Evidence) -> None:
    """A free pad answers as the published law; what it is confined by makes it stiffer."""
    found = {sides: compressed(sides) for sides in ("free", "bonded", "contained")}
    case = "Heel pad, block between smooth plates"
    for strain, published in TABLE_KPA.items():
        ratio = found["free"][strain] / published
        quantity = f"stress at {100 * strain:.0f} % / incompressible law"
        if strain < 0.6:
            evidence.within("foot", case, quantity, ratio, low=0.9, high=1.1, source=ERDEMIR)
            continue
        evidence.outside(
            "foot", case, quantity, ratio, low=0.9, high=1.1, source=ERDEMIR,
            reason="the pad has a Poisson's ratio of 0.475 (Chokhandre 2012) and loses volume "
            "under this stress; the table is of the incompressible law",
            guard=(0.86, 0.90),
        )  # fmt: skip
    for strain in (0.2, 0.4):
        evidence.within(
            "foot", case, f"stress at {100 * strain:.0f} %, bonded to both plates / smooth",
            found["bonded"][strain] / found["free"][strain], low=1.1,
            source="a pad that cannot widen is stiffer",
        )  # fmt: skip
    for sides in ("bonded", "contained"):
        assert found[sides][0.4] > 1.2 * found["free"][0.4]
    rows = {
        {"free": "smooth plates", "bonded": "bonded to both plates"}[name]: (
            list(found[name]),
            list(found[name].values()),
        )
        for name in ("free", "bonded")
    }
    rows["incompressible law"] = (list(TABLE_KPA), list(TABLE_KPA.values()))
    evidence.curve(
        "foot",
        "Heel pad, block of 50 x 50 x 17 mm",
        "compression (part of thickness)",
        "nominal stress (kPa)",
        rows,
    )
    print({name: [round(values[e], 1) for e in TABLE_KPA] for name, values in found.items()})


@pytest.fixture(scope="module")
def floor() -> Indentation:
    """The heel pressed on a flat floor to beyond body weight."""
    return press_heel([*np.arange(1.0, 14.1, 1.0)])


def tangent_modulus_kpa(heel: Indentation, strain: float) -> float:
    """Slope of the sensor's pressure over strain, as fluoroscopy with a pressure plate gives it."""
    slope = np.gradient(np.array(heel.pressure_kpa), heel.strain)
    return float(np.interp(strain, heel.strain, slope))


def test_heel_on_the_floor(floor: Indentation, evidence: Evidence) -> None:
    """Stiffness and travel of the heel against what was measured in living feet."""
    slope = floor.stiffness_n_per_mm()
    case = "Heel pressed on a flat floor"
    evidence.within(
        "foot", case, "stiffness at 70 kg", floor.at_force(slope, BODY_WEIGHT_N),
        low=100.0, high=225.0, unit="N/mm",
        source="Aerts 1995, J Biomech 28:1299: about 150 in vivo; half as much again allowed",
    )  # fmt: skip
    evidence.within(
        "foot", case, "travel at 60 % of half body weight",
        floor.at_force(floor.depth_mm, 0.3 * BODY_WEIGHT_N), low=7.0, high=11.0, unit="mm",
        source="Wearing 2014, MSSE 46:1588: about 10 at most in walking",
    )  # fmt: skip
    evidence.outside(
        "foot", case, "strain at 70 kg", floor.at_force(floor.strain, BODY_WEIGHT_N),
        low=0.50, high=0.65,
        source="Wearing 2014: 0.55 in walking; De Clercq 1994, J Biomech 27:1213: 0.605 in running",
        reason="the law is that of slow indentation; at the rate of a step a pad is stiffer by "
        "half to twice, and rate is not in a quasi-static analysis",
        guard=(0.70, 0.85),
    )  # fmt: skip
    for strain, measured, guard in ((0.03, 105.0, (50, 85)), (0.30, 306.0, (140, 200))):
        evidence.outside(
            "foot", case, f"slope of pressure over strain at {strain:g}",
            tangent_modulus_kpa(floor, strain), low=0.9 * measured, high=1.1 * measured, unit="kPa",
            source="Gefen 2001, J Biomech 34:1661, in walking",
            reason="slow indentation against a step: 0.6 to 0.7 of the measured slope at both "
            "strains, so the stiffening is right and its level is that of no rate",
            guard=guard,
        )  # fmt: skip
    evidence.within(
        "foot", case, "stiffening, slope at 0.3 / slope at 0.03",
        tangent_modulus_kpa(floor, 0.30) / tangent_modulus_kpa(floor, 0.03), low=2.0, high=4.0,
        source="Gefen 2001: 306 / 105 = 2.9",
    )  # fmt: skip
    force = np.array(floor.force_n)
    evidence.curve(
        "foot", "Heel on a flat floor: stiffness", "force (N)", "stiffness (N/mm)",
        {"model, coarse mesh": (force, slope)},
        band=(100.0, 225.0), band_label="in vivo at body weight (Aerts 1995)",
    )  # fmt: skip
    evidence.curve(
        "foot", "Heel on a flat floor: force", "travel (mm)", "force (N)",
        {"model, coarse mesh": (floor.depth_mm, force)},
    )  # fmt: skip


def test_heel_under_a_probe(evidence: Evidence) -> None:
    """A flat round probe of 25 mm, as ultrasound heads have, at the forces of indentation."""
    probe = press_heel([*np.arange(1.0, 7.6, 0.5)], plate_radius_mm=12.7)
    slope = probe.stiffness_n_per_mm()
    # The mesh's facets do not end where the probe does.
    per_area = np.pi * 12.7**2 / probe.area_mm2
    evidence.within(
        "foot", "Heel under a flat probe of 25 mm", "mean stiffness up to 30 N",
        per_area * float(np.mean(slope[np.array(probe.force_n) < 30.0])),
        low=6.02 - 2 * 1.54, high=6.02 + 2 * 1.54, unit="N/mm",
        source="23 healthy heels in vivo, 6.02 +- 1.54 (Matteoli et al., Foot 2013); two standard "
        "deviations, head of the device not known",
    )  # fmt: skip
    assert np.all(np.diff(slope) > 0.0), "a heel pad stiffens as it is pressed"


@pytest.mark.validation
@pytest.mark.timeout(1800)
def test_heel_of_finer_mesh_and_longer_piece(floor: Indentation, evidence: Evidence) -> None:
    """Neither the coarse mesh nor the place of the cut makes the stiffness."""
    depths = [*np.arange(1.0, 10.1, 1.0)]
    for name, changed in (
        ("standard mesh", {"resolution": "standard"}),
        ("tissue to 55 % of foot length", {"front_share": 0.55}),
    ):
        other = press_heel(depths, **changed)
        evidence.within(
            "foot", "Heel pressed on a flat floor", f"force at 10 mm, {name} / coarse to 40 %",
            other.force_n[-1] / floor.force_n[9], low=0.90, high=1.10,
        )  # fmt: skip
