"""The column: standing calibration, equilibrium with muscles, kinds of muscles, ranks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from simulator.rotations import exponential
from simulator.spine.column import LumbarColumn
from simulator.spine.disc_state import DiscNotConverged, SolverSettings
from simulator.spine.muscles import MuscleRule
from tests.helpers.lumbar import annulus_law, column, spine, upright_load


@pytest.fixture(scope="module")
def standing():
    """A calibrated column with the load and result of quiet standing."""
    spine = column(MPI.COMM_WORLD)
    load = upright_load(spine)
    fit = spine.calibrate_cocontraction(load)
    return spine, load, fit, spine.solve(load)


def stride(spine, turn=1.0):
    return upright_load(
        spine,
        pelvis=exponential(turn * np.radians([3.0, 4.0, -2.0])),
        thorax=exponential(turn * np.radians([-1.0, -3.0, -4.0])),
        weight_n=480.0,
        side_n=15.0,
    )


def test_standing_pressure_is_fitted_at_one_level_only(standing):
    spine, _, fit, levels = standing
    assert fit.reached
    assert spine.rule.cocontraction_n == fit.constant_n > 0.0
    named = {level.level: level for level in levels}
    assert named["L4-L5"].disc_pressure_mpa == pytest.approx(0.5, rel=1e-6)
    assert 540.0 < named["L4-L5"].compression_n < 690.0
    for level in levels:
        assert 0.35 < level.disc_pressure_mpa < 0.75


def test_forces_and_moments_close(standing):
    spine, _, _, start = standing
    load = stride(spine)
    levels = spine.solve(load, start)
    pose = spine.chain.pose(load.pelvis_rotation, load.thorax_rotation)
    for index, level in enumerate(levels):
        frame = pose.rotations[index] @ spine.frames[index]
        turn = exponential(0.5 * np.radians(level.rotation_deg))
        middle = frame @ turn
        gravity = middle.T @ load.force_n[index]
        assert level.compression_n == pytest.approx(level.muscle_force_n - gravity[1], rel=1e-7)
        assert level.shear_ap_n == pytest.approx(gravity[0], rel=1e-7)
        assert level.shear_ml_n == pytest.approx(gravity[2], rel=1e-7)
        outer = middle.T @ load.moment_nmm[index]
        passive = turn.T @ level.passive_moment_nmm
        np.testing.assert_allclose(1e3 * level.muscle_moment_nm + outer, passive, atol=1.0)
        assert level.flexion_moment_nm == pytest.approx(-1e-3 * outer[2])
        muscle, _ = spine.rule.force(1e3 * level.muscle_moment_nm)
        assert level.muscle_force_n == pytest.approx(muscle, rel=1e-7)


def test_level_rotations_are_the_shares_of_the_trunk(standing):
    spine, _, _, start = standing
    load = stride(spine)
    levels = spine.solve(load, start)
    total = np.eye(3)
    for index, level in enumerate(levels):
        frame = spine.frames[index]
        total = total @ frame @ exponential(np.radians(level.rotation_deg)) @ frame.T
    wanted = load.pelvis_rotation.T @ load.thorax_rotation
    np.testing.assert_allclose(total, wanted, atol=1e-10)


def test_answer_does_not_depend_on_the_previous_instant(standing):
    spine, _, _, start = standing
    load = stride(spine)
    warm, cold = spine.solve(load, start), spine.solve(load)
    for a, b in zip(warm, cold, strict=True):
        assert a.disc_pressure_mpa == pytest.approx(b.disc_pressure_mpa, abs=1e-9)
        assert a.compression_n == pytest.approx(b.compression_n, abs=1e-5)
        assert a.endplate_stress_mpa == pytest.approx(b.endplate_stress_mpa, abs=1e-8)
    again = spine.solve(load, start)
    assert [r.compression_n for r in again] == pytest.approx(
        [r.compression_n for r in warm], abs=1e-6
    )


def test_leaning_forward_loads_the_spine(standing):
    spine, _, _, start = standing
    near = spine.solve(upright_load(spine, anterior_mm=20.0), start)
    far = spine.solve(upright_load(spine, anterior_mm=60.0), start)
    for a, b in zip(near[:3], far[:3], strict=True):
        assert b.compression_n > a.compression_n + 50.0
        assert b.disc_pressure_mpa > a.disc_pressure_mpa


def test_kinds_of_muscles(standing):
    spine, load, _, start = standing
    rule = spine.rule
    try:
        spine.rule = MuscleRule(kind="none")
        bare = spine.solve(load, start)
        spine.rule = MuscleRule(kind="follower", follower_n=300.0)
        followed = spine.solve(load, start)
        fit = spine.calibrate_cocontraction(load)
        assert fit.reached and spine.rule.follower_n == fit.constant_n
    finally:
        spine.rule = rule
    for a, b in zip(bare, followed, strict=True):
        assert a.muscle_force_n == 0.0
        assert b.compression_n == pytest.approx(a.compression_n + 300.0, rel=1e-8)
        assert b.shear_ap_n == pytest.approx(a.shear_ap_n, abs=1e-6)


def test_a_target_below_no_force_is_said(standing):
    spine, load, _, _ = standing
    rule = spine.rule
    try:
        fit = spine.calibrate_cocontraction(load, target_mpa=0.05)
        assert not fit.reached
        assert spine.rule.cocontraction_n == 0.0
    finally:
        spine.rule = rule


def test_failure_reaches_every_rank(standing):
    spine, _, _, start = standing
    kept = {}
    for index in range(5):
        solver = spine.solver(index)
        if solver is not None:
            kept[index] = solver.settings
            solver.settings = replace(SolverSettings(), max_iterations=1, smallest_increment=0.9)
    try:
        with pytest.raises(DiscNotConverged, match="at 0 %"):
            spine.solve(stride(spine), start)
    finally:
        for index, settings in kept.items():
            spine.solver(index).settings = settings


def test_any_rank_count_gives_the_same_bits(standing):
    """Trivial on one rank; run under mpirun it compares with a column of this rank alone."""
    _, load, _, levels = standing
    alone = column(MPI.COMM_SELF)
    alone.calibrate_cocontraction(load)
    for a, b in zip(levels, alone.solve(load), strict=True):
        assert a.disc_pressure_mpa == b.disc_pressure_mpa
        assert a.compression_n == b.compression_n
        assert a.annulus_max_principal_strain == b.annulus_max_principal_strain


def test_three_ranks(mpirun):
    test = f"{__file__}::test_any_rank_count_gives_the_same_bits"
    mpirun(3, "-m", "pytest", "-q", test, timeout=300)


def test_fields_of_all_discs(standing):
    spine, load, _, levels = standing
    fields = spine.fields(levels, load)
    assert [f.level for f in fields] == list(spine.names)
    heights = [f.points_mm[:, 1].mean() for f in fields]
    assert heights == sorted(heights)
    for field, level in zip(fields, levels, strict=True):
        assert field.pressure_mpa == level.disc_pressure_mpa


def test_a_law_without_a_fibre_scale_is_refused_on_every_rank():
    law = annulus_law()

    class Scaleless:
        def parameters(self):
            return {"c10_mpa": 1.0}

        def with_directions(self, *directions):
            return law.with_directions(*directions)

    with pytest.raises(ValueError, match="k1_mpa"):
        LumbarColumn(MPI.COMM_WORLD, spine(), Scaleless())
