# SPDX-License-Identifier: MIT
"""Words and quantities of material files: kinds, families, units, and what each law needs."""

TO_INTERNAL = {
    "1": 1.0,
    "%": 0.01,
    "Pa": 1.0e-6,
    "kPa": 1.0e-3,
    "MPa": 1.0,
    "GPa": 1.0e3,
    "1/MPa": 1.0,
    "kg/m3": 1.0e-12,
    "mm": 1.0,
    "mm2": 1.0,
    "N/mm": 1.0,
    "s": 1.0,
}
"""Factors to mm, N, s, MPa, tonne."""

DIMENSIONS = {
    "stress": ("Pa", "kPa", "MPa", "GPa"),
    "compliance": ("1/MPa",),
    "number": ("1", "%"),
    "density": ("kg/m3",),
    "length": ("mm",),
    "area": ("mm2",),
    "stiffness": ("N/mm",),
    "time": ("s",),
}
"""Units that a quantity of a dimension may be given in."""

CONFIDENCE = {
    "read": "the digits stand in the named source and were read there",
    "cited": "well established, cited after the named source without reading it again",
    "typical": "typical or data-sheet figure, about 25 % either way",
    "weak": "uncertain: measure or verify before relying on it",
    "fitted": "fitted or derived for this library by the method that the source names",
    "assumed": "chosen for want of data",
}
"""What the confidence words mean."""

STATUSES = ("published", "engineering default", "measured")
KINDS = (
    "insole",
    "tissue",
    "disc",
    "bone",
    "cartilage",
    "ligament",
    "tendon",
    "friction",
    "wear",
)

FAMILIES = ("foam", "gel", "elastomer", "lattice", "cork", "cover", "shell", "reference")
"""What an insole material is made as; `reference` are linear materials of published studies."""

NUMBERED = r"_\d+"
"""End of the key of a term: `shear_modulus_1`, `shear_modulus_2`, ..."""

_WEAR = {
    **{f"{part}_final": "number" for part in ("set", "softening", "air_loss", "damping_loss")},
    **{f"{part}_cycles": "number" for part in ("set", "softening", "air_loss", "damping_loss")},
    "wear_power": "number",
}
"""Quantities of `materials.wear`: of a family of foams, or of one material's own record."""

STRAIN_LIMITS = ("valid_compression", "valid_tension", "valid_shear")
"""Strains up to which a law is trusted; see `materials.validity`."""

OPTIONAL = {
    **_WEAR,
    "hardness_shore_a": "number",
    "hardness_shore_oo": "number",
    "relative_density": "number",
    "thickness": "length",
    "energy_loss": "number",
    "prony_weights": "number",
    "prony_times": "time",
    "compression_strains": "number",
    "compression_stresses": "stress",
    **dict.fromkeys(STRAIN_LIMITS, "number"),
}
"""Quantities that any record may have, with their dimension."""

LAWS: dict[str, dict[str, str]] = {
    "neo_hookean": {"young_modulus": "stress", "poisson_ratio": "number", "density": "density"},
    "compressible_neo_hookean": {
        "young_modulus": "stress",
        "poisson_ratio": "number",
        "density": "density",
    },
    "mooney_rivlin": {
        "c10": "stress",
        "c01": "stress",
        "poisson_ratio": "number",
        "density": "density",
    },
    "polynomial": {
        "c10": "stress",
        "c01": "stress",
        "c20": "stress",
        "c11": "stress",
        "c02": "stress",
        "d1": "compliance",
        "density": "density",
    },
    "ogden": {
        "shear_modulus" + NUMBERED: "stress",
        "exponent" + NUMBERED: "number",
        "poisson_ratio": "number",
        "density": "density",
    },
    "ogden_febio": {
        "modulus" + NUMBERED: "stress",
        "exponent" + NUMBERED: "number",
        "poisson_ratio": "number",
        "density": "density",
    },
    "hyperfoam": {
        "shear_modulus" + NUMBERED: "stress",
        "exponent" + NUMBERED: "number",
        "poisson_ratio": "number",
        "density": "density",
    },
    "exponential_fibre": {
        "k1": "stress",
        "k2": "number",
        "volume_fraction": "number",
        "fibre_strains": "number",
        "fibre_stresses": "stress",
        "break_strains": "number",
    },
    "fluid": {"bulk_modulus": "stress", "density": "density"},
    "band": {"young_modulus": "stress", "area": "area", "toe_strain": "number"},
    "stiffness_band": {"stiffness": "stiffness", "toe_strain": "number"},
    "bilinear_band": {
        "young_modulus_1": "stress",
        "young_modulus_2": "stress",
        "transition_strain": "number",
        "area": "area",
        "toe_strain": "number",
    },
    "contact_pair": {
        "young_modulus": "stress",
        "poisson_ratio": "number",
        "area": "area",
        "thickness": "length",
        "gap": "length",
        "toe": "length",
    },
    "friction": {"coefficient": "number"},
    "wear": _WEAR,
}
"""Quantities that a record of a law must have, with their dimension; keys are patterns."""
