# SPDX-License-Identifier: MIT
"""Implicit dynamics from touchdown on: the movement, the chain above the foot, and its drives."""
