# SPDX-License-Identifier: MIT
"""The richest insole under a standing foot: every part of it at once, in finite elements."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.evidence import Evidence
from tests.helpers.real_command import BARE_OUTPUT, run
from tests.helpers.summaries import read

RICHEST = (
    "layers=[{material='poron_soft', thickness_mm=1.0}, {material='eva_35', thickness_mm=2.5},"
    " {material='polypropylene', thickness_mm=1.5}]",
    "thickness_mm=5.0",
    "zones=[{region='heel', material='eva_20', thickness_mm=6.0}]",
    "infill={material='tpu_95a', relative_density=0.2}",
    "length='three_quarter'",
    "conformity=0.8",
    "arch_stiffness_factor=0.5",
    "arch_position_mm=4.0",
    "metatarsal_pad_height_mm=3.0",
    "heel_plug_diameter_mm=30.0",
    "rearfoot_post_deg=2.0",
)
CASE = "Standing, three-quarter insole with all parts"
LIMIT_S = 1800.0


@pytest.mark.validation
@pytest.mark.timeout(int(LIMIT_S) + 60)
def test_standing_on_the_richest_insole(tmp_path: Path, evidence: Evidence) -> None:
    folder = tmp_path / "rich"
    options = [part for one in RICHEST for part in ("--set", f"insole.{one}")]
    run("run", "standing", "-q", *BARE_OUTPUT, *options, "-o", folder, timeout=LIMIT_S)
    found = read(folder)
    assert found["converged"]
    left = found["equilibrium"]["force_imbalance_relative_max"]
    evidence.within("foot", CASE, "force imbalance over body weight", left, low=0.0, high=1e-8)
    share = found["plantar"]["load_share_percent"]
    # The insole ends behind the heads: what the forefoot carries stands on the ground.
    evidence.within(
        "foot", CASE, "load on forefoot", share["forefoot"], low=5.0, high=45.0, unit="%"
    )
    total = share["heel"] + share["midfoot"] + share["forefoot"] + share["toes"]
    assert total == pytest.approx(100.0, abs=0.1)
