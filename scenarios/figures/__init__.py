# SPDX-License-Identifier: MIT
"""Pictures of a result folder, drawn from its files alone."""
