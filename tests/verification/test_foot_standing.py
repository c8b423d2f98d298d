# SPDX-License-Identifier: MIT
"""Standing barefoot on both feet, 70 kg, against measurements, and what moves its pressures.

The ankle is held at neutral, to a degree a convention. The Achilles force that goes with it, and
with it the share of the heel, is therefore looked at with the tendon's force given, too.
"""

from __future__ import annotations

import pytest

from scenarios.foot_posture import neutral_arch_height_mm
from tests.helpers.evidence import Evidence
from tests.helpers.foot_posture import BareFoot, Seen

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

CAVANAGH = "Cavanagh 1987, Foot Ankle 7:262, 107 feet"
SHARES = {"heel": 60.0, "midfoot": 8.0, "forefoot": 28.0, "toes": 4.0}
ACHILLES_N = 175.0
CHEUNG = "Cheung 2005, J Biomech 38:1045"
HELD = "Standing, ankle held at neutral"
PULLED = "Standing, Achilles pulled by 175 N"


@pytest.fixture(scope="module")
def foot() -> BareFoot:
    return BareFoot()


@pytest.fixture(scope="module")
def held(foot: BareFoot) -> Seen:
    return foot.seen()


@pytest.fixture(scope="module")
def pulled(foot: BareFoot, held: Seen) -> Seen:
    """The same foot once half of its load pulls at the heel."""
    assert held.instant.achilles_force_n > ACHILLES_N
    return foot.pull_achilles(ACHILLES_N)


@pytest.mark.parametrize("case", [HELD, PULLED])
def test_shares_and_peaks(case: str, held: Seen, pulled: Seen, evidence: Evidence) -> None:
    seen = held if case == HELD else pulled
    shares, peaks = seen.shares_percent(), seen.loads.peak_pressure_kpa
    for region, measured in SHARES.items():
        evidence.within(
            "foot", case, f"load share, {region}", shares[region],
            low=max(measured - 10.0, 0.0), high=measured + 10.0, unit="%", source=CAVANAGH,
        )  # fmt: skip
    for region, measured in (("heel", 139.0), ("forefoot", 53.0)):
        evidence.within(
            "foot", case, f"peak pressure, {region}", getattr(peaks, region),
            low=0.75 * measured, high=1.25 * measured, unit="kPa",
            source=f"{CAVANAGH}: {measured:g}, a quarter allowed",
        )  # fmt: skip


def test_ratio_of_heel_to_forefoot(held: Seen, evidence: Evidence) -> None:
    peaks = held.loads.peak_pressure_kpa
    evidence.within(
        "foot", HELD, "peak pressure, heel / forefoot", peaks.heel / peaks.forefoot,
        low=1.9, high=3.3, source=f"{CAVANAGH}: 2.6, a quarter allowed",
    )  # fmt: skip


def test_achilles_force(held: Seen, pulled: Seen, evidence: Evidence) -> None:
    instant = held.instant
    evidence.outside(
        "foot", HELD, "Achilles force / load of the foot",
        instant.achilles_force_n / instant.grf_y_n, low=0.4, high=0.6,
        source="Simkin 1982: 0.5 (175 N of 350 N)",
        reason="it follows the ankle's angle at 110 N a degree; 0.8 degrees of dorsiflexion give "
        "0.5, and neutral is known to no better than that",
        guard=(0.68, 0.84),
    )  # fmt: skip
    evidence.within(
        "foot", PULLED, "dorsiflexion that goes with it", pulled.instant.ankle_dorsiflexion_deg,
        low=-2.0, high=2.0, unit="deg", source="neutral is a convention to about two degrees",
    )  # fmt: skip
    assert pulled.instant.achilles_force_n == pytest.approx(ACHILLES_N, rel=1e-6)


