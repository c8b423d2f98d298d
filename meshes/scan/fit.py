# SPDX-License-Identifier: MIT
"""From a scan file to a personal foot: dimensions, and what outline and sole add to them."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from meshes.errors import MeshError
from meshes.foot import build_foot
from meshes.foot_dimensions import FootDimensions
from meshes.outline import SignedDistance, foot_outline
from meshes.plantar import PlantarSurface
from meshes.scan.align import ROUGH_MM, Placed, Side, foot_grid, marks_of, place
from meshes.scan.read import read_scan
from meshes.scan.residual import SMOOTH_MM
from meshes.scan.scanned import Kind, ScannedFoot
from meshes.scan.sole import fit_correction, lowest_mm, outline_shift, sole_points
from meshes.scan.surface import Background, Samples, background, bodies, sample, thinned
from meshes.scan.template import Pose, fit_sole
from meshes.scan.view import CAP_SHARE, DepthMap, depth_map, signed_field
from meshes.sole_correction import SoleCorrection
from meshes.tagged import FloatArray

LEAST_COVERAGE = 0.6
"""Share of the sole that must be there; the rest is filled by the parametric foot."""

VERSION = 1
"""Of what a fit means; kept fits of another are made again."""

_SAMPLES = 240_000
_CELL_MM = ROUGH_MM / 230.0
_ROUGHER = (1.0, 1.8, 3.0, 6.0)
"""Factors on the smoothing length, tried in turn until the foot can be meshed."""


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What a user may say of a scan; what is left out is found.

    Attributes:
        kind: what was scanned.
        side: of the foot that was scanned.
        marks: skin under heel, first and fifth metatarsal head in the file's coordinates.
    """

    kind: Kind | None = None
    side: Side | None = None
    marks: tuple[tuple[float, ...], ...] | None = None


def fit_scan(path: Path, options: ScanOptions | None = None) -> ScannedFoot:
    """Read a scan and fit the parametric foot to it, at a length of `ROUGH_MM`.

    Raises:
        MeshError: ``scan_file``, for a file that is no scan of a sole.
    """
    options = options or ScanOptions()
    surface = read_scan(path)
    count = len(surface.triangles)
    notes: list[str] = []
    surface = thinned(surface)
    if len(surface.triangles) < count:
        notes.append(f"{count} triangles were thinned to {len(surface.triangles)}")
    marks = None if options.marks is None else np.array(options.marks, dtype=np.float64)
    parts = bodies(surface)
    refusal: MeshError | None = None
    for number, body in enumerate(parts[:4]):
        samples = sample(body, _SAMPLES)
        plane = background(samples, body.diagonal)
        try:
            placed = place(samples, plane, marks, options.side)
            fitted = _fitted(samples, plane, placed, marks, scan_digest(path, options))
        except MeshError as error:
            refusal = refusal or _of_scan(error)
            continue
        if len(parts) > 1:
            which = "the largest" if number == 0 else f"number {number + 1} by area"
            notes.append(f"{len(parts)} separate bodies; {which} was taken")
        kind = options.kind or _kind(samples, plane, placed)
        if fitted.coverage < 0.9:
            notes.append(f"{100 * (1 - fitted.coverage):.0f} % of the sole are holes, filled")
        return replace(fitted, kind=kind, triangles=count, notes=(*fitted.notes, *notes))
    if refusal is None:
        raise MeshError("scan_file", "no body in it", "one foot")
    raise refusal


def _of_scan(error: MeshError) -> MeshError:
    """A shape that is no foot's or cannot be meshed is the scan's fault."""
    if error.parameter in ("scan_file", "landmarks"):
        return error
    return MeshError(
        "scan_file",
        f"what was fitted is no foot ({error})",
        "a scan that shows the whole sole from heel to toes",
    )


def scan_digest(path: Path, options: ScanOptions) -> str:
    """Hash of a scan's content and of what the user says of it."""
    digest = hashlib.sha256(repr((VERSION, asdict(options))).encode())
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()[:32]


