"""One lumbar disc: invariance, patch, tangents, work, fluid, and measured stiffness."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.rotations import exponential
from simulator.spine.closure import PrescribedLoad
from simulator.spine.disc_state import DiscNotConverged, DiscState, SolverSettings
from simulator.spine.stress import annulus_strain, disc_fields, endplate_stress
from tests.helpers.lumbar import (
    DISC_AREA_MM2,
    NO_SWELLING,
    annulus_law,
    disc_solver,
    level,
    press,
    soft_law_without_fibres,
)


@pytest.fixture(scope="module")
def disc():
    return disc_solver()


@pytest.fixture(scope="module")
def segment():
    return disc_solver(connected=True)


@pytest.fixture(scope="module")
def plain():
    """The disc with the mesh's configuration free of stress."""
    return disc_solver(settings=NO_SWELLING)


@pytest.fixture
def rested(disc):
    disc.restore(disc.rest())
    return disc


def test_mesh_is_free_of_force(plain):
    assert np.abs(plain.annulus.residual()).max() < 1e-12
    rested = plain
    assert rested.cavity_volume() == pytest.approx(855.0 * 10.5, rel=0.04)
    assert rested.annulus.upper_weights.sum() == pytest.approx(DISC_AREA_MM2 - 855.0, rel=0.01)


def test_nucleus_holds_its_resting_pressure_without_load(rested):
    """Filled until the disc alone, free to lengthen, is in balance at that pressure."""
    assert rested.state.pressure_mpa == 0.07
    np.testing.assert_allclose(rested.reaction()[:3], 0.0, atol=1e-6)
    forces = rested.annulus.residual() - 0.07 * rested.annulus.wall_volume_gradient()
    assert np.abs(forces[rested.annulus.free]).max() < 1e-6
    assert 0.1 < rested.state.translation[1] < 0.4
    at_rest = rested.state
    rested.solve(PrescribedLoad(np.zeros(3), np.eye(3)))
    np.testing.assert_allclose(rested.state.translation, at_rest.translation, atol=1e-7)


def test_unbearable_resting_pressure_is_refused():
    with pytest.raises(ValueError, match="resting pressure of 50 MPa"):
        disc_solver(settings=SolverSettings(rest_pressure_mpa=50.0))


def test_rigid_rotation_costs_nothing_and_keeps_the_volume(plain):
    rested = plain
    turn = exponential(np.array([0.4, -0.7, 0.3]))
    rotated = rested.annulus.node_points @ (turn - np.eye(3)).T
    rested.restore(DiscState(rotated.reshape(-1), np.zeros(3), turn, 0.3))
    assert abs(rested.annulus.energy()) < 1e-9
    assert np.abs(rested.annulus.residual()).max() < 1e-9
    assert rested.cavity_volume() == pytest.approx(rested.rest_volume_mm3, rel=1e-12)


def test_patch_of_uniform_strain():
    solver = disc_solver(soft_law_without_fibres(), settings=NO_SWELLING)
    annulus = solver.annulus
    stretch = np.array([[0.04, 0.02, -0.01], [0.0, -0.08, 0.03], [0.01, 0.0, 0.05]])
    annulus.displacement.x.array[:] = (annulus.node_points @ stretch.T).reshape(-1)
    gradients = annulus.gradients()
    np.testing.assert_allclose(gradients - (np.eye(3) + stretch), 0.0, atol=1e-12)
    forces = annulus.residual().reshape(-1, 3)
    geometry = level().disc
    faces = (geometry.lower_facets, geometry.upper_facets, geometry.cavity_facets)
    assert all(len(face) for face in faces)
    count = np.bincount(annulus.nodes_of_cells.reshape(-1), minlength=len(forces))
    inner = np.flatnonzero(count == count.max())
    assert len(inner) > 10
    assert np.abs(forces[inner]).max() < 1e-10 < 1e-3 < np.abs(forces).max()


def test_tangent_of_annulus_and_pressure_against_differences(rested):
    press(rested, 400.0, exponential(np.radians([1.0, -1.0, 2.0])))
    annulus, pressure = rested.annulus, rested.state.pressure_mpa
    generator = np.random.default_rng(1)
    direction = generator.standard_normal(len(annulus.free))
    blocks = annulus.tangent(pressure)
    start = annulus.displacement.x.array.copy()
    forces = []
    for sign in (1.0, -1.0):
        annulus.displacement.x.array[annulus.free] = start[annulus.free] + sign * 1e-6 * direction
        forces.append(annulus.residual() - pressure * annulus.wall_volume_gradient())
    annulus.displacement.x.array[:] = start
    change = (forces[0] - forces[1]) / 2e-6
    scale = np.abs(change).max()
    np.testing.assert_allclose(blocks.free @ direction, change[annulus.free], atol=1e-6 * scale)
    np.testing.assert_allclose(
        blocks.coupling.T @ direction, change[annulus.upper], atol=1e-6 * scale
    )


def test_condensed_stiffness_against_solved_neighbours(segment):
    segment.restore(segment.rest())
    turn = exponential(np.radians([1.0, 2.0, 3.0]))
    force = np.array([60.0, -700.0, 20.0])
    segment.solve(PrescribedLoad(force, turn))
    here, stiffness = segment.state, segment.condensed_stiffness()
    flexibility = np.linalg.inv(stiffness[:3, :3])
    for k in range(3):
        step = np.zeros(3)
        step[k] = 1.0
        places, moments = [], []
        for sign in (1.0, -1.0):
            segment.restore(here)
            segment.solve(PrescribedLoad(force + sign * step, turn))
            places.append(segment.state.translation)
        np.testing.assert_allclose(
            (places[0] - places[1]) / 2.0,
            flexibility[:, k],
            rtol=1e-3,
            atol=2e-3 * flexibility.max(),
        )
        for sign in (1.0, -1.0):
            segment.restore(here)
            segment.solve(PrescribedLoad(force, exponential(sign * 1e-4 * step) @ turn))
            moments.append(segment.reaction()[3:])
        wanted = stiffness[3:, 3 + k] - stiffness[3:, :3] @ flexibility @ stiffness[:3, 3 + k]
        np.testing.assert_allclose(
            (moments[0] - moments[1]) / 2e-4, wanted, atol=2e-3 * np.abs(wanted).max()
        )


