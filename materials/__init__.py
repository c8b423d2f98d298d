"""Constitutive laws and the material library."""
