# SPDX-License-Identifier: MIT
"""Printed lattices: the homogenised law against Gibson and Ashby's closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from materials.build import law_of
from materials.lattice import NoLattice, lattice_record, lattice_targets
from materials.law import young_modulus_mpa
from materials.library import load
from materials.ogden import HyperFoam
from tests.helpers.evidence import Evidence

DENSITIES = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35)
RULE = "Gibson & Ashby 1997, open cells of bending struts"


def compression(law: HyperFoam, strain: np.ndarray) -> np.ndarray:
    """Nominal stress of a hyperfoam of nu = 0 in uniaxial compression, closed form."""
    stretch = 1.0 - strain
    pairs = zip(law.shear_moduli_mpa, law.exponents, strict=True)
    return np.sum([2.0 * m / a * (1.0 / stretch - stretch ** (a - 1.0)) for m, a in pairs], axis=0)


@pytest.mark.parametrize("solid", ["tpu_95a", "silicone_30a"])
def test_modulus_and_curve_follow_the_rule(solid: str, evidence: Evidence) -> None:
    record = load(solid)
    modulus = record.number("young_modulus")
    off, error = [], []
    for density in DENSITIES:
        made = lattice_record(record, density)
        law = law_of(made)
        assert isinstance(law, HyperFoam)
        off.append(young_modulus_mpa(law) / (0.65 * modulus * density**2) - 1.0)
        assert law.density_t_mm3 == pytest.approx(density * record.number("density"))
        targets = lattice_targets(modulus, density)
        strain = np.linspace(0.005, made.number("valid_compression"), 200)
        error.append(np.abs(compression(law, strain) / targets.stress_mpa(strain) - 1.0).max())
        assert made.number("valid_compression") == pytest.approx(0.87 * (1.0 - 1.4 * density))
        assert made.quantities["prony_weights"] == record.quantities["prony_weights"]
    case = f"Lattice of {solid}, densities 0.05 to 0.35"
    evidence.within(
        *("materials", case, "modulus / 0.65 Es r^2, furthest from 1"),
        1.0 + max(off, key=abs), low=1.0 - 1e-9, high=1.0 + 1e-9, source=RULE,
    )  # fmt: skip
    evidence.within(
        *("materials", case, "compression off the rule, largest"),
        100.0 * max(error), low=0.0, high=14.0, unit="%", source=RULE,
    )  # fmt: skip


def test_plateau_and_full_density(evidence: Evidence) -> None:
    law = law_of(lattice_record(load("tpu_85a"), 0.2))
    assert isinstance(law, HyperFoam)
    # Half-way up the plateau the tanh is 1: 0.05 Es r^2 times e_D / (e_D - e).
    stress = float(compression(law, np.array([0.36]))[0])
    theory = 0.05 * 20.0 * 0.2**2 * 0.72 / (0.72 - 0.36)
    evidence.within(
        *("materials", "Lattice of tpu_85a, density 0.2", "stress at half of full density / rule"),
        stress / theory, low=0.88, high=1.12, source=RULE,
    )  # fmt: skip
    steep = compression(law, np.array([0.5, 0.6]))
    assert steep[1] > 1.6 * steep[0], "it stiffens towards full density"


def test_library_lattices_are_the_same_rule() -> None:
    for percent in (15, 20, 30):
        kept = law_of(load(f"tpu_lattice_{percent}"))
        made = law_of(lattice_record(load("tpu_85a"), percent / 100.0))
        assert isinstance(kept, HyperFoam)
        assert isinstance(made, HyperFoam)
        strain = np.linspace(0.05, 0.5, 10)
        assert compression(made, strain) == pytest.approx(compression(kept, strain), rel=0.16)


@pytest.mark.parametrize(
    ("solid", "density", "reason"),
    [
        ("pa12", 0.2, "no elastomer"),
        ("eva_35", 0.2, "no elastomer"),
        ("tpu_95a", 0.04, "0.05 to 0.35"),
        ("tpu_95a", 0.36, "0.05 to 0.35"),
    ],
)
def test_what_the_rule_does_not_hold_for_is_refused(
    solid: str, density: float, reason: str
) -> None:
    with pytest.raises(NoLattice, match=reason):
        lattice_record(load(solid), density)
