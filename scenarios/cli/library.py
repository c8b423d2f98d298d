# SPDX-License-Identifier: MIT
"""The command ``materials``: what the material library holds."""

from __future__ import annotations

from scenarios.cli.parser import Arguments


def materials(arguments: Arguments) -> int:
    """List the materials, or show one with values, ranges and sources."""
    from scenarios import catalogue

    lines = (
        catalogue.material_lines()
        if arguments.action == "list"
        else catalogue.material_text(arguments.material)
    )
    for line in lines:
        print(line)
    return 0
