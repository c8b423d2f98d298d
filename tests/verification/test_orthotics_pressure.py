# SPDX-License-Identifier: MIT
"""Peak pressure on moulded and flat insoles in standing, against published finite-element models.

Cheung & Zhang 2005: a moulded soft insole (E 0.3 MPa) against a flat rigid one (1000 MPa). Goske
2006: flat and conforming foams against the bare foot, a heel in plane strain under the load of
early stance. The abstracts were read: how thick the insoles of the first are is not in them. The
papers give peaks of a contact surface, here they are means over cells of 1.5 cm2. Every insole is
a candidate of the flat or the bare one, whose ankle torque it inherits.

A run takes half a minute alone; ``SOLESPINE_RUNS`` names a folder that keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scenarios.plantar import Zone, zones
from scenarios.table import read_numbers
from tests.helpers.evidence import Evidence
from tests.helpers.kept_runs import Runs, kept_folders
from tests.helpers.summaries import read

pytestmark = [pytest.mark.validation, pytest.mark.slow, pytest.mark.timeout(7200)]

CHEUNG = "Cheung & Zhang 2005, Arch Phys Med Rehabil 86:353"
GOSKE = "Goske 2006, J Biomech, doi 10.1016/j.jbiomech.2005.08.006"
FOAMS = ("poron_soft", "eva_20", "eva_35")
GOSKE_MM = 9.5
MARGIN, GOSKE_MARGIN = 12.0, 10.0


def standing(
    base: str | None = None, subject: Mapping[str, float] | None = None, **insole: object
) -> tuple[str, ...]:
    """Arguments of a run on an insole, a candidate of the run ``base``, of another foot."""
    keys = {f"insole.{key}": value for key, value in insole.items()}
    keys |= {f"subject.{key}": value for key, value in (subject or {}).items()}
    if base is not None:
        keys["baseline.calibration_dir"] = f"{{folder}}/{base}"
    settings = (part for key, value in keys.items() for part in ("--set", f"{key}={value}"))
    return ("standing", "--set", "output.fields=false", *settings)


SOFT, RIGID = {"material": "soft_reference"}, {"material": "rigid_reference"}
MOULDED = {"conformity": 1.0}
ROUND = {"sole_roundness": 0.5, "metatarsal_roundness": 1.0}
"""A foot whose pressures on a flat floor are Cavanagh's in size, place and share: half as round
as an imprint in foam, the metatarsal heads as round as they are high."""
RUNS = {
    "bare": standing(material="none"),
    "flat_rigid": standing(**RIGID),
    "flat_soft": standing("flat_rigid", **SOFT),
    "mould_rigid": standing("flat_rigid", **RIGID, **MOULDED),
    "mould_soft": standing("flat_rigid", **SOFT, **MOULDED),
    "mould_soft_12": standing("flat_rigid", **SOFT, **MOULDED, thickness_mm=12.0),
    **{f"{foam}_flat": standing("bare", material=foam, thickness_mm=GOSKE_MM) for foam in FOAMS},
    "conforming": standing("bare", material=FOAMS[0], thickness_mm=GOSKE_MM, **MOULDED),
    "round_flat": standing(subject=ROUND, **RIGID),
    "round_mould": standing("round_flat", ROUND, **SOFT, **MOULDED),
}

FOREFOOT = (
    "the default sole is as plane as a footprint, so that a mould has little to add, and the peak "
    "on it lies at the shaft of the fifth metatarsal; with a round sole and heads it is inside"
)
ROUND_HEEL = (
    "a mould of the unloaded sole lifts a tenth of the load from heel to arch; how loaded the foot "
    "was when theirs was taken is not in the abstract"
)
CAVANAGH = "Cavanagh 1987, Foot Ankle 7:262, 107 feet"
SHARES = {"heel": 60.0, "midfoot": 8.0, "forefoot": 28.0, "toes": 4.0}
AREA = (
    "skin counts from 1 kPa, and softer tissue than theirs lays 116 of 226 cm2 of the sole on the "
    "flat insole to begin with, where theirs has about 68"
)
ARCH = "the same softer tissue; the largest value at a point rises by a third"
HEADS_MM = ((184.9, -23.4), (190.0, 0.0), (184.1, 13.9), (175.2, 27.3), (164.5, 40.2))
"""Plan positions (x, z) of the metatarsal heads of the default foot."""
REACH_MM = (15.0, 7.5)
FOOT_MM = 255.0


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Return a function that gives what there is of a run's plantar pressure."""
    folder = kept_folders(tmp_path_factory, RUNS)

    def plantar(name: str) -> dict[str, Any]:
        where = folder(name)
        found: dict[str, Any] = read(where)["plantar"]
        peaks = {**found["peak_pressure_kpa"], "heads": peak_under_heads(where)}
        return {**found, "peak_pressure_kpa": peaks, "peak_z_mm": forefoot_peak_z_mm(where)}

    return plantar


