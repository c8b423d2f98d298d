# SPDX-License-Identifier: MIT
"""Who stands: types of foot, contradictions, children and heavy adults, legs of unequal length."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.analyses.standing import INSTANT_PERCENT
from scenarios.channels import channel_rows
from scenarios.check import check_scenario
from scenarios.errors import ScenarioError
from scenarios.gait import GaitRequest, build_gait, standing_gait, walker_of
from scenarios.leg_length import leg_length_warnings, pelvic_height_mm
from scenarios.loading import foot_dimensions, load_scenario, resolved_scenario, scenario_data
from scenarios.schema_insole import Insole
from scenarios.schema_subject import Subject, subject_warnings
from scenarios.subject_section import subject_section
from scenarios.summary import Summary
from scenarios.toml_text import toml_text
from scenarios.upper.anatomy import upper_anatomy
from simulator.chain import lumbar_chain, obliquity_rad, pelvis_angles_deg, pelvis_rotation
from tests.helpers.upper import ANKLE_MM, OUTLINE_MM


def loaded(*settings: str) -> Subject:
    return load_scenario("standing", settings=settings).scenario.subject


def test_a_type_sets_what_is_not_given() -> None:
    over = loaded("subject.foot_type=overpronating")
    assert (over.foot_posture_index, over.rearfoot_angle_deg) == (11.0, 9.25)
    assert over.arch_height_mm == pytest.approx(0.145 * 255.0, abs=1e-3)
    neutral = Subject()
    assert (neutral.foot_posture_index, neutral.rearfoot_angle_deg) == (4.0, 4.0)
    assert neutral.standing_angles_deg == (0.0, 0.0)


def test_a_posture_index_alone_says_the_type() -> None:
    assert loaded("subject.foot_posture_index=9").foot_type == "overpronating"
    assert loaded("subject.foot_posture_index=-3").foot_type == "supinating"
    assert loaded("subject.foot_posture_index=2").foot_type == "neutral"
    flat = loaded("subject.foot_posture_index=2", "subject.foot_type=flat")
    assert flat.foot_type == "flat"


def test_an_arch_height_index_sets_the_arch() -> None:
    high = loaded("subject.arch_height_index=0.4")
    assert 55.0 < high.arch_height_mm < 59.0
    assert subject_section(high).arch_height_index == pytest.approx(0.4, abs=1e-4)


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        (("foot_type=supinating", "foot_posture_index=10"), "foot_posture_index"),
        (("foot_type=overpronating", "foot_posture_index=1"), "foot_posture_index"),
        (("foot_type=cavus", "foot_posture_index=9"), "foot_posture_index"),
        (("foot_posture_index=-10", "rearfoot_angle_deg=12"), "rearfoot_angle_deg"),
        (("foot_type=supinating", "rearfoot_angle_deg=12"), "rearfoot_angle_deg"),
        (("arch_height_index=0.3", "arch_height_mm=50"), "arch_height_mm"),
        (("foot_type=flat", "arch_height_index=0.42"), "arch_height_mm"),
        (("foot_type=cavus", "arch_height_mm=30"), "arch_height_mm"),
        (("height_m=1.1", "leg_length_difference_mm=30"), "leg_length_difference_mm"),
    ],
)
def test_contradictions_are_refused_by_name(settings: tuple[str, ...], key: str) -> None:
    with pytest.raises(ScenarioError, match="does not go with") as caught:
        loaded(*(f"subject.{s}" for s in settings))
    assert key in str(caught.value)
    assert caught.value.key.startswith("subject")
    assert caught.value.allowed


def test_a_rearfoot_angle_that_is_allowed_is_one_that_is_taken() -> None:
    with pytest.raises(ScenarioError) as caught:
        loaded("subject.foot_posture_index=-10", "subject.rearfoot_angle_deg=12")
    assert caught.value.allowed.startswith("-8 to 3.5 ")


@pytest.mark.parametrize(
    "settings",
    [
        ("foot_type=overpronating",),
        ("foot_posture_index=-7.5", "rearfoot_angle_deg=-3"),
        ("arch_height_index=0.29", "foot_length_mm=231.7"),
        ("height_m=1.13", "body_mass_kg=19", "leg_length_difference_mm=-7"),
    ],
)
def test_a_resolved_scenario_is_read_as_it_was(settings: tuple[str, ...], tmp_path) -> None:
    scenario = load_scenario("standing", settings=[f"subject.{s}" for s in settings]).scenario
    file = tmp_path / "scenario.toml"
    file.write_text(toml_text(scenario_data(scenario)))
    assert resolved_scenario(file).subject == scenario.subject


def test_posture_reaches_standing_and_the_built_in_gait_but_no_measured_angle() -> None:
    over, neutral = Subject(foot_type="overpronating"), Subject()
    dorsiflexion, inversion = over.standing_angles_deg
    assert inversion < -5.0
    assert dorsiflexion < -5.0
    still = standing_gait(walker_of(over, OUTLINE_MM)).at(INSTANT_PERCENT)
    assert (still.ankle_deg, still.subtalar_deg) == pytest.approx((dorsiflexion, inversion))
    dorsiflexion, inversion = over.walking_angles_deg
    assert inversion < -5.0 < dorsiflexion < 0.0
    walks = [build_gait(GaitRequest(), who, OUTLINE_MM) for who in (over, neutral)]
    assert np.allclose(walks[0].subtalar_deg - walks[1].subtalar_deg, inversion)
    assert np.allclose(walks[0].ankle_deg - walks[1].ankle_deg, dorsiflexion)
    assert any("as this foot stands" in said for said in walks[0].warnings)
    assert not any("as this foot stands" in said for said in walks[1].warnings)


@pytest.mark.parametrize(
    ("height", "mass", "length"), [(1.1, 18.0, 160.0), (1.16, 20.0, 175.0), (2.2, 150.0, 330.0)]
)
def test_child_and_large_adult_are_checked_and_built(
    height: float, mass: float, length: float
) -> None:
    said = [f"height_m={height}", f"body_mass_kg={mass}", f"foot_length_mm={length}"]
    whole = load_scenario("standing", settings=[f"subject.{s}" for s in said])
    warnings = check_scenario(whole)
    assert any("those of adults in proportion" in one for one in warnings) == (height < 1.45)
    subject = whole.scenario.subject
    upper = upper_anatomy(subject, 45.0, "coarse", ANKLE_MM)
    assert upper.size.hip_distance_mm == pytest.approx(97.0 * height)
    assert len(upper.spine.levels) == 5
    assert foot_dimensions(subject).scale == pytest.approx(length / 255.0)


def test_what_must_be_known_of_a_subject() -> None:
    assert subject_warnings(Subject()) == ()
    assert "body mass index" in subject_warnings(Subject(body_mass_kg=200.0))[0]
    assert "1.2 m" in subject_warnings(Subject(height_m=1.2, body_mass_kg=24.0))[0]


def test_a_lift_as_high_as_a_leg_is_short_makes_the_pelvis_level() -> None:
    """The pelvis tilts by 0.32 degrees a millimetre of 180, and the lumbar spine bends back."""
    short = Subject(height_m=180.0 / 97.0, leg_length_difference_mm=-9.0)
    upper = upper_anatomy(short, 45.0, "coarse", ANKLE_MM)
    plain = Insole(thickness_mm=6.0)
    lifted = Insole(thickness_mm=6.0, heel_lift_mm=9.0, both_feet=False)

    def posed(insole: Insole) -> tuple[float, float]:
        height = pelvic_height_mm(short, insole, plain)
        pelvis = pelvis_rotation(upper.size, np.eye(3), one_sided_height_mm=height)
        chain = lumbar_chain(upper.disc_centres_mm, pelvis, np.eye(3))
        bend = np.degrees(chain.level_rotation.sum(axis=0))
        return pelvis_angles_deg(pelvis)[1], float(bend[0])

    tilt, bend = posed(plain)
    assert tilt == pytest.approx(-9.0 * 0.3185, abs=0.01), "the short side is the lower one"
    assert bend == pytest.approx(0.77 * tilt, abs=0.05), "back up over the lower side"
    assert posed(lifted) == (0.0, 0.0)
    assert np.degrees(obliquity_rad(upper.size, 1.0)) == pytest.approx(0.318, abs=0.001)
    assert pelvic_height_mm(short, plain, None) == -9.0, "a baseline stands on unequal legs, too"
    assert pelvic_height_mm(Subject(), lifted, plain) == 9.0


def test_unequal_legs_are_said_where_results_are_read() -> None:
    said = leg_length_warnings(Insole(), -9.0, -9.0)
    assert len(said) == 1
    assert "-9 mm" in said[0]
    both = leg_length_warnings(Insole(heel_lift_mm=9.0, both_feet=False), 0.0, -9.0)
    assert "+0 mm" in both[0]
    assert "+9 mm against the baseline" in both[1]
    subject = subject_section(Subject(leg_length_difference_mm=-9.0))
    summary = Summary(
        scenario="w", analysis="stance", converged=True, resolution="coarse", subject=subject
    )
    rows = channel_rows(summary, {"heel_lift_mm": 0.0})
    assert rows[2].says.startswith("simulated leg -9 mm")


def test_unequal_legs_do_not_reach_an_impact() -> None:
    short = load_scenario("heel_strike", settings=["subject.leg_length_difference_mm=5"])
    assert any("leg_length_difference_mm is not used" in one for one in check_scenario(short))
