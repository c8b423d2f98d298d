# SPDX-License-Identifier: MIT
"""A result looked at: pictures, films and an interactive page of its field files."""
