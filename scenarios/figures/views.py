# SPDX-License-Identifier: MIT
"""Parallel views on the chain: the same arithmetic for renderer and labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class View:
    """A parallel projection of the world onto a picture.

    Attributes:
        centre_mm: world point in the middle of the picture, shape (3,).
        width_mm, height_mm: size of the window.
        azimuth_deg: 0 looks from the right side along -Z; positive turns the eye
            forward, so that the front of the body is seen.
        elevation_deg: positive looks from above.
    """

    centre_mm: tuple[float, float, float]
    width_mm: float
    height_mm: float
    azimuth_deg: float
    elevation_deg: float

    def axes(self) -> tuple[Array, Array, Array]:
        """Unit vectors to the right, upward and towards the eye."""
        return view_axes(self.azimuth_deg, self.elevation_deg)

    def project(self, points_mm: Array) -> Array:
        """Picture coordinates in mm from the centre, shape (..., 2)."""
        right, up, _ = self.axes()
        return (np.asarray(points_mm) - np.array(self.centre_mm)) @ np.stack([right, up], axis=1)

    def extent(self) -> tuple[float, float, float, float]:
        """Window as left, right, bottom, top in mm."""
        return -self.width_mm / 2, self.width_mm / 2, -self.height_mm / 2, self.height_mm / 2


def view_axes(azimuth_deg: float, elevation_deg: float) -> tuple[Array, Array, Array]:
    """Unit vectors to the right, upward and towards the eye, of a world with Y up."""
    a, e = np.deg2rad(azimuth_deg), np.deg2rad(elevation_deg)
    eye = np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])
    right = np.array([np.cos(a), 0.0, -np.sin(a)])
    return right, np.cross(eye, right), eye


def fitted(points_mm: Array, azimuth_deg: float, elevation_deg: float, margin: float) -> View:
    """View that holds all points with a margin (part of the larger side)."""
    right, up, eye = view_axes(azimuth_deg, elevation_deg)
    local = points_mm @ np.stack([right, up, eye], axis=1)
    low, high = local.min(axis=0), local.max(axis=0)
    pad = 2 * margin * float((high - low)[:2].max())
    centre = np.stack([right, up, eye], axis=1) @ ((low + high) / 2)
    width, height = (high - low)[:2] + pad
    x, y, z = (float(value) for value in centre)
    return View((x, y, z), float(width), float(height), azimuth_deg, elevation_deg)


def aligned(views: list[View]) -> list[View]:
    """The same window for all views, so that panels share one scale."""
    width = max(view.width_mm for view in views)
    height = max(view.height_mm for view in views)
    return [
        View(view.centre_mm, width, height, view.azimuth_deg, view.elevation_deg) for view in views
    ]
