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

from pathlib import Path
from typing import Any

import numpy as np
import pytest

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


def standing(base: str | None = None, **insole: object) -> tuple[str, ...]:
    """Arguments of a run on an insole, a candidate of the run ``base``."""
    keys = {f"insole.{key}": value for key, value in insole.items()}
    if base is not None:
        keys["baseline.calibration_dir"] = f"{{folder}}/{base}"
    settings = (part for key, value in keys.items() for part in ("--set", f"{key}={value}"))
    return ("standing", "--set", "output.fields=false", *settings)


SOFT, RIGID = {"material": "soft_reference"}, {"material": "rigid_reference"}
MOULDED = {"conformity": 1.0}
RUNS = {
    "bare": standing(material="none"),
    "flat_rigid": standing(**RIGID),
    "flat_soft": standing("flat_rigid", **SOFT),
    "mould_rigid": standing("flat_rigid", **RIGID, **MOULDED),
    "mould_soft": standing("flat_rigid", **SOFT, **MOULDED),
    "mould_soft_12": standing("flat_rigid", **SOFT, **MOULDED, thickness_mm=12.0),
    **{f"{foam}_flat": standing("bare", material=foam, thickness_mm=GOSKE_MM) for foam in FOAMS},
    "conforming": standing("bare", material=FOAMS[0], thickness_mm=GOSKE_MM, **MOULDED),
}

FOREFOOT = (
    "the peak on the mould lies on the border of the sole at the shaft of the fifth metatarsal, "
    "behind the heads, where it falls least; tissue half as stiff as theirs spreads load "
    "before any insole does: at twice the stiffness and 12 mm the heads lose 27 %"
)
AREA = (
    "skin counts from 1 kPa, and softer tissue than theirs lays 116 of 226 cm2 of the sole on the "
    "flat insole to begin with, where theirs has about 68"
)
ARCH = "the same softer tissue; the largest value at a point rises by a third"
HEADS_MM = ((184.9, -23.4), (190.0, 0.0), (184.1, 13.9), (175.2, 27.3), (164.5, 40.2))
"""Plan positions (x, z) of the metatarsal heads of the default foot."""
REACH_MM = (15.0, 7.5)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Return a function that gives what there is of a run's plantar pressure."""
    folder = kept_folders(tmp_path_factory, RUNS)

    def plantar(name: str) -> dict[str, Any]:
        where = folder(name)
        found: dict[str, Any] = read(where)["plantar"]
        peaks = found["peak_pressure_kpa"]
        return {**found, "peak_pressure_kpa": {**peaks, "heads": peak_under_heads(where)}}

    return plantar


def peak_under_heads(folder: Path) -> float:
    """Largest pressure of a sensor cell whose centre lies under a metatarsal head, kPa."""
    table = read_numbers(folder / "plantar_pressure.csv")
    x, z, pressure = (np.array(table[name]) for name in ("x_mm", "z_mm", "pressure_kpa"))
    under = np.zeros(len(x), dtype=bool)
    for head_x, head_z in HEADS_MM:
        under |= (np.abs(x - head_x) < REACH_MM[0]) & (np.abs(z - head_z) < REACH_MM[1])
    return float(pressure[under].max())


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
