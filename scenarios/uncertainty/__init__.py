# SPDX-License-Identifier: MIT
"""Uncertainty of a study's outputs: differences between candidates, Sobol indices, the page."""
