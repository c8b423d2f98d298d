# SPDX-License-Identifier: MIT
"""The page: what happens when a control is moved, a point is picked, a file is asked for.

Pictures are drawn here and sent to the browser, which needs no graphics card and no field data.
Words and colour bar are the page's own, so that they stay sharp while the picture moves.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from vtkmodules.vtkInteractionStyle import vtkInteractorStyleTrackballCamera
from vtkmodules.vtkRenderingUI import vtkGenericRenderWindowInteractor

from scenarios.errors import CommandError
from scenarios.view.controls import Controls, positions
from scenarios.view.film import save_film, save_picture
from scenarios.view.layout import build_layout
from scenarios.view.names import body_label
from scenarios.view.result import ViewResult
from scenarios.view.scene import Scene
from scenarios.view.state import bar, controls_of, first_state, headings

PAUSE_S = 0.15
"""Least time that an instant stays while playing."""
_ROTATES = 1
"""VTK's number of that state of a style."""
CLICK_SHARE = 0.006
"""A pointer that moves less between press and release, of the window's width, has picked."""
_WATCHED = (
    *("field", "place", "scale", "bodies", "cut_axis", "cut_percent", "cut_flipped"),
    *("own_limits", "low", "high", "focus"),
)


class Page:
    """The page of one result, or of two side by side.

    Args:
        server: trame's.
        results: one or two.
        controls: what is shown first.
        direction: from where.
    """

    def __init__(
        self, server: Any, results: Sequence[ViewResult], controls: Controls, direction: str
    ) -> None:
        self.server = server
        self.controls = controls
        self.scene = Scene(results)
        self._results = tuple(results)
        self._places = positions(results)
        self._stale = False
        self._playing: asyncio.Task[None] | None = None
        self._pressed: tuple[float, float] | None = None
        self._fitted = True
        state = server.state
        state.update(first_state(results, controls))
        state.update({"direction": direction, "notice": "", "probe": [], "busy": ""})
        state.change(*_WATCHED)(self._changed)
        state.change("playing")(self._play)
        state.change("focus", "direction")(self._turned)
        for name in ("picture", "film", "forget_probe", "fit", "toggle", "step"):
            server.controller.trigger(name)(getattr(self, f"_{name}"))
        self._interactor = self._interaction()
        self.scene.show(controls)
        self.scene.look(controls.focus, direction)
        self.scene.without_words()
        self._tell()
        window = self.scene.plotter.render_window
        window.AddObserver("WindowResizeEvent", self._resized)
        self.view = build_layout(server, window, len(results))

    def _interaction(self) -> Any:
        interactor, style = vtkGenericRenderWindowInteractor(), vtkInteractorStyleTrackballCamera()
        interactor.SetRenderWindow(self.scene.plotter.render_window)
        interactor.SetInteractorStyle(style)
        # While it turns the camera, the style keeps the mouse's own events to itself.
        style.AddObserver("StartInteractionEvent", self._press)
        style.AddObserver("EndInteractionEvent", self._release)
        interactor.EnableRenderOff()
        interactor.Initialize()
        return interactor

    def _changed(self, **_: Any) -> None:
        """A control was moved: redraw when all that the browser has sent is taken up."""
        if not self._stale:
            self._stale = True
            _task(self._refresh())

    async def _refresh(self) -> None:
        # Moves of a slider that came meanwhile are drawn once.
        await asyncio.sleep(0)
        self._stale = False
        with self.server.state as state:
            self._show(controls_of(state.to_dict(), self._results, self.controls))

    def _show(self, controls: Controls) -> None:
        state = self.server.state
        try:
            self.scene.show(controls)
        except CommandError as error:
            state.notice = str(error)
            return
        state.notice = ""
        self.controls = controls
        self._tell()
        self._push()

    def _tell(self) -> None:
        """What stands in words on the page."""
        state, paint = self.server.state, self.scene.paint(self.controls)
        state.headings = headings(self._results, self.controls)
        state.bar = bar(paint)
        if self.controls.limits is None and paint.field is not None:
            state.low, state.high = _short(paint.limits.low), _short(paint.limits.high)
        state.probe = self._probe_rows()

    def _probe_rows(self) -> list[list[str]]:
        """Rows of the probe's table: what is read, and its value in each result."""
        probe = self.controls.probe
        if probe is None:
            return []
        readings = [dict(r.rows) if r else {} for r in self.scene.readings(self.controls)]
        names = dict.fromkeys(name for reading in readings for name in reading)
        if not names:
            return [[body_label(probe.body), *["not shown" for _ in readings]]]
        return [[name, *[reading.get(name, "-") for reading in readings]] for name in names]

    def _push(self) -> None:
        for pane in self.scene.panes:
            pane.renderer.reset_camera_clipping_range()
        self.scene.without_words()
        self.view.update()

    def _turned(self, **_: Any) -> None:
        self._fit()

    def _fit(self) -> None:
        state = self.server.state
        self.scene.look(state.focus, state.direction)
        self._fitted = True
        self._push()

    def _resized(self, *_: Any) -> None:
        """The browser says how large its window is: fit again what nobody has turned yet."""
        if self._fitted:
            self.scene.look(self.controls.focus, self.server.state.direction)

    def _toggle(self, name: str, key: str) -> None:
        """Show or hide a body, or make it half transparent."""
        state = self.server.state
        state.bodies = [
            body | {key: not body[key]} if body["name"] == name else body for body in state.bodies
        ]

    def _step(self, by: int) -> None:
        state = self.server.state
        state.place = (int(state.place) + by) % len(self._places)

    def _play(self, playing: bool, **_: Any) -> None:
        if playing and (self._playing is None or self._playing.done()):
            self._playing = _task(self._run())

    async def _run(self) -> None:
        state = self.server.state
        while state.playing:
            with state:
                self._step(1)
            await asyncio.sleep(PAUSE_S)

    def _press(self, style: Any, _: str) -> None:
        self._fitted = False
        turning = style.GetState() == _ROTATES
        self._pressed = _place(style.GetInteractor()) if turning else None

    def _release(self, style: Any, _: str) -> None:
        pressed, place = self._pressed, _place(style.GetInteractor())
        self._pressed = None
        if pressed is None or np.max(np.abs(np.subtract(place, pressed))) > CLICK_SHARE:
            return
        width, height = self.scene.plotter.render_window.GetSize()
        probe = self.scene.pick(place[0] * width, place[1] * height, self.controls)
        if probe is not None:
            with self.server.state:
                self._show(replace(self.controls, probe=probe))

    def _forget_probe(self) -> None:
        self._show(replace(self.controls, probe=None))

    async def _picture(self) -> Any:
        """The picture with its words, as bytes for the browser to keep."""
        return await self._file("picture.png", lambda path: save_picture(self.scene, path))

    async def _film(self, ending: str) -> Any:
        """All instants as a film, as bytes for the browser to keep."""
        name = "film.gif" if ending == "gif" else "film.mp4"
        return await self._file(name, lambda path: save_film(self.scene, self.controls, path))

    async def _file(self, name: str, write: Any) -> Any:
        state = self.server.state
        with state:
            state.busy, state.playing = f"writing {name}", False
        # The page says what it waits for before the drawing takes the thread.
        await asyncio.sleep(0.05)
        data, problem = b"", ""
        try:
            with tempfile.TemporaryDirectory(prefix="solespine-") as folder:
                data = write(Path(folder) / name).read_bytes()
        except CommandError as error:
            problem = str(error)
        finally:
            state.busy = ""
            self._show(self.controls)
        if problem:
            state.notice = problem
            return None
        return self.server.protocol.addAttachment(data)


def _task(work: Any) -> asyncio.Task[None]:
    task = asyncio.get_event_loop().create_task(work)
    task.add_done_callback(_report)
    return task


def _report(task: asyncio.Task[None]) -> None:
    # What went wrong in a task is not to be lost; cancelled ones are those of the end.
    if not task.cancelled() and task.exception() is not None:
        raise task.exception()  # type: ignore[misc]


def _short(value: float) -> float:
    """A limit without the last bits, as one types it."""
    return float(f"{value:.6g}")


def _place(interactor: Any) -> tuple[float, float]:
    """Where the pointer is, in shares of the window: its pixels change while it moves."""
    x, y = interactor.GetEventPosition()
    width, height = interactor.GetRenderWindow().GetSize()
    return x / max(width, 1), y / max(height, 1)
