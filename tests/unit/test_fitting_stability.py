"""Up to which strain laws are stable."""

import numpy as np
import pytest

from materials.evaluation import simple_shear_mpa, uniaxial_mpa
from materials.fitting.fit import FitError, fit_tests
from materials.fitting.models import Model, model_of
from materials.fitting.stability import MOST_COMPRESSION, MOST_SHEAR, stability_of
from materials.fitting.terms import PowerTerms, terms_of
from materials.fitting.verdicts import require_solid
from materials.ogden import HyperFoam, Ogden
from materials.solids import NeoHookean
from tests.helpers.specimens import slow_stress, specimen


def test_positive_terms_are_stable_in_drucker_s_sense():
    for law in (
        NeoHookean(0.02),
        Ogden((0.02, 0.01), (8.0, -4.0)),
        HyperFoam((1.0, 0.03), (13, -1)),
    ):
        found = stability_of(terms_of(law))
        assert found.drucker == {name: found.looked[name] for name in found.drucker}


@pytest.mark.parametrize("ratio", [0.0, 0.2])
def test_a_foam_with_a_negative_term_gives_way_where_its_closed_form_does(ratio, evidence):
    """Without lateral strain the stiffness along is sum 2 mu l^alpha: zero at a known stretch."""
    terms = PowerTerms(np.array([0.2, -0.1]), np.array([2.0, 8.0]), ratio, None)
    limit = stability_of(terms).drucker["uniaxial tension"]
    if ratio == 0.0:
        expected = 2.0 ** (1.0 / 6.0) - 1.0
        evidence.within(
            "materials", "Fit, Drucker's condition of a foam", "limit of tension / closed form",
            limit / expected, low=0.94, high=1.0, source="steps of 1/160 of the strain looked at",
        )  # fmt: skip
    assert 0.0 < limit < 0.2


def test_a_rubber_with_a_negative_term():
    """Isochoric: stiffness of the pure shear is sum 2 mu (l^alpha + l^-alpha) at the end."""
    terms = terms_of(Ogden((0.05, -0.02), (2.0, 6.0), 0.475))
    found = stability_of(terms)
    assert 0.0 < found.drucker["planar tension"] < 0.6
    assert 0.0 < found.limit("shear") < MOST_SHEAR
    assert found.limit("compression") < MOST_COMPRESSION


def test_peaks_of_the_nominal_stress():
    law = HyperFoam((0.05,), (-3.0,))
    found = stability_of(terms_of(law))
    strain = np.linspace(0.0, 1.0, 2001)
    peak = strain[np.argmax(uniaxial_mpa(law, 1.0 + strain)[0])]
    assert found.peak["uniaxial tension"] == pytest.approx(peak, abs=0.01)
    assert found.limit("tension") == found.peak["uniaxial tension"]
    flat = Ogden((0.02,), (0.3,))
    shear = strain[np.argmax(simple_shear_mpa(flat, 5 * strain))] * 5
    assert shear > 1.0
    assert stability_of(terms_of(flat)).peak["simple shear"] == MOST_SHEAR


def test_an_unstable_fit_is_refused(monkeypatch):
    """The bounds leave no such law, so one is put in their place."""
    strain = -np.linspace(0.0, 0.5, 20)[1:]
    stress = slow_stress(NeoHookean(0.02), "uniaxial_compression", strain)
    found = fit_tests(model_of("ogden-2"), [specimen("uniaxial_compression", strain, stress)])
    require_solid(found)
    bad = terms_of(Ogden((0.05, -0.02), (2.0, 6.0), 0.475))
    monkeypatch.setattr(Model, "power_terms", lambda self, x: bad)
    with pytest.raises(
        FitError, match=r"unstable beyond \d+ % of compression, within the tested 50"
    ):
        require_solid(found)