def _fitted(
    samples: Samples,
    plane: Background | None,
    placed: Placed,
    marks: FloatArray | None,
    digest: str,
) -> ScannedFoot:
    if marks is None:
        marks = placed.to_scan(marks_of(placed, foot_grid(samples, plane, placed)))
    points, normals = _in_foot_axes(samples, plane, placed)
    landmarks = placed.in_foot(marks)
    dimensions = _dimensions(placed, placed.sole.arch_height * placed.to_length)
    scale = placed.scale * placed.to_length
    shift: FloatArray = np.zeros((1, 2))
    for _ in range(3):
        # The scan's own outline begins at x = 0 and is as long as the foot is said to be.
        grid = depth_map(points, normals, _CELL_MM)
        cap = _sole_level(grid, dimensions) + CAP_SHARE * ROUGH_MM
        field = signed_field(grid.silhouette(cap), grid)
        shift = outline_shift(dimensions, field.at)
        curve = foot_outline(dimensions, len(shift)) + shift
        low, high = float(curve[:, 0].min()), float(curve[:, 0].max())
        ratio = ROUGH_MM / (high - low)
        origin = np.array([low, 0.0, 0.0])
        points, landmarks = ratio * (points - origin), ratio * (landmarks - origin)
        scale *= ratio
        dimensions = _resized(dimensions, ratio)
    pose = Pose(0.0, np.zeros(2), dimensions, 0.0)
    grid = depth_map(points, normals, _CELL_MM)
    level = fit_sole(pose, grid, tilt=False)
    dimensions = replace(dimensions, arch_height_mm=level.arch_height)
    down = np.array([0.0, level.plane[0], 0.0])
    points, landmarks = points - down, landmarks - down
    grid = replace(grid, height=grid.height - down[1])
    correction, rms, note = _meshable(dimensions, shift, grid, digest)
    plantar = PlantarSurface(
        dimensions, foot_outline(dimensions, correction=correction), correction
    )
    down[1] = lowest_mm(plantar)
    correction = replace(correction, coefficients=correction.coefficients - down[1])
    skin, coverage = sole_points(points - down, normals, plantar.distance.curve)
    if coverage < LEAST_COVERAGE:
        raise MeshError(
            "scan_file",
            f"only {100 * coverage:.0f} % of the sole is there, the rest are holes",
            f"a scan that shows {100 * LEAST_COVERAGE:.0f} % of the sole",
        )
    parametric = foot_outline(dimensions, len(shift))
    silhouette = parametric + shift
    gap = SignedDistance(parametric)(silhouette[:, 0], silhouette[:, 1])
    return ScannedFoot(
        dimensions=dimensions,
        correction=correction,
        sole_points=skin,
        landmarks=landmarks - down,
        landmarks_in_file=marks,
        length_in_file=ROUGH_MM / scale,
        kind="foot",
        side=placed.side,
        side_doubt=placed.doubt,
        coverage=coverage,
        parametric_rms_mm=rms,
        outline_rms_mm=float(np.sqrt(np.mean(gap**2))),
        triangles=0,
        notes=() if not note else (note,),
    )


def _meshable(
    dimensions: FootDimensions, shift: FloatArray, grid: DepthMap, digest: str
) -> tuple[SoleCorrection, float, str]:
    """Fit the correction, smoother where the foot could not be meshed otherwise."""
    for factor in _ROUGHER:
        correction, rms = fit_correction(dimensions, shift, grid, factor * SMOOTH_MM, digest)
        try:
            build_foot(dimensions, "coarse", correction=correction)
        except MeshError:
            if factor == _ROUGHER[-1]:
                raise
            continue
        note = "" if factor == 1.0 else f"the sole was smoothed {factor:g} times more to be meshed"
        return correction, rms, note
    raise AssertionError


def _in_foot_axes(
    samples: Samples, plane: Background | None, placed: Placed
) -> tuple[FloatArray, FloatArray]:
    points, normals = samples.points, samples.normals
    if plane is not None:
        kept = plane.of_body(points)
        points, normals = points[kept], normals[kept]
    points, normals = placed.in_foot(points), placed.axes_in_foot(normals)
    # Shank and ankle tell nothing of the sole.
    kept = points[:, 1] < np.percentile(points[:, 1], 0.5) + 0.45 * ROUGH_MM
    return points[kept], normals[kept]


def _kind(samples: Samples, plane: Background | None, placed: Placed) -> Kind:
    """A foot has a back over its sole; in a hollow the normals look up, at who looks into it."""
    points, normals = _in_foot_axes(samples, plane, placed)
    grid = depth_map(points, normals, 2.0 * _CELL_MM)
    place = np.round((points[:, [0, 2]] - grid.origin) / grid.cell).astype(int)
    over = points[:, 1] - grid.height[place[:, 0], place[:, 1]]
    sole = (over < 3.0) & (np.abs(normals[:, 1]) > 0.7)
    if np.mean(over > 0.12 * ROUGH_MM) > 0.15:
        return "foot"
    return "imprint" if float(np.mean(normals[sole, 1])) > 0.0 else "cast"


def _sole_level(grid: DepthMap, dimensions: FootDimensions) -> float:
    x, z = grid.centres()
    inner = SignedDistance(foot_outline(dimensions, 240))(x, z) > 0.04 * dimensions.length_mm
    return float(np.nanpercentile(grid.height[inner], 2.0))


def _dimensions(placed: Placed, arch_height: float) -> FootDimensions:
    one = _resized(placed.pose.dimensions, placed.to_length)
    return replace(one, arch_height_mm=arch_height)


def _resized(one: FootDimensions, ratio: float) -> FootDimensions:
    """The same breadths times a ratio at a length of `ROUGH_MM`, within what feet have."""
    heel = float(np.clip(ratio * one.heel_width_mm / ROUGH_MM, 0.191, 0.319))
    ball = float(np.clip(ratio * one.ball_width_mm / ROUGH_MM, 1.1501 * heel, 0.459))
    return FootDimensions(
        length_mm=ROUGH_MM,
        ball_width_mm=max(ball, 0.311) * ROUGH_MM,
        heel_width_mm=heel * ROUGH_MM,
        arch_height_mm=float(np.clip(one.arch_height_mm / ROUGH_MM, 0.085, 0.265)) * ROUGH_MM,
    )
