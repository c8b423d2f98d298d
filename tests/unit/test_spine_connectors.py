"""Ligaments, facets, cavity plates, muscles: derivatives against differences, and signs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from materials.build import facet, spinal_ligament
from simulator.rotations import exponential
from simulator.spine.cavity import polygon_plate
from simulator.spine.chain import ROTATION_SHARES, Chain
from simulator.spine.connectors import FacetJoint, Ligament
from simulator.spine.muscles import LevelLoad, MuscleRule

POSE = (np.array([0.4, -0.9, 0.3]), exponential(np.array([0.05, -0.04, -0.09])))


def moved(pose, step):
    return pose[0] + step[:3], exponential(step[3:]) @ pose[1]


def ligament() -> Ligament:
    lower, upper = np.array([-66.0, -12.0, 3.0]), np.array([-64.0, 14.0, 1.0])
    length = float(np.linalg.norm(upper - lower))
    return Ligament("SSL", lower, upper, spinal_ligament("SSL", length, 1.0), length)


def joint() -> FacetJoint:
    normal = np.array([-0.7, 0.2, -0.6])
    return FacetJoint(
        "facet", np.array([-31.0, 2.0, 18.0]), normal / np.linalg.norm(normal), facet(), -2.5, 0.8
    )


@pytest.mark.parametrize("connector", [ligament(), joint()], ids=["ligament", "facet"])
def test_stiffness_is_the_derivative_of_the_force(connector):
    reaction = connector.reaction(*POSE)
    assert reaction.magnitude > 1.0
    size, differences = 1e-6, np.zeros((6, 6))
    for k in range(6):
        step = np.zeros(6)
        step[k] = size
        ahead = connector.reaction(*moved(POSE, step)).force
        behind = connector.reaction(*moved(POSE, -step)).force
        differences[:, k] = (ahead - behind) / (2.0 * size)
    scale = np.abs(differences).max()
    np.testing.assert_allclose(reaction.stiffness, differences, atol=1e-6 * scale)


def stored(connector, pose) -> float:
    """Energy from the curve itself."""
    if isinstance(connector, Ligament):
        span = pose[0] + pose[1] @ connector.upper_mm - connector.lower_mm
        return connector.curve.energy_nmm(np.linalg.norm(span) - connector.slack_length_mm)
    shift = pose[0] + pose[1] @ connector.point_mm - connector.point_mm
    opening = connector.normal @ shift + connector.further_gap_mm
    return connector.share * connector.curve.energy_nmm(opening)


@pytest.mark.parametrize("connector", [ligament(), joint()], ids=["ligament", "facet"])
def test_force_is_the_derivative_of_the_energy(connector):
    differences = np.zeros(6)
    for k in range(6):
        step = np.zeros(6)
        step[k] = 1e-6
        energies = [stored(connector, moved(POSE, s)) for s in (step, -step)]
        differences[k] = (energies[0] - energies[1]) / 2e-6
    force = connector.reaction(*POSE).force
    np.testing.assert_allclose(force, differences, atol=1e-6 * np.abs(force).max())


def test_ligaments_do_not_push_and_facets_do_not_pull():
    band, contact = ligament(), joint()
    closer = (np.array([0.0, -3.0, 0.0]), np.eye(3))
    assert band.reaction(*closer).magnitude == 0.0
    apart = (20.0 * contact.normal, np.eye(3))
    assert contact.reaction(*apart).magnitude == 0.0
    assert not contact.reaction(*apart).force.any()


def test_left_turn_closes_the_right_facet():
    from meshes.spine import build_spine

    level = build_spine(resolution=(2, 8, 1)).levels[1]
    forces = {}
    for place in level.facets[::2]:
        turn = exponential(np.array([0.0, np.radians(4.0), 0.0]))
        contact = FacetJoint(place.name, place.point_mm, place.normal, facet())
        forces[place.name] = contact.reaction(np.zeros(3), turn).magnitude
    assert forces["facet right"] > 10.0
    assert forces["facet left"] == 0.0


def test_plate_volume_derivatives():
    outline = np.array([[8.0, 5.0, 9.0], [-7.0, 4.0, 10.0], [-8.0, 4.2, -9.0], [9.0, 5.1, -8.0]])
    plate = polygon_plate(outline, np.array([0.0, 1.0, 0.0]))
    size = 1e-5
    gradient, hessian = np.zeros(6), np.zeros((6, 6))
    for k in range(6):
        step = np.zeros(6)
        step[k] = size
        ahead, behind = moved(POSE, step), moved(POSE, -step)
        gradient[k] = (plate.volume(*ahead) - plate.volume(*behind)) / (2.0 * size)
        hessian[:, k] = (plate.gradient(*ahead) - plate.gradient(*behind)) / (2.0 * size)
    np.testing.assert_allclose(plate.gradient(*POSE), gradient, rtol=1e-7, atol=1e-6)
    np.testing.assert_allclose(plate.hessian(*POSE), hessian, rtol=1e-7, atol=1e-6)


def test_plate_of_a_square():
    square = np.array([[1.0, 2.0, 1.0], [1.0, 2.0, -1.0], [-1.0, 2.0, -1.0], [-1.0, 2.0, 1.0]])
    plate = polygon_plate(square, np.array([0.0, 1.0, 0.0]))
    assert plate.area_mm2 == pytest.approx(4.0)
    np.testing.assert_allclose(plate.centroid, [0.0, 2.0, 0.0], atol=1e-14)
    assert plate.volume(np.zeros(3), np.eye(3)) == pytest.approx(8.0 / 3.0)


def test_muscles_press_by_moment_over_lever():
    rule = MuscleRule(rounding_nmm=1e-6, cocontraction_n=50.0)
    extend, flex = (
        rule.force(np.array([0.0, 0.0, 5700.0]))[0],
        rule.force(np.array([0.0, 0.0, -5700.0]))[0],
    )
    assert extend == pytest.approx(150.0, abs=1e-6)
    assert flex == pytest.approx(107.0, abs=1e-6)
    assert rule.force(np.array([-7500.0, 0.0, 0.0]))[0] == pytest.approx(150.0, abs=1e-6)
    assert rule.force(np.array([0.0, 1200.0, 0.0]))[0] == pytest.approx(60.0, abs=1e-6)
    assert replace(rule, kind="follower").force(np.array([0.0, 0.0, 5700.0]))[0] == 500.0
    assert replace(rule, kind="none").force(np.array([0.0, 0.0, 5700.0]))[0] == 0.0


def test_muscle_force_derivative_by_the_passive_moment():
    load = LevelLoad(
        exponential(np.array([0.03, 0.02, -0.1])),
        np.array([30.0, -400.0, 10.0]),
        np.array([900.0, -300.0, -8000.0]),
        MuscleRule(cocontraction_n=80.0),
    )
    passive = np.array([400.0, 100.0, -2000.0])
    _, derivative = load.force(passive)
    differences = np.zeros((3, 3))
    for k in range(3):
        step = np.zeros(3)
        step[k] = 1e-2
        ahead, behind = load.force(passive + step)[0], load.force(passive - step)[0]
        differences[:, k] = (ahead - behind) / 2e-2
    np.testing.assert_allclose(derivative, differences, rtol=1e-6, atol=1e-9)


def test_level_rotations_compose_to_the_trunk():
    chain = Chain(np.arange(15.0).reshape(5, 3), np.array([0.0, 300.0, 0.0]), ROTATION_SHARES)
    pelvis = exponential(np.array([0.1, -0.2, 0.15]))
    thorax = exponential(np.array([-0.2, 0.1, -0.3]))
    pose = chain.pose(pelvis, thorax, (10.0, 900.0, 0.0))
    np.testing.assert_allclose(pose.rotations[0], pelvis, atol=1e-14)
    np.testing.assert_allclose(pose.rotations[-1], thorax, atol=1e-13)
    still = chain.pose(pelvis, pelvis, (10.0, 900.0, 0.0))
    wanted = np.array([10.0, 900.0, 0.0]) + chain.centres_mm @ pelvis.T
    np.testing.assert_allclose(still.centres_mm, wanted, atol=1e-12)


def test_bones_carry_the_discs_above_them():
    chain = Chain(np.arange(15.0).reshape(5, 3), np.array([0.0, 300.0, 0.0]), ROTATION_SHARES)
    pelvis, thorax = (
        exponential(np.array([0.1, -0.2, 0.1])),
        exponential(np.array([0.0, 0.3, -0.3])),
    )
    pose = chain.pose(pelvis, thorax, (10.0, 900.0, 5.0))
    for bone in range(5):
        moved_centre = chain.carry(bone, chain.centres_mm[bone : bone + 1], pose)
        np.testing.assert_allclose(moved_centre[0], pose.centres_mm[bone], atol=1e-12)
    np.testing.assert_allclose(chain.carry(5, chain.top_mm[None], pose)[0], pose.top_mm, atol=1e-12)


def test_shares_must_add_to_one():
    with pytest.raises(ValueError, match="sum 1"):
        Chain(np.zeros((5, 3)), np.zeros(3), (0.3, 0.3, 0.3, 0.3, 0.3))
