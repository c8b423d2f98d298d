# SPDX-License-Identifier: MIT
"""The lumbar column: discs in finite elements between rigid vertebrae."""
