# SPDX-License-Identifier: MIT
"""Words and the colour bar of a pane: whose result, when, what the colours mean."""

from __future__ import annotations

from typing import Any

import pyvista
from vtkmodules.vtkRenderingAnnotation import vtkScalarBarActor
from vtkmodules.vtkRenderingCore import vtkTextActor, vtkTextProperty

from scenarios.figures import style
from scenarios.view.colours import Paint
from scenarios.view.controls import Controls
from scenarios.view.names import body_label
from scenarios.view.result import Instant, ViewResult

_LEFT_PX, _TOP_PX, _LINE_PX = 18, 16, 22
_BAR_PX = (320, 42)
_BAR_INSET_PX, _BOTTOM_PX = 6, 14
_CHIP_PX = 24
_SOFT = "#555b63"
_CUT = {"x": "across the length", "y": "across the height", "z": "lengthwise"}


class Annotations:
    """Texts, colour bar and legend of one renderer.

    Args:
        renderer: PyVista's.
        zoom: by how much larger the picture is drawn than it will be.
    """

    def __init__(self, renderer: Any, zoom: int = 1) -> None:
        self._renderer = renderer
        self._zoom = zoom
        self._lines = [
            _text(renderer, 15 * zoom, style.INK, bold=True),
            _text(renderer, 13 * zoom, _SOFT),
            _text(renderer, 14 * zoom, style.INK),
            _text(renderer, 13 * zoom, _SOFT),
        ]
        self._bar = _bar(renderer, zoom)
        self._unit = _text(renderer, 15 * zoom, style.INK)
        self._chips: list[Any] = []
        self._measured = False

    def update(
        self, result: ViewResult, instant: Instant, controls: Controls, paint: Paint, table: Any
    ) -> None:
        """Take up what is shown now."""
        unfinished = "" if result.finished else " (unfinished)"
        texts = (result.title + unfinished, result.subject, result.when(instant), remarks(controls))
        for actor, text in zip(self._lines, texts, strict=True):
            actor.SetInput(text)
        self._measured = paint.field is not None and not paint.in_parts
        if self._measured and paint.field is not None:
            self._bar.SetLookupTable(table)
            self._unit.SetInput(paint.field.title)
        names = paint.parts if paint.in_parts else ()
        while len(self._chips) < len(names):
            self._chips.append(_text(self._renderer, 14 * self._zoom, style.INK))
        for chip in self._chips:
            chip.SetInput("")
        for index, (chip, name) in enumerate(zip(self._chips, names, strict=False)):
            chip.SetInput(f" {name} ")
            chip.GetTextProperty().SetBackgroundColor(paint.colours(index)[:3])
            chip.GetTextProperty().SetBackgroundOpacity(1.0)

    def show(self, shown: bool) -> None:
        """Put all words where they belong in the pane as large as it is now, or hide them."""
        # All lengths here are pixels of the finished picture.
        width, height = (max(pixels / self._zoom, 1.0) for pixels in self._renderer.GetSize())
        for actor in (*self._lines, *self._chips):
            actor.SetVisibility(shown and bool(actor.GetInput()))
        y = height - _TOP_PX
        for actor in self._lines:
            if actor.GetInput():
                y -= _LINE_PX
                self._put(actor, _LEFT_PX, y)
        named = [chip for chip in self._chips if chip.GetInput()]
        for row, chip in enumerate(reversed(named)):
            self._put(chip, _LEFT_PX, _BOTTOM_PX + _CHIP_PX * row)
        self._bar.SetVisibility(shown and self._measured)
        self._unit.SetVisibility(shown and self._measured)
        left = _LEFT_PX + _BAR_INSET_PX
        self._bar.SetWidth(min(_BAR_PX[0] / width, 0.8))
        self._bar.SetHeight(_BAR_PX[1] / height)
        self._bar.SetPosition(left / width, _BOTTOM_PX / height)
        self._put(self._unit, left, _BOTTOM_PX + _BAR_PX[1] + 2)

    def _put(self, actor: Any, x: float, y: float) -> None:
        actor.SetPosition(self._zoom * x, self._zoom * y)


def remarks(controls: Controls) -> str:
    """What must be known to read the picture: magnified, cut, half transparent."""
    said = []
    if controls.scale != 1.0:
        said.append(f"deformation x {controls.scale:g}")
    if controls.cut is not None:
        said.append("cut " + _CUT[controls.cut.axis])
    if controls.faint - controls.hidden:
        said.append(
            "faint: " + ", ".join(body_label(b) for b in sorted(controls.faint - controls.hidden))
        )
    return "; ".join(said)


def lookup_table(paint: Paint) -> Any:
    """VTK's table of the colours."""
    count = len(paint.parts) if paint.in_parts else 256
    table = pyvista.LookupTable(cmap=paint.colours, n_values=max(count, 1))
    table.scalar_range = paint.range
    return table


def _text(renderer: Any, size: int, colour: str, *, bold: bool = False) -> Any:
    actor = vtkTextActor()
    _font(actor.GetTextProperty(), size, colour, bold)
    text = actor.GetTextProperty()
    text.SetVerticalJustificationToBottom()
    # Words may lie over a bone.
    text.SetBackgroundColor(1.0, 1.0, 1.0)
    text.SetBackgroundOpacity(0.55)
    renderer.AddViewProp(actor)
    return actor


def _font(text: vtkTextProperty, size: int, colour: str, bold: bool = False) -> None:
    text.SetFontFamilyToArial()
    text.SetFontSize(size)
    text.SetColor(pyvista.Color(colour).float_rgb)
    text.SetBold(bold)
    text.SetItalic(False)
    text.SetShadow(False)


def _bar(renderer: Any, zoom: int) -> Any:
    bar = vtkScalarBarActor()
    bar.SetOrientationToHorizontal()
    bar.SetNumberOfLabels(5)
    bar.SetLabelFormat("%.4g")
    bar.SetUnconstrainedFontSize(True)
    bar.SetTextPositionToSucceedScalarBar()
    bar.SetBarRatio(0.45)
    bar.SetTitle("")
    _font(bar.GetLabelTextProperty(), 13 * zoom, style.INK)
    bar.SetDrawFrame(False)
    bar.SetVisibility(False)
    renderer.AddViewProp(bar)
    return bar
