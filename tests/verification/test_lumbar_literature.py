"""L4-L5 against measured discs and segments: pressure, stiffness, stepwise reduction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from meshes.disc import build_disc
from simulator.spine.column import level_connectors
from simulator.spine.disc import DiscSolver
from tests.helpers.lumbar import (
    DISC_AREA_MM2,
    EMPTY_NUCLEUS,
    MOMENT_AXES,
    annulus_law,
    disc_solver,
    level,
    press,
    shear_stiffness,
    turned_deg,
)

BRINCKMANN = "Brinckmann & Grootenboer 1991; Dreischarf 2014"
PANJABI = "White & Panjabi 1990"


@pytest.fixture(scope="module")
def disc():
    return disc_solver()


@pytest.fixture(scope="module")
def segment():
    return disc_solver(connected=True)


def test_pressure_against_force(disc, evidence):
    forces = np.array([0.0, 150.0, 300.0, 560.0, 800.0, 1000.0, 1500.0])
    disc.restore(disc.rest())
    pressure = np.array([press(disc, force).pressure_mpa for force in forces])
    at = dict(zip(forces, pressure, strict=True))
    for force, low, high in ((300.0, 0.25, 0.3), (1000.0, 0.75, 0.95)):
        evidence.within(
            "discs",
            "Disc L4-L5 in compression",
            f"pressure at {force:g} N",
            at[force],
            low=low,
            high=high,
            unit="MPa",
            source=BRINCKMANN,
        )
    evidence.within(
        "discs",
        "Disc L4-L5 in compression",
        "pressure at 560 N",
        at[560.0],
        low=0.45,
        high=0.55,
        unit="MPa",
        source="0.5 MPa by F = 0.66 A p, Dreischarf 2016",
    )
    for force in (300.0, 560.0, 1000.0):
        evidence.within(
            "discs",
            "Disc L4-L5 in compression",
            f"c = F / (A p) at {force:g} N",
            force / (DISC_AREA_MM2 * at[force]),
            low=0.55,
            high=0.77,
            source="Dreischarf 2016",
        )
    line = forces / DISC_AREA_MM2
    evidence.curve(
        "discs",
        "Pressure of the L4-L5 disc",
        "compression, N",
        "pressure, MPa",
        {"solespine": (forces, pressure), "F = 0.66 A p": (forces, line / 0.66)},
        band=(forces, line / 0.77, line / 0.55),
        band_label="F = c A p, c 0.55 to 0.77 (Dreischarf 2016)",
    )


def test_axial_stiffness(disc, evidence):
    disc.restore(disc.rest())
    for force in (500.0, 1000.0):
        press(disc, force)
        stiffness = 1.0 / np.linalg.inv(disc.condensed_stiffness()[:3, :3])[1, 1]
        evidence.within(
            "discs",
            "Disc L4-L5 in compression",
            f"axial stiffness at {force:g} N",
            stiffness,
            low=500.0,
            high=1500.0,
            unit="N/mm",
            source="Berkson 1979; White & Panjabi 1990",
        )


STIFFNESS_RANGES = {
    "flexion": (1.2, 2.0),
    "extension": (1.6, 2.6),
    "lateral bending": (1.3, 2.1),
}
"""Nm/deg; White & Panjabi's 1.4, 2.1 and 1.7 with the scatter of about a quarter."""


@pytest.mark.parametrize("motion", STIFFNESS_RANGES)
def test_bending_stiffness_of_the_segment(segment, evidence, motion):
    turned = turned_deg(segment, motion, 7.5, 500.0, steps=3)
    low, high = STIFFNESS_RANGES[motion]
    evidence.within(
        "discs",
        "Segment L4-L5, 500 N",
        f"stiffness in {motion}, 7.5 Nm",
        7.5 / turned[-1],
        low=low,
        high=high,
        unit="Nm/deg",
        source=f"{PANJABI}, +- 25 %",
    )
    moments = np.linspace(0.0, 7.5, 4)
    evidence.curve(
        "discs",
        f"Segment L4-L5 in {motion}",
        "moment, Nm",
        "rotation, deg",
        {"solespine, 500 N": (moments, np.append(0.0, turned))},
        band=(moments, moments / high, moments / low),
        band_label=f"{PANJABI}, +- 25 %",
    )


def test_axial_rotation_stiffness_of_the_segment(segment, evidence):
    turned = {load: turned_deg(segment, "axial rotation", 7.5, load)[-1] for load in (500.0, 1e3)}
    evidence.within(
        "discs",
        "Segment L4-L5, 1000 N",
        "stiffness in axial rotation, 7.5 Nm",
        7.5 / turned[1e3],
        low=5.0,
        high=7.0,
        unit="Nm/deg",
        source=PANJABI,
    )
    evidence.outside(
        "discs",
        "Segment L4-L5, 500 N",
        "stiffness in axial rotation, 7.5 Nm",
        7.5 / turned[500.0],
        low=5.0,
        high=7.0,
        unit="Nm/deg",
        source=PANJABI,
        reason="facets closer by 0.1 mm (gap 0.4 mm, toe 0.1 mm) give 4.9, within the range of "
        "their sources; extension, which they limit too, has not been measured with them",
        guard=(4.3, 4.8),
    )


