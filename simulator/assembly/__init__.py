# SPDX-License-Identifier: MIT
"""Assembly of the reduced tangent in compiled loops."""
