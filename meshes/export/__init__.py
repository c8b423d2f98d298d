# SPDX-License-Identifier: MIT
"""Insoles as closed surfaces and as files that printers and mills read."""
