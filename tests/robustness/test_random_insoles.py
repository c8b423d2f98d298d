# SPDX-License-Identifier: MIT
"""Random feet and insoles inside the stated ranges are meshed well, or refused by a stated rule."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from meshes import foot as foot_module
from meshes import insole as insole_module
from tests.helpers.evidence import Evidence
from tests.helpers.insole_sets import RULES, Outcome, outcome, random_set, refusals

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "insole.md"
IN_GATE, IN_ALL = 30, 300
LONGEST_S = 10.0


@pytest.fixture(autouse=True)
def no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def judged(evidence: Evidence, outcomes: Sequence[Outcome], case: str) -> None:
    """Keep counts, worst cells and the slowest set, beside the floors."""
    meshed = [one for one in outcomes if one.foot is not None and one.insole is not None]
    count = len(outcomes)
    share = (len(meshed) + sum(refusals(list(outcomes)).values())) / count
    evidence.within("mesh", case, "meshed, or refused by a stated rule", share, low=1.0, high=1.0)
    evidence.within("mesh", case, f"meshed, of {count}", len(meshed), low=0.25 * count, high=count)
    for rule in RULES:
        refused = refusals(list(outcomes))[rule]
        evidence.within("mesh", case, f"refused, {rule}", refused, low=0, high=count)
    for body, module in (("foot", foot_module), ("insole", insole_module)):
        found = [getattr(one, body) for one in meshed]
        for name, floor in (
            ("min_dihedral_deg", module.MIN_DIHEDRAL_DEG),
            ("min_radius_ratio", module.MIN_RADIUS_RATIO),
        ):
            worst = min(getattr(quality, name) for quality in found)
            evidence.within("mesh", case, f"{body}, worst {name}", worst, low=floor, high=90.0)
    assert max(one.seconds for one in outcomes) < LONGEST_S


@pytest.mark.timeout(300)
def test_thirty_random_sets_mesh_or_are_refused(evidence: Evidence) -> None:
    judged(evidence, [outcome(n) for n in range(IN_GATE)], "30 random feet and insoles, coarse")


@pytest.mark.validation
@pytest.mark.timeout(3000)
def test_three_hundred_random_sets_mesh_or_are_refused(evidence: Evidence) -> None:
    found = [outcome(n) for n in range(IN_ALL)]
    judged(evidence, found, "300 random feet and insoles, coarse")
    slowest = max(one.seconds for one in found)
    evidence.within(
        *("mesh", "300 random feet and insoles, coarse", "slowest set", slowest),
        low=0.0, high=LONGEST_S, unit="s",
    )  # fmt: skip


def test_sets_reach_every_key_of_foot_and_insole() -> None:
    said: set[str] = set()
    for number in range(IN_ALL):
        said |= set(random_set(number))
    wanted = {
        *("insole.layers", "insole.zones", "insole.length", "insole.infill.relative_density"),
        *("insole.arch_stiffness_factor", "insole.heel_plug_material", "subject.foot_type"),
        *("insole.metatarsal_pad_height_mm", "insole.first_ray_cutout_mm"),
        *("insole.outline_offset_mm", "insole.arch_position_mm", "subject.arch_height_mm"),
    }
    assert wanted <= said


def test_the_guide_lists_every_rule() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert [rule for rule in RULES if f"**{rule[0].upper()}{rule[1:]}.**" not in text] == []
