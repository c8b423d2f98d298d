# SPDX-License-Identifier: MIT
"""Walking by the real command, barefoot and on an insole, against measured pressures."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.table import read_numbers
from tests.helpers.evidence import Evidence
from tests.helpers.kept_runs import Folders, kept_folders
from tests.helpers.real_command import BARE_OUTPUT, BAREFOOT
from tests.helpers.summaries import BODY_WEIGHT_N, read

pytestmark = [pytest.mark.validation, pytest.mark.timeout(3600)]

SHORTEN = "Shorten 1989, 131 people barefoot at 1.0 and 1.5 m/s, between them at 1.3 m/s"
SHORTEN_KPA = {"heel": ((367, 115), (517, 158)), "forefoot": ((635, 211), (737, 226))}
"""Mean and standard deviation at 1.0 and at 1.5 m/s."""
EMED = "typical EMED figures at 1.2 to 1.4 m/s (Hughes 1993, Putti 2008)"
NO_SHOE = (
    "there is no shoe: an insole of 6 mm on a rigid floor, no midsole, no counter round the heel"
)


RUNS = {
    "barefoot": ("walking", *BAREFOOT, *BARE_OUTPUT),
    "eva_35": ("walking", *BARE_OUTPUT),
}


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    return kept_folders(tmp_path_factory, RUNS)


@pytest.fixture(scope="session")
def barefoot(runs: Folders) -> Path:
    return runs("barefoot")


@pytest.fixture(scope="session")
def on_insole(runs: Folders) -> Path:
    return runs("eva_35")


def test_barefoot_peaks(barefoot: Path, evidence: Evidence) -> None:
    peaks = read(barefoot)["plantar"]["peak_pressure_kpa"]
    case = "Walking barefoot at 1.3 m/s, peak pressure"
    for region, (slow, fast) in SHORTEN_KPA.items():
        mean, deviation = (0.4 * a + 0.6 * b for a, b in zip(slow, fast, strict=True))
        evidence.within(
            "foot", case, f"{region}, standard deviations from the measured mean",
            (peaks[region] - mean) / deviation, low=-2.0, high=2.0, source=SHORTEN,
        )  # fmt: skip
    evidence.within(
        "foot", case, "heel", peaks["heel"], low=457 - 2 * 141, high=457 + 2 * 141, unit="kPa",
        source=SHORTEN + "; two standard deviations",
    )  # fmt: skip
    evidence.within(
        "foot", case, "forefoot", peaks["forefoot"], low=250.0, high=450.0, unit="kPa", source=EMED
    )
    evidence.outside(
        "foot", case, "midfoot", peaks["midfoot"], low=80.0, high=130.0, unit="kPa", source=EMED,
        reason="the mask ends at 51 % of foot length, where the base of the fifth metatarsal "
        "carries; the foot is loaded on its lateral side",
        guard=(130.0, 160.0),
    )  # fmt: skip
    evidence.outside(
        "foot", case, "hallux", peaks["hallux"], low=300.0, high=450.0, unit="kPa", source=EMED,
        reason="toes follow a passive law and bend by 23 degrees where 50 are measured, without "
        "the long flexors that press the hallux down",
        guard=(130.0, 190.0),
    )  # fmt: skip


def test_peaks_on_an_insole(on_insole: Path, evidence: Evidence) -> None:
    peaks = read(on_insole)["plantar"]["peak_pressure_kpa"]
    case = "Walking at 1.3 m/s on 6 mm of EVA, peak pressure"
    pedar = "in shoes, one Pedar record: median of 17 steps, left and right"
    evidence.within(
        "foot", case, "toes", peaks["toes"], low=200.0, high=335.0, unit="kPa", source=pedar
    )
    evidence.within(
        "foot", case, "heel", peaks["heel"], low=150.0, high=450.0, unit="kPa",
        source="F-Scan and Pedar, in shoes",
    )  # fmt: skip
    for region, low, high, guard in (
        ("midfoot", 65.0, 70.0, (100.0, 150.0)),
        ("forefoot", 185.0, 225.0, (235.0, 285.0)),
    ):
        evidence.outside(
            "foot", case, region, peaks[region], low=low, high=high, unit="kPa", source=pedar,
            reason=NO_SHOE, guard=guard,
        )  # fmt: skip


def test_insole_against_barefoot(barefoot: Path, on_insole: Path, evidence: Evidence) -> None:
    bare, shod = (read(f)["plantar"]["peak_pressure_kpa"]["heel"] for f in (barefoot, on_insole))
    evidence.within(
        "foot", "Walking at 1.3 m/s on 6 mm of EVA, peak pressure", "heel, change from barefoot",
        100.0 * (shod / bare - 1.0), low=-34.0, high=-14.0, unit="%",
        source="Goske 2006, flat insoles: -24 %, 10 points allowed",
    )  # fmt: skip


def test_tendon_and_fascia(barefoot: Path, evidence: Evidence) -> None:
    row = read_numbers(barefoot / "history.csv")
    evidence.within(
        "foot", "Walking barefoot at 1.3 m/s, tension", "Achilles, peak",
        max(row["achilles_force_n"]) / BODY_WEIGHT_N, low=2.0, high=3.9, unit="BW",
        source="Komi 1990: 1.3 to 1.5 kN and more, 2 to 3.9 BW",
    )  # fmt: skip
    evidence.within(
        "foot", "Walking barefoot at 1.3 m/s, tension", "plantar fascia, peak",
        max(row["fascia_force_n"]) / BODY_WEIGHT_N, low=0.6, high=1.5, unit="BW",
        source="Erdemir 2004, JBJS 86A:546: 0.96 +- 0.36; Caravaggi 2009, JEB 212:2491: mean 1.5",
    )  # fmt: skip
    evidence.curve(
        "foot", "Walking barefoot at 1.3 m/s: tension", "stance (%)", "force (N)",
        {
            "Achilles": (row["percent"], row["achilles_force_n"]),
            "plantar fascia": (row["percent"], row["fascia_force_n"]),
        },
    )  # fmt: skip


def test_lumbar_load(on_insole: Path, evidence: Evidence) -> None:
    level = read(on_insole)["lumbar"]["L4-L5"]
    case, arshad = "L4-L5 in walking at 1.3 m/s, peak", "Arshad 2018, 6 men at 4 to 5 km/h"
    evidence.within(
        "lumbar", case, "compression", level["compression_n"]["peak_bw"], low=1.3, high=1.8,
        unit="BW", source=arshad,
    )  # fmt: skip
    for direction, high, reached, spread in (
        ("anterior-posterior", 0.15, level["shear_ap_n"]["peak_bw"], 0.06),
        ("mediolateral", 0.07, level["shear_ml_n"]["peak_bw"], 0.03),
    ):
        evidence.outside(
            "lumbar", case, f"{direction} shear", abs(reached), low=0.01, high=high, unit="BW",
            source=f"{arshad}; each +-{spread}",
            reason="equivalent muscles pull along the disc's normal and take no shear",
            guard=(high, high + 0.08),
        )  # fmt: skip
    evidence.outside(
        "lumbar", case, "disc pressure", level["disc_pressure_mpa"]["peak"], low=0.53, high=0.65,
        unit="MPa", source="Wilke 1999, one subject",
        reason="it follows from the compression (F = 0.66 A p gives 0.96); the mean over stance, "
        "0.63, is inside",
        guard=(0.8, 1.0),
    )  # fmt: skip
    evidence.within(
        "lumbar", "L4-L5 in walking at 1.3 m/s, mean over stance", "disc pressure",
        level["disc_pressure_mpa"]["mean"], low=0.53, high=0.65, unit="MPa",
        source="Wilke 1999, one subject",
    )  # fmt: skip