def test_shear_stiffness_of_the_segment(segment, evidence):
    for name, axis, low, high, guard in (
        ("anterior-posterior", 0, 120.0, 170.0, (200.0, 235.0)),
        ("lateral", 2, 140.0, 160.0, (340.0, 390.0)),
    ):
        evidence.outside(
            "discs",
            "Segment L4-L5, 400 N",
            f"{name} shear stiffness, 145 N",
            shear_stiffness(segment, axis, 400.0, 145.0),
            low=low,
            high=high,
            unit="N/mm",
            source=PANJABI,
            reason="vertebrae are rigid here and all fibres carry at once, dorsal ones too, which "
            "in the calibrated curves carry only from 3 % of strain; fibres soft enough for shear "
            "(k1 5 MPa: 170 and 257) leave axial rotation at 3.7 Nm/deg",
            guard=guard,
        )


def test_preload_stiffens_the_segment(segment, evidence):
    """Stokes and Gardner-Morse: diagonal stiffness of porcine discs x 4.6 to 6.9 from no load."""
    segment.restore(segment.rest())
    diagonals = [np.diag(segment.condensed_stiffness())[1]]
    for force in (500.0, 1000.0):
        press(segment, force)
        diagonals.append(np.diag(segment.condensed_stiffness())[1])
    assert diagonals[0] < diagonals[1] < diagonals[2]
    evidence.within(
        "discs",
        "Preload, L4-L5",
        "axial stiffness at 1000 N over that without load",
        diagonals[2] / diagonals[0],
        low=2.0,
        high=6.9,
        source="x 2.2 at 200 N to x 6.9 at 400 N in porcine segments and discs (Stokes)",
    )


@pytest.fixture(scope="module")
def reduced():
    """L4-L5 intact, without ligaments and facets, and without nucleus too."""
    return {
        "intact": disc_solver(connected=True),
        "without ligaments and facets": disc_solver(),
        "without nucleus": disc_solver(settings=EMPTY_NUCLEUS),
    }


@pytest.mark.parametrize("motion", MOMENT_AXES)
def test_stepwise_reduction(reduced, evidence, motion):
    """Each structure that is cut away lets the segment turn further (Heuer 2007), 2.5 and 5 Nm."""
    moments = np.array([0.0, 2.5, 5.0])
    turned = {
        name: np.append(0.0, turned_deg(solver, motion, 5.0, 0.0, steps=2))
        for name, solver in reduced.items()
    }
    intact, disc, annulus = (values[-1] for values in turned.values())
    evidence.within(
        "discs",
        "Stepwise reduction, L4-L5",
        f"{motion}: disc alone over intact, 5 Nm",
        disc / intact,
        low=1.0,
        source="Heuer 2007 (order)",
    )
    evidence.within(
        "discs",
        "Stepwise reduction, L4-L5",
        f"{motion}: without nucleus over disc, 5 Nm",
        annulus / disc,
        low=1.0,
        source="Heuer 2007 (order)",
    )
    evidence.curve(
        "discs",
        f"Stepwise reduction in {motion}",
        "moment, Nm",
        "rotation, deg",
        {name: (moments, values) for name, values in turned.items()},
    )


@pytest.mark.parametrize(
    ("motion", "kind"),
    [("flexion", "ISL"), ("flexion", "CL"), ("extension", "tip"), ("axial rotation", "facet")],
)
def test_every_structure_resists_its_motion(segment, motion, kind):
    """Taking one kind of ligament or contact away lets the segment turn further."""
    connectors = tuple(c for c in segment.connectors if not c.name.startswith(kind))
    assert len(connectors) < len(segment.connectors)
    whole = turned_deg(segment, motion, 7.5, 300.0)[-1]
    kept = segment.connectors
    try:
        segment.connectors = connectors
        cut = turned_deg(segment, motion, 7.5, 300.0)[-1]
    finally:
        segment.connectors = kept
    assert cut > whole + 0.02


def test_lordosis_leaves_posterior_ligaments_slack(segment):
    """Interspinous ligaments pull half way through flexion, not before (Adams 1980)."""
    tension = {}
    for moment in (1.0, 7.5):
        turned_deg(segment, "flexion", moment, 500.0)
        state = segment.state
        tension[moment] = {
            c.name: c.reaction(state.translation, state.rotation).magnitude
            for c in segment.connectors
        }
    for name in ("ISL", "SSL"):
        assert tension[1.0][name] == 0.0 < tension[7.5][name]


def test_facets_touch_beyond_their_gap(segment):
    """Half a millimetre of approach is free (0.4 to 0.6 mm)."""
    contact = next(c for c in segment.connectors if c.name == "facet right")
    for approach, free in ((0.35, True), (0.45, True), (0.65, False)):
        force = contact.reaction(-approach * contact.normal, np.eye(3)).magnitude
        assert (force == 0.0) == free


def test_fibres_turned_out_of_their_angle_change_the_disc():
    """Fibres at 30 degrees hold the disc in axial rotation more than steep ones do."""
    turned = {}
    for angle in (30.0, 55.0):
        size = replace(level().disc.dimensions, fibre_angle_deg=angle)
        solver = DiscSolver(build_disc(size), annulus_law(), level_connectors(level(), None, None))
        turned[angle] = turned_deg(solver, "axial rotation", 5.0, 500.0)[-1]
    assert turned[55.0] > 1.15 * turned[30.0]
