# SPDX-License-Identifier: MIT
"""Young's modulus from Shore A hardness."""

SHORE_A_RANGE = (10.0, 90.0)
"""Hardness between which the relation is used; a durometer tells little outside."""


def young_modulus_of_shore_a(hardness: float) -> float:
    """Young's modulus at small strain (MPa) that goes with a Shore A hardness, approximately.

    E = 0.0981 (56 + 7.62336 S) / (0.137505 (254 - 2.54 S)), from the durometer's spring and an
    elastic half-space under its truncated cone (Gent 1958, On the relation between indentation
    hardness and Young's modulus, Rubber Chem Technol 31:896). It is for rubber, which is nearly
    incompressible, and good to about a quarter there. Of a foam it gives an idea of the stiffness
    at small strain only: the plateau and the densification are not in a hardness.

    Raises:
        ValueError: The hardness lies outside `SHORE_A_RANGE`.
    """
    low, high = SHORE_A_RANGE
    if not low <= hardness <= high:
        raise ValueError(f"Shore A must lie between {low:g} and {high:g}, got {hardness:g}")
    return 0.0981 * (56.0 + 7.62336 * hardness) / (0.137505 * (254.0 - 2.54 * hardness))
