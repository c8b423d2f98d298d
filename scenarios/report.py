# SPDX-License-Identifier: MIT
"""``report.html``: one file with pictures, numbers, warnings and provenance.

Drawn from the result folder alone, so that ``solespine report DIR`` works
anywhere; nothing in the file is fetched from elsewhere.
"""

from __future__ import annotations

import base64
import io
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.alignment.tables import HEAD, change_rows
from scenarios.channels import NOT_COMPUTED, QUASI_STATIC, insole_table
from scenarios.figures.gallery import Gallery, Picture, draw_gallery, foot_outline
from scenarios.figures.inputs import ResultView, read_result
from scenarios.figures.pressure_cells import pressure_cells, scale_top
from scenarios.folder import write_atomically
from scenarios.html_page import CellMap, cell_map, render
from scenarios.report_shock import channel_table, shock_tables
from scenarios.report_tables import (
    Table,
    alignment_table,
    headlines,
    lumbar_table,
    number,
    plain_table,
    plantar_table,
    vertebra_sentence,
    vertebra_table,
    wear_rows,
)
from scenarios.scan_section import Scan
from scenarios.summary import SubjectSummary, Summary, main_outputs

TEMPLATE = "report.html.j2"
SIZE_LIMIT_BYTES = 4_700_000
"""Pictures are reduced to 256 colours when the report would grow beyond this."""

PIXELS_PER_INCH = 128
"""Scale of pictures on the page: letters of pictures and text have one size."""

CHANNEL_SHOCK = (
    ("shock.impact_peak_bw", "impact peak (BW)"),
    ("shock.loading_rate_bw_per_s", "loading rate (BW/s)"),
    ("shock.peak_acceleration_g.tibia", "tibia, peak axial acceleration (g)"),
    ("shock.peak_acceleration_g.sacrum", "sacrum, peak axial acceleration (g)"),
    ("shock.lumbar.L4-L5.compression_rise_n", "L4-L5 compression, largest rise (N)"),
)


@dataclass(frozen=True, slots=True)
class Channel:
    """One way in which an insole reaches the spine, and what this analysis says of it."""

    name: str
    what: str
    rows: tuple[tuple[str, str], ...]
    note: str


@dataclass(frozen=True, slots=True)
class Embedded:
    """A picture as a data address, and its width on the page."""

    name: str
    title: str
    caption: str
    source: str
    width_px: int


def write_report(folder: Path, summary: Summary) -> Path:
    """Draw the figures and write ``report.html``.

    Args:
        folder: result folder with history, pressures and fields.
        summary: its numbers; the file ``summary.json`` need not be there yet.

    Returns:
        Path of the report.

    Raises:
        ValueError: a file of the folder cannot be understood.
    """
    view = read_result(folder, summary)
    path = folder / "report.html"
    write_atomically(path, report_text(view, draw_gallery(view)))
    return path


def report_text(view: ResultView, gallery: Gallery) -> str:
    """The report as HTML."""
    summary = view.summary
    values = dict(main_outputs(summary))
    scenario = _scenario_text(view.folder)
    charts = {each.name: each.chart for each in gallery.pictures if each.chart is not None}
    return render(
        TEMPLATE,
        summary=summary,
        setting=tuple(_setting(summary, scenario)),
        warnings=(*summary.warnings, *gallery.problems),
        headlines=headlines(summary, values),
        errors_known=bool(summary.discretisation_error),
        pictures={picture.name: picture for picture in _embedded(gallery.pictures)},
        charts=charts,
        cells=_cells(view),
        plantar=plantar_table(summary),
        lumbar=lumbar_table(summary),
        vertebra=vertebra_table(summary),
        vertebra_sentence=vertebra_sentence(summary),
        shock=shock_tables(summary),
        channel_table=channel_table(summary, insole_table(scenario)),
        channels=_channels(summary, values, scenario),
        change=_change_table(summary),
        equilibrium=plain_table(summary.equilibrium),
        solver=plain_table(summary.solver),
        mesh=_mesh_table(summary),
        manifest=tuple(_flat(view.manifest)),
        scenario_text=scenario,
    )


def _cells(view: ResultView) -> CellMap | None:
    """The pressure map whose instants can be chosen."""
    found = pressure_cells(view.sensor_maps, view.foot_length_mm, foot_outline(view), view.run_ms)
    if found is None:
        return None
    return cell_map(found, scale_top([found]), "sole", "Peak pressure of each sensor cell")


def _scenario_text(folder: Path) -> str:
    path = folder / "scenario.toml"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _setting(summary: Summary, scenario: str) -> Iterator[tuple[str, str]]:
    """Subject and insole in a line each."""
    subject = summary.subject
    if subject is not None:
        yield (
            "Subject",
            f"{number(subject.body_mass_kg)} kg, {number(subject.height_m)} m, {_side(scenario)}"
            f"{subject.foot_type} foot of {number(subject.foot_length_mm)} mm{_posture(subject)}",
        )
    if summary.scan is not None:
        yield "Scan", _scan_text(summary.scan)
    insole = insole_table(scenario)
    worn = None if summary.insole is None else summary.insole.wear
    if insole.get("material") == "none":
        yield "Insole", "none (barefoot)"
    elif "material" in insole:
        shape = [f"{key} {insole[key]}" for key in ("thickness_mm", "conformity") if key in insole]
        yield "Insole", ", ".join([_insole_material(insole), *shape])
    if worn is not None:
        yield from wear_rows(worn)
    if summary.role == "baseline":
        yield "Role", "baseline: calibrated on its own insole"
    elif summary.role == "candidate":
        yield "Role", "candidate: predicted with the calibration of the baseline"


