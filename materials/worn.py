# SPDX-License-Identifier: MIT
"""The law of a worn foam."""

from dataclasses import replace

from materials.build import NoLaw
from materials.law import Law
from materials.ogden import HyperFoam
from materials.wear import WearState


def worn_law(law: Law, state: WearState) -> Law:
    """The law of a worn foam, in its new unloaded shape.

    Terms of positive exponent, which level off in compression, are the cell walls' and get the
    walls' factor; terms of negative exponent, which steepen, are the cell air's and get the air's.
    Where a modulus is negative the terms cannot be told apart: all get the walls' factor. Mass
    is kept, so that a foam which got thinner is denser.

    Args:
        law: Of the new foam.
        state: Its wear.

    Returns:
        `law` itself where nothing has changed.

    Raises:
        NoLaw: The law is no foam's and the state is not new.
    """
    if state.is_new:
        return law
    if not isinstance(law, HyperFoam):
        raise NoLaw(f"{type(law).__name__} has no worn form, a hyperfoam has")
    apart = min(law.shear_moduli_mpa) > 0.0
    terms = zip(law.shear_moduli_mpa, law.exponents, strict=True)
    return replace(
        law,
        shear_moduli_mpa=tuple(
            modulus * (state.air_factor if apart and exponent < 0.0 else state.wall_factor)
            for modulus, exponent in terms
        ),
        density_t_mm3=law.density_t_mm3 / (1.0 - state.set_share),
    )
