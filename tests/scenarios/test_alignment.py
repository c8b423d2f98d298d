# SPDX-License-Identifier: MIT
"""A candidate's alignment and lumbar moments against its baseline, without the foot's mesh."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from scenarios.alignment.figures import AlignmentInstant, change, figures
from scenarios.alignment.standing import stands_mirrored
from scenarios.alignment.study import AlignmentStudy
from scenarios.alignment.summarise import alignment_change_section
from scenarios.alignment.tables import change_rows
from scenarios.calibration_store import read_calibration, write_calibration
from scenarios.compare import compare_summaries
from scenarios.compare_text import comparison_text
from scenarios.foot_loads import Calibration
from scenarios.foot_posture import FootPosture
from scenarios.schema import Scenario, Standing
from scenarios.schema_insole import Insole
from scenarios.summary import Summary, main_outputs, summary_data
from scenarios.upper import UpperInstant, UpperModel
from scenarios.upper.column import column_load
from simulator.chain_reaction import TILT_PER_HIP_ROTATION, ChainReaction
from simulator.rotations import about, logarithm
from simulator.upper_body import segment_places_mm
from tests.helpers.upper import ANKLE_MM, standing_model

X, Y, Z = np.eye(3)
MIRRORED = ChainReaction(mirrored=True)
STILL = FootPosture(0.0, 0.0, 21.0, 71.0, 0.0, 40.0, 130.0, np.eye(3))


@pytest.fixture(scope="module")
def quiet() -> UpperModel:
    return standing_model(vertebra="none")


def above(model: UpperModel, tibia: np.ndarray) -> UpperInstant:
    return model.instant(50.0, tibia, np.eye(3), ANKLE_MM, reaction=MIRRORED)


@pytest.fixture(scope="module")
def upright(quiet) -> UpperInstant:
    return above(quiet, np.eye(3))


@pytest.fixture(scope="module")
def pronated(quiet) -> UpperInstant:
    return above(quiet, about(Y, np.radians(5.0)))


def study(centre_mm: float | None) -> AlignmentStudy:
    """A study that has no foot and nothing above it."""
    part = object.__new__(AlignmentStudy)
    part.centre_of_mass_mm = centre_mm
    return part


def instant(percent: float, tilt: float, half: float | None = None) -> AlignmentInstant:
    names = ("pelvic_tilt_deg", "lumbar.L5-S1.flexion_moment_nm")
    varied = None if half is None else dict.fromkeys(names, half)
    return AlignmentInstant(
        percent, dict.fromkeys(names, 7.0), dict.fromkeys(names, tilt), {0.5: varied, 2.0: None}
    )


def test_internal_rotation_tilts_pelvis_and_adds_lordosis(upright, pronated) -> None:
    there = change(figures(STILL, 23.0, pronated), figures(STILL, 23.0, upright))
    wanted = TILT_PER_HIP_ROTATION * 0.75 * 5.0
    assert there["pelvic_tilt_deg"] == pytest.approx(wanted, rel=0.01)
    assert there["lumbar_lordosis_deg"] == pytest.approx(wanted, rel=0.01)
    assert there["pelvic_obliquity_deg"] == pytest.approx(0.0, abs=1e-9)
    assert there["hip_internal_rotation_deg"] == pytest.approx(0.75 * 5.0, rel=0.01)
    assert there["knee_internal_rotation_deg"] == pytest.approx(0.25 * 5.0, rel=0.01)
    assert pronated.pelvis.pelvic_tilt_deg == pytest.approx(pronated.angles.pelvic_tilt_deg)
    assert pronated.pelvis.hip_flexion_deg == pytest.approx(wanted, rel=0.01)


def test_nothing_changes_where_the_tibia_is_that_of_the_baseline(quiet, upright) -> None:
    again = above(quiet, np.eye(3))
    assert set(change(figures(STILL, 23.0, again), figures(STILL, 23.0, upright)).values()) == {0.0}


def test_lumbar_moments_are_those_of_the_weight_over_the_tilted_pelvis(
    quiet, upright, pronated
) -> None:
    def weight_times_arm_nm(result: UpperInstant, level: int) -> float:
        now, pelvis = quiet.gait.at(50.0), result.pose.pelvis_rotation
        _, chain = column_load(quiet.column, quiet.body, now, pelvis, now.thorax_rotation, 50.0)
        place, _ = segment_places_mm(quiet.body, chain)
        carried = quiet.body.above > level
        arm = place[carried, 0] - chain.centre_mm[level, 0]
        return float(9.80665e-3 * (quiet.body.mass_kg[carried] * arm).sum())

    for level in range(5):
        now, before = (r.solved[level].flexion_moment_nm for r in (pronated, upright))
        arms = [weight_times_arm_nm(r, level) for r in (pronated, upright)]
        assert now - before == pytest.approx(arms[0] - arms[1], abs=1e-6)
        # The levels turn less and less on the way up to a thorax that stays.
        assert abs(now - before) > (0.02, 0.01, 0.002, 0.0002, -1.0)[level]
    assert pronated.solved[0].lateral_moment_nm == pytest.approx(0.0, abs=1e-6)


def test_a_standing_leg_keeps_the_direction_of_its_foot() -> None:
    outwards = FootPosture(1.0, -0.5, 21.0, 71.0, -1.5, 40.0, 130.0, about(Y, np.radians(-0.5)))
    carried = np.degrees(logarithm(study(980.0).carried_tibia(outwards, STILL)))
    assert carried == pytest.approx([0.0, 1.0, 0.0], abs=1e-9)
    assert np.array_equal(study(None).carried_tibia(outwards, STILL), outwards.tibia_rotation)


def test_the_body_leans_back_where_the_ankle_comes_forward() -> None:
    back = FootPosture(0.0, 0.0, 21.0, 80.0, 0.0, 30.0, 130.0 - 15.7, np.eye(3))
    carried = logarithm(study(980.0).carried_tibia(back, STILL))
    assert carried == pytest.approx([0.0, 0.0, 15.7 / 900.0])


def test_who_stands_beside_a_mirror_image() -> None:
    both = Scenario(analysis="standing")
    assert stands_mirrored(both)
    assert not stands_mirrored(both.model_copy(update={"insole": Insole(both_feet=False)}))
    one_leg = Standing(body_weight_share=1.0)
    assert not stands_mirrored(both.model_copy(update={"standing": one_leg}))
    assert not stands_mirrored(Scenario(analysis="stance"))


def test_the_section_holds_the_largest_change_with_its_sign() -> None:
    section = alignment_change_section([instant(10.0, 0.5, 0.7), instant(20.0, -1.0, -1.5)])
    assert section is not None
    tilt = section.pelvic_tilt_deg
    assert tilt is not None
    assert (tilt.peak, tilt.mean, tilt.at_percent) == (-1.0, -0.25, 20.0)
    assert (tilt.peak_half_stiffness, tilt.peak_double_stiffness) == (-1.5, None)
    moment = cast(Any, section.lumbar)["L5-S1"].flexion_moment_nm
    assert (moment.baseline_min, moment.peak) == (7.0, -1.0)
    assert alignment_change_section([]) is None


def test_columns_are_the_same_where_a_stiffness_has_no_solution() -> None:
    solved, unsolved = instant(10.0, 0.5, 0.7).columns(), instant(20.0, 0.5).columns()
    assert list(solved) == list(unsolved)
    assert solved["half_stiffness_change_l5_s1_flexion_moment_nm"] == 0.7
    assert np.isnan(unsolved["half_stiffness_change_pelvic_tilt_deg"])
    assert solved["change_pelvic_tilt_deg"] == 0.5


def test_changes_stand_in_summary_and_comparison() -> None:
    section = alignment_change_section([instant(50.0, 1.234, 1.5)])
    plain: dict[str, Any] = {
        "analysis": "standing", "scenario": "x", "converged": True, "resolution": "coarse"
    }  # fmt: skip
    first, other = Summary(**plain), Summary(**plain, alignment_change=section)
    assert "alignment_change" not in summary_data(first)
    assert dict(main_outputs(other))["alignment_change.pelvic_tilt_deg.peak"] == 1.234
    text = comparison_text("first", [compare_summaries(first, other, "other")])
    assert "alignment of the other against its baseline" in text
    assert "+1.23" in text
    assert "only in the other" not in text
    words = [row[0] for row in change_rows(section)]
    assert words == ["pelvic tilt, anterior + (°)", "L5-S1 flexion moment (N m)"]


def test_two_candidates_are_compared_by_their_changes() -> None:
    plain: dict[str, Any] = {
        "analysis": "standing", "scenario": "x", "converged": True, "resolution": "coarse"
    }  # fmt: skip
    one, two = (
        Summary(**plain, alignment_change=alignment_change_section([instant(50.0, tilt, tilt)]))
        for tilt in (1.0, 3.0)
    )
    keys = {item.key: item for item in compare_summaries(one, two).differences}
    assert keys["alignment_change.pelvic_tilt_deg.peak"].change == 2.0
    assert not any("baseline" in key or "stiffness" in key for key in keys)


def test_a_calibration_keeps_the_posture_of_its_baseline(tmp_path) -> None:
    turned = FootPosture(1.0, 2.0, 21.0, 71.0, -0.5, 40.0, 129.0, about(Y, 0.1) @ about(X, 0.2))
    rows = np.array([STILL.numbers(), turned.numbers()])
    at = np.array([20.0, 30.0])
    kept = Calibration(at, np.zeros((2, 2)), np.zeros((2, 2)), np.zeros((2, 3)), rows)
    write_calibration(tmp_path / "one.npz", kept)
    found = read_calibration(tmp_path / "one.npz")
    assert found is not None
    numbers = found.posture_at(30.0)
    assert numbers is not None
    back = FootPosture.of_numbers(numbers)
    assert np.allclose(back.tibia_rotation, turned.tibia_rotation, atol=1e-15)
    assert back.foot_direction_deg == turned.foot_direction_deg
    # Instants of a candidate may lie between those of its baseline.
    between = found.posture_at(22.5)
    assert between is not None
    assert np.allclose(between, 0.75 * rows[0] + 0.25 * rows[1], atol=1e-12)


def test_a_calibration_of_an_earlier_version_has_no_posture(tmp_path) -> None:
    old = Calibration(np.array([50.0]), np.zeros((1, 2)), np.zeros((1, 2)), np.zeros((1, 3)))
    write_calibration(tmp_path / "old.npz", old)
    found = read_calibration(tmp_path / "old.npz")
    assert found is not None
    assert found.posture_at(50.0) is None
    part = study(None)
    part.run = cast(Any, SimpleNamespace(loads=SimpleNamespace(calibration=found)))
    assert part.at(50.0, cast(UpperInstant, None), None) is None
