# SPDX-License-Identifier: MIT
"""Force curves of bands and facets."""

import numpy as np
import pytest

from materials import build
from materials.curves import CompressionCurve, Ramp, TensionCurve

CURVES = {
    "linear": TensionCurve.linear(150.0, 40.0, 1.5),
    "stiffening": TensionCurve.bilinear(20.0, (10.0, 30.0), 2.0, 0.4),
    "softening": TensionCurve.bilinear(20.0, (10.0, 7.0), 2.0, 0.4),
    "facet": CompressionCurve.linear(0.5, 100.0, 0.3),
}
all_curves = pytest.mark.parametrize("curve", CURVES.values(), ids=CURVES.keys())


@all_curves
def test_force_is_smooth_and_the_derivative_of_the_energy(curve):
    for x in np.linspace(-3, 5, 161):
        h = 1e-6
        force = (curve.energy_nmm(x + h) - curve.energy_nmm(x - h)) / (2 * h)
        assert curve.force_n(x) == pytest.approx(force, abs=1e-6)
        slope = (curve.force_n(x + h) - curve.force_n(x - h)) / (2 * h)
        assert curve.slope_n_per_mm(x) == pytest.approx(slope, abs=2e-4)


def test_a_band_pulls_only():
    for name in ("linear", "stiffening", "softening"):
        assert CURVES[name].force_n(-1.0) == CURVES[name].slope_n_per_mm(-1.0) == 0.0
        assert CURVES[name].force_n(0.1) > 0.0


def test_linear_band_lags_by_half_its_toe():
    assert CURVES["linear"].force_n(5.0) == pytest.approx(40.0 * (5.0 - 0.75))


def test_bilinear_band_turns_at_its_transition():
    # 10 N/mm to 2 mm, 30 N/mm beyond; the toe at the start costs half its length.
    assert CURVES["stiffening"].force_n(3.0) == pytest.approx(10 * (3 - 0.2) + 20 * 1)
    assert CURVES["stiffening"].slope_n_per_mm(1.0) == pytest.approx(10.0)
    assert CURVES["stiffening"].stiffness_n_per_mm == pytest.approx(30.0)


def test_facet_pushes_past_its_gap_only():
    facet = CURVES["facet"]
    assert facet.force_n(-0.5) == facet.force_n(2.0) == 0.0
    assert facet.force_n(-1.5) == pytest.approx(-100 * (1.0 - 0.15))


@pytest.mark.parametrize(
    "make",
    [
        lambda: TensionCurve.linear(0.0, 1.0, 1.0),
        lambda: TensionCurve.linear(1.0, -1.0, 1.0),
        lambda: TensionCurve.linear(1.0, 1.0, 0.0),
        lambda: TensionCurve(1.0, ()),
        lambda: TensionCurve(1.0, (Ramp(-1.0, 1.0, 1.0),)),
        lambda: TensionCurve(1.0, (Ramp(0.0, 1.0, 1.0), Ramp(1.0, 1.0, -2.0))),
    ],
)
def test_curves_that_cannot_be_are_refused(make):
    with pytest.raises(ValueError):
        make()


def test_rays_add_up_to_the_whole_fascia():
    rays = [build.plantar_fascia_ray(150.0) for _ in range(build.RAYS)]
    assert sum(ray.stiffness_n_per_mm for ray in rays) == pytest.approx(200.0)


def test_library_bands_have_the_stiffness_of_their_modulus_and_area():
    assert build.foot_ligament(20.0).stiffness_n_per_mm == pytest.approx(260 * 18.4 / 20)
    assert build.achilles(200.0).stiffness_n_per_mm == pytest.approx(816 * 65 / 200)
    flavum = build.spinal_ligament("LF", 15.0)
    assert flavum.slope_n_per_mm(0.5) == pytest.approx(15.0 * 40 / 15)
    assert flavum.stiffness_n_per_mm == pytest.approx(19.5 * 40 / 15)
    for code in ("ALL", "PLL", "LF", "CL", "ITL", "ISL", "SSL"):
        assert build.spinal_ligament(code, 20.0).force_n(4.0) > 0.0
    # E 3.5, nu 0.4 confined: 7.5 MPa on 100 mm2 and 2 mm.
    assert build.facet().stiffness_n_per_mm == pytest.approx(375.0)
    assert build.facet().force_n(-1.0) < 0.0 == build.facet().force_n(0.0)
