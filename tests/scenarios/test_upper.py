"""Above the knee: pelvis from gait and tibia, discs from the masses above them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from scenarios.errors import NotConverged, ScenarioError
from scenarios.schema import Scenario
from scenarios.schema_subject import Subject
from scenarios.upper import (
    UpperModel,
    UpperState,
    lumbar_section,
    pelvis_residual,
    pelvis_section,
)
from scenarios.upper.column import LUMBAR_PART, lumbar_top
from simulator.rotations import about, exponential, logarithm
from simulator.spine.disc import SolverSettings
from tests.helpers.upper import at, standing_model, walking, walking_model

X, Y, Z = np.eye(3)
BODY_WEIGHT_N = 70.0 * 9.81
L4_L5 = 1


@pytest.fixture(scope="module")
def model() -> UpperModel:
    return walking_model()


@pytest.fixture(scope="module")
def peak(model):
    """Loading response, near the largest compression."""
    return at(model, 20.0)


@pytest.fixture(scope="module")
def middle(model, peak):
    return at(model, 50.0, state=peak.state)


@pytest.fixture(scope="module")
def quiet() -> UpperModel:
    return standing_model()


def test_standing_is_calibrated_at_l4_l5(quiet) -> None:
    result = at(quiet, 50.0)
    level = result.levels[L4_L5]
    assert level.disc_pressure_mpa == pytest.approx(0.5, rel=1e-6)
    assert 540.0 < level.compression_n < 690.0
    assert result.levels[0].flexion_moment_nm == pytest.approx(7.1, abs=0.3)
    assert abs(result.pelvis.pelvic_tilt_deg) < 1e-9
    assert result.pelvis.lumbar_lordosis_deg == pytest.approx(50.5)
    assert "calibrated" in quiet.warnings[0]
    start = at(quiet, 0.0, state=quiet.initial())
    assert start.newton_iterations == 0


def test_walking_loads_l4_l5_as_measured(peak, middle) -> None:
    """Arshad 2018: peak of 130 to 179 % of body weight; Wilke 1999: 0.53 to 0.65 MPa."""
    assert 1.3 < peak.levels[L4_L5].compression_n / BODY_WEIGHT_N < 1.9
    assert 0.8 < middle.levels[L4_L5].compression_n / BODY_WEIGHT_N < 1.2
    assert 0.65 < peak.levels[L4_L5].disc_pressure_mpa < 1.0
    assert 0.45 < middle.levels[L4_L5].disc_pressure_mpa < 0.65


def test_muscles_press_what_weight_does_not(peak, middle) -> None:
    for instant in (peak, middle):
        for level, result in zip(instant.levels, instant.solved, strict=True):
            assert level.muscle_force_n > 0.0
            needed = result.passive_moment_nmm[2] / 1e3 + level.flexion_moment_nm
            assert result.muscle_moment_nm[2] == pytest.approx(needed, abs=0.1)


def test_braking_asks_for_extensors_and_push_off_for_flexors(model, peak) -> None:
    late = at(model, 90.0)
    assert model.gait.at(20.0).com_acceleration_mm_s2[0] < -1000.0
    assert model.gait.at(90.0).com_acceleration_mm_s2[0] > 1000.0
    assert peak.levels[L4_L5].flexion_moment_nm > 10.0
    assert peak.solved[L4_L5].muscle_moment_nm[2] > 10.0
    assert late.levels[L4_L5].flexion_moment_nm < -5.0
    assert late.solved[L4_L5].muscle_moment_nm[2] < -3.0


def test_on_the_baseline_the_pelvis_is_that_of_the_gait(model, peak) -> None:
    now = model.gait.at(20.0)
    np.testing.assert_allclose(peak.pose.pelvis_rotation, now.pelvis_rotation, atol=1e-12)
    assert peak.pelvis.pelvic_obliquity_deg == pytest.approx(now.pelvis_deg[1], abs=0.05)
    assert peak.pelvis.knee_flexion_deg == now.knee_deg
    assert peak.pelvis.hip_flexion_deg == now.hip_deg[0]
    assert np.isnan(peak.pelvis.residual_force_n)


def test_a_deviation_of_the_tibia_is_shared(model) -> None:
    turn = about(Y, np.radians(-10.0))
    turned = at(model, 50.0, turn=turn)
    now = model.gait.at(50.0)
    moved = logarithm(turned.pose.pelvis_rotation @ now.pelvis_rotation.T)
    np.testing.assert_allclose(np.degrees(moved), [0.0, -1.5, 0.0], atol=1e-9)
    femur = logarithm(turned.pose.femur_rotation @ at(model, 50.0).pose.femur_rotation.T)
    np.testing.assert_allclose(np.degrees(femur), [0.0, -7.5, 0.0], atol=1e-9)
    bent = at(model, 50.0, turn=about(Z, np.radians(4.0)))
    assert bent.pelvis.knee_flexion_deg == pytest.approx(now.knee_deg - 1.0)
    assert bent.pelvis.hip_flexion_deg == pytest.approx(now.hip_deg[0] + 2.4)
    assert bent.pelvis.pelvic_tilt_deg < at(model, 50.0).pelvis.pelvic_tilt_deg - 0.5


def test_the_lumbar_spine_takes_its_part_of_the_trunk() -> None:
    pelvis = exponential(np.array([0.05, -0.1, 0.03]))
    part = logarithm(pelvis.T @ lumbar_top(pelvis, pelvis @ exponential(0.1 * Y)))
    np.testing.assert_allclose(part, 0.1 * LUMBAR_PART[1] * Y, atol=1e-12)
    np.testing.assert_allclose(LUMBAR_PART, [0.77, 0.30, 1.0])


def test_level_rotations_add_up_to_the_lumbar_part(model, middle) -> None:
    now = model.gait.at(50.0)
    total = np.eye(3)
    for result, frame in zip(middle.solved, model.column.frames, strict=True):
        total = total @ frame @ exponential(np.radians(result.rotation_deg)) @ frame.T
    wanted = LUMBAR_PART * logarithm(now.pelvis_rotation.T @ now.thorax_rotation)
    np.testing.assert_allclose(logarithm(total), wanted, atol=1e-10)


def test_a_lifted_side_tilts_the_pelvis_and_bends_the_spine(quiet) -> None:
    level, lifted = at(quiet, 50.0), at(quiet, 50.0, height_mm=10.0)
    lowered = at(quiet, 50.0, height_mm=-10.0)
    angle = np.degrees(np.arcsin(10.0 / quiet.anatomy.size.hip_distance_mm))
    assert lifted.pelvis.pelvic_obliquity_deg == pytest.approx(angle)
    for one, up, down in zip(level.solved, lifted.solved, lowered.solved, strict=True):
        assert abs(one.muscle_moment_nm[0]) < 1e-6
        assert up.rotation_deg[0] > 0.2
        assert abs(up.muscle_moment_nm[0]) > 0.5
        assert up.muscle_moment_nm[0] == pytest.approx(-down.muscle_moment_nm[0], rel=1e-4)
        assert up.compression_n > one.compression_n + 3.0


def test_a_heavier_trunk_presses_more(model, peak) -> None:
    heavy = replace(model, body=model.anatomy.masses(85.0, 20.0))
    for before, after in zip(peak.levels, at(heavy, 20.0).levels, strict=True):
        assert after.compression_n > before.compression_n + 80.0
        assert after.disc_pressure_mpa > before.disc_pressure_mpa


def test_a_trunk_further_in_front_asks_more_of_the_extensors() -> None:
    near, far = standing_model(), standing_model(trunk_offset_mm=45.0)
    assert far.calibration == near.calibration
    for before, after in zip(at(near, 50.0).solved, at(far, 50.0).solved, strict=True):
        more = 0.025 * 9.81 * 0.52 * 70.0
        assert after.muscle_moment_nm[2] - before.muscle_moment_nm[2] > 0.7 * more
        assert after.muscle_force_n > before.muscle_force_n + 80.0


def test_a_heavier_subject_has_more_pressure_in_standing(quiet) -> None:
    scenario = Scenario(subject=Subject(body_mass_kg=90.0))
    heavy = UpperModel.build(MPI.COMM_WORLD, scenario, walking(scenario.subject))
    assert heavy.column.rule.cocontraction_n == pytest.approx(
        90.0 / 70.0 * quiet.column.rule.cocontraction_n
    )
    ratio = heavy.standing[L4_L5].compression_n / quiet.standing[L4_L5].compression_n
    assert ratio == pytest.approx(90.0 / 70.0, rel=0.01)
    assert heavy.standing[L4_L5].disc_pressure_mpa > 0.6


def test_without_muscles_only_weight_presses() -> None:
    bare = standing_model(muscles="none")
    level = bare.standing[L4_L5]
    assert level.muscle_force_n == 0.0
    assert level.compression_n < 0.5 * BODY_WEIGHT_N
    assert level.disc_pressure_mpa < 0.35
    assert "no muscles" in bare.warnings[0]


def test_a_follower_load_is_calibrated_too() -> None:
    followed = standing_model(muscles="follower")
    assert followed.standing[L4_L5].disc_pressure_mpa == pytest.approx(0.5, rel=1e-6)
    forces = {round(level.muscle_force_n, 6) for level in followed.standing}
    assert forces == {round(followed.column.rule.follower_n, 6)}


def test_the_state_is_only_a_start(model, middle) -> None:
    state = middle.state
    arrays = (state.displacement_mm, state.translation_mm, state.rotation, state.pressure_mpa)
    again = at(model, 50.0, state=UpperState(*(array.copy() for array in arrays)))
    cold = at(model, 50.0)
    assert again.newton_iterations == 0
    for a, b in zip(middle.levels, cold.levels, strict=True):
        assert a.compression_n == pytest.approx(b.compression_n, abs=1e-4)
        assert a.disc_pressure_mpa == pytest.approx(b.disc_pressure_mpa, abs=1e-7)


def test_bodies_lead_back_to_standing(model, peak, middle) -> None:
    names = ["leg_bones", "vertebrae"]
    names += [f"disc_{n}" for n in ("l5_s1", "l4_l5", "l3_l4", "l2_l3", "l1_l2")] + ["vertebra_l4"]
    frame = about(Y, 0.2)
    for first, second in zip(model.bodies(peak), model.bodies(middle, frame), strict=True):
        assert first.name == second.name == names.pop(0)
        before = first.points_mm - first.point_data["displacement_mm"]
        after = second.points_mm - second.point_data["displacement_mm"]
        np.testing.assert_allclose(before, after, atol=1e-9)
        if first.name.startswith("disc"):
            assert {"cauchy_von_mises_mpa", "disc_pressure_mpa"} <= set(first.cell_data)


def test_vertebrae_meet_their_discs(model, peak) -> None:
    bodies = {body.name: body for body in model.bodies(peak)}
    bone = bodies["vertebrae"]
    for index, level in enumerate(("l5_s1", "l4_l5", "l3_l4", "l2_l3", "l1_l2")):
        disc = bodies[f"disc_{level}"].points_mm
        for segment in (index, index + 1):
            corners = np.unique(bone.cells[bone.cell_data["segment"] == segment])
            gaps = np.linalg.norm(bone.points_mm[corners, None] - disc[None], axis=2).min(axis=1)
            assert np.sum(gaps < 1e-6) >= 16


def test_the_hip_stands_on_the_leg(model, peak) -> None:
    size, pose = model.anatomy.size, peak.pose
    hip = pose.hips_mm + pose.pelvis_rotation @ (0.5 * size.hip_distance_mm * Z)
    assert np.linalg.norm(hip - pose.knee_mm) == pytest.approx(size.thigh_mm)
    assert hip[0] < pose.knee_mm[0] - 50.0


def test_sections_of_the_summary(peak, middle) -> None:
    section = lumbar_section([peak.levels, middle.levels], [20.0, 50.0], BODY_WEIGHT_N)
    assert list(section) == ["L5-S1", "L4-L5", "L3-L4", "L2-L3", "L1-L2"]
    force = section["L4-L5"].compression_n
    assert force.peak == peak.levels[L4_L5].compression_n
    assert force.peak_bw == pytest.approx(force.peak / BODY_WEIGHT_N)
    assert force.at_percent == 20.0
    assert force.mean == pytest.approx(
        0.5 * (peak.levels[L4_L5].compression_n + middle.levels[L4_L5].compression_n)
    )
    assert section["L4-L5"].disc_pressure_mpa.peak_bw is None
    shear = section["L1-L2"].shear_ap_n
    assert shear.peak < 0.0
    posture = pelvis_section([peak.pelvis, middle.pelvis])
    assert posture.pelvic_obliquity_deg.min <= posture.pelvic_obliquity_deg.max
    assert posture.lumbar_lordosis_deg.max < 55.0
    assert pelvis_residual([peak.pelvis]) == (None, None)
    known = replace(peak.pelvis, residual_force_n=20.0, residual_moment_nm=3.0)
    assert pelvis_residual([peak.pelvis, known]) == (20.0, 3.0)


def test_what_cannot_be_meshed_is_refused() -> None:
    short = Subject.model_construct(**dict(Subject()) | {"height_m": 1.0})
    odd = Scenario.model_construct(**dict(Scenario()) | {"subject": short})
    with pytest.raises(ScenarioError, match=r"subject\.height_m: 1000 is out of range"):
        UpperModel.build(MPI.COMM_WORLD, odd, walking())


def test_an_unsolved_disc_is_said(model) -> None:
    kept = {}
    for index in range(5):
        solver = model.column.solver(index)
        if solver is not None:
            kept[index] = solver.settings
            solver.settings = replace(SolverSettings(), max_iterations=1, smallest_increment=0.9)
    try:
        with pytest.raises(NotConverged, match="20 % of stance"):
            at(model, 20.0)
    finally:
        for index, settings in kept.items():
            model.column.solver(index).settings = settings


def test_any_rank_count_gives_the_same_numbers(mpirun, tmp_path) -> None:
    files = [tmp_path / f"{n}.json" for n in (1, 2, 3)]
    for n, file in enumerate(files, start=1):
        mpirun(n, "-m", "tests.helpers.upper", file, timeout=300)
    one, *others = [json.loads(file.read_text()) for file in files]
    for other in others:
        assert other == one