def peak_under_heads(folder: Path) -> float:
    """Largest pressure of a sensor cell whose centre lies under a metatarsal head, kPa."""
    table = read_numbers(folder / "plantar_pressure.csv")
    x, z, pressure = (np.array(table[name]) for name in ("x_mm", "z_mm", "pressure_kpa"))
    under = np.zeros(len(x), dtype=bool)
    for head_x, head_z in HEADS_MM:
        under |= (np.abs(x - head_x) < REACH_MM[0]) & (np.abs(z - head_z) < REACH_MM[1])
    return float(pressure[under].max())


def forefoot_peak_z_mm(folder: Path) -> float:
    """How far lateral of the long axis, and so of the second head, the forefoot's peak lies."""
    table = read_numbers(folder / "plantar_pressure.csv")
    x, z, pressure = (np.array(table[name]) for name in ("x_mm", "z_mm", "pressure_kpa"))
    forefoot = zones(x, z, FOOT_MM) == Zone.FOREFOOT.value
    return float(z[forefoot][np.argmax(pressure[forefoot])])


def change(of: dict[str, Any], base: dict[str, Any], region: str) -> float:
    """Per cent of the peak of a region."""
    peak = "peak_pressure_kpa"
    return 100.0 * (of[peak][region] / base[peak][region] - 1.0)


def grown(of: dict[str, Any], base: dict[str, Any]) -> float:
    """Per cent of the contact area."""
    return 100.0 * (of["contact_area_mm2"]["whole"] / base["contact_area_mm2"]["whole"] - 1.0)


def around(value: float, margin: float, source: str) -> dict[str, Any]:
    """What is wanted: a published change, give or take percentage points."""
    low, high = value - margin, value + margin
    return {
        "low": low,
        "high": high,
        "unit": "%",
        "source": f"{source}: {value:+g}, {margin:g} points allowed",
    }


def test_moulded_soft_insole_on_a_flat_rigid_one(result: Runs, evidence: Evidence) -> None:
    flat, mould = result("flat_rigid"), result("mould_soft")
    case = "Moulded soft insole of 6 mm against flat rigid"
    heel, forefoot = (change(mould, flat, region) for region in ("heel", "forefoot"))
    print(heel, forefoot, change(mould, flat, "midfoot"), grown(mould, flat))
    evidence.within("orthotics", case, "peak pressure, heel", heel, **around(-31.6, MARGIN, CHEUNG))
    evidence.outside(
        "orthotics", case, "peak pressure, forefoot", forefoot,
        **around(-40.7, MARGIN, CHEUNG), guard=(-22.0, -14.0), reason=FOREFOOT,
    )  # fmt: skip
    evidence.outside(
        "orthotics", case, "peak pressure, under the metatarsal heads",
        change(mould, flat, "heads"),
        **around(-40.7, MARGIN, CHEUNG), guard=(-27.0, -20.0), reason=FOREFOOT,
    )  # fmt: skip
    evidence.outside(
        "orthotics", case, "peak pressure, midfoot", change(mould, flat, "midfoot"),
        **around(22.2, MARGIN, CHEUNG), guard=(6.0, 10.2),
        reason=ARCH,
    )  # fmt: skip
    evidence.outside(
        "orthotics", case, "contact area", grown(mould, flat),
        **around(59.7, MARGIN, CHEUNG), guard=(29.0, 40.0), reason=AREA,
    )  # fmt: skip


