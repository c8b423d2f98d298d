# SPDX-License-Identifier: MIT
"""Messages where a strain leaves the range of a law, or a solid that of the elements."""

from dataclasses import replace

import pytest

from materials.library import load
from materials.record import MaterialRecord
from materials.validity import StrainReached, limit, poisson_warning, strain_warning

FOAM = load("eva_35")


def test_inside_the_range_nothing_is_said() -> None:
    assert limit(FOAM, "valid_compression") == 0.7
    assert strain_warning(FOAM, StrainReached(compression=0.7, tension=0.1)) == ""
    assert strain_warning(FOAM, StrainReached()) == ""


def test_strain_and_limit_are_told() -> None:
    said = strain_warning(FOAM, StrainReached(compression=0.7123), "insole")
    assert said == "insole: eva_35 is compressed by 71.2 %, its law is trusted to 70 %"
    both = strain_warning(FOAM, StrainReached(0.8, 0.15, 0.3))
    assert both.startswith("EVA foam, Shore A 35-40: eva_35 is compressed by 80.0 %")
    assert "stretched by 15.0 %, its law is trusted to 10 %" in both
    assert "sheared by 30.0 %, its law is trusted to 20 %" in both


def test_small_limits_keep_their_digits() -> None:
    said = strain_warning(load("carbon"), StrainReached(tension=0.009))
    assert "stretched by 0.9 %, its law is trusted to 0.8 %" in said


def test_what_a_record_does_not_state_is_not_checked() -> None:
    heel = load("heel_pad")
    assert limit(heel, "valid_tension") is None
    assert strain_warning(heel, StrainReached(tension=3.0)) == ""


def test_too_nearly_incompressible_solids_are_told() -> None:
    assert poisson_warning(load("silicone_gel")) == ""  # 0.49, the last that is trusted
    said = poisson_warning(load("foot_tissue_petre"))
    assert "foot_tissue_petre: Poisson's ratio 0.4975 is above 0.49" in said
    assert poisson_warning(_with_ratio(0.4905))


def _with_ratio(ratio: float) -> MaterialRecord:
    gel = load("silicone_gel")
    changed = replace(gel.quantities["poisson_ratio"], value=ratio)
    return replace(gel, quantities={**gel.quantities, "poisson_ratio": changed})


@pytest.mark.parametrize("name", ["eva_35", "heel_pad", "pa12", "tpu_lattice_30"])
def test_every_range_is_told_with_its_own_limit(name: str) -> None:
    record = load(name)
    allowed = record.number("valid_compression")
    said = strain_warning(record, StrainReached(compression=1.01 * allowed))
    assert f"trusted to {100 * allowed:.4g} %" in said
