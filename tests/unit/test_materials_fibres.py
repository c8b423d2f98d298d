# SPDX-License-Identifier: MIT
"""Fibre families: closed forms, tension only, curves of the annulus."""

import numpy as np
import pytest
import ufl

from materials import build, library
from materials.evaluation import energy_mpa, evaluate, first_piola_mpa, placeholder, tangent_mpa
from materials.fibres import CurveFibre, ExponentialFibre, FibreFamilies
from materials.polynomial import MooneyRivlin

GROUND = MooneyRivlin(0.18, 0.045, 0.45)
ANGLE = np.deg2rad(30.0)
DIRECTIONS = np.array([[np.cos(ANGLE), s * np.sin(ANGLE), 0.0] for s in (1, -1)])
FIBRES = {
    "exponential": ExponentialFibre(7.3, 8.9),
    "curve": CurveFibre((0.0, 0.03, 0.1), (300.0, 200.0, -400.0), 0.08),
}
all_fibres = pytest.mark.parametrize("fibre", FIBRES.values(), ids=FIBRES.keys())


def families(fibre, directions=DIRECTIONS):
    return FibreFamilies(GROUND, fibre).with_directions(
        *(ufl.as_vector(list(d)) for d in directions)
    )


def states():
    rng = np.random.default_rng(1)
    return np.eye(3) + 0.15 * rng.normal(size=(6, 3, 3))


def along(strain):
    """Stretch along the first fibre only."""
    a = DIRECTIONS[0]
    return np.eye(3) + strain * np.outer(a, a)


@all_fibres
def test_stress_and_tangent_against_differences(fibre):
    law, F, step = families(fibre), states(), 1e-6
    stress, tangent = first_piola_mpa(law, F), tangent_mpa(law, F)
    for i, j in np.ndindex(3, 3):
        ahead, behind = F.copy(), F.copy()
        ahead[:, i, j] += step
        behind[:, i, j] -= step
        slope = (energy_mpa(law, ahead) - energy_mpa(law, behind)) / (2 * step)
        np.testing.assert_allclose(slope, stress[:, i, j], rtol=1e-6, atol=1e-6)
        slope = (first_piola_mpa(law, ahead) - first_piola_mpa(law, behind)) / (2 * step)
        np.testing.assert_allclose(slope, tangent[..., i, j], atol=1e-6 * np.abs(tangent).max())


@all_fibres
def test_no_fibre_force_in_compression_nor_at_rest(fibre):
    F = np.array([np.eye(3), along(-0.3), np.diag([0.8, 0.9, 1.2])])
    law = families(fibre, DIRECTIONS[:1])
    np.testing.assert_allclose(first_piola_mpa(law, F), first_piola_mpa(GROUND, F), atol=1e-14)


def test_exponential_fibre_in_closed_form():
    fibre = ExponentialFibre(7.3, 8.9, toe_strain=1e-4)
    strain = 0.058
    excess = families(fibre, DIRECTIONS[:1])
    F = [along(strain)]
    a = DIRECTIONS[0]
    tension = a @ (first_piola_mpa(excess, F) - first_piola_mpa(GROUND, F))[0] @ a
    E = (1 + strain) ** 2 - 1
    expected = 2 * (1 + strain) * 7.3 * E * np.exp(8.9 * E**2)
    assert tension == pytest.approx(expected, rel=3e-3)


def test_curve_fibre_follows_its_segments():
    fibre = FIBRES["curve"]
    a = DIRECTIONS[0]
    law = families(fibre, DIRECTIONS[:1])
    for strain, stress in ((0.02, 300 * 0.02), (0.2, 300 * 0.2 + 200 * 0.17 - 400 * 0.1)):
        F = [along(strain)]
        tension = a @ (first_piola_mpa(law, F) - first_piola_mpa(GROUND, F))[0] @ a
        # The first ramp starts at 0 and so lags by half its toe.
        assert tension == pytest.approx(0.08 * (stress - 300 * 1e-3), rel=1e-6)


def test_objective():
    law, F = families(FIBRES["exponential"]), states()
    c, s = np.cos(0.7), np.sin(0.7)
    R = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    np.testing.assert_allclose(energy_mpa(law, R @ F), energy_mpa(law, F), rtol=1e-12)


def test_directions_are_needed_and_parameters_are_named():
    law = FibreFamilies(GROUND, FIBRES["exponential"])
    with pytest.raises(ValueError, match="with_directions"):
        law.energy(placeholder(3, 3))
    assert list(law.parameters()) == [
        "matrix.c10_mpa",
        "matrix.c01_mpa",
        "matrix.bulk_modulus_mpa",
        "k1_mpa",
        "k2",
    ]
    assert law.initial_shear_modulus_mpa == GROUND.initial_shear_modulus_mpa


@pytest.mark.parametrize("region", ["main", "dorsal", "lateral"])
def test_library_fibres_fit_the_calibrated_curves(region):
    record = library.load(f"annulus_fibres_{region}")
    strains = np.array(record.numbers("fibre_strains"))
    stresses = np.array(record.numbers("fibre_stresses"))
    fraction = record.number("volume_fraction") / 2
    a = DIRECTIONS[0]
    fits = {"exponential": (0.06 if region == "main" else 0.095, 0.11), "curve": (1.0, 0.02)}
    for fibre, (largest_strain, largest_error) in fits.items():
        used = strains <= largest_strain
        law = families(build.annulus(region, fibre).fibre, DIRECTIONS[:1])
        F = np.array([along(s) for s in strains[used]])
        stress = first_piola_mpa(law, F) - first_piola_mpa(GROUND, F)
        nominal = np.einsum("i,nij,j->n", a, stress, a) / fraction
        rms = np.sqrt(np.mean((nominal - stresses[used]) ** 2))
        assert rms < largest_error * stresses[used].max()


@pytest.mark.parametrize("name", ["exponential", "curve"])
def test_one_parameter_scales_the_fibres_only(name):
    law, f, factor = families(FIBRES[name]), placeholder(3, 3), placeholder()
    scale = {"exponential": "k1_mpa", "curve": "volume_fraction"}[name]
    F = states()
    ground, full = energy_mpa(GROUND, F), energy_mpa(law, F)
    energy = law.energy(f, {scale: law.parameters()[scale] * factor})
    value = evaluate(energy, {f: F, factor: [0.65]})
    np.testing.assert_allclose(value, ground + 0.65 * (full - ground), rtol=1e-12)


def test_unknown_fibres_are_refused():
    with pytest.raises(ValueError, match="annulus_fibres_dorsal"):
        build.annulus("dorsl")
    with pytest.raises(ValueError, match="exponential"):
        build.annulus(fibre="steel")


@pytest.mark.parametrize(
    "make",
    [
        lambda: ExponentialFibre(0.0, 1.0),
        lambda: CurveFibre((0.0, 0.1), (100.0, -200.0), 0.1),
        lambda: CurveFibre((0.1, 0.0), (100.0, 200.0), 0.1),
        lambda: CurveFibre((), (), 0.1),
    ],
)
def test_numbers_that_cannot_be_are_refused(make):
    with pytest.raises(ValueError):
        make()
