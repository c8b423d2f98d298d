# SPDX-License-Identifier: MIT
"""Loops in C over cells, contact facets and contact points, for what arrays are too slow."""
