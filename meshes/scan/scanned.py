# SPDX-License-Identifier: MIT
"""A foot that was fitted to a scan, at any length."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from meshes.foot_dimensions import FootDimensions
from meshes.scan.align import Side
from meshes.sole_correction import SoleCorrection
from meshes.tagged import FloatArray

Kind = Literal["foot", "cast", "imprint"]


@dataclass(frozen=True, slots=True)
class ScannedFoot:
    """A foot fitted to a scan, mirrored to a right one, in the foot frame.

    Attributes:
        dimensions: of the parametric foot nearest to the scan.
        correction: smooth difference of the scan from it.
        sole_points: (m, 3) skin of the scan's sole inside the outline, evenly spread.
        landmarks: (3, 3) skin under heel, first and fifth metatarsal head.
        landmarks_in_file: (3, 3) the same in the file's coordinates.
        length_in_file: foot length in the file's unit.
        kind: what was scanned.
        side: of the foot that was scanned.
        side_doubt: misfit of this side over that of the other, 0 sure, 1 undecided.
        coverage: share of the plan inside the outline that the scan shows.
        parametric_rms_mm: height difference of the parametric sole before the correction.
        outline_rms_mm: distance of the scan's outline to the parametric one.
        triangles: of the file.
        notes: what a user should know.
    """

    dimensions: FootDimensions
    correction: SoleCorrection
    sole_points: FloatArray
    landmarks: FloatArray
    landmarks_in_file: FloatArray
    length_in_file: float
    kind: Kind
    side: Side
    side_doubt: float
    coverage: float
    parametric_rms_mm: float
    outline_rms_mm: float
    triangles: int
    notes: tuple[str, ...]

    def scaled(self, length_mm: float) -> ScannedFoot:
        """Return the same foot at a length.

        Raises:
            MeshError: a length that no foot has.
        """
        one = self.dimensions
        ratio = length_mm / one.length_mm
        return replace(
            self,
            dimensions=FootDimensions(
                length_mm=length_mm,
                ball_width_mm=round(ratio * one.ball_width_mm, 3),
                heel_width_mm=round(ratio * one.heel_width_mm, 3),
                arch_height_mm=round(ratio * one.arch_height_mm, 3),
            ),
            correction=self.correction.scaled(ratio),
            sole_points=ratio * self.sole_points,
            landmarks=ratio * self.landmarks,
            parametric_rms_mm=ratio * self.parametric_rms_mm,
            outline_rms_mm=ratio * self.outline_rms_mm,
        )
