# SPDX-License-Identifier: MIT
"""A fit as a record of the material library."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from materials.fitting.fit import Fit
from materials.fitting.losses import loss_of_cycle
from materials.fitting.read import MechanicalTest
from materials.fitting.stability import stability_of

Array = NDArray[np.float64]

FOAM_DENSITY_KG_M3, SOLID_DENSITY_KG_M3 = 200.0, 1000.0
"""Densities that are written where none is told."""
_TABLE_POINTS = 7
_LEAST_WEIGHT = 1.0e-3
"""Weight of a Prony term below which it is left out."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A fitted number as it stands in a record.

    Attributes:
        name: Its key, such as `shear_modulus_1`.
        unit: Its unit in the record.
        value: In that unit.
        low: Lower end of the 95 % interval.
        high: Upper end.
        fitted: Whether it was fitted, not given.
    """

    name: str
    unit: str
    value: float
    low: float
    high: float
    fitted: bool = True

    @property
    def loose(self) -> bool:
        """Whether the interval is wider than the value."""
        return self.fitted and self.high - self.low > abs(self.value)


def parameters_of(fit: Fit) -> list[Parameter]:
    """The law's numbers with their 95 % intervals, Prony weights and times last."""
    model, ends = fit.model, fit.ends
    m = model.terms
    found: list[Parameter] = []
    if model.law_name.endswith("neo_hookean"):
        low, high = np.exp(ends[0])
        ratio = fit.model.power_terms(fit.x).poisson_ratio
        factor = 2.0 * (1.0 + ratio)
        value = factor * float(np.exp(fit.x[0]))
        found.append(Parameter("young_modulus", "MPa", value, factor * low, factor * high))
    elif model.linear_moduli:
        for i, name in enumerate(("c10", "c01")):
            found.append(Parameter(name, "MPa", float(fit.x[i]), ends[i, 0], ends[i, 1]))
    else:
        for i in range(m):
            low, high = np.exp(ends[i])
            value = float(np.exp(fit.x[i]))
            found.append(Parameter(f"shear_modulus_{i + 1}", "MPa", value, low, high))
            low, high = ends[m + i]
            found.append(Parameter(f"exponent_{i + 1}", "1", float(fit.x[m + i]), low, high))
    found.append(_poisson_ratio(fit))
    for i in range(len(model.relaxation_times_s)):
        value, low, high = fit.interval(_weight(fit, i), logarithmic=False)
        found.append(Parameter(f"prony_weight_{i + 1}", "1", value, low, high))
    return found


def _poisson_ratio(fit: Fit) -> Parameter:
    model = fit.model
    if model.poisson_ratio is not None:
        value = model.poisson_ratio
        return Parameter("poisson_ratio", "1", value, value, value, fitted=False)
    place = model.names.index("-ln(1 - 2 nu)")
    low, value, high = (
        float(-np.expm1(-x) / 2.0) for x in (fit.ends[place, 0], fit.x[place], fit.ends[place, 1])
    )
    return Parameter("poisson_ratio", "1", value, low, high)


def _weight(fit: Fit, i: int) -> Callable[[Array], float]:
    return lambda x: float(fit.model.weights(x)[i])


