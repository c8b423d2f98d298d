# SPDX-License-Identifier: MIT
"""What the page looks like: controls at the left, the picture with its words, time below."""

from __future__ import annotations

from typing import Any

from trame.ui.vuetify3 import VAppLayout
from trame.widgets import client, html
from trame.widgets import vtk as vtk_widgets
from trame.widgets import vuetify3 as v3

from scenarios.view.controls import AXES, DIRECTIONS, FOCI

_STYLE = """
html, body { overflow: hidden; }
.v-application { font-family: Roboto, system-ui, sans-serif; color: #222; }
.section { font-size: 11px; letter-spacing: .08em; text-transform: uppercase; color: #6b7280;
  margin: 14px 0 4px; }
.word { background: rgba(255,255,255,.6); padding: 0 4px; border-radius: 3px; width: fit-content; }
.bodyrow { display: flex; align-items: center; height: 28px; font-size: 13.5px; }
.bodyrow .name { flex: 1; }
.bodyrow .off { color: #9aa1ab; }
.probe { position: absolute; right: 14px; bottom: 14px; padding: 8px 12px;
  background: rgba(255,255,255,.92); border: 1px solid #e3e6ea; border-radius: 6px; }
.probe td { font-size: 12.5px; padding: 1px 8px 1px 0; vertical-align: top; }
.probe td:first-child { color: #6b7280; }
.chip { font-size: 12.5px; padding: 1px 8px; border-radius: 3px; margin-top: 3px;
  width: fit-content; }
.keep { padding: 0 16px 14px; border-top: 1px solid #e3e6ea; background: #fafbfc; }
.heading { position: absolute; pointer-events: none; top: 10px; }
"""
_INK = "#2f5d7c"
_SMALL: dict[str, Any] = {"density": "compact", "hide_details": True, "variant": "outlined"}
_SLIDER: dict[str, Any] = {
    "hide_details": True,
    "density": "compact",
    "color": _INK,
    "thumb_size": 14,
    "track_size": 3,
}


def build_layout(server: Any, window: Any, panes: int) -> Any:
    """Build the page round a render window; returns the view, whose ``update`` sends a picture."""
    server.state.trame__title = "solespine view"
    with VAppLayout(server, full_height=True) as layout:
        client.Style(_STYLE)
        with v3.VNavigationDrawer(permanent=True, width=300, color="#fafbfc"):
            with html.Div(style="padding: 6px 16px 24px"):
                _field()
                _look()
                _bodies()
                _deformation()
                _cut()
            with v3.Template(v_slot_append=True), html.Div(classes="keep"):
                _files()
        with v3.VMain(style="height: 100vh"):
            with html.Div(style="display: flex; flex-direction: column; height: 100%"):
                with html.Div(
                    classes="picture", style="flex: 1; position: relative; min-height: 0"
                ):
                    view = vtk_widgets.VtkRemoteView(
                        window,
                        ref="view",
                        interactive_ratio=0.6,
                        interactive_quality=60,
                        still_quality=92,
                    )
                    _words(panes)
                    _probe(panes)
                _time()
        _notices()
    del layout
    return view


def _field() -> None:
    html.Div("Field", classes="section")
    v3.VSelect(v_model=("field",), items=("fields",), **_SMALL)
    with html.Div(style="display: flex; align-items: center; gap: 6px; margin-top: 6px"):
        for key, text in (("low", "from"), ("high", "to")):
            v3.VTextField(
                v_model=(key,),
                label=text,
                type="number",
                disabled=("!own_limits || !field",),
                **_SMALL,
            )
        v3.VBtn(
            icon=("own_limits ? 'mdi-lock' : 'mdi-lock-open-variant'",),
            size="small",
            variant="text",
            click="own_limits = !own_limits",
            title=("own_limits ? 'Back to the range of all instants' : 'Set the range by hand'",),
        )


def _look() -> None:
    html.Div("View", classes="section")
    with v3.VBtnToggle(
        v_model=("focus",),
        mandatory=True,
        density="compact",
        divided=True,
        variant="outlined",
        style="width: 100%; height: 32px",
    ):
        for focus in FOCI:
            v3.VBtn(focus, value=focus, size="small", style="flex: 1; text-transform: none")
    with html.Div(style="display: flex; gap: 6px; margin-top: 6px; align-items: center"):
        v3.VSelect(v_model=("direction",), items=("directions", list(DIRECTIONS)), **_SMALL)
        v3.VBtn(
            icon="mdi-fit-to-screen-outline",
            size="small",
            variant="text",
            click="trigger('fit')",
            title="Fit into the picture again",
        )


def _bodies() -> None:
    html.Div("Bodies", classes="section")
    with html.Div(v_for="body in bodies", key="body.name", classes="bodyrow"):
        html.Span("{{ body.label }}", classes=("body.shown ? 'name' : 'name off'",))
        v3.VBtn(
            icon=("body.faint ? 'mdi-circle-opacity' : 'mdi-circle'",),
            size="x-small",
            variant="text",
            disabled=("!body.shown",),
            title="Half transparent",
            click="trigger('toggle', [body.name, 'faint'])",
        )
        v3.VBtn(
            icon=("body.shown ? 'mdi-eye-outline' : 'mdi-eye-off-outline'",),
            size="x-small",
            variant="text",
            title="Show or hide",
            classes="show-body",
            click="trigger('toggle', [body.name, 'shown'])",
        )


def _deformation() -> None:
    html.Div("Deformation x {{ Number(scale).toFixed(1) }}", classes="section")
    v3.VSlider(v_model=("scale",), min=0, max=10, step=0.5, **_SLIDER)


