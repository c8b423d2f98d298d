# SPDX-License-Identifier: MIT
"""What a constitutive law is: energy and stress as UFL expressions of the deformation gradient.

A law is a frozen dataclass of floats. Its numbers reach a form through `Law.parameters`, an
ordered mapping of names to floats. Whoever assembles the form may hand `energy` and `first_piola`
the same names with other values: floats are compiled into the kernel, UFL constants are not, so a
candidate with other moduli but the same structure (class, number of terms, limit nu = 0 or not)
reuses the compiled form:

    law = Ogden(shear_moduli_mpa=(0.01645,), exponents=(6.82,))
    constants = {name: Constant(mesh, value) for name, value in law.parameters().items()}
    stress = law.first_piola(F, constants)

Where the derivative dP/dF (the first elasticity tensor) can be written out for much less than its
differentiation costs, a law has `relaxing_elasticity` and `lasting_elasticity` beside the two parts
of its stress: of principal stretches, a tangent's kernel is then a third as dear.

Prefer `first_piola` in forms. It is the derivative of `energy`, but for laws of principal stretches
the chain rule over the three invariants is written out, which makes the kernel half as large.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias, runtime_checkable

import ufl
from ufl.core.expr import Expr

Scalar: TypeAlias = Any
"""A float, or anything with UFL arithmetic (constant, coefficient, expression)."""

Parameters: TypeAlias = Mapping[str, Scalar]
"""Parameter values by the names of `Law.parameters`."""

SOFT_TISSUE_DENSITY_T_MM3 = 1.0e-9
"""Density of laws that are not told one: that of water, 1000 kg/m3."""


@runtime_checkable
class Law(Protocol):
    """A hyperelastic law with a stress-free reference configuration."""

    @property
    def density_t_mm3(self) -> float:
        """Mass per reference volume."""
        ...

    @property
    def poisson_ratio(self) -> float:
        """Poisson's ratio at small strain."""
        ...

    @property
    def initial_shear_modulus_mpa(self) -> float:
        """Shear modulus at small strain, MPa."""
        ...

    @property
    def initial_bulk_modulus_mpa(self) -> float:
        """Bulk modulus at small strain, MPa."""
        ...

    def parameters(self) -> dict[str, float]:
        """Numbers of the law by name, in a fixed order; names carry the unit."""
        ...

    def energy(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Strain energy per reference volume, MPa.

        Args:
            F: Deformation gradient, shape (3, 3).
            p: Values that replace those of `parameters` (all or some of the names).
        """
        ...

    def first_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """First Piola-Kirchhoff stress dW/dF, shape (3, 3), MPa; arguments as in `energy`."""
        ...

    def relaxing_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Part of `first_piola` that relaxes where the law has a Prony series.

        The isochoric part of nearly incompressible laws, which keep their volume at any speed; the
        whole stress of compressible ones.
        """
        ...

    def relaxing_energy(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Energy that `relaxing_piola` is the derivative of, MPa."""
        ...

    def lasting_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """The other part of `first_piola`, which does not relax; zero for compressible laws."""
        ...


def resolve(own: Mapping[str, float], given: Parameters | None) -> dict[str, Scalar]:
    """Values of a law's parameters: those `given`, else the law's own.

    Raises:
        KeyError: A given name is not a parameter of the law.
    """
    if not given:
        return dict(own)
    unknown = sorted(set(given) - set(own))
    if unknown:
        raise KeyError(
            f"not a parameter of this law: {', '.join(unknown)}; it has {', '.join(own)}"
        )
    return {name: given.get(name, value) for name, value in own.items()}


def first_elasticity(law: Law, F: Expr, p: Parameters | None = None) -> Expr:
    """First elasticity tensor dP/dF, shape (3, 3, 3, 3), MPa, as the law writes it where it does.

    Args:
        law: Any.
        F: Deformation gradient, a UFL variable.
        p: As in `Law.energy`.
    """
    written: Any = law
    if hasattr(law, "relaxing_elasticity"):
        return written.relaxing_elasticity(F, p) + written.lasting_elasticity(F, p)
    return ufl.diff(law.first_piola(F, p), F)


def young_modulus_mpa(law: Law) -> float:
    """Young's modulus of a law at small strain, MPa."""
    return 2.0 * law.initial_shear_modulus_mpa * (1.0 + law.poisson_ratio)


def bulk_modulus_mpa(shear_modulus_mpa: float, poisson_ratio: float) -> float:
    """Bulk modulus that belongs to a shear modulus and Poisson's ratio, MPa."""
    return 2.0 * shear_modulus_mpa * (1.0 + poisson_ratio) / (3.0 * (1.0 - 2.0 * poisson_ratio))


def poisson_ratio_of(shear_modulus_mpa: float, bulk_modulus_mpa: float) -> float:
    """Poisson's ratio that belongs to a shear and a bulk modulus."""
    three_k, two_mu = 3.0 * bulk_modulus_mpa, 2.0 * shear_modulus_mpa
    return (three_k - two_mu) / (2.0 * three_k + two_mu)


def volumetric_energy(J: Expr, bulk_modulus: Scalar) -> Expr:
    """Energy of volume change, K/4 (J^2 - 1 - 2 ln J): convex in J, infinite at J = 0."""
    return bulk_modulus / 4 * (J * J - 1 - 2 * ufl.ln(J))


def volumetric_piola(F: Expr, J: Expr, bulk_modulus: Scalar) -> Expr:
    """Stress of `volumetric_energy`: K/2 (J^2 - 1) F^-T."""
    return bulk_modulus / 2 * (J * J - 1) * ufl.inv(F).T


def cofactor_elasticity(F: Expr, by_volume: Callable[[Expr], Expr]) -> Expr:
    """First elasticity tensor, shape (3, 3, 3, 3), of a stress f(J) cof F.

    f' cof F (x) cof F + f d(cof F)/dF, a polynomial in F but for what f brings: no division.

    Args:
        F: Deformation gradient.
        by_volume: f of J = det F.
    """
    J = ufl.variable(ufl.det(F))
    factor = by_volume(J)
    slope = ufl.diff(factor, J)

    def cofactor(a: int, i: int) -> Expr:
        b, c, j, k = (a + 1) % 3, (a + 2) % 3, (i + 1) % 3, (i + 2) % 3
        return F[b, j] * F[c, k] - F[b, k] * F[c, j]

    G = [[cofactor(a, i) for i in range(3)] for a in range(3)]

    def component(a: int, i: int, b: int, j: int) -> Expr:
        value = slope * G[a][i] * G[b][j]
        if a != b and i != j:
            sign = 1 if ((b - a) % 3 == 1) == ((j - i) % 3 == 1) else -1
            value += sign * factor * F[3 - a - b, 3 - i - j]
        return value

    return tensor4(component)


def tensor4(component: Callable[[int, int, int, int], Expr]) -> Expr:
    """Tensor of shape (3, 3, 3, 3) from its components."""
    axes = range(3)
    return ufl.as_tensor(
        [[[[component(a, i, b, j) for j in axes] for b in axes] for i in axes] for a in axes]
    )


def volumetric_elasticity(F: Expr, bulk_modulus: Scalar) -> Expr:
    """First elasticity tensor of `volumetric_piola`, which is K/2 (J - 1/J) cof F."""
    return cofactor_elasticity(F, lambda J: bulk_modulus / 2 * (J - 1 / J))


def no_elasticity() -> Expr:
    """First elasticity tensor of `no_piola`."""
    return ufl.constantvalue.Zero((3, 3, 3, 3))


def no_piola() -> Expr:
    """Stress of nothing, shape (3, 3): the lasting part of laws that relax as a whole."""
    return ufl.constantvalue.Zero((3, 3))


def require_positive(**values: float) -> None:
    """Raise a ValueError that names the first value which is not a positive finite number."""
    for name, value in values.items():
        if not 0.0 < value < float("inf"):
            raise ValueError(f"{name} must be positive and finite, got {value!r}")


def require_poisson_ratio(value: float, lowest: float = 0.0) -> None:
    """Raise a ValueError unless lowest <= value < 0.5."""
    if not lowest <= value < 0.5:
        raise ValueError(f"poisson_ratio must lie in [{lowest:g}, 0.5), got {value!r}")