def _side(scenario: str) -> str:
    """Which foot it is, from the scenario's text; empty where that does not say."""
    try:
        side = tomllib.loads(scenario).get("subject", {}).get("side", "")
    except (tomllib.TOMLDecodeError, AttributeError):
        return ""
    return f"{side} " if side in ("left", "right") else ""


def _scan_text(scan: Scan) -> str:
    said = f"{scan.kind} of a {scan.side} foot, unit {scan.unit}"
    if scan.sole_rms_mm is None or scan.coverage_percent is None:
        return said
    said += f", {scan.coverage_percent:.0f} % of the sole"
    return f"{said}; mesh to scan {scan.sole_rms_mm:.2f} mm (root mean square)"


def _channels(
    summary: Summary, values: dict[str, float], scenario: str
) -> tuple[tuple[Channel, Table | None], ...]:
    """Shock, alignment and effective leg length, kept apart."""
    shock = tuple((words, number(values[key])) for key, words in CHANNEL_SHOCK if key in values)
    quasi_static = (
        "Not computed: this analysis is quasi-static. With a prescribed ground reaction the force "
        "at the spine follows from equilibrium, so it cannot tell insole materials apart by shock. "
        "That question belongs to the impact analysis."
    )
    length: tuple[tuple[str, str], ...] = ()
    length_note = f"{NOT_COMPUTED.capitalize()}."
    if summary.analysis in QUASI_STATIC:
        length, length_note = _leg_length(insole_table(scenario))
        if summary.subject is not None and summary.subject.leg_length_difference_mm:
            legs = f"{summary.subject.leg_length_difference_mm:+g}"
            length = (("simulated leg against the other (mm)", legs), *length)
            length_note += " Unequal legs tilt the pelvis besides."
    if summary.insole is not None and summary.insole.wear is not None:
        lost = number(summary.insole.wear.thickness_lost_mm)
        length = (*length, ("height lost by wear of the insole (mm)", lost))
    return (
        (
            Channel("1 Transient shock", "loading rate and peak accelerations", shock,
                    "" if shock else quasi_static),
            None,
        ),
        (
            Channel("2 Alignment", "posting and arch: rearfoot to lordosis", (),
                    "" if summary.alignment else f"{NOT_COMPUTED.capitalize()}."),
            alignment_table(summary),
        ),
        (
            Channel("3 Effective leg length", "height under one foot alone", length, length_note),
            None,
        ),
    )  # fmt: skip


def _posture(subject: SubjectSummary) -> str:
    """The foot by what the clinic measures, where the summary holds it."""
    index, angle = subject.foot_posture_index, subject.rearfoot_angle_deg
    if index is None or angle is None:
        return ""
    arch = subject.arch_height_index
    words = f" (posture index {index:+g}, rearfoot {angle:.1f}° everted in standing"
    return words + ("" if arch is None else f", arch height index {arch:.2f}") + ")"


def _insole_material(insole: dict[str, Any]) -> str:
    """Material of the core, in words where it is a lattice."""
    infill = insole.get("infill")
    if not isinstance(infill, dict):
        return str(insole["material"])
    return f"lattice of {infill.get('material')}, density {infill.get('relative_density')}"


def _leg_length(insole: dict[str, Any]) -> tuple[tuple[tuple[str, str], ...], str]:
    """Height and side of the insole, and what they mean for the pelvis."""
    rows = []
    if "heel_lift_mm" in insole:
        rows.append(("heel lift of the insole (mm)", str(insole["heel_lift_mm"])))
    if insole.get("both_feet", True):
        note = (
            "The insole is worn on both feet, which leaves the pelvis level: nothing of its height "
            "reaches the spine by this channel. insole.both_feet = false lifts one side."
        )
    else:
        rows.append(("worn on", "the simulated foot only; the other keeps the baseline's"))
        note = (
            "The difference in unloaded height under the heel tilts the pelvis: see pelvic "
            "obliquity above. How the feet share the load is not changed by it."
        )
    return tuple(rows), note


def _change_table(summary: Summary) -> Table | None:
    rows = tuple(change_rows(summary.alignment_change))
    return Table(HEAD, rows) if rows else None


def _mesh_table(summary: Summary) -> Table | None:
    if not summary.mesh:
        return None
    head = ("body", "cells", "smallest radius ratio", "smallest dihedral angle (°)")
    rows = []
    for name, quality in summary.mesh.items():
        measured = (quality.min_radius_ratio, quality.min_dihedral_deg)
        cells = ("–" if value is None else number(value) for value in measured)
        rows.append((name, number(quality.cells), *cells))
    return Table(head, tuple(rows))


def _flat(data: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def _embedded(pictures: Sequence[Picture]) -> Iterator[Embedded]:
    """Pictures as addresses; one whose chart is drawn needs none."""
    drawn = [picture for picture in pictures if picture.chart is None]
    files = [picture.path.read_bytes() for picture in drawn]
    if sum(len(data) for data in files) * 4 / 3 > SIZE_LIMIT_BYTES:
        files = [_reduced(data) for data in files]
    sources = {
        picture.name: "data:image/png;base64," + base64.b64encode(data).decode("ascii")
        for picture, data in zip(drawn, files, strict=True)
    }
    for each in pictures:
        width = round(PIXELS_PER_INCH * each.width_in)
        yield Embedded(each.name, each.title, each.caption, sources.get(each.name, ""), width)


def _reduced(data: bytes) -> bytes:
    """The picture with 256 colours, about a third of the size."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        out = io.BytesIO()
        image.convert("RGB").quantize(256).save(out, "PNG", optimize=True)
    return out.getvalue()
