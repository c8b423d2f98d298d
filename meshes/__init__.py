# SPDX-License-Identifier: MIT
"""Anatomy and insole geometry turned into tagged finite-element meshes (numpy and gmsh only)."""
