# SPDX-License-Identifier: MIT
"""Types of feet standing barefoot, and a child and a heavy adult by the command.

A foot's navicular drop is from sitting, calcaneus in line with the leg and a tenth of body weight
on the foot, to relaxed standing on both feet (Brody 1982).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from meshes.foot_standing import standing_angles_deg
from meshes.foot_types import FootType
from scenarios.foot_summary import neutral_arch_height_mm
from tests.helpers.evidence import Evidence
from tests.helpers.foot_posture import BareFoot, Seen
from tests.helpers.real_command import BARE_OUTPUT, BAREFOOT, run
from tests.helpers.summaries import read

pytestmark = [pytest.mark.validation, pytest.mark.timeout(3600)]

BRODY = "Brody 1982, sitting to standing: 5 to 9, above 10 pronated"


@dataclass(frozen=True)
class Stood:
    """A type of foot in standing.

    Attributes:
        seen: in standing.
        drop_mm: of the navicular over the floor, from sitting.
        arch_mm: of it, arch of the skeleton, from unloaded.
    """

    seen: Seen
    drop_mm: float
    arch_mm: float


@cache
def stood(foot_type: FootType) -> Stood:
    foot = BareFoot(foot_type=foot_type)
    seen = foot.seen()
    arch = neutral_arch_height_mm(foot.model.foot.landmarks) - seen.instant.arch_height_mm
    ankle, subtalar = standing_angles_deg(foot.model.foot.dimensions, 0.0, loaded=False)
    sitting = BareFoot(
        foot_type=foot_type, force_factor=0.2, ankle_deg=ankle, subtalar_deg=subtalar
    ).seen()
    return Stood(seen, sitting.navicular_mm - seen.navicular_mm, arch)


def test_navicular_drop_of_a_neutral_foot(evidence: Evidence) -> None:
    evidence.within(
        "foot", "Standing barefoot, neutral foot", "navicular drop from sitting",
        stood("neutral").drop_mm, low=5.0, high=9.0, unit="mm", source=BRODY,
    )  # fmt: skip


def test_navicular_drop_of_an_overpronating_foot(evidence: Evidence) -> None:
    evidence.within(
        "foot", "Standing barefoot, overpronating foot", "navicular drop from sitting",
        stood("overpronating").drop_mm, low=10.0, high=15.0, unit="mm", source=BRODY,
    )  # fmt: skip


@pytest.mark.parametrize("foot_type", ["neutral", "flat", "overpronating"])
def test_load_is_shared_as_people_share_it(foot_type: FootType, evidence: Evidence) -> None:
    evidence.within(
        "foot", f"Standing barefoot, {foot_type} foot", "load share, heel",
        stood(foot_type).seen.shares_percent()["heel"], low=45.0, high=75.0, unit="%",
        source="60 in 107 feet of all kinds (Cavanagh 1987)",
    )  # fmt: skip


def test_a_cavus_foot_stands_on_its_forefoot(evidence: Evidence) -> None:
    evidence.outside(
        "foot", "Standing barefoot, cavus foot", "load share, heel",
        stood("cavus").seen.shares_percent()["heel"], low=45.0, high=75.0, unit="%",
        source="60 in 107 feet of all kinds (Cavanagh 1987)",
        reason="the ankle is held at an angle that a rule sets, and a degree of it moves the "
        "Achilles force by a third",
        guard=(40.0, 45.0),
    )  # fmt: skip


def test_flat_feet_sink_and_evert_more_than_neutral_ones_and_cavus_ones_less(
    evidence: Evidence,
) -> None:
    order: tuple[FootType, ...] = ("flat", "neutral", "cavus")
    flat, neutral, cavus = (stood(kind) for kind in order)
    case = "Standing barefoot, flat and cavus against neutral"
    for name, one, sign in (("flat", flat, 1.0), ("cavus", cavus, -1.0)):
        for quantity, more in (
            ("navicular drop", one.drop_mm - neutral.drop_mm),
            ("drop of the skeleton's arch", one.arch_mm - neutral.arch_mm),
        ):
            bounds = {"low": 0.3} if sign > 0.0 else {"high": -0.3}
            evidence.within("foot", case, f"{quantity}, {name}", more, unit="mm", **bounds)
        more = one.seen.instant.rearfoot_eversion_deg - neutral.seen.instant.rearfoot_eversion_deg
        bounds = {"low": 1.0} if sign > 0.0 else {"high": -1.0}
        evidence.within("foot", case, f"rearfoot eversion, {name}", more, unit="deg", **bounds)


@pytest.mark.parametrize(
    ("who", "mass", "height", "length"),
    [("A child of six", 20.0, 1.16, 175.0), ("An adult of 150 kg", 150.0, 1.9, 290.0)],
)
def test_child_and_heavy_adult_stand(
    who: str, mass: float, height: float, length: float, tmp_path: Path, evidence: Evidence
) -> None:
    subject = (("body_mass_kg", mass), ("height_m", height), ("foot_length_mm", length))
    settings = [part for key, value in subject for part in ("--set", f"subject.{key}={value}")]
    folder = tmp_path / "stands"
    run("run", "standing", "-q", *BAREFOOT, *BARE_OUTPUT, *settings, "-o", folder)
    summary = read(folder)
    assert summary["converged"]
    case = f"{who}, standing barefoot"
    drop = summary["alignment"]["arch_height_drop_mm"]
    evidence.within(
        "foot", case, "drop of the skeleton's arch / foot length", 100.0 * drop / length,
        low=0.1, high=2.0, unit="%", source="0.7 in the foot of 255 mm under 70 kg",
    )  # fmt: skip
    evidence.within(
        "foot", case, "load share, heel", summary["plantar"]["load_share_percent"]["heel"],
        low=45.0, high=75.0, unit="%", source="60 in 107 adults (Cavanagh 1987)",
    )  # fmt: skip
    compression = summary["lumbar"]["L4-L5"]["compression_n"]["mean"] / (9.80665 * mass)
    evidence.within(
        "lumbar", case, "L4-L5 compression / body weight", compression, low=0.4, high=1.3,
        source="0.8 by the calibration at a body mass index of 22.9",
    )  # fmt: skip
