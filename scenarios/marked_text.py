# SPDX-License-Identifier: MIT
"""Parts of a Markdown file that are made from code, between two marks."""

from __future__ import annotations


def between_marks(text: str, begin: str, end: str, made: str) -> str:
    """The text with what stands between its marks made anew.

    Args:
        text: of the file.
        begin: the first mark.
        end: the last one.
        made: what belongs between them.

    Raises:
        ValueError: the marks are not there.
    """
    before, _, rest = text.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"no {begin} ... {end}")
    return f"{before}{begin}\n\n{made}\n\n{end}{after}"