def test_thicker_moulded_soft_insole(result: Runs, evidence: Evidence) -> None:
    """Twice as thick, since the paper's thickness is not known."""
    flat, mould = result("flat_rigid"), result("mould_soft_12")
    case = "Moulded soft insole of 12 mm against flat rigid"
    evidence.within(
        "orthotics", case, "peak pressure, heel", change(mould, flat, "heel"),
        **around(-31.6, MARGIN, CHEUNG),
    )  # fmt: skip
    evidence.outside(
        "orthotics", case, "peak pressure, forefoot", change(mould, flat, "forefoot"),
        **around(-40.7, MARGIN, CHEUNG), guard=(-24.0, -16.0), reason=FOREFOOT,
    )  # fmt: skip


def test_shape_does_more_than_softness(result: Runs, evidence: Evidence) -> None:
    flat, soft, mould = (result(name) for name in ("flat_rigid", "flat_soft", "mould_rigid"))
    for region in ("heel", "forefoot"):
        ratio = change(mould, flat, region) / change(soft, flat, region)
        evidence.within(
            "orthotics", "Shape alone against softness alone", f"fall of the peak, {region}",
            ratio, low=1.0,
            source=f"{CHEUNG}: shape is more important than stiffness",
        )  # fmt: skip


def test_flat_and_conforming_foams_under_the_heel(result: Runs, evidence: Evidence) -> None:
    """Flat: mean over three foams of the middle thickness. Conforming: the softest, "up to"."""
    bare = result("bare")
    case = "Foams of 9.5 mm against barefoot"
    flat = {foam: change(result(f"{foam}_flat"), bare, "heel") for foam in FOAMS}
    conforming = change(result("conforming"), bare, "heel")
    print(flat, conforming)
    mean = sum(flat.values()) / len(FOAMS)
    evidence.within(
        "orthotics", case, "peak pressure, heel, flat, mean of three", mean,
        **around(-24.0, GOSKE_MARGIN, GOSKE),
    )  # fmt: skip
    evidence.within(
        "orthotics", case, "peak pressure, heel, conforming, the softest", conforming,
        **around(-44.0, GOSKE_MARGIN, GOSKE),
    )  # fmt: skip


def test_round_foot_stands_as_measured(result: Runs, evidence: Evidence) -> None:
    """On the flat rigid insole; measured was barefoot on a floor."""
    flat = result("round_flat")
    case = "Standing, round sole and heads, flat rigid insole"
    for region, share in SHARES.items():
        evidence.within(
            "orthotics", case, f"load share, {region}", flat["load_share_percent"][region],
            low=max(share - 10.0, 0.0), high=share + 10.0, unit="%", source=CAVANAGH,
        )  # fmt: skip
    for region, measured in (("heel", 139.0), ("forefoot", 53.0)):
        evidence.within(
            "orthotics", case, f"peak pressure, {region}", flat["peak_pressure_kpa"][region],
            low=0.75 * measured, high=1.25 * measured, unit="kPa",
            source=f"{CAVANAGH}: {measured:g}, a quarter allowed",
        )  # fmt: skip
    evidence.within(
        "orthotics", case, "forefoot's peak, lateral of the second head", flat["peak_z_mm"],
        low=-7.0, high=21.0, unit="mm", source=f"{CAVANAGH}: under the second or third head",
    )  # fmt: skip


def test_moulded_soft_insole_under_a_round_foot(result: Runs, evidence: Evidence) -> None:
    flat, mould = result("round_flat"), result("round_mould")
    case = "Moulded soft insole of 6 mm against flat rigid, round sole and heads"
    for region, name in (
        ("forefoot", "forefoot"), ("heads", "under the metatarsal heads"),
    ):  # fmt: skip
        evidence.within(
            "orthotics", case, f"peak pressure, {name}", change(mould, flat, region),
            **around(-40.7, MARGIN, CHEUNG),
        )  # fmt: skip
    evidence.outside(
        "orthotics", case, "peak pressure, heel", change(mould, flat, "heel"),
        **around(-31.6, MARGIN, CHEUNG), guard=(-52.0, -43.7), reason=ROUND_HEEL,
    )  # fmt: skip
    evidence.outside(
        "orthotics", case, "peak pressure, midfoot", change(mould, flat, "midfoot"),
        **around(22.2, MARGIN, CHEUNG), guard=(34.3, 42.0), reason=ROUND_HEEL,
    )  # fmt: skip
    evidence.outside(
        "orthotics", case, "contact area", grown(mould, flat),
        **around(59.7, MARGIN, CHEUNG), guard=(34.0, 44.0), reason=AREA,
    )  # fmt: skip
