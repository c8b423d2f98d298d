# SPDX-License-Identifier: MIT
"""Wear of foams: nothing at zero cycles, monotone, bounded, told by family or by the record."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from materials import build, library
from materials.build import NoLaw
from materials.evaluation import uniaxial_mpa
from materials.ogden import HyperFoam
from materials.record import parse_records
from materials.wear import (
    CYCLES_PER_HOUR,
    NEW,
    Course,
    WearModel,
    WearState,
    fit_course,
    wear_model,
    wear_model_of,
)
from materials.worn import worn_law
from tests.helpers.evidence import Evidence
from tests.helpers.own_foam import own_foam, own_quantity

FOAMS = tuple(name for name in library.names("insole") if library.load(name).family == "foam")
CYCLES = np.array([0.0, 1.0, 1e3, 1e5, 1e6, 1e8])
STRAINS = np.array([0.05, 0.25, 0.5, 0.7])

COOK_KM = np.array([80.0, 240.0, 800.0])
COOK_LEFT = np.array([0.75, 0.67, 0.60])
KM_PER_CYCLE = 0.0024
"""A stride of 2.4 m; Cook et al. 1985, Am J Sports Med 13:248: energy absorption left."""


def test_a_course_is_half_way_at_its_half_cycles() -> None:
    course = Course(0.4, 2e5, 0.5)
    assert course.change(0.0) == 0.0
    assert course.change(2e5) == pytest.approx(0.2)
    assert course.change(8e5) == pytest.approx(0.4 * 2.0 / 3.0)
    assert course.change(2e-3) == pytest.approx(0.4 * 1e-4, rel=1e-3)


@pytest.mark.parametrize("name", FOAMS)
def test_every_foam_wears_monotonely_within_bounds(name: str) -> None:
    model = wear_model_of(name)
    assert model is not None
    states = [model.at(cycles) for cycles in CYCLES]
    lost = np.array([state.set_share for state in states])
    assert lost[0] == 0.0 and (np.diff(lost) > 0.0).all() and lost[-1] < 0.45
    for factor in ("wall_factor", "air_factor", "damping_factor"):
        left = np.array([getattr(state, factor) for state in states])
        assert left[0] == 1.0 and (np.diff(left) <= 0.0).all() and left[-1] > 0.3


@pytest.mark.parametrize("name", ["eva_35", "plastazote_45", "poron_soft"])
def test_a_worn_foam_is_softer_and_keeps_its_mass(name: str) -> None:
    model, new = wear_model_of(name), build.law(name)
    assert model is not None
    assert worn_law(new, model.at(0.0)) is new
    before = new
    for cycles in CYCLES[2:]:
        state = model.at(cycles)
        after = worn_law(new, state)
        stress = [-uniaxial_mpa(law, 1.0 - STRAINS)[0] for law in (before, after)]
        assert (stress[1] < stress[0]).all()
        assert after.density_t_mm3 * (1.0 - state.set_share) == pytest.approx(new.density_t_mm3)
        assert after.poisson_ratio == new.poisson_ratio
        before = after


def test_lost_air_softens_most_where_the_foam_is_compressed_most() -> None:
    new = build.law("eva_35")
    worn = worn_law(new, WearState(1.0, air_factor=0.5))
    ratio = uniaxial_mpa(worn, 1.0 - STRAINS)[0] / uniaxial_mpa(new, 1.0 - STRAINS)[0]
    assert (np.diff(ratio) < 0.0).all()
    assert ratio[0] > 0.95 and ratio[-1] < 0.75
    walls = worn_law(new, WearState(1.0, wall_factor=0.5))
    ratio = uniaxial_mpa(walls, 1.0 - STRAINS)[0] / uniaxial_mpa(new, 1.0 - STRAINS)[0]
    assert (np.diff(ratio) > 0.0).all()


def test_the_term_that_is_called_air_is_that_of_closed_cells() -> None:
    """p0 e / (1 - e - R) with relative density 0.2: the stress of the air in EVA of 190 kg/m3."""
    law = build.law("eva_35")
    assert isinstance(law, HyperFoam)
    strains = STRAINS[2:]
    walls = worn_law(law, WearState(1.0, air_factor=1e-9))
    air = 1e3 * (uniaxial_mpa(walls, 1.0 - strains)[0] - uniaxial_mpa(law, 1.0 - strains)[0])
    np.testing.assert_allclose(air, 101.3 * strains / (0.8 - strains), rtol=0.15)


def test_terms_that_cannot_be_told_apart_are_scaled_together() -> None:
    law = HyperFoam((0.5, -0.1), (8.0, -2.0))
    worn = worn_law(law, WearState(1.0, wall_factor=0.8, air_factor=0.5))
    assert isinstance(worn, HyperFoam)
    assert worn.shear_moduli_mpa == pytest.approx((0.4, -0.08))


def test_only_foams_wear() -> None:
    solids = set(library.names("insole")) - set(FOAMS)
    assert solids and all(wear_model_of(name) is None for name in solids)
    gel = build.law("silicone_gel")
    assert worn_law(gel, NEW) is gel
    with pytest.raises(NoLaw, match="no worn form"):
        worn_law(gel, WearState(1.0, wall_factor=0.9))


def test_the_longest_family_name_is_taken() -> None:
    dense, light = wear_model_of("eva_50"), wear_model_of("eva_20")
    assert dense == wear_model_of("eva_35") and light is not None and dense is not None
    assert light.thickness.final > dense.thickness.final


def own_model(name: str, *quantities: str) -> WearModel | None:
    text = own_foam(name) + "".join(own_quantity(one) for one in quantities)
    (record,) = parse_records(tomllib.loads(text), "own.toml")
    return wear_model(record)


def test_a_record_of_its_own_goes_before_the_family() -> None:
    own = ("set_final", "set_cycles")
    mine, of_eva, plain = (
        own_model("foam_x", *own),
        own_model("eva_x", *own),
        wear_model_of("eva_35"),
    )
    assert mine is not None and of_eva is not None and plain is not None
    assert mine.thickness == of_eva.thickness == Course(0.2, 0.2, 0.5)
    assert mine.walls.final == 0.0
    assert (of_eva.walls, of_eva.air, of_eva.damping) == (plain.walls, plain.air, plain.damping)
    assert own_model("foam_x") is None
    with pytest.raises(ValueError, match=r"own\.toml: foam_x: set_final is given without set_c"):
        own_model("foam_x", "set_final")


@pytest.mark.parametrize(
    ("final", "half", "power"), [(0.99, 1e5, 0.5), (-2.0, 1e5, 0.5), (0.1, 0.0, 0.5), (0.1, 1, 0)]
)
def test_wrong_courses_are_refused(final: float, half: float, power: float) -> None:
    with pytest.raises(ValueError, match="must"):
        Course(final, half, power)


def test_wrong_states_are_refused() -> None:
    model = wear_model_of("eva_35")
    assert model is not None
    for cycles in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="zero or more"):
            model.at(cycles)
    with pytest.raises(ValueError, match="only the walls"):
        WearModel(Course(-0.1), Course(), Course(), Course())


def test_a_course_is_found_from_its_own_points() -> None:
    course = Course(0.3, 1.2e5, 0.5)
    cycles = [2e4, 1e5, 5e5]
    found = fit_course(cycles, [course.change(n) for n in cycles])
    assert found.final == pytest.approx(course.final)
    assert found.half_cycles == pytest.approx(course.half_cycles)
    with pytest.raises(ValueError, match="two or more"):
        fit_course([1e5], [0.1])
    with pytest.raises(ValueError, match="level off"):
        fit_course([1e4, 1e6], [0.01, 0.9])


def test_course_through_the_shoes_of_cook(evidence: Evidence) -> None:
    cycles = COOK_KM / KM_PER_CYCLE
    found = fit_course(cycles, 1.0 - COOK_LEFT)
    misfit = max(abs(1.0 - found.change(n) - y) for n, y in zip(cycles, COOK_LEFT, strict=True))
    source = "Cook et al. 1985, Am J Sports Med 13:248, machine, digits quoted after others"
    case = "Wear of EVA, energy absorption of shoes"
    evidence.within(
        "materials", case, "largest misfit of the course", misfit, high=0.01, source=source
    )
    model = wear_model_of("eva_35")
    assert model is not None
    evidence.within(
        *("materials", case, "final loss of the fit / of the library"),
        found.final / model.damping.final,
        low=0.9,
        high=1.1,
        source=source,
    )
    evidence.within(
        *("materials", case, "left after 800 km, worn by runners"),
        1.0 - model.damping.change(800.0 / KM_PER_CYCLE),
        low=0.65,
        high=0.75,
        source="Cook et al. 1985: 70 % after 500 miles, digits quoted after others",
    )
    along = np.geomspace(1e3, 3e6, 40)
    evidence.curve(
        "materials",
        case,
        "load cycles",
        "energy absorption left",
        {
            "Cook, machine": (cycles, COOK_LEFT),
            "Cook, worn by runners": (COOK_KM[1:] / KM_PER_CYCLE, [0.8, 0.7]),
            "course through the machine's": (along, [1.0 - found.change(n) for n in along]),
            "EVA of the library": (along, [1.0 - model.damping.change(n) for n in along]),
        },
        logarithmic=True,
    )


def test_an_hour_is_that_of_pedestrians() -> None:
    assert CYCLES_PER_HOUR == pytest.approx(3456.0)