def test_newton_converges_fast_near_the_solution(rested):
    press(rested, 500.0)
    rested.settings = SolverSettings(reuse_below=0.0)
    before = rested.counts.iterations
    press(rested, 510.0)
    assert rested.counts.iterations - before <= 5
    rested.settings = SolverSettings()


def test_work_of_the_load_is_stored(plain):
    rested = plain
    rested.restore(rested.rest())
    work, force, place = 0.0, np.zeros(3), np.zeros(3)
    for size in np.linspace(0.0, 800.0, 17)[1:]:
        load = np.array([0.2 * size, -size, 0.0])
        rested.solve(PrescribedLoad(load, np.eye(3)))
        now = rested.state.translation
        work += 0.5 * (load + force) @ (now - place)
        force, place = load, now
    fluid = 0.5 * rested.state.pressure_mpa**2 * rested.rest_volume_mm3 / 2000.0
    assert rested.annulus.energy() + fluid == pytest.approx(work, rel=5e-3)


def test_fluid_keeps_its_volume_but_for_its_bulk_modulus(rested):
    state = press(rested, 1000.0, exponential(np.radians([0.0, 0.0, -4.0])))
    wanted = rested.rest_volume_mm3 * (1.0 - state.pressure_mpa / 2000.0)
    assert rested.cavity_volume() == pytest.approx(wanted, rel=1e-9)


def test_resultants_balance_the_load(rested):
    load = np.array([80.0, -600.0, -30.0])
    rested.solve(PrescribedLoad(load, exponential(np.radians([1.0, 0.0, -3.0]))))
    np.testing.assert_allclose(rested.reaction()[:3], load, atol=1e-6)
    forces = rested.endplate_forces()
    plate = rested.state.pressure_mpa * rested.state.rotation @ rested.plate.area_vector
    np.testing.assert_allclose(forces.sum(axis=0) - plate, load, atol=1e-6)


def test_answer_does_not_depend_on_the_path(rested):
    press(rested, 300.0)
    press(rested, 900.0, exponential(np.radians([2.0, 0.0, -5.0])))
    winding = press(rested, 500.0)
    rested.restore(rested.rest())
    direct = press(rested, 500.0)
    assert winding.pressure_mpa == pytest.approx(direct.pressure_mpa, rel=1e-8)
    np.testing.assert_allclose(winding.displacement, direct.displacement, atol=1e-7)


def test_lateral_bending_is_symmetric(rested):
    results = []
    for sign in (1.0, -1.0):
        rested.restore(rested.rest())
        press(rested, 500.0, exponential(np.radians([sign * 3.0, 0.0, 0.0])))
        results.append((rested.state.pressure_mpa, rested.passive_moment()))
    assert results[0][0] == pytest.approx(results[1][0], rel=1e-8)
    mirror = np.array([-1.0, -1.0, 1.0])
    np.testing.assert_allclose(results[0][1], mirror * results[1][1], atol=1e-3)


def test_impossible_load_is_given_up(rested):
    rested.settings = SolverSettings(max_iterations=6, smallest_increment=0.25)
    with pytest.raises(DiscNotConverged, match="% of its load"):
        press(rested, 100.0, exponential(np.array([0.0, 0.0, -1.2])))
    rested.settings = SolverSettings()


def test_stiffer_fibres_raise_the_pressure():
    law = annulus_law()
    double = replace(law, fibre=replace(law.fibre, k1_mpa=2.0 * law.fibre.k1_mpa))
    stiff = disc_solver(double, settings=NO_SWELLING)
    weak = disc_solver(soft_law_without_fibres(), settings=NO_SWELLING)
    assert press(stiff, 500.0).pressure_mpa > 1.2 * press(weak, 500.0).pressure_mpa


def test_endplate_stress_and_strain_measures(rested):
    state = press(rested, 800.0)
    peak, mean = endplate_stress(rested)
    assert mean == pytest.approx(800.0 / DISC_AREA_MM2, rel=0.01)
    assert peak >= max(mean, state.pressure_mpa)
    at, largest = annulus_strain(rested)
    assert 0.0 < at < largest < 1.0


def test_fields_for_pictures(rested):
    state = press(rested, 600.0, exponential(np.radians([0.0, 0.0, -3.0])))
    frame = exponential(np.array([0.1, 0.5, -0.2]))
    fields = disc_fields(rested, "L4-L5", np.array([1.0, 2.0, 3.0]), frame)
    assert len(fields.cells) == 8 * len(level().disc.cells)
    for values in (fields.von_mises_mpa, fields.max_principal_mpa, fields.fibre_strain):
        assert values.shape == (len(fields.cells),)
        assert np.isfinite(values).all()
    assert 0.01 < fields.fibre_strain.max() < 0.2
    corner = fields.points_mm[fields.cells]
    edges = np.stack([corner[:, k] - corner[:, 0] for k in (1, 3, 4)], axis=1)
    assert np.linalg.det(edges).min() > 0.0
    assert fields.pressure_mpa == state.pressure_mpa
