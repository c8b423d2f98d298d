# SPDX-License-Identifier: MIT
"""What is drawn: one pane a result, all through one camera and one colour scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyvista
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkCellPicker

from scenarios.figures.views import fitted, view_axes
from scenarios.view.annotations import Annotations, lookup_table
from scenarios.view.colours import Limits, Paint, limits_over_time, parts_of, plain_colour
from scenarios.view.controls import (
    DIRECTIONS,
    SIZE,
    Controls,
    Focus,
    Probe,
    all_bodies,
    focus_bodies,
)
from scenarios.view.names import REGION
from scenarios.view.probe import Reading, read_probe
from scenarios.view.reading import Drawn, Reader
from scenarios.view.result import ViewResult
from scenarios.view.shapes import SHOWN, plane_of, reference_of, section_shape, skin_shape

Array = NDArray[np.float64]

SKIN, CUT = "skin", "cut"
FAINT_OPACITY = 0.25
MARGIN, MARK_SHARE = 0.06, 0.014
_FAR_MM = 4000.0
_MARK = "#d7263d"


@dataclass(slots=True)
class Pane:
    """One result in its part of the window.

    Attributes:
        reader: of the result.
        renderer: PyVista's.
        actors: of skins and of cut faces, by body and kind.
        shown: the bodies that are drawn now, in that order.
        notes: texts and colour bar.
    """

    reader: Reader
    renderer: Any
    notes: Annotations
    mark: Any
    actors: dict[tuple[str, str], Any] = field(default_factory=dict)
    shown: dict[str, Drawn] = field(default_factory=dict)


class Scene:
    """A window without a screen that shows one result, or two side by side.

    Args:
        results: one or two.
        size: width and height in pixels.
        fine: smooth edges by drawing twice as large, four times as slow without a graphics
            card; for pictures that are kept.
    """

    def __init__(
        self, results: Sequence[ViewResult], size: tuple[int, int] = SIZE, *, fine: bool = False
    ) -> None:
        self.results = tuple(results)
        self._zoom = 2 if fine else 1
        self.bodies = all_bodies(results)
        self.plotter = pyvista.Plotter(
            off_screen=True,
            window_size=[self._zoom * pixels for pixels in size],
            shape=(1, len(results)),
            border=len(results) > 1,
            border_color="#d9dde2",
            lighting="none",
        )
        self.panes = [self._pane(index) for index in range(len(results))]
        self.plotter.link_views()
        self._limits: dict[tuple[str, tuple[str, ...]], Limits] = {}

    def _pane(self, index: int) -> Pane:
        self.plotter.subplot(0, index)
        renderer = self.plotter.renderer
        renderer.set_background("white", top="#eef1f4")
        for light in _lights():
            renderer.add_light(light)
        mark = pyvista.Actor(mapper=pyvista.DataSetMapper(pyvista.Sphere(radius=1.0)))
        mark.prop.color, mark.visibility = _MARK, False
        mark.prop.ambient = 0.5
        mark.pickable = False
        renderer.add_actor(mark, reset_camera=False, render=False)
        return Pane(Reader(self.results[index]), renderer, Annotations(renderer, self._zoom), mark)

    def without_words(self) -> None:
        """Leave words and colour bar out, until the next `image`: a page writes its own."""
        for pane in self.panes:
            pane.notes.show(False)

    def paint(self, controls: Controls) -> Paint:
        """How values become colours now; after `show`."""
        parts = parts_of([body for pane in self.panes for body in pane.shown.values()])
        return Paint(controls.field, self.limits(controls), parts)

    def close(self) -> None:
        """Free the window."""
        self.plotter.close()

    def limits(self, controls: Controls) -> Limits:
        """Limits of the colours: those asked for, else those of all instants of what is shown."""
        if controls.limits is not None:
            return Limits(*controls.limits)
        if controls.field is None or controls.field.name == REGION:
            return Limits(0.0, 1.0)
        carriers = {n for r in self.results for n in r.carriers.get(controls.field.name, ())}
        visible = [name for name in self.bodies if name in carriers - controls.hidden]
        chosen = focus_bodies(visible, controls.focus)
        key = (controls.field.name, chosen)
        if key not in self._limits:
            readers = [pane.reader for pane in self.panes]
            self._limits[key] = limits_over_time(readers, controls.field, chosen)
        return self._limits[key]

    def show(self, controls: Controls) -> None:
        """Bring everything in line with the controls; draws nothing yet.

        Raises:
            ScenarioError: a field file cannot be read.
        """
        instants = [pane.reader.result.at(controls.position) for pane in self.panes]
        for pane, instant in zip(self.panes, instants, strict=True):
            bodies = pane.reader.bodies(instant)
            pane.shown = {
                name: bodies[name]
                for name in self.bodies
                if name in bodies.keys() - controls.hidden
            }
        paint = self.paint(controls)
        table = lookup_table(paint)
        for pane, instant in zip(self.panes, instants, strict=True):
            self._draw_bodies(pane, controls, paint, table)
            pane.notes.update(pane.reader.result, instant, controls, paint, table)
            self._draw_mark(pane, controls)

    def _draw_bodies(self, pane: Pane, controls: Controls, paint: Paint, table: Any) -> None:
        inside = focus_bodies(tuple(pane.shown), controls.focus)
        plane = plane_of(controls.cut, [pane.shown[name] for name in inside])
        for actor in pane.actors.values():
            actor.visibility = False
        for name, body in pane.shown.items():
            kinds = {SKIN: skin_shape(body, paint, controls.scale, plane)}
            if plane is not None:
                kinds[CUT] = section_shape(body, paint, controls.scale, plane)
            for kind, mesh in kinds.items():
                if not mesh.n_cells:
                    continue
                actor = pane.actors.get((name, kind))
                if actor is None:
                    actor = pyvista.Actor(mapper=pyvista.DataSetMapper(mesh))
                    pane.renderer.add_actor(actor, reset_camera=False, render=False)
                    pane.actors[name, kind] = actor
                _dress(actor, mesh, paint, table, plain_colour(name, body.solid), kind)
                actor.prop.opacity = FAINT_OPACITY if name in controls.faint else 1.0
                actor.visibility = True

    def _draw_mark(self, pane: Pane, controls: Controls) -> None:
        reading = self._reading(pane, controls)
        pane.mark.visibility = reading is not None
        if reading is not None:
            pane.mark.position = reading.shown_mm
            pane.mark.scale = MARK_SHARE * self.plotter.camera.parallel_scale

    def readings(self, controls: Controls) -> list[Reading | None]:
        """What the probe reads in each pane; None where its body is not shown."""
        return [self._reading(pane, controls) for pane in self.panes]

    def _reading(self, pane: Pane, controls: Controls) -> Reading | None:
        if controls.probe is None or controls.probe.body not in pane.shown:
            return None
        return read_probe(pane.shown[controls.probe.body], controls.probe, controls.scale)

    def pick(self, x: float, y: float, controls: Controls) -> Probe | None:
        """The point of the material under a pixel of the window, counted from its lower left."""
        pane = self._pane_at(x, y)
        picker = vtkCellPicker()
        picker.SetTolerance(0.0005)
        picker.Pick(x, y, 0.0, pane.renderer)
        for (name, _), actor in pane.actors.items():
            if actor.visibility and actor is picker.GetActor():
                mesh = actor.mapper.dataset
                point = int(mesh.find_closest_point(picker.GetPickPosition()))
                place = reference_of(mesh, point, controls.scale)
                return Probe(name, tuple(float(value) for value in place))  # type: ignore[arg-type]
        return None

    def _pane_at(self, x: float, y: float) -> Pane:
        width = self.plotter.window_size[0]
        return self.panes[min(int(len(self.panes) * x / max(width, 1)), len(self.panes) - 1)]

    def look(self, focus: Focus = "all", direction: str = "oblique") -> None:
        """Fit what is shown of the bodies in focus into the picture, seen from a direction."""
        azimuth, elevation = DIRECTIONS[direction]
        clouds = [
            np.asarray(pane.shown[name].skin.points, dtype=np.float64)
            for pane in self.panes
            for name in focus_bodies(tuple(pane.shown), focus)
        ]
        if not clouds:
            return
        view = fitted(np.concatenate(clouds), azimuth, elevation, MARGIN)
        _, up, eye = view_axes(azimuth, elevation)
        width, height = self.plotter.window_size
        aspect = width / len(self.panes) / height
        camera = self.plotter.camera
        camera.focal_point = view.centre_mm
        camera.position = tuple(np.array(view.centre_mm) + _FAR_MM * eye)
        camera.up = tuple(up)
        camera.parallel_projection = True
        camera.parallel_scale = max(view.height_mm, view.width_mm / aspect) / 2.0
        for pane in self.panes:
            pane.renderer.reset_camera_clipping_range()

    def image(self) -> NDArray[np.uint8]:
        """The picture with its words, (height, width, 3)."""
        for pane in self.panes:
            pane.renderer.reset_camera_clipping_range()
            pane.notes.show(True)
        self.plotter.render()
        image = np.asarray(self.plotter.screenshot(return_img=True))[:, :, :3]
        if self._zoom == 1:
            return image
        height, width = image.shape[0] // 2, image.shape[1] // 2
        blocks = image[: 2 * height, : 2 * width].reshape(height, 2, width, 2, 3)
        return np.round(blocks.mean(axis=(1, 3))).astype(np.uint8)


def _dress(actor: Any, mesh: Any, paint: Paint, table: Any, plain: str, kind: str = SKIN) -> None:
    """Give an actor its mesh, coloured by `SHOWN` where it has it, else plain."""
    mapper = actor.mapper
    mapper.dataset = mesh
    by_cell = SHOWN in mesh.cell_data
    coloured = by_cell or SHOWN in mesh.point_data
    mapper.SetScalarVisibility(coloured)
    if coloured:
        mapper.SelectColorArray(SHOWN)
        if by_cell:
            mapper.SetScalarModeToUseCellFieldData()
        else:
            mapper.SetScalarModeToUsePointFieldData()
        mapper.SetInterpolateScalarsBeforeMapping(not by_cell)
        mapper.lookup_table = table
        mapper.scalar_range = paint.range
    prop = actor.prop
    prop.color = plain
    prop.interpolation = "Phong"
    # A cut face is read by its colours: hardly shaded.
    cut = kind == CUT
    prop.ambient, prop.diffuse, prop.specular = (0.85, 0.15, 0.0) if cut else (0.36, 0.70, 0.08)
    if cut and not coloured:
        # Where a bone reaches into tissue, the field of the tissue is in front.
        mapper.SetResolveCoincidentTopologyToPolygonOffset()
        mapper.SetRelativeCoincidentTopologyPolygonOffsetParameters(2.0, 2.0)


def _lights() -> list[Any]:
    """A key light over the eye's left shoulder and a weak one from its right, as in the figures."""
    made = []
    for position, strength in (((-0.6, 0.9, 1.0), 0.85), ((1.0, 0.2, 0.8), 0.3)):
        light = pyvista.Light(intensity=strength, light_type="camera light")
        light.position = position
        made.append(light)
    return made
