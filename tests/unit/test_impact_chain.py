# SPDX-License-Identifier: MIT
"""The chain above the foot: masses, closed joints, and a start in balance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from meshes.spine import VERTEBRAE
from scenarios.impact.feedforward import FeedForward, is_wobbling
from scenarios.impact.inverse import GROUND_RISE_S, inertial, planned_motion, wrenches
from scenarios.impact.masses import joined
from scenarios.impact.posture import (
    chained_accelerations,
    initial_state,
    orientation,
    planned_poses,
    spin_rates,
)
from scenarios.upper.column import Still, lumbar_top
from simulator.bushings import Bushings
from simulator.chain import lumbar_chain
from simulator.dynamics.inertia import RigidMass
from simulator.rotations import about, logarithm
from simulator.segments import Poses
from simulator.spine.chain import ROTATION_SHARES, Chain
from simulator.upper_body import disc_loads
from tests.helpers import impact_chain as helper


def named(chain, name):
    return sum((m.mass_t for m in chain.masses if m.segment == name), 0.0)


# -- masses ----------------------------------------------------------------------------------


@pytest.mark.parametrize("wobbling", [True, False])
def test_all_masses_add_up_to_the_body(wobbling):
    chain = helper.chain_of(wobbling_masses=wobbling)
    assert chain.total_mass_t == pytest.approx(1e-3 * helper.BODY_KG, rel=1e-12)
    assert any(is_wobbling(b) for b in chain.bushings) == wobbling


def test_wobbling_parts_come_from_their_bones():
    with_soft, rigid = helper.usual_chain(), helper.chain_of(wobbling_masses=False)
    assert named(rigid, "femur") == pytest.approx(0.1416 * 0.07)
    assert named(with_soft, "thigh_soft") == pytest.approx(named(rigid, "femur") * 6.0 / 12.15)
    for bone, soft in (("femur", "thigh_soft"), ("trunk", "trunk_soft"), ("L3", "L3_soft")):
        whole = named(with_soft, bone) + named(with_soft, soft)
        assert whole == pytest.approx(named(rigid, bone), rel=1e-12)


def test_centre_of_mass_of_the_trunk_stands_where_the_discs_were_told():
    chain = helper.chain_of(wobbling_masses=False)
    scenario, _, anatomy = helper.person()
    body = anatomy.masses(helper.BODY_KG, scenario.lumbar.trunk_offset_mm)
    above = [m for m in chain.masses if m.segment in (*VERTEBRAE, "trunk")]
    weight = np.array([m.mass_t for m in above])
    centre = weight @ np.array([m.centre_mm for m in above]) / weight.sum()
    place = anatomy.hips_mm + anatomy.disc_centres_mm[0]
    expected = place + body.mass_kg @ body.place_mm / body.mass_kg.sum()
    assert weight.sum() == pytest.approx(1e-3 * body.mass_kg.sum(), rel=1e-12)
    assert_allclose(centre, expected, atol=1e-6)


def test_joined_masses_turn_as_one_rod():
    """Two halves of a thin rod along Y make the rod."""
    half = np.diag([1.0, 0.0, 1.0]) * 0.5 * 100.0**2 / 12.0
    parts = [RigidMass("rod", 0.5, np.array([0.0, y, 0.0]), half) for y in (50.0, 150.0)]
    rod = joined("rod", parts)
    assert_allclose(rod.centre_mm, [0.0, 100.0, 0.0])
    assert_allclose(rod.inertia_t_mm2, np.diag([1.0, 0.0, 1.0]) * 200.0**2 / 12.0)


def test_reference_points_are_centres_of_mass():
    chain = helper.usual_chain()
    for mass in chain.masses:
        if mass.segment not in (*chain.foot_names, "pelvis"):
            k = chain.segments.index(mass.segment)
            assert_allclose(chain.segments.reference_mm[k], mass.centre_mm, atol=1e-9)


def test_refuses_tissue_heavier_than_the_foot():
    with pytest.raises(ValueError, match="more than the whole foot"):
        helper.build_chain(*helper.person(), helper.LEVELS, 1e-3)


def test_factors_scale_muscles_and_dampers_alone():
    usual, stiff = helper.usual_chain(), helper.chain_of(muscle_stiffness_factor=2.0)
    damped = helper.chain_of(joint_damping_factor=3.0)
    for a, b, c in zip(usual.bushings, stiff.bushings, damped.bushings, strict=True):
        if is_wobbling(a):
            assert_allclose(b.stiffness, a.stiffness)
            assert_allclose(c.damping, a.damping)
        else:
            assert_allclose(b.stiffness[:3, :3], a.stiffness[:3, :3])
            assert_allclose(c.damping, 3.0 * a.damping)
    knee = usual.bushing("knee").stiffness
    assert_allclose(stiff.bushing("knee").stiffness[5, 5], 2.0 * knee[5, 5])
    assert stiff.joint_stiffness["ankle"] == 2.0 * usual.joint_stiffness["ankle"]
    assert damped.joint_damping["subtalar"] == 3.0 * usual.joint_damping["subtalar"]
    for bushing in usual.bushings:
        for matrix in (bushing.stiffness, bushing.damping):
            assert_allclose(matrix, matrix.T)
            assert np.linalg.eigvalsh(matrix)[0] >= 0.0


# -- posture ---------------------------------------------------------------------------------


def test_joints_are_closed_and_stay_closed():
    chain, walk = helper.usual_chain(), helper.usual_walk()
    feet = helper.feet_of(chain, walk, (5.0, 12.0, -3.0))
    poses, rates = initial_state(chain, walk, feet)
    count = len(chain.foot_names)
    assert_allclose(poses.position_mm[:count], feet.position_mm, atol=1e-12)
    state = Bushings(chain.segments, chain.bushings).evaluate(poses, {})
    speed = np.hstack([rates.velocity_mm_s, rates.spin_rad_s]).ravel()
    for k, bushing in enumerate(chain.bushings):
        if bushing.name in chain.linked:
            assert np.abs(state.coordinates[k, :3]).max() < 1e-9, bushing.name
            assert np.abs((state.coordinate_rows[k] @ speed)[:3]).max() < 1e-9, bushing.name
    for link in chain.links:
        ends = [(chain.segments.index(name), name) for name in (link.inner, link.outer)]
        places = [poses.point(k, chain.segments.reference_mm[k], link.point_mm) for k, _ in ends]
        moves = [
            rates.at(k, p - poses.position_mm[k]) for (k, _), p in zip(ends, places, strict=True)
        ]
        assert_allclose(places[0], places[1], atol=1e-9, err_msg=link.outer)
        assert_allclose(moves[0], moves[1], atol=1e-9, err_msg=link.outer)


def test_the_lowest_point_of_the_heel_has_the_movements_velocity():
    chain, walk = helper.usual_chain(), helper.usual_walk()
    poses, rates = initial_state(chain, walk, helper.feet_of(chain, walk, (0.0, 0.0, 0.0)))
    k = chain.segments.index("calcaneus")
    sole = (chain.foot.mesh.points - chain.segments.reference_mm[k]) @ poses.rotation[k].T
    lowest = sole[np.argmin(sole[:, 1])]
    assert_allclose(rates.at(k, lowest), walk.heel_velocity_mm_s, atol=1e-9)


def test_rates_are_those_of_the_poses():
    chain, walk = helper.usual_chain(), helper.usual_walk()
    time, step = 0.05, 1e-4
    before, here, after = (planned_poses(chain, walk, time + k * step) for k in (-1, 0, 1))
    motion = planned_motion(chain, walk, time)
    turned = logarithm(after.rotation @ np.swapaxes(before.rotation, -1, -2)) / (2 * step)
    assert_allclose(motion.spins_rad_s, turned, atol=1e-4)
    moved = (after.position_mm - before.position_mm) / (2 * step)
    pelvis = chain.segments.index("pelvis")
    assert_allclose(motion.rates[:, :3], moved - moved[pelvis], atol=2e-2)
    faster = (after.position_mm - 2 * here.position_mm + before.position_mm) / step**2
    expected = faster - faster[pelvis]
    rates = spin_rates(chain, walk, time)
    found = chained_accelerations(chain, here, motion.spins_rad_s, rates)
    assert_allclose(found, expected, atol=0.02 * np.abs(expected).max())


def test_all_above_the_hips_accelerates_as_one():
    chain = helper.usual_chain()
    motion = planned_motion(chain, helper.usual_walk(), 0.03)
    upper = [chain.segments.index(name) for name in ("pelvis", *VERTEBRAE, "trunk", "trunk_soft")]
    assert not motion.spin_rates_rad_s2[upper].any()
    assert motion.spin_rates_rad_s2[chain.segments.index("femur")].any()
    apart = motion.accelerations_mm_s2[upper] - motion.accelerations_mm_s2[upper[0]]
    assert np.abs(apart).max() < 0.02 * 9806.65


def test_levels_share_the_turn_as_the_lumbar_column_does():
    chain, now = helper.usual_chain(), helper.usual_walk().at(0.07)
    rotation = orientation(chain, now).rotation

    centres, anatomy = chain.anatomy.disc_centres_mm, chain.anatomy
    column = Chain(centres, anatomy.spine.upper_endplate_mm, ROTATION_SHARES)
    pose = column.pose(now.pelvis_rotation, lumbar_top(now.pelvis_rotation, now.thorax_rotation))
    for k, name in enumerate(VERTEBRAE, start=1):
        assert_allclose(rotation[chain.segments.index(name)], pose.rotations[k], atol=1e-12)


def test_refuses_a_foot_in_another_posture():
    chain, walk = helper.usual_chain(), helper.usual_walk()
    feet = helper.feet_of(chain, walk, (0.0, 0.0, 0.0))
    turned = Poses(feet.position_mm, about(np.array([0.0, 0.0, 1.0]), 0.01) @ feet.rotation)
    with pytest.raises(ValueError, match=r"0\.57 degrees"):
        initial_state(chain, walk, turned)


# -- feed-forward ----------------------------------------------------------------------------


def test_every_segment_starts_in_balance():
    drives, walk = helper.usual_drives(), helper.usual_walk()
    left = drives.residual(planned_motion(helper.usual_chain(), walk, 0.0))
    assert np.abs(left[:, :3]).max() < 1e-6
    assert np.abs(left[:, 3:]).max() < 1e-6


def test_the_balance_holds_where_the_foot_was_put():
    """Drives know no place: they fit the chain wherever the foot touches down."""
    chain, walk = helper.usual_chain(), helper.usual_walk()
    poses, _ = initial_state(chain, walk, helper.feet_of(chain, walk, (40.0, -7.0, 11.0)))
    state = Bushings(chain.segments, chain.bushings)
    drives = helper.usual_drives().at(0.0).bushings
    here = state.evaluate(planned_poses(chain, walk, 0.0), drives)
    assert_allclose(state.evaluate(poses, drives).gradient, here.gradient, atol=1e-6)


def test_momentum_of_the_planned_motion_is_that_of_the_forces():
    chain, walk = helper.usual_chain(), helper.usual_walk()
    for time in (0.0, 0.06):
        motion = planned_motion(chain, walk, time)
        forces = motion.ground_n + walk.at(time).other_force_n
        assert_allclose(inertial(chain, motion).force_n.sum(axis=0), forces, atol=1e-9)
    assert_allclose(planned_motion(chain, walk, 0.0).ground_n, 0.0, atol=1e-12)
    assert_allclose(motion.ground_n, walk.at(0.06).ground_force_n)


def test_a_spinning_mass_needs_the_gyroscopic_moment():
    chain, walk = helper.usual_chain(), helper.usual_walk()
    motion, masses = planned_motion(chain, walk, 0.05), (*chain.masses, chain.tissue)
    k = next(i for i, mass in enumerate(masses) if mass.segment == "thigh_soft")
    o = chain.segments.index("thigh_soft")
    spin = np.array([3.0, -20.0, 7.0])
    spins, still = motion.spins_rad_s.copy(), np.zeros_like(motion.spins_rad_s)
    spins[o] = spin
    found = inertial(chain, replace(motion, spins_rad_s=spins, spin_rates_rad_s2=still))
    turned, step = motion.poses.rotation[o], 1e-4
    momenta = [
        about(spin, s * step * np.linalg.norm(spin)) @ turned @ masses[k].inertia_t_mm2
        @ turned.T @ about(spin, -s * step * np.linalg.norm(spin)) @ spin
        for s in (-1.0, 1.0)
    ]  # fmt: skip
    expected = (momenta[1] - momenta[0]) / (2.0 * step)
    assert_allclose(found.moment_nmm[k], expected, rtol=1e-4)


def test_standing_levels_carry_what_the_quasi_static_column_carries():
    """Top-down loads of ``simulator.upper_body`` against the sums of the chain."""
    chain, still = helper.chain_of(wobbling_masses=False), helper.standing_still()
    scenario, _, anatomy = helper.person()
    motion = planned_motion(chain, still, 2.0 * GROUND_RISE_S)
    body = anatomy.masses(helper.BODY_KG, scenario.lumbar.trunk_offset_mm)

    centres = anatomy.disc_centres_mm - anatomy.disc_centres_mm[0]
    column = lumbar_chain(centres, np.eye(3), np.eye(3))
    loads = disc_loads(body, column, Still.standing())
    carried = wrenches(chain, motion).carried
    for k, level in enumerate(anatomy.spine.levels):
        assert_allclose(carried[level.name][:3], -loads.force_n[k], atol=1e-6)
        assert_allclose(carried[level.name][3:], -loads.moment_nmm[k], atol=1e-3)
    assert_allclose(carried["ankle"][3:], 0.0, atol=2e3)


def test_springs_rest_on_the_planned_motion():
    chain, walk, drives = helper.usual_chain(), helper.usual_walk(), helper.usual_drives()
    state = Bushings(chain.segments, chain.bushings)
    for time in (0.0, 0.04, 0.15):
        planned = state.evaluate(planned_poses(chain, walk, time), {}).coordinates
        for bushing, xi in zip(chain.bushings, planned, strict=True):
            if not is_wobbling(bushing):
                target = drives.at(time).bushings[bushing.name].target
                assert_allclose(target[3:], xi[3:], atol=1e-12)


def test_drives_rise_without_a_jump():
    drives = helper.usual_drives()
    names = ("knee", "hip", "L5-S1", "trunk_muscles", "thigh_soft")
    loads = np.array(
        [
            np.concatenate([drives.at(t).bushings[name].load for name in names])
            for t in (0.0, 5e-5, 1e-4)
        ]
    )
    first, second = np.diff(loads, axis=0)
    assert np.abs(first).max() < 0.02 * np.abs(loads).max()
    assert np.abs(second - first).max() < 0.2 * np.abs(first).max()


def test_wobbling_masses_start_at_rest_on_their_bone_and_keep_their_spring():
    chain, drives = helper.usual_chain(), helper.usual_drives()
    motion = planned_motion(chain, helper.usual_walk(), 0.0)
    parts = inertial(chain, motion)
    masses = (*chain.masses, chain.tissue)
    for bushing in filter(is_wobbling, chain.bushings):
        k = next(i for i, mass in enumerate(masses) if mass.segment == bushing.distal)
        drive = drives.at(0.0).bushings[bushing.name]
        proximal = motion.poses.rotation[chain.segments.index(bushing.proximal)]
        pull = proximal @ bushing.stiffness[:3, :3] @ drive.target[:3]
        assert_allclose(pull, parts.force_n[k], atol=1e-6)
        later = drives.at(0.1).bushings[bushing.name]
        assert_allclose(later.target, drive.target)
        assert_allclose(later.load, 0.0)


def test_preload_of_the_foot_acts_between_its_segments():
    chain, drives = helper.usual_chain(), helper.usual_drives()
    for time in (0.0, 0.1):
        poses = planned_poses(chain, helper.usual_walk(), time)
        now = drives.at(time)
        force, moment = np.zeros(3), np.zeros(3)
        for push in now.translations[1:]:
            place = poses.position_mm[chain.segments.index(push.segment)]
            force += push.force_n
            moment += np.cross(place, push.force_n)
        for turn in now.rotations[2:]:
            moment += turn.moment_nmm
            assert not turn.stiffness_nmm_per_rad.any()
        assert_allclose(force, 0.0, atol=1e-9)
        assert_allclose(moment, 0.0, atol=1e-5)


def test_planned_speed_meets_no_damper():
    """At the planned rates dampers and what makes up for them cancel."""
    chain, walk, drives = helper.usual_chain(), helper.usual_walk(), helper.usual_drives()
    heavy = FeedForward(helper.chain_of(joint_damping_factor=10.0), walk)
    motion = planned_motion(chain, walk, 0.08)
    plain, damped = (one.residual(motion) for one in (drives, heavy))
    assert_allclose(damped, plain, atol=1e-6)
