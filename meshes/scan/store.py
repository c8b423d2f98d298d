# SPDX-License-Identifier: MIT
"""Fitted scans kept on disk by the content of the file, of what was said of it, and of the code."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import ArrayLike

from meshes.cache import content_key, default_folder, save_arrays
from meshes.foot_dimensions import FootDimensions
from meshes.scan.fit import ScanOptions, fit_scan, scan_digest
from meshes.scan.scanned import ScannedFoot
from meshes.sole_correction import SoleCorrection

_ARRAYS = ("sole_points", "landmarks", "landmarks_in_file")
_NUMBERS = (
    *("length_in_file", "side_doubt", "coverage", "parametric_rms_mm", "outline_rms_mm"),
    "triangles",
)
_CORRECTION = ("outline_shift", "corner", "spacing", "coefficients", "arch_height_mm")


def cached_scan(
    path: Path, options: ScanOptions | None = None, folder: Path | None = None
) -> ScannedFoot:
    """Fit a scan, or take the fit from the cache; see `meshes.scan.fit.fit_scan`.

    A cache that cannot be read or written is passed over.

    Raises:
        MeshError: as `meshes.scan.fit.fit_scan`.
        OSError: the file cannot be read.
    """
    options = options or ScanOptions()
    sources = sorted(Path(__file__).parent.glob("*.py"))
    code = "".join(source.read_text(encoding="utf-8") for source in sources)
    name = content_key(scan_digest(path, options) + code, "scan")
    kept = (folder or default_folder()) / f"scan-{name}.npz"
    found = _load(kept)
    if found is None:
        found = fit_scan(path, options)
        with suppress(OSError):
            _save(kept, found)
    return found


def _load(path: Path) -> ScannedFoot | None:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            kept: dict[str, Any] = {name: arrays[name] for name in _ARRAYS}
            kept |= {name: float(arrays[name]) for name in _NUMBERS}
            kept["triangles"] = int(kept["triangles"])
            correction: dict[str, Any] = {n: arrays[f"correction_{n}"] for n in _CORRECTION}
            for name in ("spacing", "arch_height_mm"):
                correction[name] = float(correction[name])
            kept |= {name: str(arrays[name]) for name in ("kind", "side")}
            dimensions = dict(zip(_DIMENSIONS, arrays["dimensions"].tolist(), strict=True))
            return ScannedFoot(
                dimensions=FootDimensions(**dimensions),
                correction=SoleCorrection(**correction, digest=str(arrays["digest"])),
                notes=tuple(str(note) for note in arrays["notes"]),
                **kept,
            )
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def _save(path: Path, scan: ScannedFoot) -> None:
    arrays: dict[str, ArrayLike] = {
        "dimensions": [asdict(scan.dimensions)[key] for key in _DIMENSIONS],
        "digest": scan.correction.digest,
        "kind": scan.kind,
        "side": scan.side,
        "notes": np.array(scan.notes, dtype=np.str_),
    }
    arrays |= {key: getattr(scan, key) for key in (*_ARRAYS, *_NUMBERS)}
    arrays |= {f"correction_{key}": getattr(scan.correction, key) for key in _CORRECTION}
    save_arrays(path, arrays)


_DIMENSIONS = ("length_mm", "ball_width_mm", "heel_width_mm", "arch_height_mm")
