# SPDX-License-Identifier: MIT
"""TOML of a foam in a user's material file."""

from __future__ import annotations

VALUES = {
    "shear_modulus_1": (0.3, "MPa"),
    "exponent_1": (8.0, "1"),
    "poisson_ratio": (0.0, "1"),
    "density": (150.0, "kg/m3"),
}


def own_quantity(name: str, value: float = 0.2, unit: str = "1") -> str:
    """A line that sets a quantity."""
    numbers = f'value = {value}, unit = "{unit}", range = [{value}, {value}]'
    return f'{name} = {{ {numbers}, source = "t", confidence = "read" }}\n'


def own_foam(name: str) -> str:
    """A file with one foam; more of its quantities may follow."""
    head = (
        f'[sources]\nt = "a test of this sheet"\n[{name}]\ntitle = "My foam"\nkind = "insole"\n'
        'law = "hyperfoam"\nstatus = "published"\n'
    )
    return head + "".join(own_quantity(key, *given) for key, given in VALUES.items())