def _cut() -> None:
    html.Div("Cut", classes="section")
    with html.Div(style="display: flex; gap: 6px; align-items: center"):
        with v3.VBtnToggle(
            v_model=("cut_axis",),
            mandatory=True,
            density="compact",
            divided=True,
            variant="outlined",
            style="height: 32px; flex: 1",
        ):
            for axis in ("none", *AXES):
                v3.VBtn(
                    axis,
                    value=axis,
                    size="small",
                    style="flex: 1; text-transform: none; min-width: 0",
                )
        v3.VBtn(
            icon="mdi-swap-horizontal",
            size="small",
            variant="text",
            title="Take the other side away",
            disabled=("cut_axis == 'none'",),
            click="cut_flipped = !cut_flipped",
        )
    v3.VSlider(
        v_model=("cut_percent",),
        min=0,
        max=100,
        step=1,
        disabled=("cut_axis == 'none'",),
        **_SLIDER,
    )


def _probe(panes: int) -> None:
    with html.Div(v_if="probe.length", classes="probe"):
        v3.VBtn(
            icon="mdi-close",
            size="x-small",
            variant="text",
            style="float: right; margin: -4px -6px 0 8px",
            title="Forget the point",
            click="trigger('forget_probe')",
        )
        with html.Table(), html.Tr(v_for="row in probe", key="row[0]"):
            html.Td("{{ row[0] }}")
            for index in range(panes):
                html.Td(f"{{{{ row[{index + 1}] }}}}")


def _files() -> None:
    html.Div("Keep", classes="section", style="margin-top: 10px")
    with html.Div(style="display: flex; gap: 6px"):
        for text, name, call, kind in (
            ("PNG", "solespine.png", "trigger('picture')", "image/png"),
            ("MP4", "solespine.mp4", "trigger('film', ['mp4'])", "video/mp4"),
            ("GIF", "solespine.gif", "trigger('film', ['gif'])", "image/gif"),
        ):
            v3.VBtn(
                text,
                size="small",
                variant="outlined",
                style="flex: 1",
                classes=f"keep-{text.lower()}",
                disabled=(f"!!busy || ('{text}' != 'PNG' && places.length < 2)",),
                click=f"{call}.then((data) => data && utils.download('{name}', data, '{kind}'))",
            )


def _words(panes: int) -> None:
    with html.Div(
        v_for="(heading, index) in headings",
        key="index",
        classes="heading",
        style=(f"`left: calc(${{index}} * 100% / {panes} + 14px)`",),
    ):
        html.Div("{{ heading.title }}", classes="word", style="font-weight: 600; font-size: 15px")
        html.Div("{{ heading.subject }}", classes="word", style="font-size: 12.5px; color: #555b63")
        html.Div("{{ heading.when }}", classes="word", style="font-size: 13.5px")
        html.Div(
            "{{ heading.remarks }}",
            v_if="heading.remarks",
            classes="word",
            style="font-size: 12.5px; color: #555b63",
        )
    with html.Div(style="position: absolute; pointer-events: none; left: 18px; bottom: 12px"):
        with html.Div(v_if="bar.title", style="width: 330px", classes="colourbar"):
            html.Div("{{ bar.title }}", style="font-size: 13.5px; margin-bottom: 3px")
            html.Div(style=("`height: 14px; border-radius: 2px; background: ${bar.stops}`",))
            with html.Div(style="display: flex; justify-content: space-between; font-size: 12px"):
                html.Span("{{ number }}", v_for="number in bar.numbers", key="number")
        html.Div(
            "Click a body to read its values there.",
            v_if="!probe.length",
            style="font-size: 12px; color: #6b7280; margin-top: 4px",
        )
        html.Div(
            "{{ part.name }}",
            v_for="part in bar.parts",
            key="part.name",
            classes="chip",
            style=("`background: ${part.colour}`",),
        )


def _time() -> None:
    with html.Div(
        style="display: flex; align-items: center; gap: 4px; padding: 4px 18px 6px 10px; "
        "border-top: 1px solid #e3e6ea; background: #fafbfc",
    ):
        v3.VBtn(
            icon="mdi-skip-previous",
            size="small",
            variant="text",
            click="trigger('step', [-1])",
            disabled=("places.length < 2",),
            title="One instant back",
        )
        v3.VBtn(
            icon=("playing ? 'mdi-pause' : 'mdi-play'",),
            size="small",
            variant="text",
            classes="play",
            click="playing = !playing",
            disabled=("places.length < 2",),
            title="Play",
        )
        v3.VBtn(
            icon="mdi-skip-next",
            size="small",
            variant="text",
            click="trigger('step', [1])",
            disabled=("places.length < 2",),
            title="One instant on",
            classes="next",
        )
        v3.VSlider(
            v_model=("place",),
            min=0,
            max=("Math.max(places.length - 1, 1)",),
            step=1,
            show_ticks="always",
            disabled=("places.length < 2",),
            classes="time",
            **_SLIDER,
        )
        html.Div(
            "{{ places[place] }} {{ place_unit }}",
            style="width: 76px; text-align: right; font-size: 13.5px; white-space: nowrap",
        )


def _notices() -> None:
    v3.VSnackbar(
        "{{ notice }}", v_if="notice", model_value=("!!notice",), timeout=-1, color="#7a2e2e"
    )
    v3.VSnackbar(
        "{{ busy }} ...", v_if="busy", model_value=("!!busy",), timeout=-1, color="#37474f"
    )
