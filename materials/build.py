# SPDX-License-Identifier: MIT
"""Laws and curves from library records."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from materials.curves import CompressionCurve, TensionCurve
from materials.fibres import CurveFibre, ExponentialFibre, FibreFamilies
from materials.law import Law
from materials.library import load
from materials.ogden import HyperFoam, Ogden
from materials.polynomial import MooneyRivlin, Polynomial
from materials.prony import PronySeries
from materials.record import MaterialRecord
from materials.solids import CompressibleNeoHookean, NeoHookean

RAYS = 5
"""Bands that the plantar fascia is split into."""

_HOMOGENEOUS = (CompressibleNeoHookean, HyperFoam, MooneyRivlin, NeoHookean, Ogden, Polynomial)


class NoLaw(ValueError):
    """A record does not describe what is asked for (a law, a curve)."""


def _terms(record: MaterialRecord, stem: str) -> tuple[float, ...]:
    """Values of stem_1, stem_2, ..."""
    found = [name for name in record.quantities if name.rsplit("_", 1)[0] == stem]
    return tuple(record.number(f"{stem}_{i}") for i in range(1, len(found) + 1))


def _neo_hookean(record: MaterialRecord) -> Law:
    ratio = record.number("poisson_ratio")
    shear = record.number("young_modulus") / (2.0 * (1.0 + ratio))
    return NeoHookean(shear, ratio, record.number("density"))


def _compressible_neo_hookean(record: MaterialRecord) -> Law:
    return CompressibleNeoHookean.from_young(
        *(record.number(name) for name in ("young_modulus", "poisson_ratio", "density"))
    )


def _mooney_rivlin(record: MaterialRecord) -> Law:
    return MooneyRivlin(
        *(record.number(name) for name in ("c10", "c01", "poisson_ratio", "density"))
    )


def _polynomial(record: MaterialRecord) -> Law:
    c10, c01, c20, c11, c02 = (record.number(c) for c in ("c10", "c01", "c20", "c11", "c02"))
    return Polynomial.from_abaqus(
        (c10, c01, c20, c11, c02), record.number("d1"), record.number("density")
    )


def _ogden(record: MaterialRecord) -> Law:
    moduli, exponents = _terms(record, "shear_modulus"), _terms(record, "exponent")
    return Ogden(moduli, exponents, record.number("poisson_ratio"), record.number("density"))


def _ogden_febio(record: MaterialRecord) -> Law:
    moduli, exponents = _terms(record, "modulus"), _terms(record, "exponent")
    return Ogden.from_febio(
        moduli, exponents, record.number("poisson_ratio"), record.number("density")
    )


def _hyperfoam(record: MaterialRecord) -> Law:
    moduli, exponents = _terms(record, "shear_modulus"), _terms(record, "exponent")
    return HyperFoam(moduli, exponents, record.number("poisson_ratio"), record.number("density"))


_BUILDERS: dict[str, Callable[[MaterialRecord], Law]] = {
    "neo_hookean": _neo_hookean,
    "compressible_neo_hookean": _compressible_neo_hookean,
    "mooney_rivlin": _mooney_rivlin,
    "polynomial": _polynomial,
    "ogden": _ogden,
    "ogden_febio": _ogden_febio,
    "hyperfoam": _hyperfoam,
}


def law_of(record: MaterialRecord) -> Law:
    """The solid law of a record.

    Raises:
        NoLaw: The record describes a band, fibres, a fluid or a friction pair.
        ValueError: The law refuses the numbers.
    """
    builder = _BUILDERS.get(record.law)
    if builder is None:
        raise NoLaw(f"{record.file}: {record.name}: {record.law!r} is not the law of a solid")
    return builder(record)


def law(name: str) -> Law:
    """The solid law of a library material; see `law_of` and `library.load`."""
    return law_of(load(name))


def series_of(record: MaterialRecord) -> PronySeries | None:
    """How a record's law relaxes over time; None where the record has no Prony series.

    Raises:
        ValueError: Weights stand without times or the other way round, or the series refuses them.
    """
    given = {name for name in ("prony_weights", "prony_times") if name in record.quantities}
    if not given:
        return None
    weights, times = (
        record.numbers(name) if name in given else () for name in ("prony_weights", "prony_times")
    )
    try:
        return PronySeries(weights, times)
    except ValueError as error:
        raise ValueError(f"{record.file}: {record.name}: {error}") from error


def scaled(tissue: Law, factor: float) -> Law:
    """An Ogden law with all its moduli times a factor; Poisson's ratio stays.

    Raises:
        NoLaw: The law is not of Ogden's kind.
        ValueError: The factor is not positive.
    """
    if not isinstance(tissue, Ogden):
        raise NoLaw(f"{type(tissue).__name__} has no scaled form, Ogden has")
    moduli = tuple(factor * modulus for modulus in tissue.shear_moduli_mpa)
    return replace(tissue, shear_moduli_mpa=moduli)


def stiffened(law: Law, factor: float) -> Law:
    """A law with all its stresses times a factor, Poisson's ratio and mass as they were.

    Raises:
        NoLaw: Its stresses are not proportional to moduli of its own.
        ValueError: The factor is not positive.
    """
    if factor == 1.0:
        return law
    moduli: dict[str, Any] = {}
    for field in fields(law) if isinstance(law, _HOMOGENEOUS) else ():
        value = getattr(law, field.name)
        if field.name.endswith("_mpa"):
            one = isinstance(value, float)
            moduli[field.name] = factor * value if one else tuple(factor * v for v in value)
    if not moduli:
        raise NoLaw(f"{type(law).__name__} has no stiffened form")
    return replace(law, **moduli)  # type: ignore[type-var]


def tension_curve(
    record: MaterialRecord, slack_length_mm: float, share: float = 1.0
) -> TensionCurve:
    """The force curve of a ligament, tendon or fascia of a given slack length.

    Args:
        record: Of law `band`, `stiffness_band` or `bilinear_band`.
        slack_length_mm: Length at which it becomes taut; strains are relative to it.
        share: Part of the structure's cross-section that this band stands for.

    Raises:
        NoLaw: The record is not one of a band.
        ValueError: A length or share is not positive.
    """
    toe = record.number("toe_strain") * slack_length_mm if "toe_strain" in record.quantities else 0
    if record.law == "stiffness_band":
        stiffness = share * record.number("stiffness")
        return TensionCurve.linear(slack_length_mm, stiffness, toe)
    if record.law == "band":
        axial_n = share * record.number("young_modulus") * record.number("area")
        return TensionCurve.linear(slack_length_mm, axial_n / slack_length_mm, toe)
    if record.law == "bilinear_band":
        per_modulus = share * record.number("area") / slack_length_mm
        return TensionCurve.bilinear(
            slack_length_mm,
            (
                per_modulus * record.number("young_modulus_1"),
                per_modulus * record.number("young_modulus_2"),
            ),
            record.number("transition_strain") * slack_length_mm,
            toe,
        )
    raise NoLaw(f"{record.file}: {record.name}: {record.law!r} is not the law of a band")


def plantar_fascia_ray(slack_length_mm: float, share: float = 1.0 / RAYS) -> TensionCurve:
    """One ray of the plantar fascia; the default is a fifth of the whole fascia's stiffness."""
    return tension_curve(load("plantar_fascia"), slack_length_mm, share)


