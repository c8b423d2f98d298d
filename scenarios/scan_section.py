# SPDX-License-Identifier: MIT
"""The section ``scan`` of ``summary.json``."""

from __future__ import annotations

from scenarios.sections import Section

Point = tuple[float, float, float]


class Scan(Section):
    """Agreement of the mesh with a scan, and what was inferred of the scan.

    ``sole_rms_mm``, ``sole_p95_mm`` and ``sole_max_mm`` are of the distances of scan points inside
    the outline, no steeper than 65 degrees, to the meshed plantar surface; ``parametric_rms_mm``
    is the height difference of the parametric sole before its smooth correction, and
    ``outline_rms_mm`` that of the outlines. ``coverage_percent`` is the share of the plan inside
    the outline that the scan shows. Landmarks are skin points in the foot frame and in the file's
    own coordinates. ``side_doubt`` is the misfit of the side found over that of the other: 0 sure.
    """

    sole_rms_mm: float | None = None
    sole_p95_mm: float | None = None
    sole_max_mm: float | None = None
    coverage_percent: float | None = None
    parametric_rms_mm: float | None = None
    outline_rms_mm: float | None = None
    kind: str | None = None
    side: str | None = None
    side_doubt: float | None = None
    unit: str | None = None
    mm_per_unit: float | None = None
    triangles: int | None = None
    dimensions: dict[str, float] | None = None
    landmarks_mm: dict[str, Point] | None = None
    landmarks_in_file: dict[str, Point] | None = None


COMPARED = ("sole_rms_mm", "sole_max_mm")
"""What of the section answers a question; the rest says how the scan was read."""
