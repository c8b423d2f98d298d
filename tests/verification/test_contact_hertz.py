# SPDX-License-Identifier: MIT
"""Hertz: contact radius and peak pressure within 3 %, and what is left under refinement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from tests.helpers.contact_hertz import (
    HertzResult,
    cylinder_on_block,
    sphere_on_block,
    sphere_on_plane,
)
from tests.helpers.evidence import Evidence

SOURCE = "Hertz 1881; Johnson 1985, chapter 4"


def _keep(
    evidence: Evidence, case: str, run: Callable[[int], HertzResult], counts: Sequence[int]
) -> list[HertzResult]:
    """Check the finest of several meshes, and that pressures converge; keep the curves."""
    found = [run(count) for count in counts]
    finest = found[-1]
    for quantity, value in (
        ("contact radius, fitted / theory", finest.radius),
        ("contact radius from second moment / theory", finest.spread),
        ("peak pressure / theory", finest.peak),
    ):
        evidence.within("contact", case, quantity, value, low=0.97, high=1.03, source=SOURCE)
    shares = [one.error for one in found]
    evidence.within(
        "contact", case, "error of facet means, finest / coarsest mesh", shares[-1] / shares[0],
        high=0.75,
    )  # fmt: skip
    facet = [one.facet for one in found]
    evidence.curve(
        "contact",
        case + ", refinement",
        "facet size / contact radius",
        "error / theory",
        {
            "pressure, facet means": (facet, shares),
            "pressure, single points": (facet, [one.scatter for one in found]),
            "radius, fitted": (facet, [abs(one.radius - 1.0) for one in found]),
            "peak": (facet, [abs(one.peak - 1.0) for one in found]),
        },
        logarithmic=True,
        order=1.0,
    )
    place, pressure, theory = finest.profile
    order = place.argsort()
    shown = order[place[order] < 1.6]
    evidence.curve(
        "contact",
        case + ", pressure",
        "distance / contact radius",
        "pressure / peak of theory",
        {
            "means over facets": (place[shown], pressure[shown]),
            "Hertz": (place[shown], theory[shown]),
        },
    )
    return found


def test_hertz_cylinder_on_elastic_block(evidence: Evidence) -> None:
    """Plane strain: P' per length, a = sqrt(4 P' R / (pi E*)), p0 = 2 P' / (pi a)."""
    found = _keep(evidence, "Hertz, cylinder on block", cylinder_on_block, (8, 12, 18, 27))
    assert all(later.scatter < before.scatter for before, later in pairwise(found))
    # What limits the coarser settings: quadrature over straddled facets, and penalty.
    coarse = cylinder_on_block(18, degree=4)
    stiff = cylinder_on_block(18, factor=50.0, degree=4)
    case = "Hertz, cylinder on block"
    evidence.within(
        "contact", case, "error of facet means, quadrature of degree 4", coarse.error, high=0.03
    )
    evidence.within(
        "contact", case, "error of facet means, degree 4 and penalty 50 E/h", stiff.error, high=0.04
    )
    for name, value in (("radius", stiff.radius), ("peak pressure", stiff.peak)):
        evidence.within(
            "contact", case, f"{name} / theory, degree 4 and penalty 50 E/h", value,
            low=0.97, high=1.03, source=SOURCE,
        )  # fmt: skip
    assert found[2].error < coarse.error < stiff.error


def test_hertz_sphere_on_plane(evidence: Evidence) -> None:
    """Elastic sphere of flat facets: a^3 = 3 F R / (4 E*), p0 = 3 F / (2 pi a^2)."""
    _keep(evidence, "Hertz, sphere on plane", sphere_on_plane, (4, 6, 9))


@pytest.mark.validation
def test_hertz_sphere_on_elastic_block(evidence: Evidence) -> None:
    """Two elastic bodies whose facets do not match."""
    _keep(evidence, "Hertz, sphere on block", sphere_on_block, (6, 8, 10))