def achilles(slack_length_mm: float) -> TensionCurve:
    """The Achilles tendon."""
    return tension_curve(load("achilles"), slack_length_mm)


def foot_ligament(slack_length_mm: float, share: float = 1.0) -> TensionCurve:
    """A ligament of the foot."""
    return tension_curve(load("ligament_foot"), slack_length_mm, share)


def spinal_ligament(code: str, slack_length_mm: float, share: float = 1.0) -> TensionCurve:
    """A spinal ligament of one level, by its usual letters: ALL, PLL, LF, CL, ITL, ISL, SSL."""
    return tension_curve(load(f"ligament_{code.lower()}"), slack_length_mm, share)


def facet(name: str = "facet_cartilage") -> CompressionCurve:
    """The contact of one facet joint: two thin layers that cannot widen, past the gap.

    Raises:
        NoLaw: The record is not one of a contact pair.
    """
    record = load(name)
    if record.law != "contact_pair":
        raise NoLaw(f"{record.file}: {name}: {record.law!r} is not the law of a contact pair")
    ratio = record.number("poisson_ratio")
    confined = (1.0 - ratio) / ((1.0 + ratio) * (1.0 - 2.0 * ratio))
    modulus = record.number("young_modulus") * confined
    stiffness = modulus * record.number("area") / record.number("thickness")
    return CompressionCurve.linear(record.number("gap"), stiffness, record.number("toe"))


def friction(name: str) -> float:
    """Coulomb coefficient of a friction pair.

    Raises:
        NoLaw: The record is not one of a friction pair.
    """
    record = load(name)
    if record.law != "friction":
        raise NoLaw(f"{record.file}: {name}: {record.law!r} is not a friction pair")
    return record.number("coefficient")


def annulus(region: str = "main", fibre: str = "exponential") -> FibreFamilies:
    """The annulus fibrosus of a lumbar disc; the fibre directions are yet to be given.

    Args:
        region: "main", "dorsal" or "lateral" fibres.
        fibre: "exponential" (fitted up to 6-10 % of fibre strain, stiffer beyond) or "curve" (the
            whole calibrated curve).

    Raises:
        UnknownMaterial: There is no such region.
        ValueError: There is no such kind of fibre.
    """
    record = load(f"annulus_fibres_{region}")
    ground = law("annulus_ground")
    if fibre == "exponential":
        return FibreFamilies(ground, ExponentialFibre(record.number("k1"), record.number("k2")))
    if fibre == "curve":
        curve = CurveFibre.from_table(
            record.numbers("fibre_strains"),
            record.numbers("fibre_stresses"),
            record.numbers("break_strains"),
            record.number("volume_fraction") / 2.0,
        )
        return FibreFamilies(ground, curve)
    raise ValueError(f"fibre must be 'exponential' or 'curve', got {fibre!r}")
