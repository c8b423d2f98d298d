# SPDX-License-Identifier: MIT
"""Implicit dynamics of deformable bodies and rigid segments on the unknowns of an equilibrium."""
