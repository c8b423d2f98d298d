# SPDX-License-Identifier: MIT
"""What a run on a scanned foot writes of the scan: section of the summary, table, pictures."""

from __future__ import annotations

import io
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from meshes.foot import FootGeometry
from meshes.scan.align import LANDMARKS
from meshes.scan.distance import SoleDistances, sole_distances
from scenarios.figures import style
from scenarios.figures.scan import OUTLINE_FILE, SOLE_FILE, scan_figures
from scenarios.folder import write_atomically
from scenarios.scan_section import Point, Scan
from scenarios.shapes import foot_shapes
from scenarios.subject_scan import SubjectScan, subject_scan
from scenarios.summary import Summary

if TYPE_CHECKING:
    from scenarios.run import RunContext

MOST_ROWS = 6000
"""Points in the table: a picture needs no more."""


def with_scan(context: RunContext, summary: Summary) -> Summary:
    """Add the section of a scanned foot, and write its table and pictures on rank 0; collective.

    A summary of a foot without scan is returned as it is.
    """
    if context.scenario.subject.scan_file is None:
        return summary
    section: Scan | None = None
    said: tuple[str, ...] = ()
    if context.comm.rank == 0:
        scenario = context.scenario
        scan = subject_scan(scenario.subject)
        foot, _ = foot_shapes(scenario, scenario.insole)
        if scan is not None:
            distances = sole_distances(foot, scan.foot.sole_points)
            section, said = scan_section(scan, distances), scan.warnings
            folder = context.folder.path
            _write(folder / SOLE_FILE, _SOLE_COLUMNS, _rows(distances))
            _write(folder / OUTLINE_FILE, _OUTLINE_COLUMNS, _outlines(foot, scan))
            if scenario.output.figures and context.command == "mesh":
                try:
                    with style.paper():
                        for name, _, _, figure in scan_figures(folder, section):
                            style.save(figure, context.folder.figures_path / f"{name}.png")
                except Exception as error:  # pictures must never cost a mesh
                    context.folder.log(traceback.format_exc())
                    said += (f"the scan was not drawn: {type(error).__name__}: {error}",)
    section, said = context.comm.bcast((section, said))
    warnings = tuple(dict.fromkeys((*summary.warnings, *said)))
    return summary.model_copy(update={"scan": section, "warnings": warnings})


def scan_section(scan: SubjectScan, distances: SoleDistances) -> Scan:
    """Return the section of a fitted scan."""
    foot = scan.foot
    one = foot.dimensions
    return Scan(
        sole_rms_mm=distances.rms_mm,
        sole_p95_mm=distances.percentile_mm(95.0),
        sole_max_mm=distances.max_mm,
        coverage_percent=100.0 * foot.coverage,
        parametric_rms_mm=foot.parametric_rms_mm,
        outline_rms_mm=foot.outline_rms_mm,
        kind=foot.kind,
        side=foot.side,
        side_doubt=foot.side_doubt,
        unit=scan.unit,
        mm_per_unit=scan.mm_per_unit,
        triangles=foot.triangles,
        dimensions={
            "length_mm": one.length_mm,
            "ball_width_mm": one.ball_width_mm,
            "heel_width_mm": one.heel_width_mm,
            "arch_height_mm": one.arch_height_mm,
            "arch_skin_mm": float(np.max(_arch(scan))),
        },
        landmarks_mm=_points(foot.landmarks),
        landmarks_in_file=_points(foot.landmarks_in_file),
    )


_SOLE_COLUMNS = ("x_mm", "z_mm", "height_mm", "distance_mm")
_OUTLINE_COLUMNS = ("x_mm", "z_mm", "parametric_x_mm", "parametric_z_mm")


def _arch(scan: SubjectScan) -> NDArray[np.float64]:
    """Heights of the scan's skin in the medial midfoot."""
    points, one = scan.foot.sole_points, scan.foot.dimensions
    share = points[:, 0] / one.length_mm
    medial = (share > 0.33) & (share < 0.55) & (points[:, 2] < -0.12 * one.ball_width_mm)
    heights = points[medial, 1]
    return np.percentile(heights, [95.0]) if len(heights) else np.zeros(1)


def _points(points: NDArray[np.float64]) -> dict[str, Point]:
    rows = (tuple(float(round(x, 6)) for x in row) for row in points)
    return {name: (row[0], row[1], row[2]) for name, row in zip(LANDMARKS, rows, strict=True)}


def _rows(distances: SoleDistances) -> NDArray[np.float64]:
    step = max(1, -(-len(distances.points) // MOST_ROWS))
    points = distances.points[::step]
    return np.column_stack([points[:, [0, 2, 1]], distances.distance_mm[::step]])


def _outlines(foot: FootGeometry, scan: SubjectScan) -> NDArray[np.float64]:
    from meshes.outline import foot_outline

    return np.column_stack([foot.outline_xz, foot_outline(scan.foot.dimensions)])


def _write(path: Path, columns: tuple[str, ...], rows: NDArray[np.float64]) -> None:
    lines = io.BytesIO()
    np.savetxt(lines, rows, fmt="%.4f", delimiter=",", header=",".join(columns), comments="")
    write_atomically(path, lines.getvalue().decode())