def test_navicular_drop(foot: BareFoot, held: Seen, evidence: Evidence) -> None:
    """The tuberosity's height over the floor falls by the arch and by the tissue under it."""
    unloaded = float(foot.model.foot.landmarks.navicular[1])
    evidence.within(
        "foot", HELD, "navicular drop from unloaded", unloaded - held.navicular_mm,
        low=5.0, high=9.0, unit="mm", source="Brody 1982, sitting to standing: 5 to 9",
    )  # fmt: skip
    skeletal = neutral_arch_height_mm(foot.model.foot.landmarks) - held.instant.arch_height_mm
    evidence.within(
        "foot", HELD, "of it, arch of the skeleton", skeletal, low=1.0, high=4.0, unit="mm",
        source="Ker 1987: 8 to 9 at about 4 kN through the arch, in proportion 1.3",
    )  # fmt: skip


@pytest.mark.validation
def test_navicular_drop_from_sitting(held: Seen, evidence: Evidence) -> None:
    """Sitting leaves about a tenth of body weight on the foot."""
    sitting = BareFoot(force_factor=0.2).seen()
    evidence.within(
        "foot", HELD, "navicular drop from a tenth of body weight",
        sitting.navicular_mm - held.navicular_mm, low=5.0, high=9.0, unit="mm",
        source="Brody 1982, sitting to standing: 5 to 9",
    )  # fmt: skip


@pytest.mark.validation
def test_contact_area_and_stiffer_tissue(pulled: Seen, evidence: Evidence) -> None:
    """Five times stiffer tissue, the Achilles force kept, at two levels of stiffness."""
    area = pulled.instant.contact_area_mm2 / 100.0
    evidence.outside(
        "foot", PULLED, "contact area", area, low=58.0, high=79.0, unit="cm2",
        source=f"{CHEUNG}, finite elements: 68.3, 15 % allowed",
        reason="the tissue is half as stiff as theirs and skin counts from the first touch; at "
        "their stiffness and above 10 kPa it is 87",
        guard=(95.0, 115.0),
    )  # fmt: skip
    grown = {k: BareFoot(tissue_stiffness_factor=k).pull_achilles(175.0) for k in (2.0, 5.0, 10.0)}
    grown[1.0] = pulled
    for low, high, level in ((1.0, 5.0, "of the library"), (2.0, 10.0, "of Lemmon's, twice it")):
        before, after = grown[low], grown[high]
        case = f"Tissue five times as stiff, from that {level}"
        shrunk = after.instant.contact_area_mm2 / before.instant.contact_area_mm2 - 1.0
        evidence.within(
            "foot", case, "contact area", 100.0 * shrunk, low=-28.0, high=-8.0, unit="%",
            source=f"{CHEUNG}: -18, ten points allowed",
        )  # fmt: skip
        for region, measured in (("heel", 33.0), ("forefoot", 35.0)):
            peaks = [getattr(s.loads.peak_pressure_kpa, region) for s in (before, after)]
            evidence.outside(
                "foot", case, f"peak pressure, {region}", 100.0 * (peaks[1] / peaks[0] - 1.0),
                low=measured - 15.0, high=measured + 15.0, unit="%",
                source=f"{CHEUNG}: {measured:+g}, fifteen points allowed",
                reason="not found: the sign is the same from twice the stiffness on, and only the "
                "largest value at a single point rises; their law, bones and measure are others",
                guard=(-25.0, 5.0),
            )  # fmt: skip
    factors = sorted(grown)
    evidence.curve(
        "foot", "Standing at one Achilles force: stiffness of the tissue",
        "factor on the stiffness of plantar tissue", "part of its value at 1",
        {
            "contact area": (
                factors, [grown[k].instant.contact_area_mm2 / 100.0 / area for k in factors]
            ),
            **{
                f"peak pressure, {region}": (
                    factors,
                    [
                        getattr(grown[k].loads.peak_pressure_kpa, region)
                        / getattr(pulled.loads.peak_pressure_kpa, region)
                        for k in factors
                    ],
                )
                for region in ("heel", "forefoot")
            },
        },
    )  # fmt: skip