def document_of(
    fit: Fit,
    name: str,
    *,
    title: str = "",
    kind: str = "insole",
    family: str = "",
    density_kg_m3: float | None = None,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """The content of a material file with one record.

    Args:
        fit: The fit.
        name: Name of the material.
        title: What it is; by default it is made of name and tests.
        kind: One of `materials.quantities.KINDS`.
        family: One of `materials.quantities.FAMILIES`, or empty.
        density_kg_m3: Where it is None and no test file says it, one is assumed.
        notes: Sentences for whoever uses the record.
    """
    tests = [item.test for item in fit.tests]
    sources = {
        "fit": "solespine materials fit: 95 % intervals of least squares on "
        + ", ".join(f"{test.name} ({test.kind})" for test in tests),
        **{
            f"test_{i}": f"{test.name}, {test.kind}, sha256 {test.sha256}"
            for i, test in enumerate(tests, start=1)
        },
    }
    record: dict[str, Any] = {
        "title": title or f"{name}, fitted to {len(tests)} test" + "s" * (len(tests) > 1),
        "kind": kind,
        **({"family": family} if family else {}),
        "law": fit.model.law_name,
        "status": "measured",
        "notes": " ".join(notes),
    }
    for item in parameters_of(fit):
        if not item.name.startswith("prony"):
            record[item.name] = _entry(
                item.value,
                item.unit,
                (item.low, item.high),
                "fit" if item.fitted else "given",
                "fitted" if item.fitted else "assumed",
            )
    told = [test.density_kg_m3 for test in tests if test.density_kg_m3 is not None]
    density = density_kg_m3 if density_kg_m3 is not None else told[0] if told else None
    if density is None:
        guess = SOLID_DENSITY_KG_M3 if fit.model.isochoric else FOAM_DENSITY_KG_M3
        record["density"] = _entry(guess, "kg/m3", (0.5 * guess, 1.5 * guess), "given", "assumed")
    else:
        record["density"] = _entry(density, "kg/m3", (density, density), "given", "read")
    sources["given"] = "given to the fit, or assumed by it for want of a test"
    record.update(_over_time(fit))
    record.update(_limits(fit))
    record.update(_tables(tests))
    if not record["notes"]:
        del record["notes"]
    return {"sources": sources, name: record}


def _entry(
    value: Any, unit: str, bounds: Sequence[float], source: str, confidence: str
) -> dict[str, Any]:
    """One quantity; numbers with as many digits as anyone can use."""
    values = value if isinstance(value, list) else [value]
    rounded = [_rounded(v) for v in values]
    low, high = min(_rounded(bounds[0]), *rounded), max(_rounded(bounds[1]), *rounded)
    return {
        "value": rounded if isinstance(value, list) else rounded[0],
        "unit": unit,
        "range": [low, high],
        "source": source,
        "confidence": confidence,
    }


def _rounded(value: float) -> float:
    return float(f"{float(value):.6g}")


def _over_time(fit: Fit) -> dict[str, Any]:
    """Prony series; terms without weight are left out."""
    found = {item.name: item for item in parameters_of(fit) if item.name.startswith("prony")}
    terms = [
        (found[f"prony_weight_{i + 1}"], time)
        for i, time in enumerate(fit.model.relaxation_times_s)
        if found[f"prony_weight_{i + 1}"].value >= _LEAST_WEIGHT
    ]
    if not terms:
        return {}
    weights, times = [item.value for item, _ in terms], [time for _, time in terms]
    bounds = (max(0.0, min(i.low for i, _ in terms)), min(1.0, max(i.high for i, _ in terms)))
    return {
        "prony_weights": _entry(weights, "1", bounds, "fit", "fitted"),
        "prony_times": _entry(times, "s", (min(times), max(times)), "given", "assumed"),
    }


def tested_strain(tests: Sequence[MechanicalTest], path: str) -> float:
    """Largest strain of the tests in "compression", "tension" or "shear"; 0 without one."""
    strains = [np.abs(t.strain).max() for t in tests if t.mode.endswith(path)]
    return float(max(strains, default=0.0))


def _limits(fit: Fit) -> dict[str, Any]:
    """Strains to which the law was tested and is stable."""
    stability = stability_of(fit.model.power_terms(fit.x))
    tests = [item.test for item in fit.tests]
    found = {}
    for path in ("compression", "tension", "shear"):
        tested = min(tested_strain(tests, path), stability.limit(path))
        if tested > 0.0:
            bounds = (tested, max(tested, stability.limit(path)))
            found[f"valid_{path}"] = _entry(tested, "1", bounds, "fit", "fitted")
    return found


def _tables(tests: Sequence[MechanicalTest]) -> dict[str, Any]:
    """Measured stress at a few strains of the first compression test, and the loss of a cycle."""
    found: dict[str, Any] = {}
    for number, test in enumerate(tests, start=1):
        if test.kind == "uniaxial_compression" and "compression_strains" not in found:
            strain, stress = -test.strain, -1.0e3 * test.stress_mpa
            order = np.argsort(strain, kind="stable")
            places = np.linspace(0.0, strain.max(), _TABLE_POINTS + 1)[1:]
            values = [float(v) for v in np.interp(places, strain[order], stress[order])]
            source = f"test_{number}"
            found["compression_strains"] = _entry(places.tolist(), "1", (0.0, 1.0), source, "read")
            found["compression_stresses"] = _entry(
                values, "kPa", (min(values), max(values)), source, "read"
            )
        elif test.kind == "cyclic" and "energy_loss" not in found:
            loss = loss_of_cycle(test.strain, test.stress_mpa)
            if 0.0 < loss < 1.0:
                found["energy_loss"] = _entry(loss, "1", (loss, loss), f"test_{number}", "read")
    return found
