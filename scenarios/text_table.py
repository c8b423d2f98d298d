# SPDX-License-Identifier: MIT
"""Rows of cells as lines of plain text whose columns stand under each other."""

from __future__ import annotations

from collections.abc import Container, Sequence


def aligned_lines(rows: Sequence[Sequence[str]], *, left: Container[int]) -> list[str]:
    """Lines with two spaces between columns.

    Args:
        rows: cells, the same number in each row.
        left: columns that are aligned to the left; all others to the right.
    """
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
